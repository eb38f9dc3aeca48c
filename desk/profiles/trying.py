"""The preview as a table: an invented person's fields down, roles across."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.profiles import words
from desk.profiles.table import View
from profiles import matrix, preview
from profiles import selectors_views as selectors
from profiles.fields import FieldShown, Why
from profiles.matrix import Rules
from profiles.preview import Situation
from registry import selectors as registry


@dataclass(frozen=True, slots=True)
class Seen:
    """A field as one role would see it: a value, or the reason in a word."""

    text: str
    sign: str
    style: str


@dataclass(frozen=True, slots=True)
class Tried:
    """The table: for each category its name, and for each field its title and what is seen."""

    roles: list[Any]
    groups: list[tuple[str, list[tuple[str, list[Seen]]]]]


def tried(view: View, rules: Rules, situation: Situation, *, now: datetime) -> Tried:
    """What each role in use would see of the invented person in this situation."""
    roles = list(selectors.roles(view.controller_id))
    rows = list(selectors.definitions(view.controller_id))
    choices = {one.code: one.choices[0] for one in rows if one.choices}
    definitions = selectors.attributes(view.controller_id)
    kinds = {one.code: one.kind for one in rows}
    columns = [
        preview.seen(
            definitions,
            matrix.cells(rules, role=role.code, purpose=view.purpose, relation=view.relation),
            situation=situation, now=now, choices=choices,
        )
        for role in roles
    ]  # fmt: skip
    names = registry.category_titles(view.controller_id)
    groups: dict[str, list[tuple[str, list[Seen]]]] = {}
    for place, one in enumerate(definitions):
        seen = [_seen(column[place], kinds[one.code]) for column in columns]
        groups.setdefault(one.category, []).append((one.title, seen))
    return Tried(roles, [(names.get(code, code), found) for code, found in groups.items()])


def _seen(one: FieldShown, kind: str) -> Seen:
    is_masked = one.why is Why.MASKED
    style = "shown" if one.why is None else "masked" if is_masked else "absent"
    text = "" if one.value is None else words.value("" if is_masked else kind, one.value)
    sign = "" if one.why is None else str(words.SIGNS[one.why])
    return Seen(text, sign, style)
