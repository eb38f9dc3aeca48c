"""The sealed document of a record: attribute code to value, with when and how it was observed.

Pure. One document holds what one source says of one person within one sensitivity. A value of
null says that the source has none any more; it stays for a while, so that something older that
comes late does not come back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class Observed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value, when its source observed it, and how it was verified (empty: it was not)."""

    v: Any
    at: datetime
    by: str = ""


def context(source_id: UUID, sensitivity: str) -> bytes:
    """What the document is sealed as: it opens as no other source's and at no other sensitivity."""
    return b"profiles.record:" + source_id.bytes + sensitivity.encode()


def former_context(source_id: UUID, sensitivity: str) -> bytes:
    """The same, for a document of values that were replaced."""
    return b"profiles.former:" + source_id.bytes + sensitivity.encode()


def encode(values: Mapping[str, Observed]) -> bytes:
    """The document's bytes, the same for equal values."""
    return _encoder.encode(values)


def decode(document: bytes) -> dict[str, Observed]:
    """What there is, without values that were removed. Raises msgspec.MsgspecError."""
    found = _decoder.decode(document)
    if _REMOVED not in document:
        return found
    return {code: observed for code, observed in found.items() if observed.v is not None}


def decode_whole(document: bytes) -> dict[str, Observed]:
    """Everything the source said, removed values too. Raises msgspec.MsgspecError."""
    return _decoder.decode(document)


_REMOVED = b'"v":null'
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(dict[str, Observed])
