"""What a value of each kind must be, and how it is kept. Pure.

A number with a fraction is kept as the text of its digits, an address as an object of texts, times
in UTC. Whoever reads a value gets it as it is kept, or a ValueFaultError; neither repeats it.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, cast

import msgspec

from keys.problems import DomainError
from subjects.schemes import normalise

SAFE_INTEGER: Final = 2**53 - 1
ADDRESS: Final = ("lines", "locality", "region", "postcode", "country")
"""The parts of an address, in the order in which they are read."""
ADDRESS_PARTS: Final = frozenset(ADDRESS)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_LINES: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_YEARS: Final = range(1850, 2200)
_WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


_SPELLED: Final = {
    "email": re.compile(r"[!-?\[-~]{1,64}@[!-\-/-?\[-~]{1,40}(\.[!-\-/-?\[-~]{1,40}){1,3}"),
    "phone": re.compile(r"\+[1-9][0-9]{6,14}"),
}
"""A part of what `subjects.schemes` leaves as it is: small letters, no spaces, nothing to fold."""


class ValueFaultError(Exception):
    """A value does not fit its attribute: a code of why, never the value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


MISTYPED, TOO_LONG, MALFORMED = "value_mistyped", "value_too_long", "value_malformed"
Reader = Callable[[Any], Any]


def reader(kind: str, *, max_length: int, choices: Collection[str] = ()) -> Reader:
    """How values of an attribute are read: the value as it is kept, or ValueFaultError."""
    text = _text(max_length)
    made: dict[str, Reader] = {
        "text": text,
        "integer": _integer,
        "decimal": _decimal,
        "boolean": _boolean,
        "date": _date,
        "moment": _moment,
        "choice": _choice(frozenset(choices)),
        "email": _identifier("email", text),
        "phone": _identifier("phone", text),
        "address": _address(max_length),
    }
    return made[kind]


def from_text(kind: str, text: str) -> Any:
    """What a text of a file means, where everything is a text; its reader judges it."""
    if kind == "integer":
        is_number = text.removeprefix("-").isdigit() and text.isascii() and len(text) < 20
        return int(text) if is_number else text
    if kind == "boolean":
        return _WORDS.get(text.lower(), text)
    if kind == "address" and text.startswith("{"):
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            raise ValueFaultError(MALFORMED) from None
    return text


def _text(longest: int, control: re.Pattern[str] = _CONTROL) -> Reader:
    def read(value: Any) -> str:
        if type(value) is not str:
            raise ValueFaultError(MISTYPED)
        if len(value) > longest:
            raise ValueFaultError(TOO_LONG)
        if not value.isprintable() and control.search(value):
            raise ValueFaultError(MALFORMED)
        if not value or value.isspace():
            raise ValueFaultError(MALFORMED)
        return value

    return read


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise ValueFaultError(MISTYPED)
    if not -SAFE_INTEGER <= value <= SAFE_INTEGER:
        raise ValueFaultError(TOO_LONG)
    return value


def _decimal(value: Any) -> str:
    """JSON's own numbers are taken by their shortest spelling, which names the same number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueFaultError(MISTYPED)
    text = value if isinstance(value, str) else _spelled(value)
    if not _DECIMAL.fullmatch(text):
        raise ValueFaultError(TOO_LONG if len(text) > 28 else MALFORMED)
    return text


def _spelled(number: float) -> str:
    if isinstance(number, int):
        return str(number) if abs(number) <= SAFE_INTEGER else "9" * 29
    return repr(number).removesuffix(".0")


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueFaultError(MISTYPED)
    return value


def _date(value: Any) -> str:
    text = _shaped(value, _DAY)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueFaultError(MALFORMED) from None
    if found.year not in _YEARS:
        raise ValueFaultError(MALFORMED)
    return text


def moment(text: Any) -> datetime:
    """A time of RFC 3339 with its zone, in UTC. Raises ValueFaultError."""
    text = _shaped(text, _MOMENT)
    try:
        found = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueFaultError(MALFORMED) from None
    if found.year not in _YEARS:
        raise ValueFaultError(MALFORMED)
    return found


def _moment(value: Any) -> str:
    return moment(value).isoformat().replace("+00:00", "Z")


def _shaped(value: Any, form: re.Pattern[str]) -> str:
    if type(value) is not str:
        raise ValueFaultError(MISTYPED)
    if not form.fullmatch(value):
        raise ValueFaultError(MALFORMED)
    return value


def _choice(allowed: frozenset[str]) -> Reader:
    def read(value: Any) -> str:
        if type(value) is not str:
            raise ValueFaultError(MISTYPED)
        if value not in allowed:
            raise ValueFaultError("value_not_a_choice")
        return value

    return read


def _identifier(scheme: str, text: Reader) -> Reader:
    """Most are written in the one spelling already, which is seen at once."""
    spelled = _SPELLED[scheme]

    def read(value: Any) -> str:
        if type(value) is str and spelled.fullmatch(value):
            return cast(str, text(value))
        try:
            return normalise(scheme, text(value))
        except DomainError:
            raise ValueFaultError(MALFORMED) from None

    return read


def _address(longest: int) -> Reader:
    lines, part = _text(longest, _CONTROL_IN_LINES), _text(longest)

    def read(value: Any) -> Any:
        if isinstance(value, str):
            return lines(value)
        if not isinstance(value, Mapping) or not value:
            raise ValueFaultError(MISTYPED)
        if not ADDRESS_PARTS.issuperset(value):
            raise ValueFaultError(MALFORMED)
        found = {name: (lines if name == "lines" else part)(value[name]) for name in value}
        if sum(map(len, found.values())) > longest:
            raise ValueFaultError(TOO_LONG)
        return found

    return read
