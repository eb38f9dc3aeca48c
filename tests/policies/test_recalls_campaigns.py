"""Whoever said no is taken out of running campaigns; a service that polls misses nobody."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from audit.models import EntryIndex
from policies.recalls import campaigns, endpoints
from policies.recalls.models import Campaign, KillLine
from tests.api.house import Api
from tests.factories.company import AUTHOR, OFFERS, SURVEYS, company
from tests.factories.decisions import recorded
from tests.policies.hearing import listening, work_off
from work.models import Job

pytestmark = pytest.mark.req("POL-10")

HOURS_AGO = timedelta(hours=5)


def in_days(days):
    return datetime.now(UTC) + timedelta(days=days)


@pytest.fixture
def api(lotus):
    return Api(lotus.secret)


@pytest.fixture
def campaign(lotus):
    found = campaigns.start_campaign(
        by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, reference="diwali",
        purpose=OFFERS, ends_at=in_days(10),
    )  # fmt: skip
    work_off()
    return found


def used(lotus, person, **more):
    """A permit that ended long ago: only the campaign remembers it."""
    at = datetime.now(UTC) - HOURS_AGO
    return recorded(lotus.id, lotus.service.id, person, at=at, **more)


def kill_list(api, campaign, **query):
    answer = api.get(f"/campaigns/{campaign.id}/kill-list", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestTheKillList:
    def test_names_whoever_said_no_after_being_permitted(self, lotus, asha, api, campaign):
        ravi = lotus.person("ravi@example.in")
        lotus.yes(ravi)
        used(lotus, asha)

        lotus.withdraws(asha)
        lotus.withdraws(ravi)  # nobody was permitted to use his data
        work_off()

        found = kill_list(api, campaign)
        (line,) = found["lines"]
        assert (line["number"], line["subject"], line["reason"]) == (
            1, str(asha.id), "consent_withdrawn",
        )  # fmt: skip
        assert (found["after"], found["has_more"], found["is_settled"]) == (1, False, True)

    def test_goes_on_where_it_was_left(self, lotus, asha, api, campaign):
        people = [lotus.person(f"p{n}@example.in") for n in range(5)]
        for person in people:
            lotus.yes(person)
            used(lotus, person)
            lotus.withdraws(person)
        work_off()

        first = kill_list(api, campaign, limit=3)
        second = kill_list(api, campaign, after=first["after"])

        assert [one["number"] for one in first["lines"] + second["lines"]] == [1, 2, 3, 4, 5]
        assert (first["has_more"], second["has_more"]) == (True, False)
        assert {one["subject"] for one in first["lines"] + second["lines"]} == {
            str(person.id) for person in people
        }

    def test_refuses_to_go_on_behind_its_end(self, lotus, asha, api, campaign):
        """Whoever polled so, after another list or a restored backup, would miss what comes."""
        used(lotus, asha)
        lotus.withdraws(asha)
        work_off()

        ahead = api.get(f"/campaigns/{campaign.id}/kill-list", {"after": 2})

        assert (ahead.status_code, ahead.json()["code"]) == (422, "kill_list_ahead")
        assert kill_list(api, campaign, after=1)["after"] == 1

    def test_that_is_empty_is_asked_from_the_beginning_alone(self, api, campaign):
        ahead = api.get(f"/campaigns/{campaign.id}/kill-list", {"after": 1})

        assert (ahead.status_code, ahead.json()["code"]) == (422, "kill_list_ahead")
        assert kill_list(api, campaign, after=0)["after"] == 0

    def test_names_a_person_once_however_often_they_say_no(self, lotus, asha, api, campaign):
        used(lotus, asha)
        lotus.stands(asha, "restricted")
        lotus.withdraws(asha)
        lotus.stands(asha, "erasing")
        work_off()

        assert len(kill_list(api, campaign)["lines"]) == 1

    def test_says_when_a_no_is_still_being_looked_into(self, lotus, asha, api, campaign):
        used(lotus, asha)
        lotus.withdraws(asha)

        before = kill_list(api, campaign)
        work_off()
        after = kill_list(api, campaign)

        assert (before["is_settled"], before["lines"]) == (False, [])
        assert (after["is_settled"], len(after["lines"])) == (True, 1)

    def test_is_not_settled_while_a_look_that_was_given_up_waits_for_somebody(
        self, lotus, asha, api, campaign
    ):
        used(lotus, asha)
        lotus.withdraws(asha)
        given_up = {"state": "dead", "finished_at": datetime.now(UTC)}
        Job.objects.filter(kind="permits.ended").update(**given_up)

        assert kill_list(api, campaign)["is_settled"] is False

    def test_that_shows_somebody_is_recorded_and_one_that_shows_nobody_is_not(
        self, lotus, asha, api, campaign
    ):
        used(lotus, asha)
        kill_list(api, campaign)
        reads = EntryIndex.objects.filter(event="record:read")
        assert not reads.exists()

        lotus.withdraws(asha)
        work_off()
        kill_list(api, campaign)

        assert reads.get().target_id == str(campaign.id)

    def test_is_told_at_the_address_too(self, lotus, asha, campaign):
        with listening() as ear:
            endpoints.add_endpoint(
                by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, url=ear.url
            )
            used(lotus, asha)
            lotus.withdraws(asha)
            work_off()

        (heard,) = ear.heard
        assert heard.data["campaigns"] == [str(campaign.id)]
        assert heard.data["decisions"] == []

    def test_holds_whoever_said_no_before_the_campaign_was_known(self, lotus, asha, api):
        used(lotus, asha)
        lotus.withdraws(asha)
        work_off()

        late = api.post(
            "/campaigns", {"reference": "late", "purpose": OFFERS, "ends_at": soon(10)}
        ).json()
        before = api.get(f"/campaigns/{late['id']}/kill-list").json()
        work_off()
        after = api.get(f"/campaigns/{late['id']}/kill-list").json()

        assert before["is_settled"] is False
        assert [one["subject"] for one in after["lines"]] == [str(asha.id)]

    def test_leaves_out_whoever_was_permitted_well_after_they_said_no(self, lotus, asha, api):
        """To something else, then: the permit took it into account."""
        lotus.stands(asha, "restricted", scope_type="purpose", scope=SURVEYS)
        work_off()
        before = datetime.now(UTC) - timedelta(minutes=11)
        EntryIndex.objects.filter(subject_id=asha.id).update(at=before)
        recorded(lotus.id, lotus.service.id, asha)

        found = campaigns.start_campaign(
            by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, reference="holi",
            purpose=OFFERS, ends_at=in_days(5),
        )  # fmt: skip
        work_off()

        assert kill_list(api, found)["lines"] == []

    def test_of_a_campaign_that_is_over_grows_no_more(self, lotus, asha, api, campaign):
        used(lotus, asha)
        ended = api.post(f"/campaigns/{campaign.id}/end", {})
        lotus.withdraws(asha)
        work_off()

        assert ended.json()["ended_at"] is not None
        assert kill_list(api, campaign)["lines"] == []

    def test_of_another_purpose_is_left_alone(self, lotus, asha, api, campaign):
        used(lotus, asha, purpose=SURVEYS)
        lotus.stands(asha, "restricted", scope_type="purpose", scope=SURVEYS)
        work_off()

        assert kill_list(api, campaign)["lines"] == []


@pytest.mark.req("P9")
class TestOthers:
    def test_another_service_or_company_finds_no_campaign(self, lotus, campaign):
        kamal = company("kamal")

        answer = Api(kamal.secret).get(f"/campaigns/{campaign.id}/kill-list")
        ending = Api(kamal.secret).post(f"/campaigns/{campaign.id}/end", {})

        assert (answer.status_code, ending.status_code) == (404, 404)

    def test_a_campaign_takes_out_only_whom_its_own_service_was_permitted(
        self, lotus, asha, api, campaign
    ):
        other = company("kamal")
        recorded(lotus.id, other.service.id, asha)  # some other service's permit

        lotus.withdraws(asha)
        work_off()

        assert kill_list(api, campaign)["lines"] == []


class TestStarting:
    def test_twice_is_once(self, api):
        said = {"reference": "holi", "purpose": OFFERS, "ends_at": soon(10)}

        first, second = api.post("/campaigns", said), api.post("/campaigns", said)

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert Campaign.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"purpose": "unheard.of"}, 403, "purpose_not_registered"),
            ({"ends_at": "2020-01-01T00:00:00Z"}, 422, "campaign_times"),
            ({"ends_at": "2199-01-01T00:00:00Z"}, 422, "campaign_times"),
            ({"since_at": "2020-01-01T00:00:00Z"}, 422, "campaign_times"),
            ({"since_at": "2198-01-01T00:00:00Z"}, 422, "campaign_times"),
            ({"reference": "with a space"}, 400, "invalid"),
            ({"reference": "x" * 61}, 400, "invalid"),
            ({"reference": "a\u0000b"}, 400, "nul_in_string"),
            ({"more": 1}, 400, "invalid"),
            ({"ends_at": None}, 400, "invalid"),
        ],
    )
    def test_bad_input_leaves_nothing(self, api, change, status, code):
        said = {"reference": "holi", "purpose": OFFERS, "ends_at": soon(10), **change}

        answer = api.post("/campaigns", said)

        assert answer.status_code == status, answer.content
        assert answer.json()["code"] == code
        assert not Campaign.objects.exists()

    def test_another_campaign_under_the_same_reference_is_refused(self, api, campaign):
        said = {"reference": "diwali", "purpose": SURVEYS, "ends_at": soon(10)}

        answer = api.post("/campaigns", said)

        assert (answer.status_code, answer.json()["code"]) == (409, "campaign_exists")

    @pytest.mark.parametrize("query", [{"after": "-1"}, {"limit": "0"}, {"limit": "10001"}])
    def test_bad_bounds_of_a_page_are_refused(self, api, campaign, query):
        assert api.get(f"/campaigns/{campaign.id}/kill-list", query).status_code == 400


@pytest.mark.slow
def test_a_poller_beside_many_withdrawals_misses_nobody(lotus, api, campaign):
    people = [lotus.person(f"p{n}@example.in") for n in range(40)]
    for person in people:
        lotus.yes(person)
        used(lotus, person)
    done = threading.Event()

    def act(part):
        try:
            for person in part:
                lotus.withdraws(person)
                work_off()
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(people[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    seen, after = [], 0
    while not done.is_set():
        if not any(thread.is_alive() for thread in threads):
            work_off(due_by=datetime.now(UTC) + timedelta(minutes=1))
            done.set()
        page = kill_list(api, campaign, after=after, limit=7)
        while page["lines"]:
            seen += page["lines"]
            page = kill_list(api, campaign, after=seen[-1]["number"], limit=7)
        after = seen[-1]["number"] if seen else 0

    assert [one["number"] for one in seen] == list(range(1, len(people) + 1))
    assert {one["subject"] for one in seen} == {str(person.id) for person in people}
    assert KillLine.objects.count() == len(people)


def soon(days):
    return in_days(days).replace(microsecond=0).isoformat()
