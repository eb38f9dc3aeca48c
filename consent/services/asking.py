"""Objections and restrictions as a service passes them on, and as it is shown them.

What a service may see or end is what concerns the purposes it is registered for. What reaches
further it may pass on, for that only protects the person, but never end.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.reads import record_read
from audit.actors import Actor, Target
from consent import methods, rights, selectors
from consent.errors import (
    ForbiddenMethodError,
    LiftNotOpenError,
    ObjectionMissingError,
    RestrictionMissingError,
    RightNotGivenError,
    UnknownMethodError,
)
from consent.models import Objection, Restriction, RestrictionScope
from consent.services import objections, restrictions
from subjects import jurisdiction
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.naming import Named, person


@transaction.atomic
def ask_objection(  # noqa: PLR0913 (an objection has these parts)
    *, by: Actor, controller_id: UUID, who: Named, kind: str, purpose: str, method: str
) -> Objection:
    """Register the objection of the person `who` names; it counts from the next check on.

    Raises RightNotGivenError where the person's law knows no such objection, UnknownMethodError,
    ForbiddenMethodError, and as `object_to`; UnknownSchemeError, MalformedIdentifierError.
    """
    check_method(method)
    found = person(controller_id, who)
    check_right(controller_id, found, kind)
    made = objections.object_to(
        by=by, controller_id=controller_id, subject_id=found.id, kind=kind, purpose=purpose,
        method=method,
    )  # fmt: skip
    return _objection(controller_id, made.pk)


@transaction.atomic
def ask_restriction(  # noqa: PLR0913 (a restriction has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    who: Named,
    ground: str,
    scope_type: str,
    scope: str,
    method: str,
) -> Restriction:
    """Restrict the use of the data of the person `who` names. Raises as `ask_objection`."""
    check_method(method)
    found = person(controller_id, who)
    check_right(controller_id, found, rights.RESTRICTION)
    return restrictions.restrict(
        by=by, controller_id=controller_id, subject_id=found.id, ground=ground,
        scope_type=scope_type, scope=scope, method=method,
    )  # fmt: skip


@transaction.atomic
def lift_for_person(
    *, by: Actor, controller_id: UUID, objection_id: UUID, purposes: Collection[str], method: str
) -> Objection:
    """End an objection to one purpose, on the person's word to the service.

    Raises ObjectionMissingError, LiftNotOpenError for one that reaches further, and for the
    method as `ask_objection`.
    """
    check_method(method)
    found = _seen(controller_id, objection_id, purposes)
    if found.purpose is None:
        raise LiftNotOpenError
    if found.lifted_at is not None:
        return found
    objections.lift_objection(
        by=by, controller_id=controller_id, subject_id=found.subject_id, kind=found.kind,
        purpose=found.purpose.code, method=method,
    )  # fmt: skip
    return _objection(controller_id, objection_id)


@transaction.atomic
def take_back_for_person(
    *, by: Actor, controller_id: UUID, restriction_id: UUID, purposes: Collection[str], method: str
) -> Restriction:
    """End a restriction of one purpose, on the person's word to the service.

    Raises RestrictionMissingError, LiftNotOpenError for one that reaches further, and for the
    method as `ask_objection`.
    """
    check_method(method)
    found = restriction(controller_id, restriction_id)
    if found.scope_type != RestrictionScope.PURPOSE or found.scope not in purposes:
        raise LiftNotOpenError
    return restrictions.take_back_restriction(
        by=by, controller_id=controller_id, subject_id=found.subject_id, restriction_id=found.pk,
        method=method,
    )  # fmt: skip


@transaction.atomic
def show_objections(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purposes: Collection[str]
) -> list[Objection]:
    """The objections of a person that stand. Raises SubjectUnknownError, ReadNotRecordedError."""
    who = subjects.subject(controller_id, subject_id)
    standing = selectors.objections(controller_id, subject_id).select_related("purpose")
    found = [one for one in standing if _concerns(one, purposes)]
    _record(by, who, {"what": "objections", "shown": len(found)})
    return found


@transaction.atomic
def show_objection(
    *, by: Actor, controller_id: UUID, objection_id: UUID, purposes: Collection[str]
) -> Objection:
    """One objection, standing or over. Raises ObjectionMissingError, ReadNotRecordedError."""
    found = _seen(controller_id, objection_id, purposes)
    who = subjects.subject(controller_id, found.subject_id)
    _record(by, who, {"what": "objection", "shown": 1})
    return found


@transaction.atomic
def show_restrictions(*, by: Actor, controller_id: UUID, subject_id: UUID) -> list[Restriction]:
    """The restrictions that stand. Raises SubjectUnknownError, ReadNotRecordedError."""
    who = subjects.subject(controller_id, subject_id)
    found = list(selectors.restrictions(controller_id, subject_id))
    _record(by, who, {"what": "restrictions", "shown": len(found)})
    return found


@transaction.atomic
def show_restriction(*, by: Actor, controller_id: UUID, restriction_id: UUID) -> Restriction:
    """One restriction, standing or over. Raises RestrictionMissingError, ReadNotRecordedError."""
    found = restriction(controller_id, restriction_id)
    who = subjects.subject(controller_id, found.subject_id)
    _record(by, who, {"what": "restriction", "shown": 1})
    return found


def restriction(controller_id: UUID, restriction_id: UUID) -> Restriction:
    """One restriction of this controller. Raises RestrictionMissingError."""
    found = selectors.restriction(controller_id, restriction_id)
    if found is None:
        raise RestrictionMissingError
    return found


def check_method(method: str) -> None:
    """Raises ForbiddenMethodError, UnknownMethodError: a no is not silence either."""
    if method in methods.FORBIDDEN:
        raise ForbiddenMethodError(methods.FORBIDDEN[method])
    if method not in methods.ACCEPTED:
        raise UnknownMethodError


def check_right(controller_id: UUID, who: Any, right: str) -> None:
    """Raises RightNotGivenError where no law that applies to the person gives the right."""
    country = accounts.controller(controller_id).country
    if not rights.has(right, jurisdiction.packs(who.residence, country)):
        raise RightNotGivenError


def _seen(controller_id: UUID, objection_id: UUID, purposes: Collection[str]) -> Objection:
    rows = Objection.objects.filter(controller_id=controller_id, pk=objection_id)
    found = rows.select_related("purpose").first()
    if found is None or not _concerns(found, purposes):
        raise ObjectionMissingError
    return found


def _objection(controller_id: UUID, objection_id: UUID) -> Objection:
    rows = Objection.objects.select_related("purpose")
    return rows.get(controller_id=controller_id, pk=objection_id)


def _concerns(objection: Objection, purposes: Collection[str]) -> bool:
    return objection.purpose is None or objection.purpose.code in purposes


def _record(by: Actor, who: Any, data: dict[str, object]) -> None:
    record_read(
        by=by, controller_id=who.controller_id, target=Target("subject", str(who.id)),
        subject=subject_services.ref(who), data=data,
    )  # fmt: skip
