"""Identity, pauses, extensions, refusals, answers and taking back (ERA-15, POR-11)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit import alarms
from audit.actors import Actor
from erasure.errors import ExtensionTooLateError
from erasure.models import Case, Step
from rights import selectors, services
from rights.errors import (
    IdentifiedError,
    IdentityUnknownError,
    NotIdentifiedError,
    PauseMissingError,
    RefusalError,
    RequestMissingError,
    RequestReasonError,
    RequestStateError,
    TooLateToTakeBackError,
)
from rights.models import Pause, Request
from rights.services import NewRequest
from subjects import selectors as subjects
from tests.erasure.ended import system

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-15", "POR-11")]
OFFICER = Actor("officer", "officer-1")
NOON = datetime(2027, 1, 11, 12, tzinfo=UTC)


def ask(company, subject, **facts):
    new = NewRequest(**{"kind": "erasure", "channel": "phone", "subject_id": subject.id, **facts})
    return services.receive(by=OFFICER, controller_id=company.id, new=new)


def at(request):
    """Which request of whom, as every verb asks."""
    return {"by": OFFICER, "controller_id": request.controller_id, "request_id": request.id}


class TestWhoAsks:
    def test_once_it_is_settled_what_is_asked_for_begins(self, company, asha, events):
        found = services.identify(**at(ask(company, asha)), how="contact")

        assert (found.state, found.identified_how) == ("working", "contact")
        assert Case.objects.filter(id=found.case_id).exists()
        assert events(company) == ["request:received", "request:identified"]

    def test_by_no_other_way_than_the_known(self, company, asha):
        with pytest.raises(IdentityUnknownError):
            services.identify(**at(ask(company, asha)), how="gut_feeling")

    def test_a_doubt_stops_the_clock_and_the_rest_comes_later(self, company, asha):
        with time_machine.travel(NOON, tick=False) as clock:
            found = ask(company, asha)
            due = found.due_at
            services.pause(**at(found), reason="The voice was another one.")
            clock.move_to(NOON + timedelta(days=3))
            found = services.identify(**at(found), how="questions")

        assert found.due_at == due + timedelta(days=3)

    def test_two_doubts_count_both(self, company, asha):
        with time_machine.travel(NOON, tick=False) as clock:
            found = ask(company, asha)
            due = found.due_at
            for days in (1, 2):
                services.pause(**at(found), reason="Again.")
                clock.shift(timedelta(days=days))
                found = services.resume(**at(found))

        assert found.due_at == due + timedelta(days=3)
        assert found.state == "received"

    def test_who_is_identified_is_doubted_no_more(self, company, asha):
        found = ask(company, asha, identified_how="signed_in")

        with pytest.raises(IdentifiedError):
            services.pause(**at(found), reason="Now I wonder.")

    def test_a_doubt_has_a_reason_and_a_clock_stops_once(self, company, asha):
        found = ask(company, asha)
        with pytest.raises(RequestReasonError):
            services.pause(**at(found), reason="  ")
        with pytest.raises(RequestStateError):
            services.resume(**at(found))
        services.pause(**at(found), reason="The voice was another one.")
        with pytest.raises(RequestStateError):
            services.pause(**at(found), reason="And again.")

    def test_a_pause_that_is_not_there_cannot_end(self, company, asha):
        found = ask(company, asha)
        services.pause(**at(found), reason="The voice was another one.")
        Pause.objects.update(ended_at=timezone.now())

        with pytest.raises(PauseMissingError):
            services.resume(**at(found))


class TestMoreTime:
    @pytest.fixture
    def lena(self, european):
        return european.person("lena@example.de", residence="DE")

    def test_two_months_more_once_with_reasons(self, european, lena):
        with time_machine.travel(datetime(2027, 1, 31, 12, tzinfo=UTC), tick=False):
            found = services.extend(**at(ask(european, lena)), reason="Very many systems.")

            assert found.due_at == datetime(2027, 4, 30, 23, 59, 59, tzinfo=UTC)
            with pytest.raises(ExtensionTooLateError):
                services.extend(**at(found), reason="Even more.")

    def test_not_after_the_first_month(self, european, lena):
        with time_machine.travel(datetime(2027, 1, 4, 12, tzinfo=UTC), tick=False) as clock:
            found = ask(european, lena)
            clock.move_to(datetime(2027, 2, 5, 12, tzinfo=UTC))

            with pytest.raises(ExtensionTooLateError):
                services.extend(**at(found), reason="Late.")

    def test_indias_law_gives_no_extension(self, company, asha):
        with pytest.raises(ExtensionTooLateError):
            services.extend(**at(ask(company, asha)), reason="Very many systems.")


class TestRefusing:
    def test_names_a_ground_and_reasons_and_the_person_is_told_their_remedies(
        self, company, asha, run_jobs
    ):
        found = ask(company, asha)
        run_jobs()
        mail.outbox.clear()
        services.refuse(**at(found), code="not_identified", text="Nobody answered our letters.")
        run_jobs()

        (letter,) = mail.outbox
        assert "Nobody answered our letters." in letter.body
        assert "GDPR 12(2)" in letter.body
        assert "complain" in letter.body
        assert "privacy@lotus.example" in letter.body

    @pytest.mark.parametrize(("code", "text"), [
        ("no_time", "We have none."), ("unfounded", " "), ("unfounded", "x" * 1001),
    ])  # fmt: skip
    def test_never_without(self, company, asha, code, text):
        with pytest.raises(RefusalError):
            services.refuse(**at(ask(company, asha)), code=code, text=text)

    def test_of_an_untold_case_calls_it_off(self, company, asha):
        system(company, "crm", "Customer files")
        found = ask(company, asha, identified_how="signed_in")

        services.refuse(**at(found), code="kept_by_law", text="The bank law keeps all of it.")

        assert Case.objects.get(id=found.case_id).state == "cancelled"
        assert not subjects.standings(asha).filter(state="erasing").exists()


class TestAnswering:
    def test_nothing_is_answered_before_it_is_settled_who_asks(self, company, asha):
        with pytest.raises(NotIdentifiedError):
            services.answer(**at(ask(company, asha)), code="done")

    def test_in_another_way_takes_words(self, company, asha):
        found = ask(company, asha, kind="access", identified_how="in_person")
        with pytest.raises(RefusalError):
            services.answer(**at(found))

        found = services.answer(**at(found), text="They read it in our office.")

        assert (found.state, found.answer_code) == ("answered", "otherwise")

    def test_what_was_answered_stays_so(self, company, asha):
        found = ask(company, asha, kind="access", identified_how="in_person")
        services.answer(**at(found), text="They read it in our office.")

        for verb, words in (
            (services.refuse, {"code": "unfounded", "text": "No."}),
            (services.take_back, {}),
            (services.extend, {"reason": "More."}),
        ):
            with pytest.raises(RequestStateError):
                verb(**at(found), **words)


class TestTakingBack:
    def test_calls_the_case_off_while_nothing_was_told(self, company, asha):
        system(company, "crm", "Customer files")
        found = ask(company, asha, identified_how="signed_in")

        found = services.take_back(**at(found))

        assert found.state == "taken_back"
        assert Case.objects.get(id=found.case_id).state == "cancelled"

    def test_not_once_a_system_was_told(self, company, asha):
        system(company, "crm", "Customer files")
        found = ask(company, asha, identified_how="signed_in")
        Step.objects.filter(case_id=found.case_id).update(state="sent", sent_at=timezone.now())

        with pytest.raises(TooLateToTakeBackError):
            services.take_back(**at(found))

        found.refresh_from_db()
        assert found.state == "working"


class TestTheDatabase:
    """What it refuses whoever asks."""

    @pytest.mark.parametrize("change", [
        {"received_at": NOON}, {"kind": "access"}, {"channel": "paper"}, {"pack": "EU"},
        {"state": "answered"}, {"state": "working"},
    ])  # fmt: skip
    def test_a_request_does_not_change_like_this(self, company, asha, change):
        found = ask(company, asha)

        with pytest.raises(DatabaseError), transaction.atomic():
            Request.objects.filter(id=found.id).update(**change)

    def test_an_answered_one_changes_no_more_and_none_is_deleted(self, company, asha):
        found = services.take_back(**at(ask(company, asha)))

        with pytest.raises(DatabaseError), transaction.atomic():
            Request.objects.filter(id=found.id).update(state="received")
        with pytest.raises(DatabaseError), transaction.atomic():
            Request.objects.filter(id=found.id).delete()
        assert Request.objects.filter(id=found.id).update(answer_text="", acting_id=None) == 1

    def test_a_pause_ends_once(self, company, asha):
        found = ask(company, asha)
        services.pause(**at(found), reason="The voice was another one.")
        Pause.objects.update(ended_at=timezone.now())

        for change in (
            lambda: Pause.objects.update(ended_at=timezone.now()),
            lambda: Pause.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


class TestOverdue:
    def test_is_an_alarm_until_it_is_answered(self, company, asha):
        with time_machine.travel(NOON, tick=False) as clock:
            found = ask(company, asha)
            services.watch()
            assert not alarms.open_alarms([company.id]).exists()
            clock.shift(timedelta(days=40))
            services.watch()
            (alarm,) = alarms.open_alarms([company.id])
            assert (alarm.kind, alarm.detail) == ("request_overdue", "1 overdue")
            services.take_back(**at(found))
            services.watch()

        assert not alarms.open_alarms([company.id]).exists()

    def test_is_none_while_the_clock_stands(self, company, asha):
        with time_machine.travel(NOON, tick=False) as clock:
            found = ask(company, asha)
            services.pause(**at(found), reason="The voice was another one.")
            clock.shift(timedelta(days=40))

            assert not selectors.overdue([company.id]).exists()
            assert selectors.queue([company.id]).get().is_paused


def test_another_controllers_request_is_not_there(company, european, asha):
    found = ask(company, asha)

    with pytest.raises(RequestMissingError):
        services.take_back(by=OFFICER, controller_id=european.id, request_id=found.id)
    with pytest.raises(RequestMissingError):
        selectors.request(european.id, found.id)
