"""The matrix of views as data: its places, what a place amounts to, and how two matrices differ.

Pure. What no rule names is hidden; a rule about one attribute outweighs that of its category.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from profiles.fields import HIDE, SHOW, Cell, Defined

FITS: Final = {
    "text": {"show", "partial", "token", "hide"},
    "integer": {"show", "bucket", "token", "hide"},
    "decimal": {"show", "bucket", "token", "hide"},
    "boolean": {"show", "hide"},
    "date": {"show", "year", "bucket", "token", "hide"},
    "moment": {"show", "year", "bucket", "token", "hide"},
    "choice": {"show", "token", "hide"},
    "email": {"show", "partial", "token", "hide"},
    "phone": {"show", "partial", "token", "hide"},
    "address": {"show", "region", "partial", "token", "hide"},
}
"""Which treatments do justice to which kind of value. Others would show nothing."""


class Place(NamedTuple):
    """Where a rule stands. `attribute` empty: it is about the whole category."""

    role: str
    purpose: str
    category: str
    attribute: str = ""
    sensitivity: str = "ordinary"
    relation: str = "self"


Rules = Mapping[Place, str]
"""What is done with the values of each place that has a rule, by its treatment's code."""


class Step(StrEnum):
    """What a change amounts to for whoever is looked at."""

    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Change:
    """A place whose values are treated otherwise than before."""

    place: Place
    old: str
    new: str

    @property
    def step(self) -> Step:
        """Two masks show different things, neither of them more."""
        old, new = _rank(self.old), _rank(self.new)
        if new == old:
            return Step.OTHER
        return Step.WIDER if new > old else Step.NARROWER


@dataclass(frozen=True, slots=True)
class Known:
    """What rules of a controller may name."""

    roles: frozenset[str]
    purposes: frozenset[str]
    categories: frozenset[str]
    attributes: Mapping[str, Defined]


class Flaw(StrEnum):
    """Why a rule cannot stand."""

    ROLE = "role"
    PURPOSE = "purpose"
    CATEGORY = "category"
    ATTRIBUTE = "attribute"
    MISPLACED = "misplaced"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that cannot stand, and why."""

    place: Place
    flaw: Flaw


def amounts_to(rules: Rules, place: Place) -> str:
    """The treatment in a place: its own rule, else that of its category, else hidden."""
    own = rules.get(place)
    return own or rules.get(place._replace(attribute=""), HIDE)


def changes(old: Rules, new: Rules) -> list[Change]:
    """Every place in which the new rules amount to something else, in the order of the places."""
    places = sorted({*old, *new})
    found = [Change(one, amounts_to(old, one), amounts_to(new, one)) for one in places]
    return [one for one in found if one.old != one.new]


def faults(rules: Rules, known: Known) -> list[Fault]:
    """Every rule that names what does not exist, or treats a value as it cannot be treated."""
    found = [(place, _flaw(place, treatment, known)) for place, treatment in rules.items()]
    return [Fault(place, flaw) for place, flaw in sorted(found) if flaw]


def cells(rules: Rules, *, role: str, purpose: str, relation: str) -> list[Cell]:
    """The rules of one role, purpose and relation, as the fields of a profile are decided by."""
    return [
        Cell(
            category=place.category, attribute=place.attribute, sensitivity=place.sensitivity,
            treatment=treatment,
        )
        for place, treatment in rules.items()
        if (place.role, place.purpose, place.relation) == (role, purpose, relation)
    ]  # fmt: skip


def fitting(kinds: Iterable[str]) -> set[str]:
    """The treatments that do justice to at least one of these kinds; all for none."""
    sets = [FITS[kind] for kind in kinds if kind in FITS]
    return set().union(*(sets or FITS.values()))


def _rank(treatment: str) -> int:
    """How much is shown: nothing, a part, everything."""
    return {HIDE: 0, SHOW: 2}.get(treatment, 1)


def _flaw(place: Place, treatment: str, known: Known) -> Flaw | None:
    named = (
        (Flaw.ROLE, place.role in known.roles),
        (Flaw.PURPOSE, place.purpose in known.purposes),
        (Flaw.CATEGORY, place.category in known.categories),
        (Flaw.ATTRIBUTE, not place.attribute or place.attribute in known.attributes),
    )
    missing = next((flaw for flaw, is_there in named if not is_there), None)
    return missing or _misuse(place, treatment, known)


def _misuse(place: Place, treatment: str, known: Known) -> Flaw | None:
    """What is wrong with a rule whose names all exist; None for nothing."""
    if not place.attribute:
        kinds = [
            one.kind for one in known.attributes.values()
            if (one.category, one.sensitivity) == (place.category, place.sensitivity)
        ]  # fmt: skip
        return None if treatment in fitting(kinds) else Flaw.KIND
    about = known.attributes[place.attribute]
    if (about.category, about.sensitivity) != (place.category, place.sensitivity):
        return Flaw.MISPLACED
    return None if treatment in FITS.get(about.kind, ()) else Flaw.KIND
