"""Questions about parents who were named, guardians who were appointed, and what they gave."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from consent.errors import ParentCheckMissingError
from consent.family.parents import OPEN
from consent.models import ConsentEvent, ConsentState, GuardianAppointment, ParentalCheck


def named(controller_id: UUID, parent_id: UUID) -> QuerySet[ParentalCheck]:
    """The children who named somebody as parent and wait for an answer, oldest first."""
    return ParentalCheck.objects.filter(
        controller_id=controller_id, parent_id=parent_id, state__in=sorted(OPEN),
        lapses_at__gt=timezone.now(),
    ).order_by("id")  # fmt: skip


def check(controller_id: UUID, check_id: UUID) -> ParentalCheck:
    """Raises ParentCheckMissingError (also for another controller's)."""
    found = ParentalCheck.objects.filter(controller_id=controller_id, pk=check_id).first()
    if found is None:
        raise ParentCheckMissingError
    return found


def check_of(controller_id: UUID, check_id: UUID, parent_id: UUID) -> ParentalCheck:
    """The verification of this very parent. Raises ParentCheckMissingError."""
    found = check(controller_id, check_id)
    if found.parent_id != parent_id:
        raise ParentCheckMissingError
    return found


def appointments(controller_id: UUID, subject_id: UUID) -> QuerySet[GuardianAppointment]:
    """Every appointment of a guardian of the person, newest first."""
    found = GuardianAppointment.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return found.order_by("-id")


def written_by(controller_id: UUID, subject_id: UUID, giver_id: UUID) -> set[UUID]:
    """The lines of a person's ledger that a verified parent or guardian wrote, by id."""
    found = ConsentEvent.objects.filter(
        controller_id=controller_id,
        subject_id=subject_id,
        guardian_id=giver_id,
        guardian_verified=True,
    )
    return set(found.values_list("pk", flat=True))


def givers(controller_id: UUID, subject_id: UUID) -> Mapping[str, str]:
    """Who gave what is on record, by purpose code: "principal", or a verified giver's kind."""
    rows = ConsentState.objects.filter(controller_id=controller_id, subject_id=subject_id)
    found = rows.values_list("purpose__code", "given_by", "guardian_verified")
    return {
        purpose: given_by if is_verified or given_by not in {"parent", "guardian"} else ""
        for purpose, given_by, is_verified in found
    }
