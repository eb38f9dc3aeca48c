"""The vendors' traps: what seems done is not, and what is done is not always gone."""

import hashlib

import pytest

from registry.connectors.contract import Act, ConnectorError, Finding
from tests.conformance import kit
from tests.conformance.worlds.vendors import SETTINGS, LabWorld, declared_on
from tests.laboratory.using import laboratory

__all__ = ["laboratory"]
pytestmark = [pytest.mark.req("ERA-07"), pytest.mark.req("ERA-08")]
PROBED = ["amplitude", "braze", "hubspot", "mailchimp", "shopify"]


@pytest.fixture(autouse=True)
def _this_machine_may_be_called(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def world(laboratory, request):
    return LabWorld(laboratory.account(request.param), declared_on(request.param))


def on(*vendors):
    return pytest.mark.parametrize("world", vendors, indirect=True)


@on(*SETTINGS)
class TestUnderEveryMood:
    def test_an_error_in_an_answer_of_200_is_not_done(self, world):
        world.put([1])
        world.account.mood(error_body=True)

        act = told(world)

        assert act not in {Act.DONE, Act.UNKNOWN_PERSON, Act.ACCEPTED}
        assert world.left() == {1}

    def test_a_page_instead_of_an_answer_is_not_done(self, world):
        world.put([1])
        world.account.mood(garbles=True)

        assert told(world) not in {Act.DONE, Act.UNKNOWN_PERSON, Act.ACCEPTED}

    def test_expired_credentials_wait_for_an_officer(self, world):
        world.put([1])
        world.account.mood(expired=True)

        error = failing(world)

        assert (error.code, error.retry) == ("credentials_refused", False)
        assert world.left() == {1}

    def test_too_many_calls_are_made_later_as_the_system_says(self, world):
        world.put([1])
        world.account.mood(limit_every=1, retry_after="17")

        error = failing(world)

        assert (error.code, error.retry, error.wait_seconds) == ("too_many_requests", True, 17.0)

    def test_a_dead_one_is_tried_again(self, world):
        world.put([1])
        world.account.mood(dead=True)

        error = failing(world)

        assert (error.code, error.retry) == ("unreachable", True)

    def test_one_that_fails_is_tried_again(self, world):
        world.put([1])
        world.account.mood(fail_every=1)

        assert failing(world).retry


@on(*PROBED)
class TestLookingAfterwards:
    def test_a_liar_is_found_out(self, world):
        world.put([1])
        world.account.mood(lies=True)

        act = told(world)

        assert act in {Act.DONE, Act.ACCEPTED}
        assert seen(world) is Finding.PRESENT

    def test_who_came_back_is_seen(self, world):
        world.put([1])
        world.account.mood(returns_seconds=0.0)

        told(world)

        assert seen(world) is Finding.PRESENT


@on("hubspot", "mailchimp")
class TestArchiving:
    def test_what_was_archived_is_not_absent(self, world):
        world.put([1])
        world.account.mood(archives=True)

        assert told(world) is Act.DONE
        assert seen(world) is Finding.ARCHIVED


@on("mailchimp")
class TestMailchimp:
    def test_who_only_left_the_list_is_still_there(self, world):
        world.put([1])
        world.account.mood(suppresses=True)

        told(world)

        assert seen(world) is Finding.SUPPRESSED

    def test_a_wrong_audience_knows_nobody_and_is_not_believed(self, world):
        world.put([1])
        wrong = LabWorld(world.account, with_settings("mailchimp", list_id="wrong9"))

        with pytest.raises(ConnectorError) as caught:
            kit.probe(wrong, [kit.person(wrong, 1)])

        assert (caught.value.code, caught.value.retry) == ("control_failed", False)
        assert failing(wrong).code == "control_failed"

    def test_a_throttle_that_looks_like_a_refusal_is_tried_again(self, world):
        world.put([1])
        world.account.extra(throttles=True)

        assert failing(world).retry

    def test_no_address_stands_in_a_call(self, world):
        world.put([1])

        targets = world.connector()._ways.main([kit.person(world, 1)])

        assert [one.name for one in targets] == [hashlib.md5(b"person1@people.example").hexdigest()]


@on("hubspot")
class TestHubSpot:
    def test_of_whom_it_does_not_know_it_hears_nothing_to_keep(self, world):
        world.put([1])

        [said] = kit.tell(world, [kit.person(world, 5)])

        assert said.act is Act.UNKNOWN_PERSON
        assert world.account.counts()["told"] == {}


@on("braze")
class TestBraze:
    def test_fifty_are_one_call_and_who_has_two_ids_makes_another(self, world):
        world.put(range(51))
        people = [kit.person(world, n) for n in range(50)]
        double = {"crm": (*people[0].identifiers["crm"], *world.identifiers(50)["crm"])}
        people[0] = kit.Person(
            step=people[0].step, subject=people[0].subject, key="k", identifiers=double
        )

        told_ = kit.tell(world, people)

        assert {one.act for one in told_} == {Act.DONE}
        assert world.left() == set()
        assert world.account.counts()["calls"]["all"] == 3  # the last one by their addresses
        assert world.account.counts()["largest_batch"] == 50

    def test_after_the_first_call_the_rest_is_told_apart(self, world):
        world.put(range(60))
        world.account.mood(limit_every=2, retry_after="9")

        told_ = kit.tell(world, [kit.person(world, n) for n in range(60)])

        assert [one.act for one in told_] == [Act.DONE] * 50 + [Act.RETRY] * 10
        assert {(one.code, one.wait_seconds) for one in told_[50:]} == {("too_many_requests", 9.0)}


@on("segment")
class TestSegment:
    @pytest.mark.parametrize(
        ("state", "act", "code"),
        [
            ("INITIALIZED", Act.ACCEPTED, ""), ("FINISHED", Act.DONE, ""),
            ("PARTIAL_SUCCESS", Act.REFUSED, "not_everywhere"),
            ("NOT_SUPPORTED", Act.REFUSED, "not_everywhere"),
            ("FAILED", Act.REFUSED, "regulation_failed"),
            ("SOMETHING_NEW", Act.RETRY, "answer_not_understood"),
        ],
    )  # fmt: skip
    def test_each_state_of_a_regulation_is_told_apart(self, world, state, act, code):
        world.put([1])
        [said] = kit.tell(world, [kit.person(world, 1)])
        world.account.extra(status=state)

        [later] = kit.status(world, [kit.person(world, 1, reference=said.reference)])

        assert (later.act, later.code) == (act, code)
        assert later.reference == said.reference

    def test_nobody_can_look_and_it_says_so(self, world):
        assert not world.connector().declaration.probes
        with pytest.raises(ConnectorError, match="no_probe"):
            kit.probe(world, [kit.person(world, 1)])

    def test_one_state_is_asked_for_however_many_it_is_about(self, world):
        world.put(range(20))
        told_ = kit.tell(world, [kit.person(world, n) for n in range(20)])
        before = world.account.counts()["calls"]["all"]

        kit.status(world, [kit.person(world, n, reference=told_[n].reference) for n in range(20)])

        assert world.account.counts()["calls"]["all"] == before + 1


@on("shopify")
class TestShopify:
    def test_enqueued_is_not_erased(self, world):
        world.put([1])
        world.account.mood(later_seconds=60)

        assert told(world) is Act.ACCEPTED
        assert kit.status(world, [kit.person(world, 1)])[0].act is Act.ACCEPTED
        assert seen(world) is Finding.PRESENT

    def test_the_record_without_the_person_is_anonymised(self, world):
        world.put([1])

        told(world)

        assert kit.status(world, [kit.person(world, 1)])[0].act is Act.DONE
        assert seen(world) is Finding.ANONYMISED

    @pytest.mark.parametrize(
        ("error", "act"), [("THROTTLED", Act.RETRY), ("ACCESS_DENIED", Act.REFUSED)]
    )
    def test_errors_that_come_with_200_are_told_apart(self, world, error, act):
        world.put([1])
        world.account.extra(error=error)

        assert told(world) is act
        assert seen(world) is Finding.UNSURE

    def test_an_id_that_is_no_number_goes_nowhere(self, world):
        person = kit.person(world, 1)
        named = {"crm": ('1") { evil } #',)}
        other = kit.Person(step=person.step, subject=person.subject, key="k", identifiers=named)

        [said] = kit.tell(world, [other])

        assert (said.act, said.code) == (Act.REFUSED, "no_identifier")
        assert "all" not in world.account.counts()["calls"]


def with_settings(kind, **changed):
    made = declared_on(kind)
    settings = SETTINGS[kind]

    def make(url):
        before = dict(settings)
        settings.update(changed)
        try:
            return made(url)
        finally:
            settings.update(before)

    return make


def told(world):
    """What was said of the first person; a failure of the whole counts as told later."""
    try:
        return kit.tell(world, [kit.person(world, 1)])[0].act
    except ConnectorError as error:
        return Act.RETRY if error.retry else Act.REFUSED


def seen(world):
    return kit.probe(world, [kit.person(world, 1)])[0].finding


def failing(world):
    with pytest.raises(ConnectorError) as caught:
        kit.tell(world, [kit.person(world, 1)])
    return caught.value
