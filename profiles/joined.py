"""What the joined records of one person amount to (CON-31). Pure.

A joining moves no value: each stays under the key of the record it was recorded for, so a split
takes effect at the next reading and leaves nothing behind. Where one source says two things of
what was found to be one person, nobody knows which is right, and it is not shown until that source
says it anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from profiles.fields import Held


@dataclass(frozen=True, slots=True)
class Found:
    """What a source says, and since when the record it lies in is joined; None: it always was."""

    held: Held
    joined_at: datetime | None = None


def settled(found: Iterable[Found]) -> list[Held]:
    """What is said of one attribute by all records of a person: one of each source."""
    by_source: dict[str, list[Found]] = {}
    for one in found:
        by_source.setdefault(one.held.source, []).append(one)
    return [_one(each) for each in by_source.values()]


def _one(said: Sequence[Found]) -> Held:
    """What the source says: alike, said anew since the joining, or contested."""
    first = said[0].held
    if len(said) == 1:
        return first
    if all(one.joined_at is None for one in said):
        return max((one.held for one in said), key=_age)
    closed = next((one.held for one in said if _is_closed(one.held)), None)
    if closed is not None:
        return closed
    newest = max((one.held for one in said), key=_age)
    if all(one.held.value == first.value for one in said) or _is_anew(newest, said):
        return newest
    return replace(first, value=None, observed_at=None, verified_by="", is_contested=True)


def _is_closed(held: Held) -> bool:
    """Whether its value was not looked at, so that nothing can be said about it."""
    return held.is_of_other_unit or held.is_unavailable


def _is_anew(newest: Held, said: Iterable[Found]) -> bool:
    """Whether the value was observed when the records were known to be of one person."""
    joined = max(one.joined_at for one in said if one.joined_at is not None)
    return newest.observed_at is not None and newest.observed_at > joined


def _age(held: Held) -> float:
    return held.observed_at.timestamp() if held.observed_at else 0.0
