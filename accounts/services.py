"""The verbs on controllers, staff and services."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from guardian.models import GroupObjectPermission

from accounts.credentials import key_digest
from accounts.errors import KeyNotLiveError, TooManyKeysError, UnknownRoleError
from accounts.models import (
    Controller,
    RoleGroup,
    ServiceClient,
    ServiceKey,
    ServicePurpose,
    User,
)
from accounts.roles import ROLES
from audit import services as audit
from audit.actors import Actor, Target
from keys.ids import SYSTEM_ID

KEY_BYTES = 32
KEY_DAYS = 365
LIVE_KEYS = 2


@transaction.atomic
def create_controller(  # noqa: PLR0913 (a company has these parts)
    *,
    by: Actor,
    slug: str,
    name: str,
    country: str,
    contact_name: str,
    contact_email: str,
    time_zone: str = "UTC",
    default_language: str = "en",
) -> Controller:
    """Register a controller and the groups of its roles.

    `contact_*` name its data protection officer or answering person (DPDP s.8(9), Rules r.9).
    """
    controller = Controller(
        slug=slug, name=name, country=country, contact_name=contact_name,
        contact_email=contact_email, time_zone=time_zone, default_language=default_language,
    )  # fmt: skip
    controller.full_clean()
    controller.save(force_insert=True)
    _make_groups(controller, list(ROLES))
    audit.record(
        event="controller:created", by=by, controller_id=controller.id,
        target=Target("controller", str(controller.id)), data={"slug": slug, "country": country},
    )  # fmt: skip
    return controller


@transaction.atomic
def create_officer(*, by: Actor, username: str, email: str, password: str) -> User:
    """A staff account without any role yet."""
    officer = User.objects.create_user(
        username=username, email=email, password=password, is_staff=True
    )
    audit.record(
        event="officer:created", by=by, controller_id=SYSTEM_ID,
        target=Target("officer", str(officer.id)),
    )  # fmt: skip
    return officer


@transaction.atomic
def set_password(*, by: Actor, officer: User, password: str) -> None:
    """Give an officer another password; it counts from their next sign-in."""
    officer.set_password(password)
    officer.save(update_fields=["password"])
    audit.record(
        event="officer:password_changed", by=by, controller_id=SYSTEM_ID,
        target=Target("officer", str(officer.id)),
    )  # fmt: skip


@transaction.atomic
def assign_role(*, by: Actor, officer: User, controller: Controller, role: str) -> None:
    """Give a role at one controller. Raises UnknownRoleError."""
    if role not in ROLES:
        raise UnknownRoleError
    officer.groups.add(_role_group(controller, role))
    _record_role(by, officer, controller, role, "role:assigned")


@transaction.atomic
def remove_role(*, by: Actor, officer: User, controller: Controller, role: str) -> None:
    """Take a role away; it counts from the officer's next request. Raises UnknownRoleError."""
    if role not in ROLES:
        raise UnknownRoleError
    officer.groups.remove(_role_group(controller, role))
    _record_role(by, officer, controller, role, "role:removed")


@transaction.atomic
def create_service(
    *, by: Actor, controller_id: UUID, code: str, name: str, purposes: list[str]
) -> ServiceClient:
    """Register a calling service and the purposes it may ask about (by their codes)."""
    service = ServiceClient(controller_id=controller_id, code=code, name=name)
    service.full_clean()
    service.save(force_insert=True)
    _set_purposes(service, purposes)
    audit.record(
        event="service:created", by=by, controller_id=controller_id,
        target=Target("service", str(service.id)),
        data={"code": code, "purposes": sorted(purposes)},
    )  # fmt: skip
    return service


@transaction.atomic
def change_service(
    *, by: Actor, service: ServiceClient, is_active: bool, purposes: list[str]
) -> ServiceClient:
    """Switch a service on or off and set the purposes it may ask about, from the next check on."""
    locked = ServiceClient.objects.select_for_update().get(pk=service.pk)
    locked.is_active = is_active
    locked.save(update_fields=["is_active"])
    _set_purposes(locked, purposes)
    audit.record(
        event="service:changed", by=by, controller_id=locked.controller_id,
        target=Target("service", str(locked.id)),
        data={"is_active": is_active, "purposes": sorted(purposes)},
    )  # fmt: skip
    return locked


