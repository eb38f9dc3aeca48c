"""Caps of a draft counted anew along the recorded decisions: nobody has counted for it yet. Pure.

Counts begin at nothing where the rehearsal begins. What is kept between two steps of the job names
nobody: keys are hashes that differ from rehearsal to rehearsal.
"""

import zlib
from hashlib import blake2b
from typing import Final

import msgspec

from policies.pdp.model import Question
from policies.pdp.policy import Cap

MICROSECONDS: Final = 1_000_000
KEY_BYTES: Final = 12
_times = msgspec.msgpack.Decoder(dict[bytes, list[int]])


class Counters:
    """When each person was permitted under each cap, as far as the caps look back."""

    def __init__(self, salt: bytes, kept: bytes = b"") -> None:
        self._salt = salt
        self._times: dict[bytes, list[int]] = _times.decode(zlib.decompress(kept)) if kept else {}

    def apart(self, name: str) -> "Counters":
        """Counters of another policy, kept together with these."""
        other = Counters(self._salt + name.encode())
        other._times = self._times
        return other

    def counts(
        self, caps: tuple[Cap, ...], question: Question, person: str, now: int
    ) -> dict[str, int]:
        """Of each cap, the permits within its time up to `now`."""
        return {cap.code: len(self._live(cap, question, person, now)) for cap in caps}

    def permitted(self, caps: tuple[Cap, ...], question: Question, person: str, now: int) -> None:
        """Count a permit under each of the caps."""
        for cap in caps:
            self._live(cap, question, person, now).append(now)

    def packed(self) -> bytes:
        """All of it, to go on from later."""
        kept = {key: times for key, times in self._times.items() if times}
        return zlib.compress(msgspec.msgpack.encode(kept), 1) if kept else b""

    def _live(self, cap: Cap, question: Question, person: str, now: int) -> list[int]:
        times = self._times.setdefault(self._key(cap, question, person), [])
        oldest = now - cap.seconds * MICROSECONDS
        while times and times[0] <= oldest:
            del times[0]
        return times

    def _key(self, cap: Cap, question: Question, person: str) -> bytes:
        parts = [cap.code, person, *(str(getattr(question, name)) for name in cap.per)]
        told = msgspec.msgpack.encode(parts)
        return blake2b(told, digest_size=KEY_BYTES, key=self._salt).digest()
