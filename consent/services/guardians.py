"""Lawful guardians of people with disability: recorded by one, verified by another (s.9(1), r.11).

Nothing is kept of the order but its authority, its number and its dates.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import (
    AppointmentStepError,
    AppointmentTimeError,
    GuardianNotAdultError,
    ReferenceFormError,
    SecondPersonError,
)
from consent.family.parents import APPOINTMENT_STEPS, Appointment
from consent.models import GuardianAppointment
from consent.opaque import is_reference
from consent.services import relying
from subjects import age, family, relations
from subjects import selectors as subject_selectors
from subjects import services as subjects

GUARDIAN = family.GUARDIAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By what a guardian was appointed (r.11): which authority, under which number, for how long.

    `authority` is court, designated_authority or local_committee; `ends_on` the first day on which
    it counts no longer.
    """

    authority: str
    issuer: str
    number: str
    appointed_on: date
    ends_on: date | None = None


@transaction.atomic
def record_appointment(
    *, by: Actor, controller_id: UUID, subject_id: UUID, guardian_id: UUID, order: Order
) -> GuardianAppointment:
    """Note that a guardian was appointed; it counts once a second officer has verified it.

    Raises SubjectUnknownError for another controller's people, GuardianNotAdultError,
    AppointmentTimeError, ReferenceFormError, ValidationError for one that stands already.
    """
    person = subjects.lock(controller_id, subject_id)
    guardian = subject_selectors.subject(controller_id, guardian_id)
    if guardian.pk == person.pk or family.is_child(guardian):
        raise GuardianNotAdultError
    _check(order)
    appointment = GuardianAppointment(
        controller_id=controller_id, subject=person, guardian_id=guardian.pk,
        authority=order.authority, issuer=order.issuer, number=order.number,
        appointed_on=order.appointed_on, ends_on=order.ends_on, recorded_at=timezone.now(),
        recorded_by=by.id,
    )  # fmt: skip
    appointment.full_clean()
    appointment.save(force_insert=True)
    _record(by, appointment, "guardian:recorded")
    return appointment


@transaction.atomic
def verify_appointment(*, by: Actor, appointment: GuardianAppointment) -> GuardianAppointment:
    """Confirm with the authority's own record that it is so; the guardian decides from then on.

    The person's own earlier yes counts no longer, and permits that rested on it end. Raises
    SecondPersonError, AppointmentStepError, AppointmentTimeError for one that is over.
    """
    locked = _decided(by, appointment, Appointment.VERIFIED, "")
    if locked.ends_on is not None and locked.ends_on <= family.today():
        raise AppointmentTimeError
    guardian = subject_selectors.subject(locked.controller_id, locked.guardian_id)
    relations.confirm(
        by=by, subject=guardian, related_id=locked.subject_id, kind=GUARDIAN,
        verified_by=f"rule11:{locked.authority}", ends_on=locked.ends_on,
    )  # fmt: skip
    age.put_in_care(by=by, subject=_person(locked), has_guardian=True)
    _record(by, locked, "guardian:verified")
    return locked


@transaction.atomic
def refuse_appointment(
    *, by: Actor, appointment: GuardianAppointment, reason: str
) -> GuardianAppointment:
    """Do not accept it: the authority knows nothing of it. Raises as `verify_appointment`."""
    locked = _decided(by, appointment, Appointment.REFUSED, reason)
    _record(by, locked, "guardian:refused")
    return locked


@transaction.atomic
def end_appointment(
    *, by: Actor, appointment: GuardianAppointment, reason: str, was_wrong: bool = False
) -> GuardianAppointment:
    """End a verified appointment: the guardian decides nothing more.

    What they decided ends and the person is asked; where the appointment never held (`was_wrong`)
    it is found invalid. Raises AppointmentStepError.
    """
    locked = _locked(appointment)
    if Appointment.ENDED not in APPOINTMENT_STEPS[Appointment(locked.state)]:
        raise AppointmentStepError
    locked.state, locked.outcome = Appointment.ENDED.value, reason
    locked.ended_at, locked.ended_by = timezone.now(), by.id
    locked.save()
    guardian = subject_selectors.subject(locked.controller_id, locked.guardian_id)
    relations.end(by=by, subject=guardian, related_id=locked.subject_id, kind=GUARDIAN)
    _let_go(by, locked, was_wrong=was_wrong)
    _record(by, locked, "guardian:ended")
    return locked


def end_due_appointments(*, by: Actor, limit: int = 100) -> int:
    """End appointments whose last day has passed; their word counts no longer anyway.

    Returns how many, at most `limit`; each is a transaction of its own.
    """
    due = GuardianAppointment.objects.filter(
        state=Appointment.VERIFIED, ends_on__lte=family.today()
    ).order_by("ends_on", "id")
    found = list(due[:limit])
    for appointment in found:
        end_appointment(by=by, appointment=appointment, reason="time_over")
    return len(found)


def _let_go(by: Actor, ended: GuardianAppointment, *, was_wrong: bool) -> None:
    """Without another guardian the person decides alone again."""
    controller_id, person_id = ended.controller_id, ended.subject_id
    others = family.in_charge(controller_id, person_id).filter(kind=GUARDIAN)
    if not others.exists():
        age.put_in_care(by=by, subject=_person(ended), has_guardian=False)
    states = relying.running(controller_id, person_id)
    rested = relying.given_through(states, ended.guardian_id, GUARDIAN)
    if was_wrong:
        relying.invalidate(by=by, states=rested, reason="guardian_not_verified")
    else:
        relying.ask_anew(by=by, states=rested, reason="guardian_ended")


def _check(order: Order) -> None:
    today = family.today()
    if order.appointed_on > today or (order.ends_on is not None and order.ends_on <= today):
        raise AppointmentTimeError
    if not is_reference(order.number):
        raise ReferenceFormError(field="number")
    if not is_reference(order.issuer[:80]):
        raise ReferenceFormError(field="issuer")


def _decided(
    by: Actor, appointment: GuardianAppointment, after: Appointment, outcome: str
) -> GuardianAppointment:
    locked = _locked(appointment)
    if after not in APPOINTMENT_STEPS[Appointment(locked.state)]:
        raise AppointmentStepError
    if locked.recorded_by == by.id:
        raise SecondPersonError
    locked.state, locked.outcome = after.value, outcome
    locked.decided_at, locked.decided_by = timezone.now(), by.id
    locked.save()
    return locked


def _locked(appointment: GuardianAppointment) -> GuardianAppointment:
    subjects.lock(appointment.controller_id, appointment.subject_id)
    return GuardianAppointment.objects.select_for_update().get(pk=appointment.pk)


def _person(appointment: GuardianAppointment) -> Any:
    return subject_selectors.subject(appointment.controller_id, appointment.subject_id)


def _record(by: Actor, appointment: GuardianAppointment, event: str) -> None:
    audit.record(
        event=event, by=by, controller_id=appointment.controller_id,
        target=Target("guardian_appointment", str(appointment.pk)),
        subject=subjects.ref(_person(appointment)),
        outcome=appointment.state,
        data={"authority": appointment.authority, "outcome": appointment.outcome},
    )  # fmt: skip
