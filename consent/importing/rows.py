"""A row's texts become a person and what they chose. Pure."""

import re
from datetime import datetime
from typing import Any

import msgspec

from consent.importing.errors import RowError
from consent.importing.fields import IDENTIFIERS, REQUIRED, read_all

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FACTS = (
    "residence", "region", "time_zone", "language", "age_state", "age_assurance", "adult_on",
)  # fmt: skip
_EVIDENCE = ("ui_version", "session", "guardian_verification")


class Line(msgspec.Struct, frozen=True):
    """One well-formed row: who, the facts about them, and the parts of their choice."""

    number: int
    identifiers: tuple[tuple[str, str], ...]
    facts: dict[str, Any]
    choice: dict[str, Any]


def line(number: int, row: dict[str, str]) -> Line:
    """The row at that line of the file. Empty texts count as absent. Raises RowError."""
    if _CONTROL.search("".join(row.values())):
        raise RowError("invalid_character", _first_with_control(row))
    found = read_all(row)
    for name in REQUIRED:
        if name not in found:
            raise RowError("missing", name)
    identifiers = tuple((name, found[name]) for name in IDENTIFIERS if name in found)
    if not identifiers:
        raise RowError("missing", "identifiers")
    return Line(number, identifiers, _facts(found), _choice(found))


def _facts(found: dict[str, Any]) -> dict[str, Any]:
    facts = {name: found[name] for name in _FACTS if name in found}
    age = facts.get("age_state", "unknown")
    if age == "unknown" and facts.get("age_assurance", "unknown") != "unknown":
        raise RowError("missing", "age_state")
    if age != "unknown" and facts.get("age_assurance", "unknown") == "unknown":
        facts["age_assurance"] = "declared"  # an age that nobody verified is one somebody told
    return facts


def _choice(found: dict[str, Any]) -> dict[str, Any]:
    event_at, expires_at = found["event_at"], found.get("expires_at")
    _check_order(event_at, expires_at)
    return {
        "purpose": found["purpose"],
        "state": found["state"],
        "event_at": event_at,
        "expires_at": expires_at,
        "notice": _notice(found),
        "language": found.get("notice_language", ""),
        "method": found.get("method", "import"),
        "channel": found.get("channel", ""),
        "given_by": found.get("given_by", "principal"),
        "guardian_verification": found.get("guardian_verification", ""),
        "is_explicit": found.get("is_explicit", False),
        "reason": found.get("reason", ""),
        "evidence": {name: found[name] for name in _EVIDENCE if name in found},
    }


def _notice(found: dict[str, Any]) -> tuple[str, int] | None:
    code, number = found.get("notice"), found.get("notice_version")
    if code is None and number is None:
        return None
    if code is None or number is None:
        raise RowError("missing", "notice" if code is None else "notice_version")
    return code, number


def _check_order(event_at: datetime, expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= event_at:
        raise RowError("invalid", "expires_at")


def _first_with_control(row: dict[str, str]) -> str:
    return next(name for name, text in row.items() if _CONTROL.search(text))
