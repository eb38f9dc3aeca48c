"""Choices come from many channels, late and twice: what counts is when they were made (CON-30)."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import EntryIndex
from consent import services
from consent.catalogue import Catalogue, NoticeInForce, PurposeInForce
from consent.errors import EventTimeError, IllegalTransitionError
from consent.models import ConsentEvent, ConsentState
from consent.services import choices
from consent.services.bulk import import_many
from consent.services.folding import fold
from consent.services.lines import lines_of, states_of
from consent.transitions import State
from tests.portal.world import APPROVER, AUTHOR, OFFERS, SURVEYS
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-30")]

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
YES, NO = State.GIVEN, State.REFUSED


def hours(n):
    return START + timedelta(hours=n)


def stands(person, purpose=OFFERS):
    return ConsentState.objects.get(subject=person, purpose__code=purpose)


def folds(person):
    """Whether each stored state is what the ledger amounts to, but for the id of the row."""
    ledger = lines_of(person.controller_id, [person.id])
    for state in states_of(person.controller_id, [person.id]):
        found = fold(line for line in ledger if line.purpose_id == state.purpose_id)
        assert found._replace(id=state.id) == state
    return True


def delivered(company, person, *choices_):
    for at, wish, more in choices_:
        company.answer(person, OFFERS, wish, event_at=at, **more)
    return stands(person)


def summary(state):
    """What a check looks at. A yes after another and a first yes permit alike."""
    is_yes = state.state in {"given", "renewed"}
    return ("yes" if is_yes else state.state), state.since_at, state.expires_at


EVENTS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from([YES, NO])), min_size=2, max_size=4)
ENDS = {0: 3, 1: 9, 2: 3, 3: None, 4: 6}
"""After how many hours a yes of that hour ends."""


def event(hour, wish):
    if wish is NO or ENDS[hour] is None:
        return hours(hour), wish, {}
    return hours(hour), wish, {"expires_at": hours(hour + ENDS[hour])}


@settings(max_examples=12, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(EVENTS)
def test_however_they_arrive_the_person_stands_where_the_order_of_the_acts_leads(company, drawn):
    events = [event(*one) for one in drawn]
    found = set()

    for order in set(permutations(range(len(events)))):
        person = company.person(f"p{company.controller.subjects.count()}@example.in")
        found.add(summary(delivered(company, person, *(events[n] for n in order))))
        assert folds(person)

    assert len(found) == 1


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(State)), min_size=1, max_size=8))
def test_whatever_comes_the_state_is_what_the_ledger_amounts_to(company, drawn):
    person = company.person(f"q{company.controller.subjects.count()}@example.in")

    for hour, wish in drawn:
        try:
            company.answer(person, OFFERS, wish, event_at=hours(hour))
        except IllegalTransitionError:
            continue
        assert folds(person)


class TestLate:
    def test_a_no_ends_what_was_given_before_it(self, company, asha, lines):
        company.yes(asha, event_at=hours(1))
        company.answer(asha, SURVEYS, YES, event_at=hours(9))

        company.answer(asha, OFFERS, NO, event_at=hours(2))

        assert summary(stands(asha)) == ("withdrawn", hours(2), stands(asha).expires_at)

    def test_a_no_does_not_end_what_was_given_after_it(self, company, asha, lines):
        company.yes(asha, event_at=hours(1))
        last = company.yes(asha, event_at=hours(5))

        late = company.answer(asha, OFFERS, NO, event_at=hours(2))

        state = stands(asha)
        assert (late.state, late.sequence) == ("withdrawn", 3)
        assert (state.state, state.event_id, state.sequence) == ("given", last.id, 3)
        assert lines() == ["given", "renewed", "withdrawn"]

    def test_a_yes_does_not_undo_a_later_no(self, company, asha):
        company.answer(asha, OFFERS, NO, event_at=hours(5))

        company.yes(asha, event_at=hours(1))

        assert summary(stands(asha))[:2] == ("withdrawn", hours(5))

    def test_is_recorded_with_what_stood_when_it_happened(self, company, asha):
        company.yes(asha, event_at=hours(1))
        company.answer(asha, OFFERS, NO, event_at=hours(5))

        late = company.yes(asha, event_at=hours(3))

        assert (late.state, late.event_at) == ("renewed", hours(3))
        assert late.recorded_at > hours(5)
        assert EntryIndex.objects.filter(target_id=str(late.id)).get().event == "consent:renewed"

    def test_what_could_not_follow_then_is_refused(self, company, asha, lines):
        company.answer(asha, OFFERS, State.REQUESTED, event_at=hours(1))
        company.yes(asha, event_at=hours(3))

        with pytest.raises(IllegalTransitionError):
            company.answer(asha, OFFERS, State.DEFERRED, event_at=hours(4))
        company.answer(asha, OFFERS, State.DEFERRED, event_at=hours(2))

        assert lines() == ["requested", "given", "deferred"]
        assert stands(asha).state == "given"

    def test_tells_holders_of_permits_only_where_they_end(self, company, asha):
        company.yes(asha, event_at=hours(1))
        company.yes(asha, event_at=hours(5))

        company.answer(asha, OFFERS, NO, event_at=hours(2))
        assert not Job.objects.filter(kind="permits.ended").exists()
        company.answer(asha, OFFERS, NO, event_at=hours(6))
        assert Job.objects.filter(kind="permits.ended").count() == 1

    def test_a_renewal_outlives_the_end_the_keeper_wrote(self, company, asha, lines):
        company.yes(asha, event_at=hours(0), expires_at=hours(10))
        assert services.expire_due() == 1

        company.yes(asha, event_at=hours(5), expires_at=timezone.now() + timedelta(days=9))

        assert lines() == ["given", "expired", "renewed"]
        assert (stands(asha).state, stands(asha).since_at) == ("renewed", hours(5))

    def test_a_renewal_that_is_over_as_well_does_not(self, company, asha):
        company.yes(asha, event_at=hours(0), expires_at=hours(10))
        services.expire_due()

        company.yes(asha, event_at=hours(5), expires_at=hours(9))

        assert stands(asha).state == "expired"


class TestOneMoment:
    @pytest.mark.parametrize("order", [(YES, NO), (NO, YES)])
    def test_the_more_protective_wins(self, company, asha, order):
        for wish in order:
            company.answer(asha, OFFERS, wish, event_at=START)

        assert stands(asha).state == "withdrawn"

    def test_invalid_is_more_protective_than_a_no(self, company, asha):
        company.yes(asha, event_at=hours(0))
        company.answer(asha, OFFERS, State.INVALIDATED, event_at=hours(1))

        company.answer(asha, OFFERS, NO, event_at=hours(1))

        assert stands(asha).state == "invalidated"


class TestTwice:
    @pytest.mark.parametrize("wish", [YES, NO])
    def test_one_delivery_is_the_other(self, company, asha, written, wish):
        first = company.answer(asha, OFFERS, wish, event_at=START)
        before = written()

        again = company.answer(asha, OFFERS, wish, event_at=START)

        assert (again.id, written()) == (first.id, before)

    def test_also_after_something_else_was_said(self, company, asha, lines):
        first = company.yes(asha, event_at=hours(1))
        company.answer(asha, OFFERS, NO, event_at=hours(2))

        assert company.yes(asha, event_at=hours(1)).id == first.id
        assert lines() == ["given", "withdrawn"]

    def test_in_one_call_too(self, company, asha, lines):
        same = services.Choice(
            subject_id=asha.id, purpose=OFFERS, state=YES, method="button", event_at=START
        )

        told = choices.record_many(by=AUTHOR, controller_id=company.id, choices=[same, same])

        assert told[0].id == told[1].id
        assert lines() == ["given"]


class TestClocks:
    def test_far_ahead_are_refused_and_nothing_is_written(self, company, asha, written):
        before = written()

        with pytest.raises(EventTimeError):
            company.yes(asha, event_at=timezone.now() + timedelta(minutes=6))

        assert written() == before

    @pytest.mark.req("P2")
    def test_a_yes_of_a_fast_clock_does_not_outlive_the_withdrawal_after_it(self, company, asha):
        ahead = timezone.now() + timedelta(minutes=4)
        company.yes(asha, event_at=ahead)

        services.withdraw(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS, method="button"
        )

        assert stands(asha).state == "withdrawn"
        with time_machine.travel(ahead + timedelta(minutes=5)):
            company.yes(asha, event_at=ahead)  # the same, delivered again
        assert stands(asha).state == "withdrawn"
        assert folds(asha)

    @pytest.mark.req("P2")
    def test_a_yes_of_a_fast_clock_does_not_outrank_a_no_of_a_right_one(self, company, asha):
        company.yes(asha, event_at=timezone.now() + timedelta(minutes=4))

        said = company.answer(asha, OFFERS, NO, event_at=timezone.now())

        assert (said.state, stands(asha).state) == ("withdrawn", "withdrawn")
        assert stands(asha).since_at <= timezone.now()
        assert folds(asha)

    def test_without_a_time_of_its_own_a_choice_is_the_last(self, company, asha):
        company.yes(asha, event_at=timezone.now() + timedelta(minutes=4))

        for wish, state in ((NO, "withdrawn"), (YES, "given"), (YES, "renewed"), (NO, "withdrawn")):
            company.answer(asha, OFFERS, wish)
            assert stands(asha).state == state
        assert folds(asha)


@pytest.mark.req("P2")
class TestWithdrawnAgain:
    def withdraw(self, company, person):
        return services.withdraw(
            by=AUTHOR, controller_id=company.id, subject_id=person.id, purpose=OFFERS,
            method="button",
        )  # fmt: skip

    def test_outlives_a_yes_of_the_time_between_that_comes_late(self, company, asha, lines):
        company.yes(asha)
        first = self.withdraw(company, asha)
        between = timezone.now() + timedelta(hours=1)
        with time_machine.travel(between + timedelta(hours=1)):
            assert self.withdraw(company, asha).id == first.id

        with time_machine.travel(between + timedelta(hours=2)):
            company.yes(asha, event_at=between)

        state = stands(asha)
        assert lines() == ["given", "withdrawn", "withdrawn", "given"]
        assert (state.state, state.since_at > between) == ("withdrawn", True)

    @pytest.mark.parametrize("said", [NO, State.WITHDRAWN])
    def test_with_everything_else_does_so_too(self, company, asha, said):
        if said is State.WITHDRAWN:
            company.yes(asha)
        company.answer(asha, OFFERS, said)
        between = timezone.now() + timedelta(hours=1)
        with time_machine.travel(between + timedelta(hours=1)):
            told = services.withdraw_all(
                by=AUTHOR, controller_id=company.id, subject_id=asha.id, method="button"
            )

        with time_machine.travel(between + timedelta(hours=2)):
            company.yes(asha, event_at=between)

        assert (told, stands(asha).state) == ([], "withdrawn")

    def test_stands_since_the_first_time(self, company, asha):
        company.yes(asha)
        first = self.withdraw(company, asha)
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            self.withdraw(company, asha)

        state = stands(asha)
        assert (state.event_id, state.since_at, state.sequence) == (first.id, first.event_at, 3)


class TestImports:
    def choice(self, person, hour, wish=YES):
        return services.Choice(
            subject_id=person.id, purpose=OFFERS, state=wish, method="import", is_import=True,
            event_at=hours(hour),
        )  # fmt: skip

    def bring(self, company, *wishes):
        return import_many(by=AUTHOR, controller_id=company.id, choices=wishes, new={})

    def test_need_no_order(self, company, asha):
        told = self.bring(
            company, self.choice(asha, 4, NO), self.choice(asha, 1), self.choice(asha, 3)
        )

        assert told == [True, True, True]
        assert summary(stands(asha))[:2] == ("withdrawn", hours(4))
        assert folds(asha)

    def test_again_add_nothing_in_any_order(self, company, asha, written):
        wishes = [self.choice(asha, 4, NO), self.choice(asha, 1), self.choice(asha, 3)]
        self.bring(company, *wishes)
        before = written()

        assert self.bring(company, *reversed(wishes)) == [False, False, False]
        assert written() == before

    def test_read_the_ledger_once_for_all_who_are_late(
        self, company, django_assert_max_num_queries
    ):
        people = [company.person(f"r{n}@example.in") for n in range(12)]
        self.bring(company, *(self.choice(one, 5) for one in people))

        with django_assert_max_num_queries(16):
            self.bring(company, *(self.choice(one, 2, NO) for one in people))

        assert ConsentEvent.objects.count() == 24


@pytest.mark.req("CON-19", "CON-30")
class TestOfItsTime:
    """A yes that comes late is to what was asked then, not to what is asked now."""

    @pytest.fixture
    def catalogue(self):
        """Offers had their first version and words at hour 1, their second at hour 5."""
        words = [NoticeInForce(uuid4(), "web", n, {"en": "00"}, hours(at)) for n, at in
                 ((2, 5), (1, 1))]  # fmt: skip
        offers = PurposeInForce(
            uuid4(),
            OFFERS,
            "Offers",
            2,
            None,
            is_closed=False,
            notices=tuple(words),
            begun=((hours(5), 2), (hours(1), 1)),
        )
        return Catalogue({OFFERS: offers})

    @pytest.mark.parametrize(("hour", "number"), [(0, 1), (1, 1), (4, 1), (5, 2), (9, 2)])
    def test_it_is_to_the_version_and_the_words_in_force_then(self, catalogue, hour, number):
        assert catalogue.purpose(OFFERS).version_at(hours(hour)) == number
        assert catalogue.notice(OFFERS, None, "en", hours(hour)).number == number

    def test_a_version_with_a_material_change_leaves_it_behind(self, company, asha):
        first = company.versions[OFFERS]
        words = services.Words(
            title="Offers", description="More of them.", enables="E", dpv_purpose="dpv:Marketing",
            grounds={"IN": "consent"}, categories=("pd:EmailAddress",), retention_days=1, owner="O",
        )  # fmt: skip
        second = services.draft_purpose(
            by=AUTHOR, controller_id=company.id, code=OFFERS, words=words
        )
        services.approve_purpose(by=APPROVER, version=second)

        late = company.yes(asha, event_at=first.effective_from)
        untold = company.yes(company.person("cara@example.in"))
        company.versions[OFFERS] = second
        company.republish()
        now = company.yes(company.person("ben@example.in"))

        assert (late.purpose_version, untold.purpose_version, now.purpose_version) == (1, 1, 2)
