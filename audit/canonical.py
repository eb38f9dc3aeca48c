"""One value, one byte string: canonical JSON as RFC 8785 defines it, for values without floats.

Keys are ASCII, numbers are integers that a double holds exactly; anything else is refused, so that
the fast encoder and RFC 8785 agree byte for byte.
"""

import hashlib
from collections.abc import Collection, Iterable
from typing import Any

import msgspec

SAFE_INTEGER = 2**53 - 1
_encoder = msgspec.json.Encoder(order="sorted")  # "deterministic" leaves structs as declared


class CanonicalError(ValueError):
    """The value has no canonical form here: a float, a large integer, a non-ASCII key."""


def canonical(value: Any) -> bytes:
    """The canonical bytes of `value` (dicts, lists, strings, safe integers, booleans, None)."""
    check(value)
    return _encoder.encode(value)


def canonical_struct(value: msgspec.Struct | dict[str, Any]) -> bytes:
    """As `canonical`, for values whose types already exclude what `canonical` refuses."""
    return _encoder.encode(value)


def commitment(salt: bytes, body: bytes) -> bytes:
    """SHA-256(salt ‖ body): what the permanent log keeps of a payload that may be destroyed."""
    return hashlib.sha256(salt + body).digest()


_PLAIN = frozenset({str, bool, type(None)})
_FLAT = _PLAIN | {int}
_TEXT = frozenset({str})


def check(value: Any) -> None:
    """Raises CanonicalError for a value without canonical form.

    By type where that decides: an import checks a million values a minute.
    """
    if isinstance(value, str) or type(value) in _PLAIN:
        return
    if isinstance(value, int):
        _check_integer(value)
        return
    items = _items(value)
    kinds = set(map(type, items))
    if kinds <= _PLAIN:
        return
    if kinds <= _FLAT:
        for item in items:
            if type(item) is int and not -SAFE_INTEGER <= item <= SAFE_INTEGER:
                _check_integer(item)
        return
    for item in items:
        check(item)


def _check_integer(value: int) -> None:
    if abs(value) > SAFE_INTEGER:
        raise CanonicalError("integers beyond 2^53-1 have no canonical form")


def _items(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        if not (_TEXT.issuperset(map(type, value)) and "".join(value).isascii()):
            _check_keys(value)
        return value.values()
    if isinstance(value, list | tuple):
        return value
    raise CanonicalError(f"{type(value).__name__} has no canonical form")


def _check_keys(keys: Iterable[Any]) -> None:
    if not all(isinstance(key, str) and key.isascii() for key in keys):
        raise CanonicalError("keys are ASCII strings")
