"""The sealed document of a record: attribute code to value, with when and how it was observed.

Pure. One document holds what one source says of one person within one sensitivity.
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


def encode(values: Mapping[str, Observed]) -> bytes:
    """The document's bytes, the same for equal values."""
    return _encoder.encode(values)


def decode(document: bytes) -> dict[str, Observed]:
    """What a document says. Raises msgspec.MsgspecError for what is none."""
    return _decoder.decode(document)


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(dict[str, Observed])
