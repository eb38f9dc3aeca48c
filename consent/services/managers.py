"""The verbs on consent managers and their keys (DPDP s.6(7)-(9))."""

from datetime import timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent.capture_errors import ManagerKeyError, ManagerStateError
from consent.errors import SecondPersonError
from consent.models import ConsentManager, ManagerKey, ManagerState

KEY_DAYS = 365
LIVE_KEYS = 2


@transaction.atomic
def register_manager(
    *, by: Actor, controller_id: UUID, code: str, name: str, registration: str
) -> ConsentManager:
    """Enter a consent manager with its registration at the Board. It may do nothing yet.

    Raises ValidationError for a code or registration that is entered already.
    """
    manager = ConsentManager(
        controller_id=controller_id, code=code, name=name, registration=registration,
        created_by=by.id,
    )  # fmt: skip
    manager.full_clean()
    manager.save(force_insert=True)
    _record("manager:registered", by, manager, registration=registration)
    return manager


@transaction.atomic
def accept_manager(*, by: Actor, manager: ConsentManager) -> ConsentManager:
    """Take requests of the manager from now on, for the first time or again.

    Raises SecondPersonError for who entered it, ManagerStateError where it is active already.
    """
    locked = ConsentManager.objects.select_for_update().get(pk=manager.pk)
    if locked.state == ManagerState.ACTIVE:
        raise ManagerStateError
    if locked.created_by == by.id:
        raise SecondPersonError
    locked.state, locked.accepted_at, locked.accepted_by = (
        ManagerState.ACTIVE,
        timezone.now(),
        by.id,
    )
    locked.suspended_at, locked.suspended_by, locked.suspension = None, "", ""
    locked.save()
    _record("manager:accepted", by, locked)
    return locked


@transaction.atomic
def suspend_manager(*, by: Actor, manager: ConsentManager, reason: str) -> ConsentManager:
    """Refuse whatever the manager sends from now on; what it brought before stays as it is.

    `reason` is a code. Raises ManagerStateError where it is not active.
    """
    locked = ConsentManager.objects.select_for_update().get(pk=manager.pk)
    if locked.state != ManagerState.ACTIVE:
        raise ManagerStateError
    locked.state = ManagerState.SUSPENDED
    locked.suspended_at, locked.suspended_by, locked.suspension = timezone.now(), by.id, reason
    locked.full_clean()
    locked.save()
    _record("manager:suspended", by, locked, reason=reason)
    return locked


@transaction.atomic
def add_manager_key(
    *, by: Actor, manager: ConsentManager, public: bytes, days: int = KEY_DAYS
) -> ManagerKey:
    """Take up a public key that the manager made; its requests name the key by its id.

    Raises ManagerKeyError for what is no Ed25519 key, one that is there already, or a third.
    """
    ConsentManager.objects.select_for_update().get(pk=manager.pk)
    now = timezone.now()
    held = ManagerKey.objects.filter(manager=manager)
    live = held.filter(revoked_at=None, expires_at__gt=now)
    if not _is_key(public) or live.count() >= LIVE_KEYS or held.filter(public=public).exists():
        raise ManagerKeyError
    key = ManagerKey.objects.create(
        controller_id=manager.controller_id, manager=manager, public=public,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    _record("manager:key_added", by, manager, key=str(key.id), days=days)
    return key


@transaction.atomic
def revoke_manager_key(*, by: Actor, key: ManagerKey) -> ManagerKey:
    """End a key at once. Raises ManagerStateError where it has ended already."""
    locked = ManagerKey.objects.select_for_update().get(pk=key.pk)
    now = timezone.now()
    if locked.revoked_at or locked.expires_at <= now:
        raise ManagerStateError
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    manager = ConsentManager.objects.get(pk=locked.manager_id)
    _record("manager:key_revoked", by, manager, key=str(locked.id))
    return locked


def _is_key(public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return False
    return True


def _record(event: str, by: Actor, manager: ConsentManager, **data: object) -> None:
    audit.record(
        event=event, by=by, controller_id=manager.controller_id,
        target=Target("consent_manager", str(manager.id)), data={"code": manager.code, **data},
    )  # fmt: skip
