"""The shape of a database as its own catalogue tells it, and whether a mapping fits it. Pure.

A mapping works on exactly the shape that an officer accepted. Whatever else is there (a new column
that may hold persons, a key that deletes rows nobody mapped, a trigger that copies what goes) stops
it until somebody has looked.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final, Literal

from registry.connectors.order import CycleError, sorted_by
from registry.connectors.sql.settings import SqlSettings, Table

__all__ = ["ColumnShape", "Family", "ForeignKey", "Shape", "TableShape", "faults", "order"]

Family = Literal["text", "integer", "uuid", "other"]
OnDelete = Literal["refuse", "cascade", "empty"]
KEY: Final = "key"


@dataclass(frozen=True, slots=True)
class ColumnShape:
    type: str
    family: Family
    is_nullable: bool
    collation: str = ""


@dataclass(frozen=True, slots=True)
class TableShape:
    """`columns` by name. `hindrance`: why the table cannot be worked on at all; empty: it can."""

    columns: dict[str, ColumnShape]
    primary: tuple[str, ...]
    triggers: tuple[str, ...] = ()
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Rows of `table` point to rows of `to`; `on_delete` is what then becomes of them."""

    table: str
    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    on_delete: OnDelete


@dataclass(frozen=True, slots=True)
class Shape:
    """The mapped tables that are there, and every foreign key that leads from or to one."""

    tables: dict[str, TableShape]
    keys: tuple[ForeignKey, ...] = ()

    def fingerprint(self) -> str:
        """The same for the same shape, in whatever order the catalogue tells it."""
        said = {"tables": {name: asdict(one) for name, one in self.tables.items()}}
        keys = sorted(json.dumps(asdict(one), sort_keys=True) for one in self.keys)
        text = json.dumps({**said, "keys": keys}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def faults(settings: SqlSettings, shape: Shape) -> list[str]:
    """`code:where` of everything that keeps the mapping from this shape; empty: it fits."""
    found = [
        *_missing(settings, shape), *_misfits(settings, shape), *_references(settings, shape),
        *_key_table(settings, shape),
    ]  # fmt: skip
    try:
        order(settings, shape)
    except CycleError:
        found.append("cycle")
    return found


def order(settings: SqlSettings, shape: Shape) -> list[str]:
    """The tables, each after those whose rows need its own. Raises CycleError."""
    before: dict[str, set[str]] = {name: set() for name in settings.tables}
    for name, table in settings.tables.items():
        if table.through is not None:
            before[table.through.table].add(name)
    for key in _binding(settings, shape):
        if key.table in before:
            before[key.to].add(key.table)
    return sorted_by(dict(sorted(before.items())))


def _binding(settings: SqlSettings, shape: Shape) -> Iterator[ForeignKey]:
    """The keys that stand in the way when mapped rows go, or take others with them."""
    for key in shape.keys:
        target = settings.tables.get(key.to)
        if target is not None and target.rows == "delete" and key.on_delete != "empty":
            yield key


def _missing(settings: SqlSettings, shape: Shape) -> Iterator[str]:
    for name, table in settings.tables.items():
        there = shape.tables.get(name)
        if there is None:
            yield f"table_missing:{name}"
            continue
        yield from (f"{there.hindrance}:{name}" for _ in [0] if there.hindrance)
        for column in sorted(_named(settings, name, table) - set(there.columns)):
            yield f"column_missing:{name}.{column}"


def _named(settings: SqlSettings, name: str, table: Table) -> set[str]:
    ways = [one.through for one in settings.tables.values() if one.through is not None]
    return table.names() | {way.to for way in ways if way.table == name}


def _misfits(settings: SqlSettings, shape: Shape) -> Iterator[str]:
    for name, table in settings.tables.items():
        columns = shape.tables[name].columns if name in shape.tables else {}
        for match in table.matches().values():
            found = columns.get(match.column)
            if found and (
                found.family == "other" or (match.how == "digits" and found.family != "text")
            ):
                yield f"match_type:{name}.{match.column}"
        for column, change in table.columns.items():
            found = columns.get(column)
            if found and not change.unique and change.to is None and not found.is_nullable:
                yield f"column_not_null:{name}.{column}"
            if found and change.unique and found.family != "text":
                yield f"column_not_text:{name}.{column}"


def _references(settings: SqlSettings, shape: Shape) -> Iterator[str]:
    for key in _binding(settings, shape):
        pointing = settings.tables.get(key.table)
        if pointing is None:
            yield f"reference_unmapped:{key.table}"
        elif pointing.rows == "keep" and not set(key.columns) <= set(pointing.columns):
            yield f"reference_kept:{key.table}"


def _key_table(settings: SqlSettings, shape: Shape) -> Iterator[str]:
    if not settings.keys:
        return
    there = shape.tables.get(settings.keys)
    if there is None:
        yield f"table_missing:{settings.keys}"
    elif there.hindrance:
        yield f"{there.hindrance}:{settings.keys}"
    elif there.primary != (KEY,) or there.columns[KEY].family != "text":
        yield f"keys_table_wrong:{settings.keys}"
