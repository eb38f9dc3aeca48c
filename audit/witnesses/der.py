"""Just enough DER to put a timestamp response in order. Pure.

OpenSSL, and so many an authority, writes the certificates in the order of the chain. DER wants a
set in the order of its bytes, and our parser insists. Nothing signed covers the set.
"""

from typing import NamedTuple

CONTEXT_0 = 0xA0


class Element(NamedTuple):
    """A tag, and where its header, its content and its end are."""

    tag: int
    begin: int
    start: int
    end: int


def in_order(response: bytes) -> bytes:
    """The response with its certificates sorted; as it is where it has another form."""
    try:
        (whole,) = elements(response, 0, len(response))
        _status, token = elements(response, whole.start, whole.end)
        _kind, content = elements(response, token.start, token.end)
        (signed,) = elements(response, content.start, content.end)
        parts = elements(response, signed.start, signed.end)
        found = next(one for one in parts if one.tag == CONTEXT_0)
        inside = elements(response, found.start, found.end)
    except (ValueError, IndexError, StopIteration):
        return response
    certificates = sorted(response[one.begin : one.end] for one in inside)
    return response[: found.start] + b"".join(certificates) + response[found.end :]


def elements(raw: bytes, start: int, end: int) -> list[Element]:
    """What stands one after the other between two places. Raises ValueError, IndexError."""
    found = []
    while start < end:
        one = _element(raw, start)
        if one.end > end:
            raise ValueError("an element is longer than what holds it")
        found.append(one)
        start = one.end
    return found


def _element(raw: bytes, begin: int) -> Element:
    tag, length, start = raw[begin], raw[begin + 1], begin + 2
    if length > 0x80:
        more = length - 0x80
        length = int.from_bytes(raw[start : start + more])
        start += more
    elif length == 0x80:
        raise ValueError("DER has no open lengths")
    return Element(tag, begin, start, start + length)
