"""An audience that ends before it was taken: nothing of it is told, and its contacts come back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from audit.models import EntryIndex
from policies.audiences import job, returning, services
from policies.audiences.models import Audience, AudienceState
from policies.caps.counters import unpacked
from policies.caps.models import Counter
from policies.pdp.model import Question
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.policies import in_force, rule
from work.services import run_available

QUESTION = Question(purpose=OFFERS, caller="mailer", caller_type="service", campaign="spring")
OFFICER = AUTHOR
HOUR = 3600

pytestmark = pytest.mark.req("POL-08", "POL-19")


@pytest.fixture
def people(lotus):
    """Six who said yes, and two who never did."""
    found = [lotus.person(f"{n}@example.in") for n in range(8)]
    for one in found[:6]:
        lotus.yes(one)
    return found


@pytest.fixture
def api(lotus):
    return Client(headers=lotus.headers)


@pytest.fixture
def capped(lotus):
    """At most two contacts an hour, and one for each campaign."""
    return in_force(
        lotus.id, rule("twice", "cap", limit=2, seconds=HOUR),
        rule("campaign", "cap", limit=1, seconds=HOUR, per=["campaign"]),
    )  # fmt: skip


def asked(company, question=QUESTION):
    return services.request(
        by=AUTHOR, controller_id=company.id, service_id=company.service.id, question=question
    )


def work_off():
    """Everything that waits, however often it comes again."""
    while run_available(worker="test", due_by=timezone.now() + timedelta(minutes=5)):
        pass


def made(company):
    audience = asked(company)
    run_available(worker="test")
    audience.refresh_from_db()
    return audience


def half_made(company, monkeypatch):
    """Its first step is recorded; the job is not done."""
    monkeypatch.setattr(job, "COUNTED_STEP", 4)
    audience = asked(company)
    while not audience.decided and run_available(worker="test", limit=1):
        audience.refresh_from_db()
    assert audience.state == AudienceState.MAKING
    assert 0 < audience.decided < 8
    return audience


def counted():
    """How many contacts the counters hold, all people together."""
    rows = Counter.objects.values_list("permits", flat=True)
    return sum(len(unpacked(bytes(permits))) for permits in rows)


def told(api, audience):
    return api.get(f"/api/v1/audiences/{audience.id}").json()


def result(api, audience):
    answer = api.get(f"/api/v1/audiences/{audience.id}/result")
    return answer.status_code, answer.json()["code"]


def returned():
    return EntryIndex.objects.filter(event="audience:returned")


class TestOneThatWasStopped:
    def test_tells_the_service_its_state_and_no_figures(
        self, lotus, people, api, capped, monkeypatch
    ):
        audience = half_made(lotus, monkeypatch)

        services.stop(by=OFFICER, audience=audience)

        found = told(api, audience)
        assert (found["state"], found["problem"]) == ("stopped", "stopped_by_officer")
        assert (found["permitted"], found["excluded"], found["valid_until"]) == (None, [], None)
        assert result(api, audience) == (410, "audience_stopped")

    def test_after_it_was_ready_tells_none_either(self, lotus, people, api):
        audience = made(lotus)
        assert told(api, audience)["permitted"] == 6

        services.stop(by=OFFICER, audience=audience)

        found = told(api, audience)
        assert (found["permitted"], found["excluded"], found["valid_until"]) == (None, [], None)

    @pytest.mark.parametrize("begin", [made, half_made])
    def test_gives_back_what_caps_counted(self, lotus, people, capped, monkeypatch, begin):
        audience = begin(lotus) if begin is made else begin(lotus, monkeypatch)
        held = counted()
        assert held == 2 * audience.permitted > 0

        services.stop(by=OFFICER, audience=audience)
        work_off()

        assert counted() == 0
        assert {str(audience.id)} == {one.target_id for one in returned()}
        assert made(lotus).permitted == 6

    def test_leaves_other_contacts_counted(self, lotus, people, capped):
        others = asked(lotus, Question(**{**_said(), "campaign": "autumn"}))
        run_available(worker="test")
        services.take(by=AUTHOR, audience=others, form="csv", left_out=0)
        audience = made(lotus)
        assert (audience.permitted, counted()) == (6, 24)

        services.stop(by=OFFICER, audience=audience)
        work_off()

        assert counted() == 12
        assert made(lotus).permitted == 6  # the second of two
        assert made(lotus).permitted == 0

    def test_keeps_what_was_counted_once_it_was_taken(self, lotus, people, capped):
        audience = made(lotus)
        services.take(by=AUTHOR, audience=audience, form="csv", left_out=0)

        services.stop(by=OFFICER, audience=audience)
        work_off()

        assert counted() == 12
        assert not returned().exists()

    def test_gives_back_once_whatever_is_killed_in_between(
        self, lotus, people, capped, monkeypatch
    ):
        monkeypatch.setattr(job, "COUNTED_STEP", 2)
        audience = asked(lotus)
        work_off()
        audience.refresh_from_db()
        services.stop(by=OFFICER, audience=audience)
        real, calls = returning.audit.record, []

        def failing(**said):
            calls.append(said)
            if len(calls) == 2:
                raise RuntimeError("the disk is full")
            return real(**said)

        monkeypatch.setattr(returning.audit, "record", failing)
        run_available(worker="test")
        assert 0 < counted() < 12
        monkeypatch.setattr(returning.audit, "record", real)
        run_available(worker="test", due_by=timezone.now() + timedelta(hours=1))
        work_off()

        assert counted() == 0
        assert returned().count() == audience.parts.count()

    def test_that_no_cap_counted_gives_nothing_back(self, lotus, people):
        audience = made(lotus)

        services.stop(by=OFFICER, audience=audience)
        work_off()

        assert not returned().exists()

    def test_gives_back_by_the_rules_that_counted(self, lotus, people, capped):
        audience = made(lotus)
        in_force(lotus.id, rule("twice", "cap", limit=2, seconds=HOUR, per=["item"]))

        services.stop(by=OFFICER, audience=audience)
        work_off()

        assert counted() == 0


class TestOneThatFailed:
    def test_in_the_middle_gives_back_and_tells_no_figures(
        self, lotus, people, api, capped, monkeypatch
    ):
        audience = half_made(lotus, monkeypatch)
        _, secret = accounts.issue_key(by=AUTHOR, service=lotus.service)
        monkeypatch.setattr(job, "asking_of", lambda _audience: None)
        work_off()

        found = told(Client(headers={"Authorization": f"Bearer {secret}"}), audience)
        assert (found["state"], found["problem"]) == ("failed", "service_without_key")
        assert (found["permitted"], found["excluded"], found["valid_until"]) == (None, [], None)
        assert result(api, audience) == (410, "audience_failed")
        assert counted() == 0

    def test_because_it_was_never_finished_is_recorded_and_gives_back(
        self, lotus, people, api, capped, monkeypatch
    ):
        audience = half_made(lotus, monkeypatch)
        yesterday = timezone.now() - timedelta(days=1, hours=1)
        Audience.objects.filter(id=audience.id).update(created_at=yesterday)

        assert services.end_old() == 1
        work_off()

        assert told(api, audience)["problem"] == "never_finished"
        assert EntryIndex.objects.filter(event="audience:finished").count() == 1
        assert counted() == 0


class TestOneWhosePermitsAreOver:
    def expired(self, audience):
        Audience.objects.filter(id=audience.id).update(valid_until=timezone.now())
        ended = services.end_old()
        work_off()
        audience.refresh_from_db()
        return ended, audience.state

    def test_gives_back_if_nobody_took_it(self, lotus, people, capped):
        audience = made(lotus)

        assert self.expired(audience) == (1, AudienceState.EXPIRED)
        assert counted() == 0

    def test_keeps_what_was_counted_if_somebody_did(self, lotus, people, capped):
        audience = made(lotus)
        services.take(by=AUTHOR, audience=audience, form="csv", left_out=0)

        assert self.expired(audience) == (1, AudienceState.EXPIRED)
        assert counted() == 12


def test_one_in_the_making_has_nothing_to_take_yet(lotus, people, api):
    assert result(api, asked(lotus)) == (409, "audience_not_ready")


def _said():
    return {name: getattr(QUESTION, name) for name in ("purpose", "caller", "caller_type")}
