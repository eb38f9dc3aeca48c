"""What a service is shown of commitments and of grounds: every look is recorded (P11)."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from accounts.reads import record_read
from audit.actors import Actor, Target
from consent import grounds as rules
from consent.errors import CommitmentMissingError, GroundMissingError
from consent.models import Commitment, GroundState, PersonalGround
from subjects import selectors as subjects
from subjects import services as subject_services


@transaction.atomic
def show_commitments(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purposes: Collection[str]
) -> list[Commitment]:
    """The commitments to a person about these purposes, newest first.

    Raises SubjectUnknownError, ReadNotRecordedError.
    """
    rows = Commitment.objects.filter(
        controller_id=controller_id, subject_id=subject_id, purpose__code__in=purposes
    )
    found = list(rows.select_related("purpose").order_by("-started_at", "-id")[:500])
    _record(by, controller_id, subject_id, "commitments", len(found))
    return found


@transaction.atomic
def show_grounds(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purposes: Collection[str]
) -> list[PersonalGround]:
    """The grounds other than consent of a person about these purposes, newest first.

    Raises SubjectUnknownError, ReadNotRecordedError.
    """
    rows = PersonalGround.objects.filter(
        controller_id=controller_id, subject_id=subject_id, purpose__code__in=purposes
    )
    found = list(rows.select_related("purpose").order_by("-recorded_at", "-id")[:500])
    _record(by, controller_id, subject_id, "grounds", len(found))
    return found


def need_commitment(controller_id: UUID, commitment_id: UUID, purposes: Collection[str]) -> None:
    """Raises CommitmentMissingError for one that is not about these purposes."""
    rows = Commitment.objects.filter(
        controller_id=controller_id, pk=commitment_id, purpose__code__in=purposes
    )
    if not rows.exists():
        raise CommitmentMissingError


def need_ground(controller_id: UUID, ground_id: UUID, purposes: Collection[str]) -> None:
    """Raises GroundMissingError for one that is not about these purposes."""
    rows = PersonalGround.objects.filter(
        controller_id=controller_id, pk=ground_id, purpose__code__in=purposes
    )
    if not rows.exists():
        raise GroundMissingError


def missing_evidence(row: PersonalGround) -> list[str]:
    """What a claimed ground still needs; nothing of one that is active or has ended."""
    if row.state != GroundState.CLAIMED:
        return []
    return rules.missing(row.ground, {name: getattr(row, name) for name in rules.EVIDENCE})


def _record(by: Actor, controller_id: UUID, subject_id: UUID, what: str, shown: int) -> None:
    person = subjects.subject(controller_id, subject_id)
    record_read(
        by=by, controller_id=controller_id, target=Target("subject", str(person.id)),
        subject=subject_services.ref(person), data={"what": what, "shown": shown},
    )  # fmt: skip
