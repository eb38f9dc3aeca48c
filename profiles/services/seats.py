"""The verbs on readers' roles and seats: without a seat nobody reads anything (PRO-01)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from profiles import selectors_views as selectors
from profiles.errors_views import (
    HolderUnknownError,
    OwnSeatError,
    RoleInUseError,
    RoleTakenError,
    RoleUnknownError,
    SeatEndedError,
    SeatEndError,
    SeatTakenError,
)
from profiles.models import HolderType, ReaderRole, Seat


@transaction.atomic
def create_role(*, by: Actor, controller_id: UUID, code: str, name: str) -> ReaderRole:
    """Name a role that rules of the matrix can be about. Raises RoleTakenError, ValidationError."""
    if ReaderRole.objects.filter(controller_id=controller_id, code=code).exists():
        raise RoleTakenError
    role = ReaderRole(controller_id=controller_id, code=code, name=name, created_by=by.id)
    role.full_clean(exclude=["controller"])
    role.save(force_insert=True)
    _record(by, controller_id, "reader_role:created", Target("reader_role", str(role.id)),
            {"code": code})  # fmt: skip
    return role


@transaction.atomic
def retire_role(*, by: Actor, role: ReaderRole) -> ReaderRole:
    """Take a role out of use, for good. Raises RoleUnknownError, RoleInUseError."""
    locked = ReaderRole.objects.select_for_update().get(pk=role.pk)
    if not locked.is_active:
        raise RoleUnknownError
    if selectors.live_seats([locked.controller_id]).filter(role=locked).exists():
        raise RoleInUseError
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    _record(by, locked.controller_id, "reader_role:retired",
            Target("reader_role", str(locked.id)), {"code": locked.code})  # fmt: skip
    return locked


@transaction.atomic
def grant_seat(  # noqa: PLR0913 (a seat has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    role: str,
    holder_type: HolderType | str,
    holder_id: str,
    unit: str = "",
    until: datetime | None = None,
) -> Seat:
    """Let a member of staff or a service of the controller read in a role, at a business unit.

    Raises RoleUnknownError, HolderUnknownError, OwnSeatError (nobody seats themselves),
    SeatTakenError, SeatEndError.
    """
    found = ReaderRole.objects.select_for_update().filter(
        controller_id=controller_id, code=role, is_active=True
    ).first()  # fmt: skip
    if found is None:
        raise RoleUnknownError
    if (str(holder_type), holder_id) not in selectors.holders(controller_id):
        raise HolderUnknownError
    if by.id == holder_id:
        raise OwnSeatError
    if until is not None and until <= timezone.now():
        raise SeatEndError
    return _seated(by, found, Seat(
        controller_id=controller_id, role=found, holder_type=str(holder_type),
        holder_id=holder_id, unit=unit, granted_by=by.id, ends_at=until,
        ended_by=by.id if until else "",
    ))  # fmt: skip


@transaction.atomic
def end_seat(*, by: Actor, seat: Seat) -> Seat:
    """End a seat: its holder reads nothing in it from the next request on.

    Raises SeatEndedError.
    """
    locked = Seat.objects.select_for_update().get(pk=seat.pk)
    now = timezone.now()
    if locked.ends_at is not None and locked.ends_at <= now:
        raise SeatEndedError
    locked.ends_at, locked.ended_by = now, by.id
    locked.save(update_fields=["ends_at", "ended_by"])
    told = {"holder": locked.holder_id, "role": locked.role.code, "unit": locked.unit}
    _record(by, locked.controller_id, "seat:ended", Target("seat", str(locked.id)), told)
    return locked


def _seated(by: Actor, role: ReaderRole, seat: Seat) -> Seat:
    """`role` is locked, so two cannot give the same seat at once."""
    same = selectors.live_seats([seat.controller_id]).filter(
        role=role, holder_type=seat.holder_type, holder_id=seat.holder_id, unit=seat.unit
    )
    if same.exists():
        raise SeatTakenError
    seat.full_clean(exclude=["controller", "role"])
    seat.save(force_insert=True)
    _record(by, seat.controller_id, "seat:granted", Target("seat", str(seat.id)),
            {"holder": seat.holder_id, "type": seat.holder_type, "role": role.code,
             "unit": seat.unit})  # fmt: skip
    return seat


def _record(
    by: Actor, controller_id: UUID, event: str, target: Target, data: Mapping[str, Any]
) -> None:
    audit.record(event=event, by=by, controller_id=controller_id, target=target, data=data)
