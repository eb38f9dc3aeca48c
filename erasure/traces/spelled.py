"""How a word may stand in a place: in clear, in hexadecimal, in base64 at any offset. Pure."""

import base64
from collections.abc import Iterable
from typing import Final

__all__ = ["SHORTEST", "is_in", "patterns", "spellings"]

SHORTEST: Final = 5
"""A shorter word is found everywhere, and says nothing."""
_SHORTEST_ENCODED: Final = 8


def spellings(word: str) -> set[str]:
    """The word itself and every encoding of it that our places use, in lower case.

    What is told apart by case only (base64) is compared without it: too much is found, never too
    little.
    """
    raw = word.encode()
    encoded = {
        base64.b64encode(bytes(pad) + raw).decode()[4 if pad else 0 : -4] for pad in range(3)
    }
    found = {word, raw.hex(), *(one for one in encoded if len(one) >= _SHORTEST_ENCODED)}
    return {one.lower() for one in found}


def patterns(words: Iterable[str]) -> list[str]:
    """As PostgreSQL's ILIKE takes them."""
    escaped = (one.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for one in words)
    return [f"%{one}%" for one in sorted(escaped)]


def is_in(content: bytes, words: Iterable[str]) -> bool:
    """Whether bytes have any of these spellings, as text or as bytes."""
    lower = content.lower()
    return any(one.encode() in lower for one in words)
