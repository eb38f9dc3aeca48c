"""Breaking the glass: what it opens, what it never opens, and who looks at it afterwards."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit.selectors import payload
from profiles import services as profiles
from profiles.errors import NoSeatError, SubjectNotFoundError
from profiles.errors_guarded import (
    CaseError,
    DurationError,
    FindingMissingError,
    GlassOverError,
    GlassReviewedError,
    ReasonError,
    SecondPersonError,
    StaffOnlyError,
)
from profiles.fields import Why
from profiles.models import BreakGlass, UnusualAccess
from profiles.services import breaking
from subjects import services as subjects
from tests.factories.company import AUTHOR
from tests.factories.profiles import VALUES
from tests.profiles.guarded_world import (
    CASE,
    OFFERS,
    REASON,
    alarms,
    events,
    guarded,
    officer,
    sees,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-02")]
FINDING = "The caller was in danger, waiting would have harmed"


@pytest.fixture
def lotus(transactional_db):
    return guarded()


@pytest.fixture
def asha(lotus):
    return lotus.person()


def breaks(lotus, person, **more):
    given = {"by": lotus.ravi, "purpose": OFFERS, "reason": REASON, "case": CASE, **more}
    return profiles.break_glass(
        controller_id=lotus.id, subject_id=getattr(person, "id", person), **given
    )


def reviews(lotus, glass, **more):
    given = {"by": lotus.meera, "verdict": "justified", "finding": FINDING, **more}
    return profiles.review_glass(glass=glass, **given)


class TestBrokenGlass:
    def test_opens_what_the_view_closes(self, lotus, asha):
        before = sees(lotus, asha)

        breaks(lotus, asha)

        after = sees(lotus, asha)
        assert before["home"] is before["diagnosis"] is None
        assert {code: after[code] for code in VALUES} == VALUES

    def test_opens_what_other_units_know(self, lotus, asha):
        lotus.source("loans", unit="loans")
        lotus.holds(asha, "loans", at=timezone.now(), email="loans@example.in")

        breaks(lotus, asha)

        shown = {one.code: one for one in lotus.reads(asha, by=lotus.ravi).fields}
        assert shown["email"].value == "loans@example.in"
        assert shown["email"].is_beyond_view

    def test_opens_nothing_that_the_person_refuses(self, lotus, asha):
        breaks(lotus, asha)

        lotus.company.withdraws(asha)

        shown = lotus.reads(asha, by=lotus.ravi)
        assert {one.why for one in shown.fields} == {Why.DENIED}

    def test_is_for_one_person_one_purpose_and_one_reader(self, lotus, asha):
        other = officer(lotus, "other", "profile_reader")
        lotus.seat(other)
        bela = lotus.person("bela@example.in")

        breaks(lotus, asha)

        assert sees(lotus, bela)["home"] is None
        assert sees(lotus, asha, by=other)["home"] is None

    def test_ends_by_itself(self, lotus, asha):
        glass = breaks(lotus, asha, minutes=10)

        with time_machine.travel(glass.expires_at + timedelta(seconds=1), tick=False):
            assert sees(lotus, asha)["home"] is None

    def test_can_be_ended_before(self, lotus, asha):
        glass = breaks(lotus, asha)

        profiles.close_glass(by=lotus.meera, glass=glass)

        assert sees(lotus, asha)["home"] is None
        with pytest.raises(GlassOverError):
            profiles.close_glass(by=lotus.meera, glass=glass)

    def test_is_on_record_and_so_is_each_reading_beyond_the_view(self, lotus, asha):
        glass = breaks(lotus, asha)
        sees(lotus, asha)

        opened = payload(events(lotus, "glass:broken")[0].id)
        read = payload(events(lotus, "record:viewed")[0].id)
        assert (opened["data"]["case"], opened["data"]["reason"]) == (CASE, REASON)
        assert opened["target"]["id"] == str(glass.id)
        assert read["data"]["beyond"] == f"glass:{glass.id}"

    def test_that_cannot_be_recorded_opens_nothing(self, lotus, asha, broken_log):
        broken_log.breaks()

        with pytest.raises(DatabaseError):
            breaks(lotus, asha)

        assert not BreakGlass.objects.exists()

    def test_stays_shut_for_a_seat_that_ended(self, lotus, asha):
        breaks(lotus, asha)

        profiles.end_seat(by=lotus.meera, seat=lotus.seat_of_ravi)

        with pytest.raises(NoSeatError):
            sees(lotus, asha)


class TestWhatIsRefused:
    @pytest.mark.parametrize("case", ["", "two words", "a@b", "x" * 81, "987654321012"])
    def test_no_case_or_one_that_could_name_somebody(self, lotus, asha, case):
        with pytest.raises(CaseError):
            breaks(lotus, asha, case=case)

    @pytest.mark.parametrize("reason", ["", "short", "call +91 98765 43210 now"])
    def test_no_reason(self, lotus, asha, reason):
        with pytest.raises(ReasonError):
            breaks(lotus, asha, reason=reason)

    @pytest.mark.parametrize("minutes", [0, 241])
    def test_a_time_that_is_too_long_or_none(self, lotus, asha, minutes):
        with pytest.raises(DurationError):
            breaks(lotus, asha, minutes=minutes)

    def test_a_service(self, lotus, asha):
        lotus.seat(lotus.service)

        with pytest.raises(StaffOnlyError):
            breaks(lotus, asha, by=lotus.service)

    @pytest.mark.req("P9", "PRO-06")
    def test_people_who_are_not_there_all_alike(self, lotus, asha):
        restricted = lotus.person("bela@example.in")
        subjects.set_standing(by=AUTHOR, subject=restricted, state="vault", reason="kept")
        theirs = guarded("rose").person("chitra@example.in")

        for one in (restricted.id, theirs.id, lotus.id):
            with pytest.raises(SubjectNotFoundError):
                breaks(lotus, one)

        assert not BreakGlass.objects.exists()


class TestTheReview:
    def test_is_a_second_persons(self, lotus, asha):
        glass = breaks(lotus, asha)

        with pytest.raises(SecondPersonError):
            reviews(lotus, glass, by=lotus.ravi)

        assert reviews(lotus, glass).verdict == "justified"

    def test_by_the_same_person_is_refused_by_the_database_too(self, lotus, asha):
        glass = breaks(lotus, asha)

        with pytest.raises(IntegrityError), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).update(
                reviewed_at=timezone.now(), reviewed_by=lotus.ravi.id, verdict="justified"
            )

    def test_happens_once(self, lotus, asha):
        glass = breaks(lotus, asha)
        reviews(lotus, glass)

        with pytest.raises(GlassReviewedError):
            reviews(lotus, glass, verdict="not_justified")
        with pytest.raises(DatabaseError), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).update(verdict="not_justified")

    @pytest.mark.parametrize("finding", ["", "fine", "she is asha@example.in"])
    def test_says_what_it_found_and_names_nobody(self, lotus, asha, finding):
        with pytest.raises(FindingMissingError):
            reviews(lotus, breaks(lotus, asha), finding=finding)

    def test_that_finds_no_justification_ends_it_and_is_an_alarm(self, lotus, asha):
        glass = breaks(lotus, asha)

        reviews(lotus, glass, verdict="not_justified")

        assert sees(lotus, asha)["home"] is None
        assert UnusualAccess.objects.filter(kind="unjustified", holder_id=lotus.ravi.id).exists()
        assert alarms(lotus).exists()

    def test_that_is_overdue_is_an_alarm_until_it_is_done(self, lotus, asha):
        glass = breaks(lotus, asha)

        with time_machine.travel(glass.opened_at + timedelta(hours=23, minutes=59), tick=False):
            breaking.watch()
            assert not alarms(lotus, "glass_unreviewed").exists()
        with time_machine.travel(glass.opened_at + timedelta(hours=24, minutes=1), tick=False):
            breaking.watch()
            assert alarms(lotus, "glass_unreviewed").exists()
            reviews(lotus, glass)

        assert not alarms(lotus, "glass_unreviewed").exists()


class TestTheRow:
    @pytest.mark.parametrize(
        "change", [{"case": "other"}, {"reason": "Another reason"}, {"holder_id": "somebody"}]
    )
    def test_never_changes(self, lotus, asha, change):
        glass = breaks(lotus, asha)

        with pytest.raises(DatabaseError), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).update(**change)

    def test_never_lasts_longer_than_it_was_opened_for(self, lotus, asha):
        glass = breaks(lotus, asha)

        with pytest.raises(DatabaseError), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).update(
                expires_at=glass.expires_at + timedelta(hours=1)
            )

    def test_is_never_deleted(self, lotus, asha):
        glass = breaks(lotus, asha)

        with pytest.raises(DatabaseError), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).delete()


class TestThePerson:
    def test_is_told_once_it_is_over(self, lotus, asha):
        glass = breaks(lotus, asha)
        assert breaking.tell() == 0

        with time_machine.travel(glass.expires_at + timedelta(seconds=1), tick=False):
            assert breaking.tell() == 1
            assert breaking.tell() == 0

        glass.refresh_from_db()
        assert glass.told_at is not None


@pytest.mark.req("PRO-03")
class TestUnusual:
    def test_is_what_happens_more_often_than_allowed(self, noon, lotus, asha):
        breaks(lotus, asha)
        assert not alarms(lotus).exists()
        breaks(lotus, asha)

        assert [one.kind for one in UnusualAccess.objects.all()] == ["glass"]

    def test_is_a_person_under_watch(self, noon, lotus, asha):
        profiles.flag(
            by=lotus.meera, controller_id=lotus.id, subject_id=asha.id, why="public_figure"
        )

        breaks(lotus, asha)

        found = UnusualAccess.objects.get()
        assert (found.kind, found.subject_id, found.holder_id) == (
            "flagged", asha.id, lotus.ravi.id
        )  # fmt: skip
