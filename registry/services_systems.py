"""The verbs on connected systems: entering them, changing how they are asked, ending them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.db import transaction

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, Target
from registry import secrets
from registry.adapters.settings import HttpSettings, checked
from registry.errors import ForeignPartyError, ForeignServiceError
from registry.errors_systems import (
    SystemStateError,
    SystemUnknownError,
)
from registry.models import Party, System, SystemState
from work.webhooks import addresses

__all__ = ["NewSystem", "change_system", "record_system", "set_secret", "set_state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSystem:
    """A system to be entered. `settings` are its adapter's (registry/adapters/settings.py)."""

    code: str
    name: str
    kind: str
    unit: str = ""
    party_id: UUID | None = None
    service_id: UUID | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    timeout_ms: int = 800


@transaction.atomic
def record_system(*, by: Actor, controller_id: UUID, new: NewSystem, secret: str = "") -> System:
    """Enter a system. The secret is told nobody again.

    Raises SystemSettingsError, AddressRefusedError, SystemSecretError, ForeignPartyError,
    ForeignServiceError, ValidationError; then nothing was entered.
    """
    _check_owners(controller_id, new.party_id, new.service_id)
    _check_settings(new.kind, new.settings)
    system = System(
        controller_id=controller_id, code=new.code, name=new.name, kind=new.kind, unit=new.unit,
        party_id=new.party_id, service_id=new.service_id, settings=new.settings,
        timeout_ms=new.timeout_ms, created_by=by.id,
    )  # fmt: skip
    secrets.wrap(system, secret)
    system.full_clean()
    system.save(force_insert=True)
    data = {"kind": system.kind, "unit": system.unit, "secret": bool(secret)}
    _record(by, system, "system:recorded", data)
    return system


@transaction.atomic
def change_system(  # noqa: PLR0913 (what of it can change)
    *,
    by: Actor,
    system: System,
    name: str | None = None,
    unit: str | None = None,
    service_id: UUID | None = None,
    settings: dict[str, Any] | None = None,
    timeout_ms: int | None = None,
) -> System:
    """Change what is given; the rest stays. Raises as `record_system`, and SystemUnknownError.

    A secret belongs to where it is sent: with another address it is dropped, and set again.
    """
    locked = _lock(system)
    _check_owners(locked.controller_id, None, service_id)
    given = {
        "name": name, "unit": unit, "service_id": service_id, "settings": settings,
        "timeout_ms": timeout_ms,
    }  # fmt: skip
    changed = {one: value for one, value in given.items() if value is not None}
    if settings is not None:
        _check_settings(locked.kind, settings)
        if _whereto(locked.settings) != _whereto(settings):
            secrets.wrap(locked, "")
    for one, value in changed.items():
        setattr(locked, one, value)
    locked.full_clean()
    locked.save(update_fields=[*changed, "sealed_secret", "secret_version"])
    _record(by, locked, "system:changed", {"changed": sorted(changed)})
    return locked


@transaction.atomic
def set_secret(*, by: Actor, system: System, secret: str) -> System:
    """Give a system another secret; an empty one ends it. Raises SystemSecretError."""
    locked = _lock(system)
    secrets.wrap(locked, secret)
    locked.save(update_fields=["sealed_secret", "secret_version"])
    _record(by, locked, "system:changed", {"changed": ["secret"]})
    return locked


@transaction.atomic
def set_state(*, by: Actor, system: System, state: str) -> System:
    """Pause a system, take it up again, or end its use for ever. Raises SystemStateError.

    What it handed in before stays as long as its retention; one that is not active is not asked,
    and hands nothing in.
    """
    locked = _lock(system)
    if state not in SystemState.values or locked.state in (state, SystemState.RETIRED):
        raise SystemStateError
    locked.state = state
    update = ["state"]
    if state == SystemState.RETIRED:
        secrets.wrap(locked, "")
        update += ["sealed_secret", "secret_version"]
    locked.save(update_fields=update)
    _record(by, locked, "system:changed", {"state": state})
    return locked


def _lock(system: System) -> System:
    found = System.objects.select_for_update().filter(
        controller_id=system.controller_id, pk=system.pk
    )
    locked = found.first()
    if locked is None:
        raise SystemUnknownError
    return locked


def _check_settings(kind: str, settings: dict[str, Any]) -> None:
    """The form, and that its address may be called at all; where the name leads is seen later."""
    found = checked(kind, settings)
    if isinstance(found, HttpSettings):
        addresses.check(found.url, inner=_inner())


def _inner() -> list[str]:
    return list(django_settings.SYSTEM_NETWORKS)


def _check_owners(controller_id: UUID, party_id: UUID | None, service_id: UUID | None) -> None:
    if party_id and not Party.objects.filter(controller_id=controller_id, pk=party_id).exists():
        raise ForeignPartyError
    services = accounts.services_of(controller_id)
    if service_id and not services.filter(pk=service_id).exists():
        raise ForeignServiceError


def _whereto(settings: dict[str, Any]) -> tuple[object, ...]:
    return tuple(settings.get(name) for name in ("url", "host", "port", "database", "user"))


def _record(by: Actor, system: System, event: str, data: dict[str, Any]) -> None:
    audit.record(
        event=event, by=by, controller_id=system.controller_id,
        target=Target("system", str(system.id)), data={"code": system.code, **data},
    )  # fmt: skip
