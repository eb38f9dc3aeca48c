"""What the facts say of caps, delays and quiet hours. Pure; what nobody looked up forbids.

Times are microseconds since 1970 UTC, times of day are minutes since the person's midnight.
"""

from policies.pdp.model import Facts

_MICROSECONDS = 1_000_000
_MINUTE = 60 * _MICROSECONDS
_DAY = 24 * 60 * _MINUTE


def is_exhausted(facts: Facts, code: str, limit: int) -> bool:
    """Whether the cap `code` has no permit left; a count that is unknown leaves none."""
    counted = facts.counts.get(code)
    return counted is None or counted >= limit


def is_waiting(facts: Facts, trigger: str, seconds: int) -> bool:
    """Whether the person still has `seconds` of rest after the behaviour `trigger`.

    A use that the caller says was set off by this behaviour waits, too, while the behaviour has
    not been reported: nobody knows then when it was.
    """
    at = facts.triggers.get(trigger)
    if at is None:
        return True
    if at == 0:
        return facts.question.trigger == trigger
    return facts.now < at + seconds * _MICROSECONDS


def is_quiet(facts: Facts, start: int, end: int) -> bool:
    """Whether it is between `start` and `end` where the person may be; an unknown place is.

    Hours may go over midnight; `start` equal to `end` is the whole day.
    """
    length = (end - start) * _MINUTE % _DAY or _DAY
    return not facts.offsets or any(
        (_of_day(facts.now, offset) - start * _MINUTE) % _DAY < length for offset in facts.offsets
    )


def quiet_begins(facts: Facts, start: int) -> int | None:
    """When it next becomes quiet wherever the person may be; None where that is unknown."""
    waits = [(start * _MINUTE - _of_day(facts.now, offset)) % _DAY for offset in facts.offsets]
    return facts.now + min(waits) if waits else None


def _of_day(now: int, offset: int) -> int:
    return (now + offset * _MICROSECONDS) % _DAY
