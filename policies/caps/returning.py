"""Permits that never left the building are taken out of the counters of caps again."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import msgspec

from keys import statements
from policies.caps.counters import counter_id, packed, unpacked
from policies.pdp.model import Question
from policies.pdp.policy import Cap

_LOCK: Final = """
SELECT id, permits FROM policies_counter WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE
"""
_WRITE: Final = """
UPDATE policies_counter c SET permits = t.permits
FROM unnest(%s::uuid[], %s::bytea[]) AS t(id, permits) WHERE c.id = t.id RETURNING c.id
"""


class Given(msgspec.Struct, gc=False, frozen=True):
    """Permits that one cap counted at one moment, each for another person."""

    cap: Cap
    at: int


def take_back(
    controller_id: UUID, people: Sequence[bytes], given: Iterable[Given], question: Question
) -> int:
    """Take these permits of these people out of their counters; how many were in them.

    In a transaction, and once in it: counters are locked in one order by everybody. A permit that
    a counter knows no more has left its window or made room, and is passed over.
    """
    wanted: dict[bytes, list[int]] = {}
    for one in given:
        for person in people:
            counter = counter_id(controller_id.bytes, person, one.cap, question)
            wanted.setdefault(counter, []).append(one.at)
    ids = [UUID(bytes=counter) for counter in wanted]
    left: dict[UUID, bytes] = {}
    found = 0
    for counter, permits in statements.rows(_LOCK, [statements.array(ids)]) if ids else ():
        times = unpacked(permits)
        kept = _without(times, wanted[counter.bytes])
        if len(kept) < len(times):
            found, left[counter] = found + len(times) - len(kept), packed(kept)
    if left:
        arrays = [statements.array(left), statements.array(left.values())]
        statements.rows(_WRITE, arrays)
    return found


def _without(times: list[int], given: Iterable[int]) -> list[int]:
    """Each is taken out once: another permit may have been given in the same microsecond."""
    kept = list(times)
    for at in given:
        if at in kept:
            kept.remove(at)
    return kept
