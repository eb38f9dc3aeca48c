"""The verbs on connectors, and on the order in which systems are told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from registry import secrets
from registry.adapters import loop
from registry.connectors import ConnectorRow, order
from registry.connectors.contract import Connector, ConnectorError, LocalConnector
from registry.connectors.opening import Shaped, made, open_connector
from registry.errors_connectors import (
    ConnectorKindError,
    ConnectorSettingsError,
    ConnectorThereError,
    ConnectorUnknownError,
    ConnectorUnusableError,
    ShapelessError,
    WaitCycleError,
    WaitTimeError,
    WaitUnknownError,
)
from registry.errors_systems import SystemUnknownError
from registry.models import System, Wait

__all__ = [
    "accept_shape", "change_connector", "check_connector", "record_connector", "remove_wait",
    "set_secret", "set_wait",
]  # fmt: skip

T = TypeVar("T")
ASKED_SECONDS: Final = 30.0
LONGEST_WAIT_SECONDS: Final = 90 * 86_400
SETTINGS: Final = "settings_"
"""How the codes of settings begin; the member at fault follows."""


@transaction.atomic
def record_connector(  # noqa: PLR0913 (a connector has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    system_id: UUID,
    kind: str,
    settings: dict[str, Any],
    secret: str = "",
    per_minute: int = 0,
) -> ConnectorRow:
    """Say how a system is told. The secret is told nobody again; the system is not asked yet.

    Raises SystemUnknownError, ConnectorThereError, ConnectorKindError, ConnectorSettingsError,
    SystemSecretError, ValidationError; then nothing was entered.
    """
    _lock_systems(controller_id, {system_id})
    if ConnectorRow.objects.filter(system_id=system_id).exists():
        raise ConnectorThereError
    row = ConnectorRow(
        controller_id=controller_id, system_id=system_id, kind=kind, settings=settings,
        per_minute=per_minute, created_by=by.id,
    )  # fmt: skip
    secrets.wrap(row, secret)
    _check_settings(row)
    row.full_clean()
    row.save(force_insert=True)
    _record(by, row, "connector:recorded", {"kind": kind, "secret": bool(secret)})
    return row


@transaction.atomic
def change_connector(
    *,
    by: Actor,
    connector: ConnectorRow,
    settings: dict[str, Any] | None = None,
    per_minute: int | None = None,
    is_active: bool | None = None,
) -> ConnectorRow:
    """Change what is given; the rest stays. Raises as `record_connector`.

    With other settings the accepted shape is void, and a secret that would go elsewhere is dropped.
    """
    locked = _lock(connector)
    given = {"settings": settings, "per_minute": per_minute, "is_active": is_active}
    changed = {one: value for one, value in given.items() if value is not None}
    if settings is not None and settings != locked.settings:
        if _whereto(locked.settings) != _whereto(settings):
            secrets.wrap(locked, "")
        locked.fingerprint, locked.fault, locked.checked_at = "", "", None
    for one, value in changed.items():
        setattr(locked, one, value)
    _check_settings(locked)
    locked.full_clean()
    locked.save()
    _record(by, locked, "connector:changed", {"changed": sorted(changed)})
    return locked


@transaction.atomic
def set_secret(*, by: Actor, connector: ConnectorRow, secret: str) -> ConnectorRow:
    """Give a connector another secret; an empty one ends it. Raises SystemSecretError."""
    locked = _lock(connector)
    secrets.wrap(locked, secret)
    locked.save(update_fields=["sealed_secret", "secret_version"])
    _record(by, locked, "connector:changed", {"changed": ["secret"]})
    return locked


def accept_shape(*, by: Actor, connector: ConnectorRow) -> ConnectorRow:
    """Ask the system for its shape as it is now, and take that as the one to work with.

    Raises ShapelessError; ConnectorUnusableError where the settings do not fit what is there.
    """
    opened = _opened(connector)
    if not isinstance(opened, Shaped):
        raise ShapelessError
    try:
        found = _asked(opened, opened.shape)
    except ConnectorError as error:
        raise _unusable(error.code) from None
    with transaction.atomic():
        locked = _lock(connector)
        if locked.settings != connector.settings:
            raise _unusable("settings_changed")
        locked.fingerprint, locked.fault, locked.checked_at = found, "", timezone.now()
        locked.save(update_fields=["fingerprint", "fault", "checked_at"])
        _record(by, locked, "connector:accepted", {"fingerprint": found})
    return locked


def check_connector(*, by: Actor, connector: ConnectorRow) -> list[str]:
    """Ask the system whether it is as the settings say. The codes of what is not; empty: it is.

    Nothing is told it of anybody. Raises ConnectorUnknownError.
    """
    faults = _faults(connector)
    with transaction.atomic():
        locked = _lock(connector)
        locked.fault, locked.checked_at = (faults[0][:60] if faults else ""), timezone.now()
        locked.save(update_fields=["fault", "checked_at"])
        _record(by, locked, "connector:checked", {"faults": faults[:20]})
    return faults


@transaction.atomic
def set_wait(
    *, by: Actor, controller_id: UUID, system_id: UUID, after_id: UUID, seconds: int = 0
) -> Wait:
    """Let a system be told only after another one has ended, and `seconds` more.

    Cases opened before keep the order they were planned with. Raises SystemUnknownError,
    WaitTimeError, WaitCycleError; then nothing was set.
    """
    if not 0 <= seconds <= LONGEST_WAIT_SECONDS:
        raise WaitTimeError
    _lock_systems(controller_id, {system_id, after_id})
    waits = Wait.objects.filter(controller_id=controller_id)
    if order.leads(waits.values_list("system_id", "after_id"), start=after_id, to=system_id):
        raise WaitCycleError
    wait, _ = Wait.objects.update_or_create(
        controller_id=controller_id, system_id=system_id, after_id=after_id,
        defaults={"seconds": seconds}, create_defaults={"seconds": seconds, "created_by": by.id},
    )  # fmt: skip
    _record_wait(by, wait, "wait:set")
    return wait


@transaction.atomic
def remove_wait(*, by: Actor, wait: Wait) -> None:
    """Let a system wait for another one no more. Raises WaitUnknownError."""
    _lock_systems(wait.controller_id, {wait.system_id, wait.after_id})
    found = Wait.objects.filter(controller_id=wait.controller_id, pk=wait.pk).first()
    if found is None:
        raise WaitUnknownError
    _record_wait(by, found, "wait:removed")
    found.delete()


def _lock(connector: ConnectorRow) -> ConnectorRow:
    rows = ConnectorRow.objects.select_for_update(of=("self",)).select_related("system")
    locked = rows.filter(controller_id=connector.controller_id, pk=connector.pk).first()
    if locked is None:
        raise ConnectorUnknownError
    return locked


def _lock_systems(controller_id: UUID, wanted: set[UUID]) -> None:
    """All of the controller's: whoever changes the order is alone with it."""
    rows = System.objects.select_for_update().filter(controller_id=controller_id)
    if not wanted <= set(rows.order_by("id").values_list("id", flat=True)):
        raise SystemUnknownError


