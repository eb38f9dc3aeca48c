"""What the page of the legal tables shows: each line with its source, its reviewer and its days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from desk.decisions import words
from desk.decisions.gathering import Cited, cited
from policies.law.tables import TABLES, Line, Table
from policies.rules import RULES
from policies.rules.version import EDITIONS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line; `ends_on` is the first day on which it counts no longer, None while none is set."""

    code: str
    name: str
    only: str
    source: str
    reviewed_by: str
    effective_from: date
    ends_on: date | None
    standing: str
    counts: bool


@dataclass(frozen=True, slots=True)
class TableShown:
    """One list: what it does to a decision, by which law, and the rules that read it."""

    name: str
    title: str
    about: str
    law: str
    refs: tuple[Cited, ...]
    rules: tuple[str, ...]
    checked_on: date
    lines: tuple[LineShown, ...]


@dataclass(frozen=True, slots=True)
class EditionShown:
    """One version of the statutory rules, and what it changed against the one before."""

    version: str
    since: date
    reviewed_by: str
    about: str
    added: tuple[str, ...]
    changed: tuple[str, ...]


def editions() -> list[EditionShown]:
    """The versions of the statutory rules, newest first."""
    return [
        EditionShown(
            one.version, one.since, str(words.REVIEWERS.get(one.reviewed_by, one.reviewed_by)),
            str(words.EDITIONS[one.version]), one.added, one.changed,
        )
        for one in reversed(EDITIONS)
    ]  # fmt: skip


def tables() -> tuple[TableShown, ...]:
    """All legal tables as they are now, in the order of the laws."""
    return tuple(_table(table, timezone.now()) for table in TABLES)


def _table(table: Table, now: datetime) -> TableShown:
    said = words.LEGAL_TABLES[table.name]
    return TableShown(
        table.name, str(said.title), str(said.about), str(words.PACKS[said.pack]),
        cited(said.refs), tuple(rule.number for rule in RULES if rule.code in said.rules),
        table.checked_on, tuple(_lines(table, now)),
    )  # fmt: skip


def _lines(table: Table, now: datetime) -> Iterator[LineShown]:
    """By what they name, then by their days: ended ones stay, for they decided what they did."""
    lines = (line for lines in table.lines.values() for line in lines)
    for line in sorted(lines, key=lambda one: (one.code, one.effective_from)):
        yield LineShown(
            line.code, str(words.PLACES.get(line.code, "")), _(line.only) if line.only else "",
            line.source, str(words.REVIEWERS.get(line.reviewed_by, line.reviewed_by)),
            line.effective_from, line.ends_on, _standing(line, now), _counts(line, now),
        )  # fmt: skip


def _counts(line: Line, now: datetime) -> bool:
    return line.counts((now - _EPOCH) // timedelta(microseconds=1))


def _standing(line: Line, now: datetime) -> str:
    if _counts(line, now):
        return _("In force")
    return _("Ended") if line.ends_on and line.ends_on <= now.date() else _("Not yet in force")
