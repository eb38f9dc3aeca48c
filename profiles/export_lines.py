"""Profiles as lines of a file, each with a watermark of its own. Pure.

The mark in a line tells from which export it is, and whether it is of this person's line. The
order of the lines is keyed as well: copied out without the marks, a list still tells.
"""

import base64
import csv
import hashlib
import hmac
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from profiles.fields import ORDINARY, Defined, FieldShown

FIRST: Final = ("watermark", "person")
MARK_CHARACTERS, LINE_CHARACTERS = 16, 8

Cell = Callable[[str], str]
"""Makes a text harmless to spreadsheets."""


def mark(key: bytes) -> str:
    """The watermark of an export."""
    return _text(_mac(key, b"export"), MARK_CHARACTERS)


def line_mark(key: bytes, subject_id: UUID) -> str:
    """The watermark of one person's line."""
    return f"{mark(key)}-{_text(_mac(key, subject_id.bytes), LINE_CHARACTERS)}"


def ordered(key: bytes, people: Iterable[UUID]) -> list[UUID]:
    """These people in the order in which the lines of this export stand."""
    return sorted(set(people), key=lambda one: _mac(key, b"order" + one.bytes))


def agreement(key: bytes, people: Sequence[UUID]) -> float:
    """How far a list stands in the order of this export, from 0 to 1; about a half by chance."""
    pairs = list(zip(people, people[1:], strict=False))
    places = {one: place for place, one in enumerate(ordered(key, people))}
    return sum(places[a] < places[b] for a, b in pairs) / len(pairs) if pairs else 0.0


def columns(definitions: Iterable[Defined]) -> list[str]:
    """The attributes an export may hold: none that is special or about a child (PRO-07)."""
    return [one.code for one in definitions if one.sensitivity == ORDINARY]


def header(codes: Sequence[str]) -> bytes:
    """What the file begins with."""
    return _csv([[*FIRST, *codes]])


def line(
    key: bytes, subject_id: UUID, fields: Iterable[FieldShown], codes: Sequence[str], cell: Cell
) -> bytes:
    """One person's line: what the reader was shown; empty where it was not shown."""
    shown = {one.code: one for one in fields if one.sensitivity == ORDINARY}
    texts = [_value(shown[code].value) if code in shown else "" for code in codes]
    return _csv([[line_mark(key, subject_id), str(subject_id), *map(cell, texts)]])


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _mac(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, said, hashlib.sha256).digest()


def _text(mac: bytes, length: int) -> str:
    return base64.b32encode(mac).decode()[:length]
