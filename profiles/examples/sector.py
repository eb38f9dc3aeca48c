"""A sector's example as its folder tells it: what is known, who sees what, and a few people. Pure.

`definitions.json` names categories, purposes, sources, attributes and roles, `matrix.json` the
rules. Files of JSON lines hold invented people and how they stand to each other, and those in
`records/`, one for each source, what it says of them, in the form that `import_profiles` reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_ABOUT = frozenset({"id.crm", "observed_at", "verified_by"})


class SectorError(Exception):
    """A file of the folder is missing or is not an example; says which, never a value."""


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A data category; `special` of a special kind (GDPR Art 9)."""

    code: str
    name: str
    special: bool = False


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What data are used for, and on which ground under each law."""

    code: str
    title: str
    description: str
    enables: str
    dpv: str
    categories: tuple[str, ...]
    grounds: dict[str, str]
    marketing: bool = False
    tracking: bool = False
    explicit: bool = False


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system that hands its data in, and the business unit that keeps it."""

    code: str
    name: str
    unit: str = ""


class Attribute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An attribute of persons; as `profiles.services.define_attribute` takes it."""

    code: str
    title: str
    category: str
    kind: str
    sensitivity: str = "ordinary"
    choices: tuple[str, ...] = ()
    max_length: int = 200
    fresh_for_days: int | None = None
    retention_days: int | None = None
    former_days: int = 0


class Definitions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What there is in the sector."""

    name: str
    about: str
    categories: tuple[Category, ...]
    purposes: tuple[Purpose, ...]
    sources: tuple[Source, ...]
    attributes: tuple[Attribute, ...]
    roles: tuple[tuple[str, str], ...]


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a role sees for a purpose in a capacity: treatments by category, or by attribute.

    `special` and `child` are about categories of that sensitivity, which no other rule opens.
    """

    role: str
    purpose: str
    relation: str = "self"
    categories: dict[str, str] = {}
    attributes: dict[str, str] = {}
    special: dict[str, str] = {}
    child: dict[str, str] = {}


class Matrix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules, and why they are so."""

    note: str
    rules: tuple[Rules, ...]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who does not exist, and what they agreed to and took back."""

    crm: str
    email: str
    residence: str = ""
    region: str = ""
    language: str = ""
    age_state: str = "unknown"
    age_assurance: str = "unknown"
    adult_in_days: int | None = None
    given: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What a source said of somebody, when, and how it was verified."""

    crm: str
    source: str
    observed_at: datetime
    verified_by: str
    values: dict[str, Any]


class Tie(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That somebody stands to another as `kind`, at a business unit."""

    crm: str
    kind: str
    of: str
    unit: str
    verified_by: str


@dataclass(frozen=True, slots=True)
class Sector:
    """The whole example."""

    code: str
    definitions: Definitions
    matrix: Matrix
    people: tuple[Person, ...]
    records: tuple[Record, ...]
    ties: tuple[Tie, ...]


def read(folder: Path) -> Sector:
    """The example of this folder. Raises SectorError."""
    return Sector(
        folder.name,
        _whole(folder / "definitions.json", Definitions),
        _whole(folder / "matrix.json", Matrix),
        tuple(_lines(folder / "people.ndjson", Person)),
        tuple(_records(folder / "records")),
        tuple(_lines(folder / "relationships.ndjson", Tie)),
    )


class _Whose(msgspec.Struct, frozen=True):
    crm: str = msgspec.field(name="id.crm")
    observed_at: datetime
    verified_by: str = ""


def _records(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.glob("*.ndjson")):
        whose = _lines(path, _Whose)
        for one, said in zip(whose, _lines(path, dict[str, Any]), strict=True):
            values = {code: value for code, value in said.items() if code not in _ABOUT}
            yield Record(one.crm, path.stem, one.observed_at, one.verified_by, values)


def _whole(path: Path, kind: type[T]) -> T:
    return _decoded(path, 0, _bytes(path), kind)


def _lines(path: Path, kind: type[T]) -> Iterator[T]:
    for number, line in enumerate(_bytes(path).splitlines(), start=1):
        yield _decoded(path, number, line, kind)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise SectorError(f"{path.name} of the example cannot be read.") from None


def _decoded(path: Path, number: int, text: bytes, kind: type[T]) -> T:
    where = f"{path.name}, line {number}" if number else path.name
    try:
        return msgspec.json.decode(text, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError):
        raise SectorError(f"{where}: this is not what an example holds there.") from None
