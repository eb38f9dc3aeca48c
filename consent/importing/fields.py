"""The fields of a row, how long each may be, and how its text is read. Pure.

Whoever reads a row gets values of our types or a RowError that names the field.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from consent import methods
from consent.importing.errors import RowError
from consent.transitions import IMPORTABLE

IDENTIFIERS = ("crm", "email", "phone")
REQUIRED = ("purpose", "state", "event_at")

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
_PRINTABLE = re.compile(r"[!-~]+")
_REGION = re.compile(r"[\w .,'()-]+")
_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_AGES = {"unknown", "child", "adult"}
_ASSURANCES = {"unknown", "declared", "verified"}
_STATES = {state.value: state for state in IMPORTABLE}

Reader = Callable[[str], Any]


def _matching(pattern: re.Pattern[str]) -> Reader:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError
        return text

    return lru_cache(maxsize=4096)(read)


def _one_of(allowed: frozenset[str] | set[str]) -> Reader:
    return {text: text for text in allowed}.__getitem__


@lru_cache(maxsize=1024)
def _country(text: str) -> str:
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError
    return text.upper()


def _moment(text: str) -> datetime:
    """RFC 3339 with its zone: a time without one would depend on this machine."""
    if not _RFC_3339.fullmatch(text):
        raise ValueError
    found = datetime.fromisoformat(text.upper()).astimezone(UTC)
    if found < _EARLIEST:
        raise ValueError
    return found


def _day(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


@lru_cache(maxsize=1024)
def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000):
        raise ValueError
    return int(text)


def _flag(text: str) -> bool:
    return _FLAGS[text.lower()]


# Identifiers are judged where they are normalised, purposes and methods where choices are recorded.
FIELDS: dict[str, tuple[int, Reader]] = {
    "crm": (254, str),
    "email": (254, str),
    "phone": (40, str),
    "residence": (2, _country),
    "region": (40, _matching(_REGION)),
    "time_zone": (64, _one_of(available_timezones())),
    "language": (20, _matching(_LANGUAGE)),
    "age_state": (8, _one_of(_AGES)),
    "age_assurance": (8, _one_of(_ASSURANCES)),
    "adult_on": (10, _day),
    "purpose": (100, str),
    "state": (12, _STATES.__getitem__),
    "event_at": (40, _moment),
    "expires_at": (40, _moment),
    "notice": (60, _matching(_CODE)),
    "notice_version": (7, _number),
    "notice_language": (20, _matching(_LANGUAGE)),
    "method": (20, str),
    "channel": (20, _one_of(methods.CHANNELS)),
    "given_by": (20, _one_of(methods.GIVERS)),
    "guardian_verification": (60, _matching(_CODE)),
    "is_explicit": (5, _flag),
    "reason": (60, _matching(_CODE)),
    "ui_version": (40, _matching(_PRINTABLE)),
    "session": (80, _matching(_PRINTABLE)),
}
"""For each field the longest text and its reader, which raises ValueError or KeyError."""


def read(name: str, text: str) -> Any:
    """The value of one field. Raises RowError `too_long` or `invalid`."""
    longest, reader = FIELDS[name]
    if len(text) > longest:
        raise RowError("too_long", name)
    try:
        return reader(text)
    except (ValueError, KeyError, OverflowError):
        raise RowError("invalid", name) from None


def read_all(row: Mapping[str, str]) -> dict[str, Any]:
    """The values of a row's fields; empty texts count as absent.

    Raises RowError `too_long` or `invalid`.
    """
    found, name = {}, ""
    try:
        for name, text in row.items():
            if text:
                longest, reader = FIELDS[name]
                if len(text) > longest:
                    raise RowError("too_long", name)
                found[name] = reader(text)
    except (ValueError, KeyError, OverflowError):
        raise RowError("invalid", name) from None
    return found
