"""The watch over readers, from real readings to answered alarms."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit import services as audit
from audit.actors import Target
from profiles import limits
from profiles import selectors_counts as counts
from profiles import services as profiles
from profiles.errors_guarded import (
    FlagEndedError,
    FlaggedError,
    LimitsError,
    NotUnusualError,
    OwnAccessError,
    ReaderUnknownError,
    SearchLimitError,
)
from profiles.models import UnusualAccess
from profiles.services import watching
from subjects import services as subjects
from subjects.errors import SubjectUnknownError
from tests.factories.company import AUTHOR
from tests.profiles.guarded_world import NIGHT, alarms, events, guarded, officer, sees

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-03")]


@pytest.fixture
def lotus(transactional_db):
    return guarded()


def found_kinds():
    return sorted(UnusualAccess.objects.values_list("kind", flat=True))


def sees_all(lotus, ids):
    profiles.read_many(
        by=lotus.ravi, controller_id=lotus.id, subject_ids=ids, purpose="marketing.email.offers"
    )


class TestTheWatch:
    def test_finds_nothing_in_ordinary_work(self, noon, lotus):
        sees(lotus, lotus.person())

        assert watching.watch() == 0
        assert not alarms(lotus).exists()

    def test_notices_very_many_people_in_an_hour_once(self, noon, lotus):
        profiles.set_limits(by=lotus.meera, controller_id=lotus.id, numbers={"people_an_hour": 2})
        for number in range(3):
            sees(lotus, lotus.person(f"p{number}@example.in"))

        assert watching.watch() == 1
        assert watching.watch() == 0

        assert found_kinds() == ["volume"]
        assert alarms(lotus).get().count == 1
        assert events(lotus, "access:unusual")[0].reason_code == "volume"

    def test_counts_people_seen_in_lists(self, noon, lotus):
        profiles.set_limits(by=lotus.meera, controller_id=lotus.id, numbers={"people_an_hour": 2})
        people = [lotus.person(f"p{number}@example.in").id for number in range(3)]

        profiles.read_many(
            by=lotus.ravi,
            controller_id=lotus.id,
            subject_ids=people,
            purpose="marketing.email.offers",
        )
        watching.watch()

        assert found_kinds() == ["volume"]

    def test_notices_somebody_who_sees_many_more_people_than_is_usual_for_them(self, noon, lotus):
        people = [lotus.person(f"p{number}@example.in").id for number in range(11)]
        for day in range(9, 14):  # the week before: one person a day
            with time_machine.travel(f"2026-11-{day:02}T12:00:00+00:00", tick=True):
                sees_all(lotus, people[:1])
        assert watching.watch() == 0

        sees_all(lotus, people[:10])
        assert watching.watch() == 0
        sees_all(lotus, people)
        assert watching.watch() == 1

        found = UnusualAccess.objects.get()
        assert (found.kind, found.holder_id, found.count) == ("usual", lotus.ravi.id, 11)

    def test_lets_those_who_see_many_every_day_see_them(self, noon, lotus):
        people = [lotus.person(f"p{number}@example.in").id for number in range(11)]
        for day in range(9, 14):
            with time_machine.travel(f"2026-11-{day:02}T12:00:00+00:00", tick=True):
                sees_all(lotus, people[:6])

        sees_all(lotus, people)

        assert watching.watch() == 0

    def test_notices_a_service_by_a_limit_of_its_own(self, noon, lotus):
        lotus.seat(lotus.service)
        numbers = {"service_people_an_hour": 1, "people_an_hour": 1}
        profiles.set_limits(by=lotus.meera, controller_id=lotus.id, numbers=numbers)
        for number in range(2):
            sees(lotus, lotus.person(f"p{number}@example.in"), by=lotus.service)

        watching.watch()

        found = UnusualAccess.objects.get()
        assert (found.kind, found.holder_type) == ("volume", "service")

    def test_notices_looks_at_oneself_and_at_ones_household(self, noon, lotus):
        ravi, wife = lotus.person("ravi@example.in"), lotus.person("wife@example.in")
        subjects.relate(by=AUTHOR, subject=wife, related_id=ravi.id, kind="household")
        profiles.know_reader(
            by=lotus.meera, controller_id=lotus.id, holder_id=lotus.ravi.id, subject_id=ravi.id
        )
        for one in (ravi, wife, lotus.person("stranger@example.in")):
            sees(lotus, one)

        watching.watch()

        assert found_kinds() == ["family", "own"]

    def test_notices_each_look_at_somebody_under_watch(self, noon, lotus):
        asha = lotus.person()
        flagged = profiles.flag(
            by=lotus.meera, controller_id=lotus.id, subject_id=asha.id, why="public_figure"
        )
        sees(lotus, asha)
        watching.watch()
        assert found_kinds() == ["flagged"]

        profiles.unflag(by=lotus.meera, flagged=flagged)
        sees(lotus, lotus.person("bela@example.in"))

        assert watching.watch() == 0

    def test_notices_looks_at_night(self, noon, lotus):
        asha = lotus.person()
        with time_machine.travel(NIGHT, tick=True):
            sees(lotus, asha)
            watching.watch()

        assert found_kinds() == ["hours"]

    @pytest.mark.req("P9")
    def test_of_one_company_says_nothing_of_another(self, noon, lotus):
        rose = guarded("rose")
        profiles.set_limits(by=rose.meera, controller_id=rose.id, numbers={"people_an_hour": 1})
        for number in range(3):
            sees(lotus, lotus.person(f"p{number}@example.in"))

        assert watching.watch() == 0


class TestAnswering:
    @pytest.fixture
    def access(self, noon, lotus):
        asha = lotus.person()
        profiles.flag(by=lotus.meera, controller_id=lotus.id, subject_id=asha.id, why="at_risk")
        sees(lotus, asha)
        watching.watch()
        return UnusualAccess.objects.get()

    def test_closes_the_alarm(self, lotus, access):
        watching.answer(by=lotus.meera, access=access, answer="expected")

        assert not alarms(lotus).exists()
        assert events(lotus, "access:answered")[0].outcome == "expected"

    def test_is_done_once(self, lotus, access):
        watching.answer(by=lotus.meera, access=access, answer="expected")

        with pytest.raises(NotUnusualError):
            watching.answer(by=lotus.meera, access=access, answer="reported")

    def test_is_never_for_oneself(self, lotus, access):
        with pytest.raises(OwnAccessError):
            watching.answer(by=lotus.ravi, access=access, answer="expected")

    def test_takes_no_other_word(self, lotus, access):
        with pytest.raises(ValueError, match="whatever"):
            watching.answer(by=lotus.meera, access=access, answer="whatever")


class TestWatchedPeople:
    def test_are_of_the_company(self, lotus):
        theirs = guarded("rose").person("chitra@example.in")

        with pytest.raises(SubjectUnknownError):
            profiles.flag(
                by=lotus.meera, controller_id=lotus.id, subject_id=theirs.id, why="at_risk"
            )

    def test_are_watched_once_and_ended_once(self, lotus):
        asha = lotus.person()
        given = {"by": lotus.meera, "controller_id": lotus.id, "subject_id": asha.id}
        flagged = profiles.flag(**given, why="at_risk")

        with pytest.raises(FlaggedError):
            profiles.flag(**given, why="dispute")
        profiles.unflag(by=lotus.meera, flagged=flagged)
        with pytest.raises(FlagEndedError):
            profiles.unflag(by=lotus.meera, flagged=flagged)

    def test_readers_are_staff_of_the_company(self, lotus):
        stranger = officer(guarded("rose"), "stranger", "operator")

        with pytest.raises(ReaderUnknownError):
            profiles.know_reader(
                by=lotus.meera, controller_id=lotus.id, holder_id=stranger.id,
                subject_id=lotus.person().id,
            )  # fmt: skip

    def test_readers_can_be_taken_off_the_record(self, lotus):
        reader = profiles.know_reader(
            by=lotus.meera, controller_id=lotus.id, holder_id=lotus.ravi.id,
            subject_id=lotus.person().id,
        )  # fmt: skip

        profiles.forget_reader(by=lotus.meera, reader=reader)

        with pytest.raises(FlagEndedError):
            profiles.forget_reader(by=lotus.meera, reader=reader)


class TestLimits:
    @pytest.mark.parametrize(
        "numbers",
        [{"from_hour": 20, "until_hour": 7}, {"smallest_group": 1}, {"people_an_hour": 0},
         {"until_hour": 25}],
    )  # fmt: skip
    def test_that_make_no_sense_are_refused(self, lotus, numbers):
        with pytest.raises(LimitsError):
            profiles.set_limits(by=lotus.meera, controller_id=lotus.id, numbers=numbers)

    def test_keep_what_is_not_named(self, lotus):
        given = {"by": lotus.meera, "controller_id": lotus.id}
        profiles.set_limits(**given, numbers={"people_an_hour": 7})

        row = profiles.set_limits(**given, numbers={"reveals_a_day": 3})

        assert (row.people_an_hour, row.reveals_a_day) == (7, 3)

    def test_end_searching_for_an_hour(self, lotus):
        profiles.set_limits(by=lotus.meera, controller_id=lotus.id, numbers={"searches_an_hour": 2})
        for _ in range(2):
            limits.check_search(by=lotus.ravi, controller_id=lotus.id)
            searched(lotus)

        with pytest.raises(SearchLimitError):
            limits.check_search(by=lotus.ravi, controller_id=lotus.id)
        limits.check_search(by=lotus.meera, controller_id=lotus.id)
        with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=True):
            limits.check_search(by=lotus.ravi, controller_id=lotus.id)

    def test_hide_sources_about_few(self, lotus):
        for number in range(3):
            lotus.person(f"p{number}@example.in")

        assert {one.people for one in counts.by_source(lotus.id)} == {None}


def searched(lotus):
    from django.db import transaction

    with transaction.atomic():
        audit.record(
            event="person:searched", by=lotus.ravi, controller_id=lotus.id,
            target=Target("search", "email"), outcome="not_found",
        )  # fmt: skip
