"""Erasing what this suite holds of people: everything of theirs, or some data categories.

In the transaction of whoever records it, so that both happen or neither. Consent evidence stays
pseudonymous (DPDP s.6(10); GDPR 7(1), 17(3)(e)): it verifies as before and leads to nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from erasure.ourselves import rows
from policies.audiences import services as audiences
from profiles.services import forgetting
from subjects import identifying, shredding, tombstones

__all__ = ["BY", "erase", "erase_categories", "present", "present_categories"]

BY = Actor.system("ourselves")


@transaction.atomic
def erase(*, controller_id: UUID, cases: Mapping[UUID, UUID]) -> frozenset[UUID]:
    """Erase everything of these people, each by the case named for them; of whom it was done.

    The others are under a legal hold: of them nothing is touched (GDPR 17(3)(e)). Whatever a person
    is known by gets its tombstone first, also what came after the case was opened. May be repeated.
    """
    tombstones.set_many(by=BY, controller_id=controller_id, cases=cases)
    people = shredding.whole(controller_id, cases.keys())
    done = shredding.shred(by=BY, controller_id=controller_id, ids=sorted(cases)).gone
    records = sorted(one for first in done for one in people[first])
    if not records:
        return done
    forgetting.forget_many(controller_id=controller_id, subject_ids=records)
    audiences.forget_many(controller_id=controller_id, subject_ids=records)
    deleted = rows.delete(controller_id, records)
    rows.empty(controller_id, records)
    audit.record(
        event="own_data:erased", by=BY, controller_id=controller_id, target=Target("cases", ""),
        data={"people": len(done), "rows": deleted},
    )  # fmt: skip
    return done


@transaction.atomic
def erase_categories(
    *,
    controller_id: UUID,
    subject_ids: Sequence[UUID],
    categories: Collection[str],
    named: Mapping[UUID, UUID],
) -> None:
    """Erase these categories of what is known of these people; they stay. May be repeated.

    Of the `named`, each by the case named for them, identifiers of the categories go as well: they
    asked for just that. Others keep them to be found by, and to use their rights.
    """
    people = shredding.whole(controller_id, subject_ids)
    identifying.remove(
        by=BY, controller_id=controller_id, categories=categories,
        cases={one: case for first, case in named.items() for one in people.get(first, ())},
    )  # fmt: skip
    forgetting.forget_categories(
        by=BY, controller_id=controller_id, categories=categories,
        subject_ids=sorted(one for each in people.values() for one in each),
    )  # fmt: skip


def present(controller_id: UUID, subject_ids: Collection[UUID]) -> set[UUID]:
    """Of whom anything is left that an erasure of everything ends."""
    people = shredding.whole(controller_id, subject_ids)
    records = {one for each in people.values() for one in each}
    found = records - shredding.shredded(controller_id, records)
    found |= rows.left(controller_id, records)
    found |= forgetting.holders(controller_id, records, None)
    return {first for first, each in people.items() if each & found}


def present_categories(
    controller_id: UUID,
    subject_ids: Collection[UUID],
    categories: Collection[str],
    named: Collection[UUID],
) -> set[UUID]:
    """Of whom a value of these categories is left, or of the `named` an identifier."""
    people = shredding.whole(controller_id, subject_ids)
    records = {one for each in people.values() for one in each}
    found = forgetting.holders(controller_id, records, categories)
    theirs = {one for first in named for one in people.get(first, ())}
    found |= identifying.holders(controller_id, theirs, categories)
    return {first for first, each in people.items() if each & found}
