"""Lawful guardians: recorded by one, verified by another, for as long as they are appointed."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from audit.models import EntryIndex
from consent import services
from consent.errors import (
    AppointmentStepError,
    AppointmentTimeError,
    GiverNotVerifiedError,
    GuardianNotAdultError,
    ReferenceFormError,
    SecondPersonError,
)
from consent.family import selectors as families
from consent.family.parents import APPOINTMENT_STEPS, Appointment
from consent.models import ConsentState, GuardianAppointment
from subjects import selectors
from subjects.errors import SubjectUnknownError
from subjects.models import Relationship
from tests.consent.families import house
from tests.portal.world import APPROVER, AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-23")]


@pytest.fixture
def ravi(company):
    return company.person("ravi@example.in", age_state="adult", age_assurance="declared")


@pytest.fixture
def gita(company):
    return house.mother(company, "gita@example.in")


def by_guardian(company, person, guardian, purpose=OFFERS):
    return company.yes(person, purpose, given_by="guardian", guardian_id=guardian.id)


def has_guardian(company, person):
    return selectors.subject(company.id, person.id).has_guardian


class TestWithoutVerification:
    def test_the_guardians_word_does_not_count(self, company, ravi, gita, written):
        house.appointed(company, ravi, gita)
        before = written()

        with pytest.raises(GiverNotVerifiedError):
            by_guardian(company, ravi, gita)

        assert written() == before
        assert not has_guardian(company, ravi)

    def test_the_person_who_recorded_it_cannot_verify_it(self, company, ravi, gita):
        found = house.appointed(company, ravi, gita)

        with pytest.raises(SecondPersonError):
            services.verify_appointment(by=AUTHOR, appointment=found)
        with pytest.raises(SecondPersonError):
            services.refuse_appointment(by=AUTHOR, appointment=found, reason="not_on_record")

        assert not Relationship.objects.exists()

    def test_one_that_was_not_accepted_never_counts(self, company, ravi, gita):
        found = house.appointed(company, ravi, gita)
        services.refuse_appointment(by=APPROVER, appointment=found, reason="not_on_record")

        with pytest.raises(AppointmentStepError):
            services.verify_appointment(by=APPROVER, appointment=found)
        with pytest.raises(GiverNotVerifiedError):
            by_guardian(company, ravi, gita)

    def test_a_verified_parent_is_no_guardian(self, company, gita):
        kid = house.child(company)
        house.verified(company, kid, gita)

        with pytest.raises(GiverNotVerifiedError):
            by_guardian(company, kid, gita)


class TestVerified:
    @pytest.mark.parametrize("authority", ["court", "designated_authority", "local_committee"])
    def test_the_guardian_decides(self, company, ravi, gita, authority):
        house.in_charge(company, ravi, gita, authority=authority)

        assert by_guardian(company, ravi, gita).guardian_verified
        assert has_guardian(company, ravi)
        assert Relationship.objects.get().verified_by == f"rule11:{authority}"

    def test_authority_number_and_issuer_are_kept(self, company, ravi, gita):
        house.in_charge(company, ravi, gita, ends_on=house.day(30))

        found = families.appointments(company.id, ravi.id).get()
        assert (found.authority, found.issuer, found.number, found.appointed_on) == (
            "court", "District court of Pune", "GC 113/2024", date(2024, 5, 2),
        )  # fmt: skip
        assert (found.state, found.recorded_by, found.decided_by) == (
            "verified", AUTHOR.id, APPROVER.id,
        )  # fmt: skip
        names = EntryIndex.objects.filter(event__startswith="guardian:").order_by("id")
        assert list(names.values_list("event", flat=True)) == [
            "guardian:recorded", "guardian:verified",
        ]  # fmt: skip

    def test_ends_with_its_last_day_on_read(self, company, ravi, gita):
        house.in_charge(company, ravi, gita, ends_on=house.day(1))
        Relationship.objects.update(ends_on=house.day())

        with pytest.raises(GiverNotVerifiedError):
            by_guardian(company, ravi, gita)

    def test_ends_by_schedule_and_the_person_is_asked(self, company, ravi, gita, lines):
        house.in_charge(company, ravi, gita, ends_on=house.day(1))
        by_guardian(company, ravi, gita)
        GuardianAppointment.objects.update(ends_on=house.day())

        assert services.end_due_appointments(by=AUTHOR) == 1
        assert services.end_due_appointments(by=AUTHOR) == 0

        assert lines() == ["given", "expired", "requested"]
        assert not has_guardian(company, ravi)
        assert company.yes(ravi).given_by == "principal"

    def test_one_that_never_held_makes_its_consents_invalid(self, company, ravi, gita):
        found = house.in_charge(company, ravi, gita)
        by_guardian(company, ravi, gita)

        services.end_appointment(
            by=APPROVER, appointment=found, reason="found_wrong", was_wrong=True
        )

        assert ConsentState.objects.get().state == "invalidated"

    def test_another_guardian_stays_in_charge(self, company, ravi, gita):
        found = house.in_charge(company, ravi, gita)
        second = house.mother(company, "second@example.in")
        house.in_charge(company, ravi, second)
        by_guardian(company, ravi, second)

        services.end_appointment(by=APPROVER, appointment=found, reason="replaced")

        assert has_guardian(company, ravi)
        assert ConsentState.objects.get().state == "given"

    def test_ends_once(self, company, ravi, gita):
        found = house.in_charge(company, ravi, gita)
        services.end_appointment(by=APPROVER, appointment=found, reason="replaced")

        with pytest.raises(AppointmentStepError):
            services.end_appointment(by=APPROVER, appointment=found, reason="replaced")


class TestWhatIsRefused:
    def test_a_child_as_guardian(self, company, ravi):
        with pytest.raises(GuardianNotAdultError):
            house.appointed(company, ravi, house.child(company))

    def test_a_person_as_their_own(self, company, ravi):
        with pytest.raises(GuardianNotAdultError):
            house.appointed(company, ravi, ravi)

    @pytest.mark.parametrize(
        "days", [{"appointed_on": 1}, {"appointed_on": -9, "ends_on": 0}, {"ends_on": -1}]
    )
    def test_an_appointment_that_is_not_yet_or_no_longer(self, company, ravi, gita, days):
        with pytest.raises(AppointmentTimeError):
            house.appointed(company, ravi, gita, **{k: house.day(v) for k, v in days.items()})

    @pytest.mark.parametrize("part", ["number", "issuer"])
    def test_a_documents_number_in_its_place(self, company, ravi, gita, part):
        with pytest.raises(ReferenceFormError) as refused:
            house.appointed(company, ravi, gita, **{part: house.DOCUMENT})

        assert refused.value.field == part
        assert not GuardianAppointment.objects.exists()

    def test_an_authority_the_rule_does_not_know(self, company, ravi, gita):
        with pytest.raises(ValidationError):
            house.appointed(company, ravi, gita, authority="village_elder")

    def test_the_same_twice(self, company, ravi, gita):
        house.appointed(company, ravi, gita)

        with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
            house.appointed(company, ravi, gita)

    @pytest.mark.req("P9")
    def test_people_of_another_company(self, company, other, ravi):
        with pytest.raises(SubjectUnknownError):
            house.appointed(company, ravi, other.person("x@example.nl"))

    def test_the_database_wants_a_second_person_too(self, company, ravi, gita):
        house.appointed(company, ravi, gita)

        with pytest.raises(IntegrityError), transaction.atomic():
            GuardianAppointment.objects.update(
                state="verified", decided_at="2026-01-01T00:00Z", decided_by=AUTHOR.id
            )


def test_every_step_ends_where_none_follows():
    assert set(APPOINTMENT_STEPS) == set(Appointment)
    assert APPOINTMENT_STEPS[Appointment.REFUSED] == APPOINTMENT_STEPS[Appointment.ENDED] == set()
    assert Appointment.VERIFIED not in {
        after for before, steps in APPOINTMENT_STEPS.items()
        if before is not Appointment.RECORDED for after in steps
    }  # fmt: skip
