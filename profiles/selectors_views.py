"""Questions about the matrix of views: which version is in force, its rules, who sits where."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import selectors as accounts
from consent import selectors as consents
from profiles import matrix
from profiles.fields import HIDE, Defined
from profiles.matrix import Change, Fault, Known, Place, Rules
from profiles.models import (
    AttributeDefinition,
    HolderType,
    ReaderRole,
    Relation,
    Seat,
    Sensitivity,
    Treatment,
    ViewRule,
    ViewVersion,
)
from registry import selectors as registry

RELATIONS, SENSITIVITIES, TREATMENTS = Relation.choices, Sensitivity.choices, Treatment.choices
SELF = Relation.SELF.value
RESERVED = ("sys.rights", "sys.legal_claim", "sys.vital")
"""Purposes of the law itself in which staff look at people; asked with a case."""


class ViewStanding(StrEnum):
    """Where a version of the views stands."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"
    GIVEN_UP = "given_up"


def versions(controller_ids: Collection[UUID]) -> QuerySet[ViewVersion]:
    """Every version of the views of these controllers, newest first."""
    return ViewVersion.objects.filter(controller_id__in=controller_ids).order_by("-number", "id")


def version(controller_id: UUID, number: int) -> ViewVersion | None:
    """The version of that number."""
    return versions([controller_id]).filter(number=number).first()


def in_force(controller_id: UUID) -> ViewVersion | None:
    """The version by which people are looked at now; None: nobody sees anything."""
    return versions([controller_id]).filter(approved_at__isnull=False, ended_at=None).first()


def in_force_at(controller_id: UUID, at: datetime) -> ViewVersion | None:
    """The version by which people were looked at then."""
    begun = versions([controller_id]).filter(approved_at__lte=at)
    return begun.filter(Q(ended_at=None) | Q(ended_at__gt=at)).first()


def draft(controller_id: UUID) -> ViewVersion | None:
    """The draft that is being worked on."""
    return versions([controller_id]).filter(approved_at=None, ended_at=None).first()


def standing(of: ViewVersion) -> ViewStanding:
    """Where a version stands now."""
    if of.approved_at is None:
        return ViewStanding.DRAFT if of.ended_at is None else ViewStanding.GIVEN_UP
    return ViewStanding.IN_FORCE if of.ended_at is None else ViewStanding.ENDED


def rules_of(of: ViewVersion | None) -> dict[Place, str]:
    """The rules of a version by their places; none without a version."""
    if of is None:
        return {}
    rows = ViewRule.objects.filter(version=of).values_list(
        "role__code", "purpose", "category", "attribute", "sensitivity", "relation", "treatment"
    )
    return {Place(*row[:-1]): row[-1] for row in rows}


def changes_of(of: ViewVersion) -> list[Change]:
    """What a draft changes against what is in force; a later version, against the one before."""
    if of.approved_at is None:
        base = in_force(of.controller_id)
    else:
        earlier = versions([of.controller_id]).filter(approved_at__lt=of.approved_at)
        base = earlier.order_by("-approved_at").first()
    return matrix.changes(rules_of(base), rules_of(of))


def faults_among(controller_id: UUID, rules: Rules) -> list[Fault]:
    """Which of these rules cannot stand at this controller now, and why."""
    return matrix.faults(rules, known(controller_id))


def known(controller_id: UUID) -> Known:
    """What rules of this controller may name."""
    codes = consents.purposes([controller_id]).filter(closed_at=None)
    return Known(
        roles=frozenset(roles(controller_id).values_list("code", flat=True)),
        purposes=frozenset({*codes.values_list("code", flat=True), *RESERVED}),
        categories=frozenset(registry.category_codes(controller_id)),
        attributes={one.code: one for one in attributes(controller_id)},
    )


def definitions(controller_id: UUID) -> QuerySet[AttributeDefinition]:
    """The attributes a controller has of people, by category and title."""
    found = AttributeDefinition.objects.filter(controller_id=controller_id, is_active=True)
    return found.order_by("category", "title", "id")


def attributes(controller_id: UUID) -> list[Defined]:
    """The same, as fields are decided by."""
    return [
        Defined(
            code=one.code, title=one.title, category=one.category, kind=one.kind,
            sensitivity=one.sensitivity, fresh_for_days=one.fresh_for_days,
        )
        for one in definitions(controller_id)
    ]  # fmt: skip


def roles(controller_id: UUID) -> QuerySet[ReaderRole]:
    """The readers' roles in use, by code."""
    found = ReaderRole.objects.filter(controller_id=controller_id, is_active=True)
    return found.order_by("code", "id")


def live_seats(controller_ids: Collection[UUID]) -> QuerySet[Seat]:
    """The seats that have not ended."""
    open_ones = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    found = Seat.objects.filter(open_ones, controller_id__in=controller_ids)
    return found.select_related("role").order_by("role__code", "unit", "id")


def seats_of(controller_id: UUID, holder_type: HolderType | str, holder_id: str) -> QuerySet[Seat]:
    """The seats somebody reads from now, of roles in use."""
    mine = live_seats([controller_id]).filter(holder_type=holder_type, holder_id=holder_id)
    return mine.filter(role__is_active=True)


def relation(code: str) -> Relation:
    """The capacity of that code. Raises ValueError for another."""
    return Relation(code)


def holders(controller_id: UUID) -> dict[tuple[str, str], str]:
    """Who may be given a seat, as (type, id): staff and services of the controller, by name."""
    staff = accounts.officers_of([controller_id]).filter(is_active=True)
    services = accounts.services_of(controller_id).filter(is_active=True)
    found = {(HolderType.OFFICER.value, str(one.pk)): str(one.username) for one in staff}
    return found | {(HolderType.SERVICE.value, str(one.pk)): one.name for one in services}


def purposes_seen(controller_id: UUID, seats: Iterable[Seat]) -> list[str]:
    """The purposes for which the version in force shows somebody in these seats anything."""
    rules = ViewRule.objects.filter(version=in_force(controller_id))
    mine = rules.filter(role__in=[seat.role_id for seat in seats]).exclude(treatment=HIDE)
    return sorted(set(mine.values_list("purpose", flat=True)))
