"""In which capacity a reader may look at a person: one the person really has, at the reader's unit.

A rule of the matrix may show more of a joint holder than of anybody else. So the capacity is not
the reader's to claim: it must have been verified, and hold at their unit or everywhere.
"""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from profiles.models import Relation
from subjects import capacities
from subjects.capacities import Tie

KINDS: Final[Mapping[Relation, tuple[str, ...]]] = {
    Relation.HOLDER: ("account_holder",),
    Relation.JOINT: ("joint_holder",),
    Relation.HOUSEHOLD: ("household",),
    Relation.GUARDIAN: ("parent", "guardian"),
    Relation.EMPLOYER: ("employer",),
}
"""The kinds of relationship by which somebody has a capacity. Everybody is themself."""
_RELATION: Final = {kind: relation for relation, kinds in KINDS.items() for kind in kinds}


def units_of(unit: str) -> tuple[str, ...]:
    """Whose relationships a reader of this unit knows of: those of no unit, and their own."""
    return ("", unit) if unit else ("",)


def in_capacity(
    controller_id: UUID, ids: Collection[UUID], relation: Relation | str, unit: str
) -> set[UUID]:
    """Those of these people who may be looked at in this capacity from this unit.

    The others are told apart from nobody by no reader (PRO-06): that somebody is a guardian, or
    whose account they share, is itself something about them. An unknown capacity is nobody's.
    """
    if relation == Relation.SELF:
        return set(ids)
    kinds = KINDS.get(Relation(relation), ()) if relation in Relation.values else ()
    return capacities.standing_as(controller_id, ids, kinds, units_of(unit))


def around(controller_id: UUID, subject_id: UUID, unit: str) -> list[tuple[UUID, Relation]]:
    """Who stands to a person in which capacity, as a reader of this unit knows it; each once."""
    found = capacities.ties(controller_id, subject_id, units_of(unit))
    return list(dict.fromkeys((one.other_id, _relation(one)) for one in found))


def _relation(tie: Tie) -> Relation:
    return _RELATION[tie.kind]
