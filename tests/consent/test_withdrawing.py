from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from consent import selectors, services, tasks
from consent.errors import (
    ConsentMissingError,
    ForbiddenMethodError,
    IllegalTransitionError,
    PurposeUnknownError,
)
from consent.models import ConsentEvent, ConsentState
from consent.transitions import State
from subjects.errors import SubjectUnknownError
from tests.portal.world import APPROVER, AUTHOR, MAPS, OFFERS, SURVEYS
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-12")]


def withdraw(company, person, purpose=OFFERS, method="button", **more):
    return services.withdraw(
        by=AUTHOR, controller_id=company.id, subject_id=person.id, purpose=purpose, method=method,
        **more,
    )  # fmt: skip


def withdraw_all(company, person):
    return services.withdraw_all(
        by=AUTHOR, controller_id=company.id, subject_id=person.id, method="button"
    )


def in_days(days):
    return timezone.now() + timedelta(days=days)


class TestWithdrawing:
    def test_ends_a_consent(self, company, asha, lines):
        company.yes(asha)

        event = withdraw(company, asha, reason="TOO_MANY", channel="web")

        assert lines() == ["given", "withdrawn"]
        assert (event.reason, event.channel, event.method) == ("TOO_MANY", "web", "button")
        (state,) = (one for one in selectors.states(company.id, asha.id) if one.event_id)
        assert (state.state, state.is_valid) == (State.WITHDRAWN, False)

    def test_twice_gives_the_first_event_again(self, company, asha, written):
        company.yes(asha)
        first = withdraw(company, asha)
        before = written()

        again = withdraw(company, asha, reason="OTHER")

        assert (again.id, again.reason, written()) == (first.id, "", before)

    def test_keeps_the_evidence_of_the_yes(self, company, asha):
        """An order may still be fulfilled that rests on it (DPDP s.6(5))."""
        company.yes(asha, language="hi", is_explicit=True)
        before = ConsentState.objects.get()
        company.republish()
        withdraw(company, asha)

        after = ConsentState.objects.get()
        for name in ("notice_version_id", "language", "is_explicit", "is_provable", "given_by",
                     "purpose_version", "expires_at"):  # fmt: skip
            assert getattr(after, name) == getattr(before, name), name
        assert after.since_at > before.since_at

    def test_refers_to_the_words_that_were_agreed_to(self, company, asha):
        agreed = company.yes(asha, language="hi")
        company.republish()

        event = withdraw(company, asha)

        assert (event.notice_version_id, event.language, event.notice_sha256) == (
            agreed.notice_version_id, "hi", agreed.notice_sha256,
        )  # fmt: skip

    @pytest.mark.parametrize("before", [State.REFUSED, State.REQUESTED])
    def test_where_none_runs_is_refused(self, company, asha, written, before):
        company.answer(asha, OFFERS, before)
        count = written()

        with pytest.raises(IllegalTransitionError):
            withdraw(company, asha)

        assert written() == count

    @pytest.mark.parametrize(
        ("purpose", "error"),
        [
            (OFFERS, ConsentMissingError),
            ("no.such", PurposeUnknownError),
            ("", PurposeUnknownError),
        ],
    )
    def test_what_was_never_asked_is_an_error(self, company, asha, written, purpose, error):
        before = written()

        with pytest.raises(error):
            withdraw(company, asha, purpose)

        assert written() == before

    def test_by_no_act_is_refused(self, company, asha, lines):
        company.yes(asha)

        with pytest.raises(ForbiddenMethodError):
            withdraw(company, asha, method="silence")

        assert lines() == ["given"]

    @pytest.mark.req("P9")
    def test_for_a_person_of_another_controller_is_refused(self, company, other, asha, lines):
        company.yes(asha)

        for person in (asha, type(asha)(id=uuid4())):
            with pytest.raises(SubjectUnknownError):
                withdraw(other, person)
        assert lines() == ["given"]

    def test_of_an_expired_consent_is_recorded(self, company, asha, lines):
        company.yes(asha, expires_at=in_days(1))

        with time_machine.travel(in_days(2)):
            withdraw(company, asha)

        assert lines() == ["given", "withdrawn"]

    def test_one_may_say_yes_again(self, company, asha, lines):
        company.yes(asha)
        withdraw(company, asha)
        company.yes(asha)

        assert lines() == ["given", "withdrawn", "given"]


