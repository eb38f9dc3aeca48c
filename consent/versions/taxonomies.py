"""Reads a taxonomy in the form of the Fides Language: data uses and data categories. Pure.

Its CSV and JSON files are understood. Keys are dotted, a child's begins with its parent's. What a
key means in our vocabulary is told by `taxonomy/fideslang.csv`, for itself and all below it.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from consent.versions.vocabulary import PLACE

USES, CATEGORIES = "data_use", "data_category"
KINDS: Final = (USES, CATEGORIES)
MOST_BYTES: Final = 5_000_000
MOST_ENTRIES: Final = 2_000
LONGEST: Final = {USES: 100, CATEGORIES: 60}
"""How long a key may be, as it becomes a code."""
NAME, DESCRIPTION = 120, 1_000
_KEY: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


class TaxonomyUnreadableError(ValueError):
    """What is wrong with the file, as a sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A data use or a data category. `parent` is a key, or empty."""

    kind: str
    key: str
    name: str
    description: str
    parent: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a key means in the vocabulary, and the flags of a purpose that go with it."""

    term: str = ""
    flags: frozenset[str] = frozenset()
    is_exact: bool = False


def read(raw: bytes, name: str) -> list[Entry]:
    """The entries of a file, parents first. Raises TaxonomyUnreadableError."""
    if len(raw) > MOST_BYTES:
        raise TaxonomyUnreadableError("The file is larger than 5 MB.")
    try:
        text = raw.decode("utf-8-sig")
        rows = _csv(text) if name.lower().endswith(".csv") else _json(text)
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error, RecursionError):
        raise TaxonomyUnreadableError("The file is not CSV or JSON in UTF-8.") from None
    entries = [_entry(kind, row) for kind, row in rows]
    if not entries:
        raise TaxonomyUnreadableError("The file holds no data uses and no data categories.")
    if len(entries) > MOST_ENTRIES:
        raise TaxonomyUnreadableError("The file holds more than 2,000 entries.")
    _refuse_loose(entries)
    return sorted(entries, key=lambda one: (one.kind, one.key.count("."), one.key))


def meaning(key: str) -> Meaning:
    """What a key means: its own line, else that of the nearest key above it."""
    known, name = _meanings(), key
    while name and name not in known:
        name = name.rpartition(".")[0]
    found = known.get(name)
    return Meaning(found.term, found.flags, is_exact=name == key) if found else Meaning()


@cache
def _meanings() -> dict[str, Meaning]:
    with (PLACE / "fideslang.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["key"]: Meaning(row["term"], frozenset(row["flags"].split()), is_exact=True)
        for row in rows
    }


def _csv(text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """A file holds one kind; the root of its tree is called by it."""
    rows = list(csv.DictReader(io.StringIO(text), strict=True))
    if not rows or "fides_key" not in rows[0]:
        raise TaxonomyUnreadableError("The file has no column fides_key.")
    kind = next((row["fides_key"] for row in rows if row["fides_key"] in KINDS), None)
    if kind is None:
        raise TaxonomyUnreadableError("No row is called data_use or data_category.")
    return [(kind, row) for row in rows if row["fides_key"] not in KINDS]


def _json(text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise TaxonomyUnreadableError("The file is no object with data_use or data_category.")
    lists = [(kind, data[kind]) for kind in KINDS if kind in data]
    for _kind, rows in lists:
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise TaxonomyUnreadableError("data_use and data_category are lists of objects.")
    return [(kind, row) for kind, rows in lists for row in rows]


def _entry(kind: str, row: Mapping[str, Any]) -> Entry:
    key, name = row.get("fides_key"), row.get("name")
    if not isinstance(key, str) or not _KEY.fullmatch(key) or len(key) > LONGEST[kind]:
        raise TaxonomyUnreadableError("An entry has no key of small letters, digits, _ and dots.")
    if not isinstance(name, str) or not name.strip() or len(name) > NAME:
        raise TaxonomyUnreadableError(f"{key} has no name of at most {NAME} characters.")
    said = row.get("description") or name
    if not isinstance(said, str) or len(said) > DESCRIPTION:
        raise TaxonomyUnreadableError(f"{key} has a description beyond {DESCRIPTION} characters.")
    parent = row.get("parent_key") or ""
    return Entry(kind, key, name.strip(), said.strip(), "" if parent in KINDS else str(parent))


def _refuse_loose(entries: list[Entry]) -> None:
    keys = {(one.kind, one.key) for one in entries}
    if len(keys) != len(entries):
        raise TaxonomyUnreadableError("A key is there twice.")
    for one in entries:
        if one.parent and (
            (one.kind, one.parent) not in keys or not one.key.startswith(f"{one.parent}.")
        ):
            raise TaxonomyUnreadableError(f"{one.key} does not begin with a parent that is there.")