def _check_settings(row: ConnectorRow) -> None:
    try:
        made(row, secrets.opened(row))
    except ConnectorError as error:
        if error.code == "kind_unknown":
            raise ConnectorKindError from None
        member = error.code.removeprefix(SETTINGS)
        raise ConnectorSettingsError(field=f"settings.{member}") from None


def _opened(connector: ConnectorRow) -> Connector | LocalConnector:
    try:
        return open_connector(connector.system_id)
    except ConnectorError as error:
        raise _unusable(error.code) from None


def _faults(connector: ConnectorRow) -> list[str]:
    try:
        opened = open_connector(connector.system_id)
        return _asked(opened, opened.check) if hasattr(opened, "check") else []
    except ConnectorError as error:
        return [error.code]


def _asked(opened: Any, question: Callable[[], Awaitable[T]]) -> T:
    """What the system says. Raises ConnectorError, also where it takes too long."""

    async def bounded() -> T:
        async with asyncio.timeout(ASKED_SECONDS), opened:
            return await question()

    try:
        return loop.run(bounded(), seconds=ASKED_SECONDS)
    except TimeoutError:
        raise ConnectorError("too_slow", retry=True) from None


def _unusable(code: str) -> ConnectorUnusableError:
    return ConnectorUnusableError(field=f"connector.{code}")


def _whereto(settings: dict[str, Any]) -> tuple[object, ...]:
    names = ("url", "host", "port", "database", "user", "endpoint", "tls")
    return tuple(settings.get(name) for name in names)


def _record(by: Actor, row: ConnectorRow, event: str, data: dict[str, Any]) -> None:
    audit.record(
        event=event, by=by, controller_id=row.controller_id,
        target=Target("system", str(row.system_id)), data={"code": row.system.code, **data},
    )  # fmt: skip


def _record_wait(by: Actor, wait: Wait, event: str) -> None:
    audit.record(
        event=event, by=by, controller_id=wait.controller_id,
        target=Target("system", str(wait.system_id)),
        data={"code": wait.system.code, "after": wait.after.code, "seconds": wait.seconds},
    )  # fmt: skip