class TestWithdrawingAll:
    def test_ends_every_consent_that_runs_and_nothing_else(self, company, asha, lines):
        ben = company.person("ben@example.in")
        company.yes(ben)
        company.yes(asha)
        company.yes(asha, MAPS)
        company.yes(asha, MAPS)
        company.answer(asha, SURVEYS, State.REFUSED)

        events = withdraw_all(company, asha)

        assert [(one.purpose.code, one.state) for one in events] == [
            (MAPS, "withdrawn"), (OFFERS, "withdrawn"),
        ]  # fmt: skip
        states = ConsentState.objects.filter(subject=asha).values_list("purpose__code", "state")
        assert dict(states) == {OFFERS: "withdrawn", MAPS: "withdrawn", SURVEYS: "refused"}
        assert ConsentState.objects.get(subject=ben).state == "given"

    def test_with_nothing_running_does_nothing(self, company, asha, written):
        company.yes(asha)
        withdraw_all(company, asha)
        before = written()

        assert withdraw_all(company, asha) == []
        assert written() == before

    def test_includes_closed_purposes(self, company, asha):
        company.yes(asha)
        services.close_purpose(by=APPROVER, purpose=company.versions[OFFERS].purpose)

        assert len(withdraw_all(company, asha)) == 1


class TestExpiry:
    def test_follows_from_the_purpose(self, company, asha):
        event = company.yes(asha)

        assert event.expires_at == event.event_at + timedelta(days=730)

    def test_may_be_sooner_for_one(self, company, asha):
        at = in_days(3)

        assert company.yes(asha, expires_at=at).expires_at == at

    def test_is_never_later_than_the_purpose_says(self, company, asha):
        event = company.yes(asha, expires_at=in_days(731))

        assert event.expires_at == event.event_at + timedelta(days=730)

    def test_a_no_has_none(self, company, asha):
        company.answer(asha, OFFERS, State.REFUSED)

        assert ConsentEvent.objects.get().expires_at is None

    def test_is_read_at_once_though_nobody_wrote_it(self, company, asha, lines):
        company.yes(asha, expires_at=in_days(1))

        def state():
            return next(one for one in selectors.states(company.id, asha.id) if one.event_id)

        with time_machine.travel(in_days(1) - timedelta(minutes=1)):
            assert state().state is State.GIVEN
        with time_machine.travel(in_days(1)):
            assert (state().state, state().is_valid) == (State.EXPIRED, False)
        assert lines() == ["given"]

    def test_is_written_when_due_and_only_once(self, company, asha, lines):
        at = in_days(1)
        company.yes(asha, expires_at=at)
        company.yes(asha, MAPS, expires_at=in_days(9))

        assert services.expire_due() == 0
        with time_machine.travel(in_days(2)):
            assert services.expire_due() == 1
            assert services.expire_due() == 0

        written = ConsentEvent.objects.get(state="expired")
        assert (written.event_at, written.actor_type, written.actor_id) == (at, "system", "keeper")
        assert written.purpose.code == OFFERS

    def test_is_written_by_schedule_for_every_controller(
        self, company, other, asha, lines, monkeypatch
    ):
        monkeypatch.setattr(tasks, "BATCH", 2)
        people = [asha, company.person("b@example.in"), company.person("c@example.in")]
        for person in people:
            company.yes(person, expires_at=in_days(1))
        other.yes(other.person("d@example.nl"), expires_at=in_days(1))

        with time_machine.travel(in_days(2)):
            work.keep_schedule(timezone.now())
            work.run_available(worker="w", due_by=timezone.now() + timedelta(minutes=1))

        assert sorted(lines()) == ["expired"] * 4 + ["given"] * 4
        assert set(ConsentState.objects.values_list("state", flat=True)) == {"expired"}

    def test_of_a_closed_purpose_is_written_too(self, company, asha):
        company.yes(asha, expires_at=in_days(1))
        services.close_purpose(by=APPROVER, purpose=company.versions[OFFERS].purpose)

        with time_machine.travel(in_days(2)):
            assert services.expire_due() == 1

    def test_before_the_yes_itself_does_not_hold_up_the_others(self, company, asha, lines):
        company.yes(asha, expires_at=in_days(-1))

        assert services.expire_due(limit=1) == 1
        assert services.expire_due(limit=1) == 0
        assert lines() == ["given", "expired"]

    def test_a_yes_after_it_is_a_new_one(self, company, asha, lines):
        company.yes(asha, expires_at=in_days(1))

        with time_machine.travel(in_days(2)):
            company.yes(asha)

        assert lines() == ["given", "given"]

    def test_a_renewal_moves_it(self, company, asha, lines):
        company.yes(asha, expires_at=in_days(1))
        company.yes(asha)

        with time_machine.travel(in_days(2)):
            assert services.expire_due() == 0
        assert lines() == ["given", "renewed"]
