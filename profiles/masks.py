"""Masks: how much of a value a reader gets who does not get all of it. Pure.

A value that a mask does not fit is not shown at all: `masked` gives None. No mask tells how long
a value is, and a short value is covered whole, for its first and last characters would be most
of it.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

COVER: Final = "•••"
SHORT: Final = 5
"""Texts shorter than this are covered whole."""
LONG: Final = 12
"""Texts this long keep two characters at either end; between, one."""
TOKEN_BYTES: Final = 12
_DAY: Final = re.compile(r"(\d{4})-\d\d-\d\d", re.ASCII)
_WHERE: Final = ("region", "country")
"""The parts of an address by which nobody is found at home."""

_canonical = msgspec.json.Encoder(order="sorted").encode


def masked(treatment: str, kind: str, value: Any, *, key: bytes = b"") -> str | None:
    """The value of this kind under the treatment; None where that does not fit.

    Only tokens need the `key`; without one there are none.
    """
    if treatment == "token":
        return token(value, key)
    mask = _MASKS.get(treatment)
    return mask(kind, value) if mask is not None else None


def partial(kind: str, value: Any) -> str | None:
    """The first and last characters; of an e-mail address, the first of its name and its ending."""
    if isinstance(value, Mapping):
        return region(kind, value)
    if not isinstance(value, str) or not value.strip():
        return None
    if kind == "email":
        return _e_mail(value)
    if kind == "phone":
        return COVER + value[-2:] if len(value) >= SHORT * 2 else COVER
    return _ends(value.strip())


def token(value: Any, key: bytes) -> str | None:
    """A keyed token, alike for alike values, from which no value can be computed.

    The key is secret and one attribute's alone: under another, alike values have other tokens.
    """
    if value is None or not key:
        return None
    digest = hmac.digest(key, _canonical(value), "sha256")
    return "t_" + digest[:TOKEN_BYTES].hex()


def year(_kind: str, value: Any) -> str | None:
    """The year of a date or moment."""
    found = _DAY.match(value) if isinstance(value, str) else None
    return found.group(1) if found else None


def region(_kind: str, value: Any) -> str | None:
    """The region and country of an address that names them; of a mere text, nothing is known."""
    if not isinstance(value, Mapping):
        return None
    parts = [value.get(part) for part in _WHERE]
    said = [part.strip() for part in parts if isinstance(part, str) and part.strip()]
    return ", ".join(said) or None


def bucket(kind: str, value: Any) -> str | None:
    """A range the value lies in: of a number by its first digit, of a date the ten years."""
    if kind in ("date", "moment"):
        found = year(kind, value)
        return f"{found[:3]}0-{found[:3]}9" if found else None
    number = _number(value)
    return None if number is None else _range(number)


_MASKS: Final[dict[str, Callable[[str, Any], str | None]]] = {
    "partial": partial, "year": year, "region": region, "bucket": bucket,
}  # fmt: skip


def _e_mail(value: str) -> str:
    name, _, domain = value.rpartition("@")
    ending = domain.rpartition(".")[2]
    if len(name) < 2 or not ending.isalpha():
        return COVER
    return f"{name[0]}{COVER}@{COVER}.{ending}"


def _ends(text: str) -> str:
    if len(text) < SHORT:
        return COVER
    kept = 2 if len(text) >= LONG else 1
    return text[:kept] + COVER + text[-kept:]


def _number(value: Any) -> Decimal | None:
    """The value as a number; numbers with a fraction are texts."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _range(number: Decimal) -> str:
    size = abs(number)
    width = Decimal(10) ** max(1, len(str(int(size))) - 1)
    low = int(size // width * width)
    high = low + int(width) - 1
    return f"{low}-{high}" if number >= 0 else f"-{high}--{low}"