@transaction.atomic
def set_pace(*, by: Actor, service: ServiceClient, items_per_second: int | None) -> ServiceClient:
    """How many items a second each decision point decides for a service, from the next call on.

    None: as many as for any service. Raises ValidationError for less than one.
    """
    locked = ServiceClient.objects.select_for_update().get(pk=service.pk)
    locked.items_per_second = items_per_second
    locked.full_clean()
    locked.save(update_fields=["items_per_second"])
    audit.record(
        event="service:changed", by=by, controller_id=locked.controller_id,
        target=Target("service", str(locked.id)), data={"items_per_second": items_per_second},
    )  # fmt: skip
    return locked


@transaction.atomic
def issue_key(*, by: Actor, service: ServiceClient, days: int = KEY_DAYS) -> tuple[ServiceKey, str]:
    """A new key of `service`, valid for `days`, and its secret, which is shown only now.

    Raises TooManyKeysError when two keys are live already (two, so that keys can be rotated).
    """
    ServiceClient.objects.select_for_update().get(pk=service.pk)
    now = timezone.now()
    live = ServiceKey.objects.filter(service=service, revoked_at=None, expires_at__gt=now)
    if live.count() >= LIVE_KEYS:
        raise TooManyKeysError
    prefix = f"smt_{secrets.token_hex(4)}"
    secret = f"{prefix}_{secrets.token_urlsafe(KEY_BYTES)}"
    key = ServiceKey.objects.create(
        controller_id=service.controller_id, service=service, prefix=prefix,
        digest=key_digest(secret), expires_at=now + timedelta(days=days),
    )  # fmt: skip
    audit.record(
        event="key:issued", by=by, controller_id=service.controller_id,
        target=Target("service", str(service.id)), data={"prefix": prefix, "days": days},
    )  # fmt: skip
    return key, secret


@transaction.atomic
def revoke_key(*, by: Actor, key: ServiceKey) -> ServiceKey:
    """End a key at once. Raises KeyNotLiveError when it has ended already."""
    locked = ServiceKey.objects.select_for_update().get(pk=key.pk)
    now = timezone.now()
    if locked.revoked_at or locked.expires_at <= now:
        raise KeyNotLiveError
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    audit.record(
        event="key:revoked", by=by, controller_id=locked.controller_id,
        target=Target("service", str(locked.service_id)), data={"prefix": locked.prefix},
    )  # fmt: skip
    return locked


def _set_purposes(service: ServiceClient, purposes: list[str]) -> None:
    ServicePurpose.objects.filter(service=service).exclude(purpose__in=purposes).delete()
    ServicePurpose.objects.bulk_create(
        [
            ServicePurpose(controller_id=service.controller_id, service=service, purpose=purpose)
            for purpose in purposes
        ],
        ignore_conflicts=True,
    )


def _role_group(controller: Controller, role: str) -> Group:
    found = RoleGroup.objects.filter(controller=controller, role=role).select_related("group")
    if existing := found.first():
        return existing.group
    return _make_groups(controller, [role])[0]


def _make_groups(controller: Controller, roles: list[str]) -> list[Group]:
    """The groups of these roles with their permissions, which guardian would give one by one."""
    made = [Group(name=f"{controller.slug}: {role}") for role in roles]
    Group.objects.bulk_create(made)
    RoleGroup.objects.bulk_create(
        RoleGroup(controller=controller, role=role, group=group)
        for role, group in zip(roles, made, strict=True)
    )
    kind = ContentType.objects.get_for_model(Controller)
    known = {one.codename: one for one in Permission.objects.filter(content_type=kind)}
    GroupObjectPermission.objects.bulk_create(
        GroupObjectPermission(
            permission=known[permission.value], group=group, content_type=kind,
            object_pk=str(controller.pk),
        )
        for role, group in zip(roles, made, strict=True)
        for permission in sorted(ROLES[role].permissions)
    )  # fmt: skip
    return made


def _record_role(by: Actor, officer: User, controller: Controller, role: str, event: str) -> None:
    audit.record(
        event=event, by=by, controller_id=controller.id,
        target=Target("officer", str(officer.id)), data={"role": role},
    )  # fmt: skip
