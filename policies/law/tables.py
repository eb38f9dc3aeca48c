"""The legal tables, read once and strictly: a line that lacks a part stops the decision point.

Pure apart from reading its own files. Times are microseconds since 1970-01-01 UTC; a line counts
from the start of its first day and no longer from the start of the day on which it ends.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from subjects.jurisdiction import EEA

PLACE = Path(__file__).parent
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TERRITORIES: Mapping[str, frozenset[str]] = {"IN": frozenset(("IN",)), "EU": EEA}


class TableError(Exception):
    """A legal table is written wrongly; the decision point must not start."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: what it names, from when until when, on whose word. `only`: it covers but some."""

    code: str
    effective_from: date
    source: str
    reviewed_by: str
    ends_on: date | None = None
    only: str = ""

    def counts(self, now: int) -> bool:
        """Whether the line is in force at that moment."""
        ended = self.ends_on is not None and _micros(self.ends_on) <= now
        return _micros(self.effective_from) <= now and not ended


@dataclass(frozen=True, slots=True)
class Table:
    """All lines of one list, by what they name, and the day somebody last looked for news."""

    name: str
    checked_on: date
    lines: Mapping[str, tuple[Line, ...]]

    def line(self, code: str, now: int) -> Line | None:
        """The line about `code` that is in force at that moment."""
        return next((line for line in self.lines.get(code, ()) if line.counts(now)), None)

    def codes(self, now: int) -> frozenset[str]:
        """Everything the list names at that moment."""
        return frozenset(code for code in self.lines if self.line(code, now) is not None)


def read(name: str, text: str) -> Table:
    """Read a table. Raises TableError for an unknown or missing part, or two lines at once."""
    try:
        tree = tomllib.loads(text)
        checked_on, rows = tree.pop("checked_on"), tree.pop("line", [])
        lines = [_line(row) for row in rows]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise TableError(f"{name}: {error}") from None
    if tree or type(checked_on) is not date:
        raise TableError(f"{name}: unknown parts, or no day it was checked on")
    found: dict[str, tuple[Line, ...]] = {}
    for line in lines:
        found[line.code] = (*found.get(line.code, ()), line)
    _refuse_overlaps(name, found)
    return Table(name, checked_on, MappingProxyType(found))


def _line(row: dict[str, Any]) -> Line:
    line = Line(**row)
    texts = (line.code, line.source, line.reviewed_by)
    if not all(isinstance(text, str) and text for text in texts):
        raise TypeError("a line lacks its code, its source or who reviewed it")
    if type(line.effective_from) is not date or type(line.ends_on) not in (date, type(None)):
        raise TypeError("a line's days are not days")
    return line


def _refuse_overlaps(name: str, found: Mapping[str, tuple[Line, ...]]) -> None:
    for lines in found.values():
        ordered = sorted(lines, key=lambda line: line.effective_from)
        for before, after in zip(ordered, ordered[1:], strict=False):
            if before.ends_on is None or before.ends_on > after.effective_from:
                raise TableError(f"{name}: two lines about the same at once")


def _micros(on: date) -> int:
    delta = datetime.combine(on, time(), tzinfo=UTC) - _EPOCH
    return delta.days * 86_400_000_000


def _load(name: str) -> Table:
    return read(name, (PLACE / f"{name}.toml").read_text("utf-8"))


RESTRICTED = _load("restricted")
"""Countries India restricted transfers to (DPDP Act s.16(1))."""
LOCALISED = _load("localised")
"""Data categories that may not leave India (DPDP Rules r.13(4))."""
ADEQUATE = _load("adequate")
"""Countries with an adequacy decision (GDPR Art 45)."""
TABLES = (RESTRICTED, LOCALISED, ADEQUATE)
