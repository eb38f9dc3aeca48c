"""What is done to which table for one person, by the mapping alone. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from registry.connectors.contract import Person, Verb
from registry.connectors.sql.settings import SUBJECT, Change, SqlSettings, Table

__all__ = ["Act", "Refusal", "acts_for", "identifiers"]


@dataclass(frozen=True, slots=True)
class Act:
    """A person's rows of a table go, or their columns are `changes`."""

    table: str
    changes: tuple[tuple[str, Change], ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the mapping cannot do what is asked for this person."""

    code: str


INSEPARABLE: Final = Refusal("category_inseparable")
MISSING: Final = Refusal("identifier_missing")
VALUE: Final = Refusal("value_refused")


def acts_for(
    settings: SqlSettings, order: Sequence[str], verb: Verb, person: Person
) -> tuple[Act, ...] | Refusal:
    """In the order of the tables. A refusal where a row could not be found, or not be parted."""
    found: list[Act] = []
    for name in order:
        act = _act(settings.tables[name], name, verb, person)
        if isinstance(act, Refusal):
            return act
        if act is not None:
            found.append(act)
    known = identifiers(person)
    roots = (settings.tables[settings.root(act.table)[-1]] for act in found)
    return tuple(found) if all(set(root.match) & known.keys() for root in roots) else MISSING


def identifiers(person: Person) -> Mapping[str, tuple[str, ...]]:
    """By scheme; our own id is one as well."""
    return {**{k: v for k, v in person.identifiers.items() if v}, SUBJECT: (str(person.subject),)}


def _act(table: Table, name: str, verb: Verb, person: Person) -> Act | Refusal | None:
    match verb:
        case Verb.ERASE:
            return _erase(table, name, person.categories)
        case Verb.CORRECT:
            return _correct(table, name, person.values)
    if table.restrict is None:
        return None
    value = table.restrict.set if verb == Verb.RESTRICT else table.restrict.lift
    return Act(name, ((table.restrict.column, Change(to=value)),))


def _erase(table: Table, name: str, wanted: Collection[str]) -> Act | Refusal | None:
    whole = Act(name, () if table.rows == "delete" else tuple(table.columns.items()))
    if not wanted:
        return whole
    if not table.is_told_apart():
        return INSEPARABLE
    if table.categories() <= set(wanted):
        return whole
    if table.rows == "delete" and table.category in wanted:
        return INSEPARABLE
    some = tuple(
        (column, change)
        for column, change in table.columns.items()
        if (change.category or table.category) in wanted
    )
    return Act(name, some) if some else None


def _correct(table: Table, name: str, values: Mapping[str, Any]) -> Act | Refusal | None:
    mapped = {table.correct[code]: value for code, value in values.items() if code in table.correct}
    if not all(value is None or isinstance(value, str | int | float) for value in mapped.values()):
        return VALUE
    changes = tuple((column, Change(to=value)) for column, value in sorted(mapped.items()))
    return Act(name, changes) if changes else None
