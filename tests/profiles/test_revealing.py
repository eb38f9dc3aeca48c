"""Opening one masked field: for whom, for how long, and what can never be opened so."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.selectors import payload
from profiles import services as profiles
from profiles.errors import NoSeatError, PurposeMissingError, SubjectNotFoundError
from profiles.errors_guarded import DurationError, NotMaskedError, ReasonError, StaffOnlyError
from profiles.models import Reveal, UnusualAccess
from subjects import services as subjects
from tests.factories.company import AUTHOR, SURVEYS
from tests.factories.profiles import VALUES
from tests.profiles.guarded_world import (
    NIGHT,
    OFFERS,
    REASON,
    alarms,
    events,
    guarded,
    officer,
    rule,
    sees,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-02")]


@pytest.fixture
def lotus(transactional_db):
    return guarded()


@pytest.fixture
def asha(lotus):
    return lotus.person()


def opens(lotus, person, attribute="email", **more):
    given = {"by": lotus.ravi, "purpose": OFFERS, "reason": REASON, **more}
    return profiles.reveal(
        controller_id=lotus.id, subject_id=getattr(person, "id", person), attribute=attribute,
        **given,
    )  # fmt: skip


class TestARevealedField:
    def test_is_shown_in_full_and_nothing_else_is(self, lotus, asha):
        before = sees(lotus, asha)

        opens(lotus, asha)

        after = sees(lotus, asha)
        assert before["email"] != VALUES["email"]
        assert after["email"] == VALUES["email"]
        assert {**after, "email": None} == {**before, "email": None}

    def test_is_masked_again_when_its_minutes_are_over(self, lotus, asha):
        made = opens(lotus, asha, minutes=5)

        with time_machine.travel(made.expires_at + timedelta(seconds=1), tick=False):
            assert sees(lotus, asha)["email"] != VALUES["email"]

    def test_is_not_shown_to_a_colleague_in_the_same_role(self, lotus, asha):
        other = officer(lotus, "other", "profile_reader")
        lotus.seat(other)

        opens(lotus, asha)

        assert sees(lotus, asha, by=other)["email"] != VALUES["email"]

    def test_of_another_person_stays_masked(self, lotus, asha):
        bela = lotus.person("bela@example.in")

        opens(lotus, asha)

        assert sees(lotus, bela)["email"] != VALUES["email"]

    def test_stays_masked_in_lists(self, lotus, asha):
        opens(lotus, asha)

        found = profiles.read_many(
            by=lotus.ravi, controller_id=lotus.id, subject_ids=[asha.id], purpose=OFFERS
        )

        assert VALUES["email"] not in [one.value for one in found[0].fields]

    def test_is_hidden_again_with_a_view_that_hides_it(self, lotus, asha):
        opens(lotus, asha)

        lotus.shows(rule("hide", attribute="email"))

        assert sees(lotus, asha)["email"] is None

    def test_of_another_unit_stays_that_units(self, lotus, asha):
        lotus.source("loans", unit="loans")
        lotus.holds(asha, "loans", at=timezone.now(), email="loans@example.in")

        opens(lotus, asha)

        assert sees(lotus, asha)["email"] == VALUES["email"]

    def test_is_gone_with_the_consent(self, lotus, asha):
        opens(lotus, asha)

        lotus.company.withdraws(asha)

        assert sees(lotus, asha)["email"] is None

    def test_is_on_record_with_who_what_for_and_why(self, lotus, asha):
        made = opens(lotus, asha)

        entry = events(lotus, "profile:revealed")[0]
        said = payload(entry.id)
        assert (entry.actor_id, entry.subject_id, entry.purpose) == (lotus.ravi.id, asha.id, OFFERS)
        assert said["data"]["attribute"] == "email"
        assert said["data"]["reason"] == REASON
        assert said["data"]["reveal"] == str(made.id)
        assert VALUES["email"] not in str(said)

    def test_that_cannot_be_recorded_is_not_opened(self, lotus, asha, broken_log):
        broken_log.breaks()

        with pytest.raises(DatabaseError):
            opens(lotus, asha)

        assert not Reveal.objects.exists()


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "reason",
        ["", "   ", "too short", "x" * 301, "she is asha@example.in", "her number is 98765 43210"],
    )
    def test_a_reason_that_says_nothing_or_names_somebody(self, lotus, asha, reason):
        with pytest.raises(ReasonError):
            opens(lotus, asha, reason=reason)

    @pytest.mark.parametrize("minutes", [0, -1, 31, 100_000])
    def test_a_time_that_is_too_long_or_none(self, lotus, asha, minutes):
        with pytest.raises(DurationError):
            opens(lotus, asha, minutes=minutes)

    @pytest.mark.parametrize("attribute", ["home", "diagnosis", "school", "born_on", "nothing"])
    def test_a_field_that_is_hidden_special_or_does_not_exist(self, lotus, asha, attribute):
        with pytest.raises(NotMaskedError):
            opens(lotus, asha, attribute=attribute)

    def test_a_purpose_of_which_the_view_says_nothing(self, lotus, asha):
        with pytest.raises(NotMaskedError):
            opens(lotus, asha, purpose=SURVEYS)

    def test_no_purpose(self, lotus, asha):
        with pytest.raises(PurposeMissingError):
            opens(lotus, asha, purpose="")

    def test_a_service(self, lotus, asha):
        lotus.seat(lotus.service)

        with pytest.raises(StaffOnlyError):
            opens(lotus, asha, by=lotus.service)

    def test_somebody_without_a_seat(self, lotus, asha):
        with pytest.raises(NoSeatError):
            opens(lotus, asha, by=lotus.meera)

    @pytest.mark.req("P9", "PRO-06")
    def test_people_who_are_not_there_all_alike(self, lotus, asha):
        restricted = lotus.person("bela@example.in")
        subjects.set_standing(by=AUTHOR, subject=restricted, state="restricted", reason="art_18")
        theirs = guarded("rose").person("chitra@example.in")

        for one in (restricted.id, theirs.id, lotus.id):
            with pytest.raises(SubjectNotFoundError):
                opens(lotus, one)

        assert not Reveal.objects.exists()


class TestTheRow:
    def test_never_changes(self, lotus, asha):
        made = opens(lotus, asha)

        with pytest.raises(DatabaseError), transaction.atomic():
            Reveal.objects.filter(pk=made.pk).update(
                expires_at=timezone.now() + timedelta(days=300)
            )

    @pytest.mark.req("P9")
    def test_is_never_of_anothers_seat(self, lotus, asha):
        other = officer(lotus, "other", "profile_reader")

        with pytest.raises(DatabaseError), transaction.atomic():
            Reveal.objects.create(
                controller_id=lotus.id, subject=asha, attribute="email", purpose=OFFERS,
                seat=lotus.seat_of_ravi, holder_id=other.id, reason=REASON,
                expires_at=timezone.now() + timedelta(minutes=5),
            )  # fmt: skip

    def test_of_others_is_looked_up_by_an_index(self, lotus):
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'profiles_reveals'")
            assert "(controller_id, holder_id, expires_at)" in cursor.fetchone()[0]


@pytest.mark.req("PRO-03")
class TestTooMany:
    def test_in_a_day_raise_an_alarm(self, noon, lotus, asha):
        profiles.set_limits(by=lotus.meera, controller_id=lotus.id, numbers={"reveals_a_day": 2})

        for _ in range(2):
            opens(lotus, asha)
        assert not alarms(lotus).exists()
        opens(lotus, asha)

        assert alarms(lotus).exists()
        assert UnusualAccess.objects.get().kind == "reveals"

    def test_one_at_night_is_noticed_too(self, noon, lotus, asha):
        with time_machine.travel(NIGHT, tick=True):
            opens(lotus, asha)

        assert UnusualAccess.objects.get().kind == "hours"
