"""The mapping of a database: which rows are a person's, and what becomes of them. A closed form.

`tables` names each table with rows of persons (`table`, or `schema.table`). A person's rows are
found by `match` (identifier scheme -> column; any of them) or `through` another table that has
them. With `rows` "delete" they go; with "keep" the `columns` named are overwritten, by null, by
`to`, or by `unique` and something nobody can know. `category` says what a row or column holds: only
where every table says so can categories be erased one by one. `correct` leads from attribute codes
to columns, `restrict` names a column that says whether a person's data may be used.

`keys` names a table of the system with one column, `key`, in which each erasure leaves its key in
the same transaction: then telling it twice has one effect.
"""

import re
from typing import Final, Literal

import msgspec

from registry.adapters.settings import SCHEMES
from registry.connectors.contract import ConnectorError, Declaration, Effect, Reingest, Verb

__all__ = ["Change", "Match", "Scalar", "SqlSettings", "Table", "Through", "read"]

SUBJECT: Final = "subject"
"""Where a database knows people by our own id."""
Scalar = str | int | float | bool | None
_NAME: Final = re.compile(r"[^\x00-\x1f\"'`%\\;.\s\x7f][^\x00-\x1f\"'`%\\;.\x7f]{0,62}")
_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
MOST_TABLES: Final = 100


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`fold`: whatever the case of its letters; `digits`: whatever else stands between them."""

    column: str
    how: Literal["exact", "fold", "digits"]


class Through(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rows whose `column` is `to` of a row of the person's in another table."""

    table: str
    column: str
    to: str


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    to: Scalar = None
    unique: str = ""
    category: str = ""


class Restrict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    column: str
    set: Scalar = True
    lift: Scalar = False


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    match: dict[str, str | Match] = {}
    through: Through | None = None
    rows: Literal["delete", "keep"] = "delete"
    category: str = ""
    columns: dict[str, Change] = {}
    correct: dict[str, str] = {}
    restrict: Restrict | None = None

    def matches(self) -> dict[str, Match]:
        """How people are found. E-mail addresses are told apart by no case, unless said."""
        return {
            scheme: one if isinstance(one, Match)
            else Match(column=one, how="fold" if scheme == "email" else "exact")
            for scheme, one in self.match.items()
        }  # fmt: skip

    def names(self) -> set[str]:
        """Every column of it that the mapping names."""
        more = [self.through.column] if self.through else []
        more += [self.restrict.column] if self.restrict else []
        matched = {one.column for one in self.matches().values()}
        return matched | set(self.columns) | set(self.correct.values()) | set(more)

    def categories(self) -> frozenset[str]:
        found = {self.category, *(one.category for one in self.columns.values())}
        return frozenset(found - {""})

    def is_told_apart(self) -> bool:
        if self.rows == "delete":
            return bool(self.category)
        return all(one.category or self.category for one in self.columns.values())

    def fault(self) -> str:
        if bool(self.match) == bool(self.through):
            return "match"
        if not {SUBJECT, *SCHEMES}.issuperset(self.match):
            return "match"
        named = [*self.names(), *([self.through.to] if self.through else [])]
        if not all(map(_NAME.fullmatch, named)):
            return "columns"
        if self.rows == "keep" and not self.columns:
            return "columns"
        if not all(map(_CODE.fullmatch, [*self.categories(), *self.correct])):
            return "category"
        return "columns" if any(one.unique and one.to for one in self.columns.values()) else ""


class SqlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    host: str
    database: str
    user: str
    tables: dict[str, Table]
    port: int = 0
    schema: str = ""
    tls: Literal["verify-full", "require", "disable"] = "verify-full"
    keys: str = ""
    batch: int = 500
    per_minute: int = 0
    probe_after_seconds: int = 0
    timeout_seconds: float = 30.0
    reingest: Reingest = Reingest.POSSIBLE

    def fault(self) -> str:
        if not all(0 < len(one) <= 200 for one in (self.host, self.database, self.user)):
            return "host"
        if not 0 <= self.port <= 65_535:
            return "port"
        names = [part for one in (*self.tables, self.keys) if one for part in parts(one)]
        if not self.tables or len(self.tables) > MOST_TABLES or self.keys in self.tables:
            return "tables"
        if not all(map(_NAME.fullmatch, [*names, *([self.schema] if self.schema else [])])):
            return "tables"
        faults = (one.fault() for one in self.tables.values())
        return next((one for one in faults if one), "") or self._ways() or self._numbers()

    def root(self, name: str) -> list[str]:
        """The tables that lead from this one to where people are matched, itself first."""
        found, table = [name], self.tables[name]
        while table.through is not None:
            found.append(table.through.table)
            table = self.tables[table.through.table]
        return found

    def declaration(self) -> Declaration:
        tables = list(self.tables.values())
        verbs = {Verb.ERASE}
        if any(one.correct for one in tables):
            verbs.add(Verb.CORRECT)
        if any(one.restrict for one in tables):
            verbs |= {Verb.RESTRICT, Verb.LIFT}
        schemes = {scheme for one in tables for scheme in one.match}
        keeps = any(one.rows == "keep" for one in tables)
        apart = all(one.is_told_apart() for one in tables)
        held = sorted({code for one in tables for code in one.categories()})
        return Declaration(
            effect=Effect.ANONYMISE if keeps else Effect.DELETE, verbs=frozenset(verbs),
            batch=self.batch, per_minute=self.per_minute, honours_key=bool(self.keys),
            probe_after_seconds=self.probe_after_seconds, by_category=apart,
            reingest=self.reingest, holds=tuple(held) if apart else (),
            schemes=() if SUBJECT in schemes else tuple(sorted(schemes)),
        )  # fmt: skip

    def _ways(self) -> str:
        """Each way leads to a table that matches people, and none leads round."""
        for name in self.tables:
            seen, here = {name}, self.tables[name].through
            while here is not None:
                if here.table in seen or here.table not in self.tables:
                    return "cycle" if here.table in seen else "through"
                seen.add(here.table)
                here = self.tables[here.table].through
        return ""

    def _numbers(self) -> str:
        if not 1 <= self.batch <= 5_000:
            return "batch"
        if not 1 <= self.timeout_seconds <= 300 or self.probe_after_seconds < 0:
            return "timeout_seconds"
        return "" if 0 <= self.per_minute <= 1_000_000 else "per_minute"


def parts(name: str) -> list[str]:
    """Schema and table, or the table alone; more than that is no name."""
    found = name.split(".")
    return found if len(found) <= 2 else [""]


def read(settings: object) -> SqlSettings:
    """The settings, if they have the form. Raises ConnectorError `settings_<member>`."""
    try:
        found = msgspec.convert(settings, SqlSettings)
    except msgspec.ValidationError:
        raise ConnectorError("settings_malformed", retry=False) from None
    if fault := found.fault():
        raise ConnectorError(f"settings_{fault}", retry=False)
    return found
