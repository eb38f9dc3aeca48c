"""A no ends permits that were given before it: their holders are told, signed, and once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from sammati_client import Secrets, read_recall

from audit import alarms
from audit.models import EntryIndex
from consent import services as consent
from consent.models import ConsentState
from consent.transitions import State
from keys.ids import uuid7
from policies.audiences import services as audiences
from policies.pdp.model import Question
from policies.recalls import endpoints, services
from policies.recalls.models import Endpoint, Recall
from policies.recalls.searching import News
from subjects import news
from tests.factories.company import AUTHOR, OFFERS, SURVEYS, company
from tests.factories.decisions import recorded
from tests.policies.hearing import listening, work_off
from work.models import Job

pytestmark = pytest.mark.req("POL-10")


@pytest.fixture
def ear():
    with listening() as found:
        yield found


@pytest.fixture
def secret(lotus, ear):
    _, secret = endpoints.add_endpoint(
        by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, url=ear.url
    )
    return secret


def permits(lotus, person, **more):
    return str(recorded(lotus.id, lotus.service.id, person, **more))


class TestAWithdrawal:
    def test_tells_the_service_that_holds_a_live_permit(self, lotus, asha, ear, secret):
        decision = permits(lotus, asha)

        lotus.withdraws(asha)
        work_off()

        (heard,) = ear.heard
        assert heard.is_signed_with(secret)
        assert heard.headers["content-type"] == "application/cloudevents+json"
        assert heard.headers["webhook-id"] == heard.event["id"]
        assert heard.event["specversion"] == "1.0"
        assert heard.event["type"] == "org.sammati.permit.recalled"
        assert heard.data == {
            "subject": str(asha.id), "purpose": OFFERS, "reason": "consent_withdrawn",
            "decisions": [decision], "decisions_omitted": 0, "campaigns": [],
        }  # fmt: skip
        recall = Recall.objects.get()
        assert (recall.state, recall.heard_at is not None) == ("heard", True)

    def test_is_in_the_log_with_what_was_told(self, lotus, asha, ear, secret):
        permits(lotus, asha)

        lotus.withdraws(asha)
        work_off()

        events = EntryIndex.objects.filter(event__in=["permit:recalled", "recall:heard"])
        found = {one.event: one for one in events}
        assert found["permit:recalled"].subject_id == asha.id
        assert found["recall:heard"].target_id == str(lotus.service.id)

    def test_tells_nobody_when_no_permit_lives(self, lotus, asha, ear, secret):
        permits(lotus, asha, at=datetime.now(UTC) - timedelta(seconds=90))
        recorded(lotus.id, lotus.service.id, asha, given=False)
        permits(lotus, lotus.person("ravi@example.in"))

        lotus.withdraws(asha)
        work_off()

        assert ear.heard == []
        assert not Recall.objects.exists()

    def test_leaves_permits_for_other_purposes_alone(self, lotus, asha, ear, secret):
        permits(lotus, asha, purpose=SURVEYS)

        lotus.withdraws(asha)
        work_off()

        assert not Recall.objects.exists()

    def test_of_a_consent_that_did_not_run_recalls_nothing(self, lotus, ear, secret):
        ravi = lotus.person("ravi@example.in")
        lotus.records(ravi, State.REQUESTED)
        lotus.records(ravi, State.REFUSED)

        assert not Job.objects.filter(kind="permits.ended").exists()

    def test_that_is_rolled_back_recalls_nothing(self, lotus, asha, ear, secret):
        permits(lotus, asha)
        with transaction.atomic():
            lotus.withdraws(asha)
            transaction.set_rollback(True)
        work_off()

        assert not Recall.objects.exists()

    def test_reaches_each_service_once_and_no_other_controller(self, lotus, asha, ear, secret):
        other = company("kamal")
        hers = other.person()
        other.yes(hers)
        recorded(other.id, other.service.id, hers)
        first, second = permits(lotus, asha), permits(lotus, asha)

        lotus.withdraws(asha)
        work_off()

        (heard,) = ear.heard
        assert sorted(heard.data["decisions"]) == sorted([first, second])
        assert not Recall.objects.filter(controller_id=other.id).exists()

    def test_without_an_address_is_kept_for_the_officer_to_see(self, lotus, asha):
        permits(lotus, asha)

        lotus.withdraws(asha)
        work_off()

        assert Recall.objects.get().state == "polled"

    def test_is_read_by_our_own_client(self, lotus, asha, ear, secret):
        decision = permits(lotus, asha)

        lotus.withdraws(asha)
        work_off()

        (heard,) = ear.heard
        recall = read_recall(heard.raw, heard.headers, Secrets(secret))
        assert (recall.subject, recall.purpose, recall.decisions, recall.is_complete) == (
            str(asha.id), OFFERS, (decision,), True,
        )  # fmt: skip


class TestLooking:
    def test_asks_as_much_about_many_people_as_about_one(self, lotus, asha):
        def asked(people):
            told = News(lotus.id, "erasing", news.EVERYTHING, "", tuple(people))
            with CaptureQueriesContext(connection) as queries:
                services.look(told=told, cause_id=uuid7())
            return len(queries)

        assert asked([asha.id, *(uuid7() for _ in range(50))]) == asked([asha.id])


class TestAnAudience:
    @pytest.fixture
    def audience(self, lotus, asha):
        """Made for the campaign "spring", of Asha and of Ravi."""
        ravi = lotus.person("ravi@example.in")
        lotus.yes(ravi)
        asked = audiences.request(
            by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id,
            question=Question(purpose=OFFERS, caller="mailer", caller_type="service"),
        )  # fmt: skip
        work_off()
        return asked

    def test_recalls_the_one_who_leaves_it(self, lotus, asha, ear, secret, audience):
        lotus.withdraws(asha)
        work_off()

        (heard,) = ear.heard
        assert heard.data["subject"] == str(asha.id)
        assert heard.data["decisions"] == [str(audience.parts.get().id)]

    def test_recalls_each_who_leaves_it_together(self, lotus, asha, ear, secret, audience):
        everybody = [line.subject_id for line in ConsentState.objects.filter(state="given")]
        news.permits_ended(
            controller_id=lotus.id, subject_ids=everybody, reason="consent_revoked",
            scope_type=news.PURPOSE, scope=OFFERS,
        )  # fmt: skip
        work_off()

        assert {one.data["subject"] for one in ear.heard} == {str(one) for one in everybody}

    def test_that_is_over_is_recalled_no_more(self, lotus, asha, ear, secret, audience):
        audience.parts.update(valid_until=datetime.now(UTC))

        lotus.withdraws(asha)
        work_off()

        assert ear.heard == []


class TestOtherActs:
    def test_an_objection_recalls_marketing_alone(self, lotus, asha, ear, secret):
        lotus.purpose(SURVEYS, is_marketing=False, title="Surveys")
        permits(lotus, asha)
        permits(lotus, asha, purpose=SURVEYS)

        consent.object_to(by=AUTHOR, controller_id=lotus.id, subject_id=asha.id)
        work_off()

        (heard,) = ear.heard
        assert (heard.data["purpose"], heard.data["reason"]) == (OFFERS, "objected")

    @pytest.mark.parametrize("state", ["restricted", "erasing", "erased", "deceased"])
    def test_a_standing_over_everything_recalls_every_permit(self, lotus, asha, ear, secret, state):
        permits(lotus, asha)
        permits(lotus, asha, purpose=SURVEYS)

        lotus.stands(asha, state)
        work_off()

        assert sorted(one.data["purpose"] for one in ear.heard) == [OFFERS, SURVEYS]
        assert {one.data["reason"] for one in ear.heard} == {state}

    def test_a_restriction_of_one_purpose_recalls_that_one(self, lotus, asha, ear, secret):
        permits(lotus, asha)
        permits(lotus, asha, purpose=SURVEYS)

        lotus.stands(asha, "restricted", scope_type="purpose", scope=SURVEYS)
        work_off()

        assert [one.data["purpose"] for one in ear.heard] == [SURVEYS]

    def test_a_scope_that_is_no_code_reaches_everything(self, lotus, asha, ear, secret):
        permits(lotus, asha)

        lotus.stands(asha, "restricted", scope_type="purpose", scope="what we agreed on")
        work_off()

        assert len(ear.heard) == 1

    def test_a_legal_hold_recalls_nothing(self, lotus, asha, ear, secret):
        permits(lotus, asha)

        lotus.stands(asha, "hold")
        work_off()

        assert ear.heard == []


class TestDelivery:
    def test_is_tried_again_under_the_same_id(self, lotus, asha, ear, secret):
        ear.statuses = [500, 302]
        ear.location = ear.url
        permits(lotus, asha)

        lotus.withdraws(asha)
        for _ in range(4):
            work_off(due_by=datetime.now(UTC) + timedelta(hours=2))

        assert len(ear.heard) == 3  # a redirection is not followed, it is a failure
        assert len({one.headers["webhook-id"] for one in ear.heard}) == 1
        assert len({one.raw for one in ear.heard}) == 1
        assert Recall.objects.get().state == "heard"

    def test_given_up_raises_an_alarm(self, lotus, asha, ear, secret):
        ear.statuses = [503] * 99
        permits(lotus, asha)

        lotus.withdraws(asha)
        for _ in range(20):
            work_off(due_by=datetime.now(UTC) + timedelta(hours=2))

        recall = Recall.objects.get()
        (alarm,) = alarms.open_alarms([lotus.id])
        assert (recall.state, recall.trouble) == ("overdue", "status_503")
        assert alarm.kind == "recall_unheard"
        assert str(asha.id) not in alarm.detail

    def test_to_an_address_that_is_gone_ends_the_address(self, lotus, asha, ear, secret):
        ear.statuses = [410]
        permits(lotus, asha)

        lotus.withdraws(asha)
        work_off()

        assert Endpoint.objects.get().disabled_reason == "gone"
        assert Recall.objects.get().state == "overdue"

    def test_is_signed_by_both_secrets_while_they_change_over(self, lotus, asha, ear, secret):
        new = endpoints.change_secret(by=AUTHOR, endpoint=Endpoint.objects.get())
        permits(lotus, asha)

        lotus.withdraws(asha)
        work_off()

        (heard,) = ear.heard
        assert heard.is_signed_with(new)
        assert heard.is_signed_with(secret)
        assert not heard.is_signed_with("whsec_" + "A" * 43 + "=")
