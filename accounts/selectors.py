"""Questions about controllers, staff and services."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from guardian.models import GroupObjectPermission
from guardian.shortcuts import get_objects_for_user

from accounts.credentials import key_digest
from accounts.models import Controller, RoleGroup, ServiceClient, ServiceKey, User
from accounts.roles import Permission
from keys import statements


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated service, its company's name, and the purposes it may ask about."""

    id: UUID
    code: str
    controller_id: UUID
    controller: str = field(default="", compare=False)
    purposes: frozenset[str] = field(default=frozenset(), compare=False)

    is_authenticated = True


@dataclass(frozen=True, slots=True)
class Duty:
    """What an officer may do at one controller, by the roles held there."""

    controller_id: UUID
    controller: str
    permissions: frozenset[str]


# Written out: every request of a service begins with it, and composing it would cost more than it.
_CALLER = """
SELECT k.service_id, s.code, k.controller_id, c.name,
  ARRAY(SELECT p.purpose FROM accounts_servicepurpose p WHERE p.service_id = s.id)
FROM accounts_servicekey k
JOIN accounts_serviceclient s ON s.id = k.service_id AND s.is_active
JOIN accounts_controller c ON c.id = k.controller_id
WHERE k.digest = %s AND k.revoked_at IS NULL AND k.expires_at > %s
"""


def caller(secret: str) -> Caller | None:
    """The service whose live key this is, or None."""
    if not secret.startswith("smt_") or len(secret) > 100 or not secret.isascii():
        return None
    found = statements.first_rows(_CALLER, [key_digest(secret), timezone.now()])
    if not found:
        return None
    service_id, code, controller_id, controller, purposes = found[0]
    return Caller(service_id, code, controller_id, controller, frozenset(purposes))


def controllers_of(officer: User, permission: Permission) -> QuerySet[Controller]:
    """The controllers at which `officer` has `permission`, by role."""
    if not (officer.is_active and officer.is_staff):
        return Controller.objects.none()
    found: QuerySet[Controller] = get_objects_for_user(
        officer, f"accounts.{permission.value}", Controller, with_superuser=False
    )
    return found.order_by("name", "id")


def may(officer: User, permission: Permission, controller_id: UUID) -> bool:
    """Whether `officer` has `permission` at this controller."""
    return controllers_of(officer, permission).filter(pk=controller_id).exists()


def permits(officer_id: str, permission: Permission, controller_id: UUID) -> bool:
    """As `may`, of an officer by id; nobody of that id may do anything. One query."""
    try:
        named = UUID(officer_id)
    except ValueError:
        return False
    return GroupObjectPermission.objects.filter(
        group__user__id=named, group__user__is_active=True, group__user__is_staff=True,
        permission__content_type__app_label="accounts",
        permission__content_type__model="controller", permission__codename=permission.value,
        object_pk=str(controller_id),
    ).exists()  # fmt: skip


def duties(officer: User) -> list[Duty]:
    """Every controller the officer serves and what is permitted there, by name, in one query."""
    if not (officer.is_active and officer.is_staff):
        return []
    rows = GroupObjectPermission.objects.filter(
        group__user=officer, permission__content_type__app_label="accounts",
        permission__content_type__model="controller", group__role_group__isnull=False,
    ).values_list(
        "group__role_group__controller_id", "group__role_group__controller__name", "object_pk",
        "permission__codename",
    )  # fmt: skip
    found: dict[tuple[str, UUID], set[str]] = {}
    for controller_id, name, object_pk, codename in rows:
        if str(controller_id) == object_pk:
            found.setdefault((name, controller_id), set()).add(codename)
    return [Duty(one, name, frozenset(found[name, one])) for name, one in sorted(found)]


def officers_of(controller_ids: Collection[UUID]) -> QuerySet[User]:
    """The staff with a role at any of these controllers, by user name."""
    found = User.objects.filter(groups__role_group__controller_id__in=controller_ids)
    return found.distinct().order_by("username", "id")


def actor_names(controller_ids: Collection[UUID]) -> dict[str, str]:
    """What the officers and services of these controllers are called, by id."""
    officers = officers_of(controller_ids).values_list("id", "username")
    services = ServiceClient.objects.filter(controller_id__in=controller_ids)
    return {str(one): name for one, name in [*officers, *services.values_list("id", "name")]}


def service_names(controller_ids: Collection[UUID]) -> dict[str, str]:
    """What the services of these controllers are called, by id, in the order of their names.

    Of several controllers each name says whose it is: two may call a service alike.
    """
    found = ServiceClient.objects.filter(controller_id__in=controller_ids)
    rows = found.order_by("name", "controller__name", "id").values_list(
        "id", "name", "controller__name"
    )
    is_one = len(set(controller_ids)) == 1
    return {str(one): name if is_one else f"{name} · {whose}" for one, name, whose in rows}


def roles_of(officer: User, controller_ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """The roles an officer holds at these controllers, as (controller, role) pairs."""
    found = RoleGroup.objects.filter(group__user=officer, controller_id__in=controller_ids)
    return list(found.order_by("controller__name", "role").values_list("controller_id", "role"))


def controller(controller_id: UUID) -> Controller:
    """The controller of that id; raises Controller.DoesNotExist."""
    return Controller.objects.get(pk=controller_id)


def controller_by_slug(slug: str) -> Controller | None:
    return Controller.objects.filter(slug=slug).first()


def controllers() -> QuerySet[Controller]:
    """All controllers, by name."""
    return Controller.objects.order_by("name", "id")


def services_of(controller_id: UUID) -> QuerySet[ServiceClient]:
    """The services of a controller, by code, with their purposes."""
    return (
        ServiceClient.objects.filter(controller_id=controller_id)
        .prefetch_related("purposes")
        .order_by("code", "id")
    )


def live_keys(service: ServiceClient) -> QuerySet[ServiceKey]:
    """The keys of a service that authenticate now."""
    return ServiceKey.objects.filter(
        Q(service=service), revoked_at=None, expires_at__gt=timezone.now()
    ).order_by("-created_at", "id")


def purposes_of(caller_id: UUID) -> set[str]:
    """The purpose codes a service may ask about."""
    rows = ServiceClient.objects.filter(pk=caller_id).values_list("purposes__purpose", flat=True)
    return {code for code in rows if code}


def catalogue_version() -> int:
    """The stamp that moves with every change to controllers, services, keys, purposes, parties."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM accounts_cataloguestamp WHERE id = 1")
        return int(cursor.fetchone()[0])


Stamp = tuple[int, str]
"""The stamp's version, and who wrote it: one that was rolled back is never met again."""


STAMP = """
SELECT version, xmin::text, statement_timestamp() FROM accounts_cataloguestamp WHERE id = 1
"""
"""The stamp's version and writer, and the time by PostgreSQL's clock; for larger queries too."""


def catalogue_stamp() -> tuple[Stamp, datetime]:
    """The stamp as this transaction sees it, and the time by PostgreSQL's clock."""
    ((version, writer, now),) = statements.rows(STAMP, [])
    return (int(version), str(writer)), now
