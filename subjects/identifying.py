"""What people are known by, put right or taken away: never another person's, never by an import."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from subjects import services, tombstones
from subjects.errors import IdentifiersSeveralError
from subjects.making import Looked
from subjects.models import Identifier
from subjects.schemes import CATEGORIES

__all__ = ["count", "held", "holders", "known", "remove", "replace", "schemes_of"]


@transaction.atomic
def replace(*, by: Actor, controller_id: UUID, subject_id: UUID, scheme: str, value: str) -> bool:
    """Put right what a person is known by of this scheme; whether that changed anything.

    Somebody who is known by nothing of the scheme has nothing to be put right. Raises
    IdentifiersSeveralError where nobody can say which of several is wrong, and as
    `services.add_identifier`.
    """
    subject = services.lock(controller_id, subject_id)
    rows = list(Identifier.objects.filter(subject=subject, scheme=scheme))
    looked = Looked.of(controller_id, scheme, value)
    if not rows or any(bytes(row.digest) == looked.digest for row in rows):
        return False
    if len(rows) > 1:
        raise IdentifiersSeveralError
    services.add_identifier(by=by, subject=subject, scheme=scheme, value=value)
    rows[0].delete()
    return True


def schemes_of(categories: Collection[str]) -> frozenset[str]:
    """By which schemes of identifiers data of these categories are kept here."""
    return frozenset(one for one, category in CATEGORIES.items() if category in categories)


@transaction.atomic
def remove(
    *, by: Actor, controller_id: UUID, cases: Mapping[UUID, UUID], categories: Collection[str]
) -> int:
    """Take the identifiers of these categories from people, who stay; returns how many.

    `cases` names for each the case that erases the category: a tombstone of it keeps the identifier
    from coming back as somebody new (P8). May be repeated.
    """
    schemes = sorted(schemes_of(categories))
    refs = services.lock_many(controller_id, sorted(cases)) if schemes else {}
    rows = Identifier.objects.filter(
        controller_id=controller_id, subject_id__in=list(refs), scheme__in=schemes
    )
    whose = set(rows.values_list("subject_id", flat=True))
    if not whose:
        return 0
    given = {one: cases[one] for one in whose}
    tombstones.set_many(by=by, controller_id=controller_id, cases=given, schemes=schemes)
    removed, _ = rows.delete()
    audit.record_many(
        audit.Draft(
            event="subject:unidentified", by=by, controller_id=controller_id,
            target=Target("subject", str(one)), subject=refs[one], data={"schemes": schemes},
        )
        for one in sorted(whose)
    )  # fmt: skip
    return removed


def holders(
    controller_id: UUID, subject_ids: Collection[UUID], categories: Collection[str]
) -> set[UUID]:
    """Who is known by an identifier of these categories still."""
    rows = Identifier.objects.filter(
        controller_id=controller_id, subject_id__in=list(subject_ids),
        scheme__in=sorted(schemes_of(categories)),
    )  # fmt: skip
    return set(rows.values_list("subject_id", flat=True))


def held(controller_id: UUID, subject_id: UUID) -> frozenset[str]:
    """The schemes a person is known by."""
    rows = Identifier.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return frozenset(rows.values_list("scheme", flat=True))


def count(controller_id: UUID, scheme: str) -> int:
    """How many people are known by an identifier of this scheme."""
    rows = Identifier.objects.filter(controller_id=controller_id, scheme=scheme)
    return rows.values("subject_id").distinct().count()


def known(controller_id: UUID, scheme: str, after: UUID, limit: int) -> list[UUID]:
    """People known by an identifier of this scheme, by id, from the one after `after` on."""
    rows = Identifier.objects.filter(
        controller_id=controller_id, scheme=scheme, subject_id__gt=after
    )
    return list(rows.order_by("subject_id").values_list("subject_id", flat=True).distinct()[:limit])
