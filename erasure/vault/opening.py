"""Reading the vault: one officer asks, another approves, and each reading is a recorded act."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from erasure.errors_vault import (
    VaultAccessStateError,
    VaultClosedError,
    VaultGroundError,
    VaultSecondPersonError,
)
from erasure.models import VaultAccess, VaultItem
from erasure.vault.storing import unsealed
from subjects import selectors as subjects

__all__ = ["GROUNDS", "Opened", "approve", "ask", "read", "refuse"]

GROUNDS: Final = frozenset({"seventh_schedule", "security", "other_law"})
LASTS: Final = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Opened:
    """One element in clear, with why it is kept and until when."""

    category: str
    element: str
    value: Any
    citation: str
    destroy_on: str


@transaction.atomic
def ask(  # noqa: PLR0913 (an access has these parts)
    *, by: Actor, controller_id: UUID, subject_id: UUID, ground: str, citation: str, matter: str,
    reason: str,
) -> VaultAccess:  # fmt: skip
    """Ask to read what is kept of one person, on a ground of the law (DPDP Rules r.8(3), r.23).

    It lasts eight hours from now, whoever approves it when. Raises VaultGroundError,
    SubjectUnknownError.
    """
    if ground not in GROUNDS or not citation.strip() or not matter.strip() or not reason.strip():
        raise VaultGroundError
    person = subjects.subject(controller_id, subject_id)
    access = VaultAccess.objects.create(
        controller_id=controller_id, subject=person, ground=ground, citation=citation,
        matter=matter, reason=reason, asked_by=by.id, expires_at=timezone.now() + LASTS,
    )  # fmt: skip
    _record("vault:asked", by, access)
    return access


@transaction.atomic
def approve(*, by: Actor, access: VaultAccess) -> VaultAccess:
    """Let the one who asked read. Raises VaultSecondPersonError, VaultAccessStateError."""
    locked = _undecided(by, access)
    locked.approved_at, locked.approved_by = timezone.now(), by.id
    locked.save(update_fields=["approved_at", "approved_by"])
    _record("vault:approved", by, locked)
    return locked


@transaction.atomic
def refuse(*, by: Actor, access: VaultAccess) -> VaultAccess:
    """Refuse it. Raises VaultSecondPersonError, VaultAccessStateError."""
    locked = _undecided(by, access)
    locked.refused_at = timezone.now()
    locked.save(update_fields=["refused_at"])
    _record("vault:refused", by, locked)
    return locked


@transaction.atomic
def read(*, by: Actor, access: VaultAccess) -> list[Opened]:
    """What is kept of the person, to the officer who asked; each reading is recorded first.

    Raises VaultClosedError before it was approved, to anybody else, and after its time.
    """
    locked = _locked(access)
    now = timezone.now()
    if locked.approved_at is None or locked.asked_by != by.id or locked.expires_at <= now:
        raise VaultClosedError
    _record("vault:read", by, locked)
    if locked.read_at is None:
        locked.read_at = now
        locked.save(update_fields=["read_at"])
    items = VaultItem.objects.filter(
        controller_id=locked.controller_id, subject_id=locked.subject_id, destroyed_at=None
    )
    return [
        Opened(
            one.category, one.element, unsealed(one), one.citation, one.destroy_on.isoformat()
        )
        for one in items.order_by("destroy_on", "id")
    ]  # fmt: skip


def _undecided(by: Actor, access: VaultAccess) -> VaultAccess:
    locked = _locked(access)
    if locked.asked_by == by.id:
        raise VaultSecondPersonError
    if locked.approved_at or locked.refused_at or locked.expires_at <= timezone.now():
        raise VaultAccessStateError
    return locked


def _locked(access: VaultAccess) -> VaultAccess:
    return VaultAccess.objects.select_for_update().get(
        controller_id=access.controller_id, pk=access.pk
    )


def _record(event: str, by: Actor, access: VaultAccess) -> None:
    audit.record(
        event=event, by=by, controller_id=access.controller_id,
        target=Target("vault_access", str(access.id)),
        data={"ground": access.ground, "citation": access.citation, "matter": access.matter},
    )  # fmt: skip
