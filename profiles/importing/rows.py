"""A row becomes whom it is about and what is said of them. Pure but for the definitions given.

Values are judged where they are taken in; here they get their attribute, time and verification.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from consent.importing.errors import RowError
from consent.importing.fields import read as read_fact
from profiles import values
from profiles.definitions import Definitions
from profiles.documents import Observed
from profiles.words_intake import AT, BY, FACTS, IDENTIFIERS, OBSERVED_AT, SUBJECT, VERIFIED_BY

LONGEST: Final = 254
_TEXTS: Final = frozenset({SUBJECT, VERIFIED_BY, *IDENTIFIERS, *FACTS})
_OURS: Final = _TEXTS | {OBSERVED_AT}


@dataclass(frozen=True, slots=True)
class Line:
    """One well-formed row. `subject_id` or identifiers say who; `facts` are of somebody new."""

    number: int
    subject_id: UUID | None
    identifiers: tuple[tuple[str, str], ...]
    facts: dict[str, Any]
    values: dict[str, Observed]


def known_names(definitions: Definitions) -> frozenset[str]:
    """Every name a file may use: ours, and those of attributes in use."""
    codes = [code for code, one in definitions.items() if one.is_active]
    return _OURS.union(codes, (code + AT for code in codes), (code + BY for code in codes))


class Reading:
    """Reads rows of one file. `observed_at` is for what says no time of its own."""

    def __init__(self, definitions: Definitions, observed_at: datetime, *, is_text: bool) -> None:
        self._kinds = {code: one.kind for code, one in definitions.items() if one.is_active}
        self._observed_at = observed_at
        self._is_text = is_text

    def line(self, number: int, row: dict[str, Any]) -> Line:
        """The row at that line of the file. Raises RowError naming the field at fault."""
        ours = _ours(row)
        at = _moment(row[OBSERVED_AT], OBSERVED_AT) if OBSERVED_AT in row else self._observed_at
        by = ours.get(VERIFIED_BY, "")
        kinds = self._kinds
        said = {name: Observed(row[name], at, by) for name in row if name in kinds}
        if self._is_text:
            said = {name: self._meant(name, one) for name, one in said.items()}
        if len(said) + len(row.keys() & _OURS) < len(row):
            self._refine(row, said)
        subject_id, identifiers = _who(ours)
        return Line(number, subject_id, identifiers, _facts(ours), said)

    def _meant(self, name: str, one: Observed) -> Observed:
        try:
            value = values.from_text(self._kinds[name], one.v)
        except values.ValueFaultError as fault:
            raise RowError(fault.code, name) from None
        return one if value is one.v else Observed(value, one.at, one.by)

    def _refine(self, row: Mapping[str, Any], said: dict[str, Observed]) -> None:
        """An attribute's own time and verification; without a value they say nothing."""
        for name, one in said.items():
            at, by = row.get(name + AT), _text(row, name + BY)
            if at is not None or by:
                seen = one.at if at is None else _moment(at, name + AT)
                said[name] = Observed(one.v, seen, by or one.by)


def _ours(row: Mapping[str, Any]) -> dict[str, str]:
    """What is neither a value nor about one, as texts."""
    names = row.keys() & _TEXTS
    return {name: text for name in names if (text := _text(row, name))}


def _who(ours: Mapping[str, str]) -> tuple[UUID | None, tuple[tuple[str, str], ...]]:
    identifiers = tuple(
        (scheme, ours[name]) for name, scheme in IDENTIFIERS.items() if name in ours
    )
    subject = ours.get(SUBJECT, "")
    if bool(subject) == bool(identifiers):
        raise RowError("missing" if not subject else "twice", "subject")
    try:
        return (UUID(subject) if subject else None), identifiers
    except ValueError:
        raise RowError("invalid", SUBJECT) from None


def _facts(ours: Mapping[str, str]) -> dict[str, Any]:
    facts = {FACTS[name]: read_fact(FACTS[name], ours[name]) for name in ours.keys() & FACTS.keys()}
    if facts.get("age_state", "unknown") != "unknown":
        facts.setdefault("age_assurance", "declared")  # somebody said so; nobody verified it
    elif facts.get("age_assurance", "unknown") != "unknown":
        raise RowError("missing", "fact.age_state")
    return facts


def _text(row: Mapping[str, Any], name: str) -> str:
    """A text or a whole number; empty where there is none."""
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RowError("invalid", name)
    text = str(value).strip()
    if len(text) > LONGEST:
        raise RowError("too_long", name)
    return text


def _moment(value: Any, name: str) -> datetime:
    try:
        return _parsed(value)
    except (values.ValueFaultError, TypeError):
        raise RowError("invalid", name) from None


@lru_cache(maxsize=4096)  # the rows of a file often share their time
def _parsed(text: str) -> datetime:
    return values.moment(text)
