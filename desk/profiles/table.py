"""The matrix of views as a table: data categories and attributes down, roles across."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consent import catalogue
from desk.profiles import words
from profiles import matrix
from profiles import selectors_views as selectors
from profiles.fields import ORDINARY, Defined
from profiles.matrix import Place, Rules
from registry import selectors as registry


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the matrix is drawn: one purpose, one relation, some categories in detail."""

    controller_id: UUID
    purpose: str
    relation: str
    opened: str = ""


@dataclass(frozen=True, slots=True)
class Square:
    """What a role gets of a row. `was` says what held before, where that is something else."""

    name: str
    label: str
    treatment: str
    own: str
    text: str
    was: str
    step: str
    choices: Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """A category, or one attribute of it."""

    category: str
    attribute: str
    title: str
    sensitivity: str
    sensitivity_name: str
    attributes: int
    is_opened: bool
    is_needed: bool
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The part of the matrix that is drawn."""

    roles: Sequence[Any]
    rows: tuple[Row, ...]


def table(view: View, rules: Rules, before: Rules | None) -> Table:
    """The table of these rules; `before` are the rules in force where a draft is drawn."""
    roles = list(selectors.roles(view.controller_id))
    definitions = selectors.attributes(view.controller_id)
    names = registry.category_titles(view.controller_id)
    needed = _needed(view)
    rows: list[Row] = []
    for category, sensitivity in _kinds(view, definitions, rules, before or {}):
        own = [one for one in definitions
               if (one.category, one.sensitivity) == (category, sensitivity)]  # fmt: skip
        places = [Place("", view.purpose, category, "", sensitivity, view.relation)]
        places += [
            places[0]._replace(attribute=one.code) for one in own
            if view.opened == category or _has_rule(one.code, places[0], rules, before or {})
        ]  # fmt: skip
        titles = {one.code: one.title for one in own} | {"": names.get(category, category)}
        kinds = {one.code: [one.kind] for one in own} | {"": [one.kind for one in own]}
        for place in places:
            code = place.attribute
            rows.append(Row(
                category=category, attribute=code, title=titles[code], sensitivity=sensitivity,
                sensitivity_name="" if sensitivity == ORDINARY
                else str(dict(selectors.SENSITIVITIES)[sensitivity]),
                attributes=len(own), is_opened=view.opened == category,
                is_needed=needed is None or category in needed,
                squares=tuple(
                    _square(place._replace(role=role.code), f"{role.name}: {titles[code]}",
                            kinds[code], rules, before)
                    for role in roles
                ),
            ))  # fmt: skip
    return Table(roles, tuple(rows))


def purposes(controller_id: UUID, rules: Iterable[Place]) -> dict[str, str]:
    """The purposes a matrix may be about, by name; those with rules first."""
    named = words.purposes(controller_id)
    ruled = {place.purpose for place in rules}
    known = selectors.known(controller_id).purposes | ruled
    order = sorted(known, key=lambda one: (one not in ruled, named.get(one, one)))
    return {one: named.get(one, one) for one in order}


def wanted(drawn: Table, given: Mapping[str, str]) -> dict[Place, str]:
    """What was chosen in the form of this table, by place; squares that were not sent are left."""
    return {
        place_of(square.name): given[square.name]
        for row in drawn.rows
        for square in row.squares
        if square.name in given and given[square.name] in dict(square.choices)
    }


def place_of(name: str) -> Place:
    """The place that a form's field is about."""
    return Place(*name.split("|"))


def _kinds(view: View, definitions: Iterable[Defined], *rules: Rules) -> list[tuple[str, str]]:
    """The categories with their sensitivities: of every attribute, and of every rule."""
    found = {(one.category, one.sensitivity) for one in definitions}
    for some in rules:
        found |= {
            (place.category, place.sensitivity) for place in some
            if (place.purpose, place.relation) == (view.purpose, view.relation)
        }  # fmt: skip
    return sorted(found, key=lambda one: (one[0], one[1] != ORDINARY, one[1]))


def _has_rule(code: str, place: Place, *rules: Rules) -> bool:
    mine = place._replace(attribute=code)
    return any(
        one._replace(role="") == mine for some in rules for one in some if one.attribute == code
    )


def _square(
    place: Place, label: str, kinds: list[str], rules: Rules, before: Rules | None
) -> Square:
    now = matrix.amounts_to(rules, place)
    then = now if before is None else matrix.amounts_to(before, place)
    change = matrix.Change(place, then, now)
    own = rules.get(place, "")
    inherited = place.attribute and not own
    return Square(
        name="|".join(place), label=label, treatment=now, own=own,
        text=_("as its category") if inherited else str(words.TREATMENTS[now]),
        was="" if then == now else str(words.TREATMENTS[then]),
        step="" if then == now else change.step.value, choices=_choices(place, kinds, own),
    )  # fmt: skip


def _choices(place: Place, kinds: list[str], own: str) -> list[tuple[str, Any]]:
    """What may be chosen: no rule, or whatever does justice to these kinds of values."""
    none = _("as its category") if place.attribute else "– " + _("no rule: hidden")
    fitting = matrix.fitting(kinds) | {own}
    names = [one for one in words.TREATMENTS.items() if one[0] in fitting]
    return [("", none), *names]


def _needed(view: View) -> frozenset[str] | None:
    """The categories that the purpose needs by its own words; None: nobody has said."""
    found = catalogue.in_force(view.controller_id).purposes.get(view.purpose)
    return None if found is None else frozenset(found.categories)
