"""What a guardrail does to a use it concerns: whether it denies, and how long a permit may last.

Facts that nobody looked up deny: a missing count, clock or behaviour is not an absence.
"""

from collections.abc import Callable
from typing import Any, Final

from policies.guardrails.matching import patterns
from policies.guardrails.model import (
    DAY_SECONDS,
    Delay,
    Deny,
    Limit,
    Off,
    Quiet,
    Require,
    minutes,
)
from policies.pdp.model import Facts

MICROSECONDS = 1_000_000
_THURSDAY = 3  # 1 January 1970, counted from Monday as 0


def denies(effect: Any, wanted: tuple[str, ...], code: str, facts: Facts) -> bool:
    """Whether an effect denies a use its rule concerns; `wanted`: the attributes it matches."""
    return _DENIES[type(effect)](effect, wanted, code, facts)


def _bans(effect: Deny, wanted: tuple[str, ...], _: str, facts: Facts) -> bool:
    if not effect.unless_volunteered:
        return True
    return any(
        not wanted or any(pattern in wanted for pattern in patterns(one))
        for one in facts.question.attributes
        if one not in facts.volunteered
    )


def _never(*_: Any) -> bool:
    return False


def _is_full(effect: Limit, _: tuple[str, ...], code: str, facts: Facts) -> bool:
    return facts.counts.get(code, effect.limit) >= effect.limit


def _is_cooling(effect: Delay, _: tuple[str, ...], __: str, facts: Facts) -> bool:
    """A behaviour the caller names although nobody reported it has no known time."""
    for trigger in effect.triggers:
        at = facts.triggers.get(trigger)
        if at is None or (at == 0 and facts.question.trigger == trigger):
            return True
        if at and facts.now < at + effect.seconds * MICROSECONDS:
            return True
    return False


def _is_quiet(effect: Quiet, _: tuple[str, ...], __: str, facts: Facts) -> bool:
    """On any clock the person may have; an unknown clock may show any time."""
    return not facts.offsets or any(
        seconds_to_quiet(effect, facts.now // MICROSECONDS + offset) == 0
        for offset in facts.offsets
    )


def _is_off(effect: Off, _: tuple[str, ...], __: str, facts: Facts) -> bool:
    return effect.whom == "everybody" or facts.personalisation_off_at != 0


_DENIES: Final[dict[type, Callable[[Any, tuple[str, ...], str, Facts], bool]]] = {
    Deny: _bans, Require: _never, Limit: _is_full, Delay: _is_cooling, Quiet: _is_quiet,
    Off: _is_off,
}  # fmt: skip


def seconds_to_quiet(effect: Quiet, local: int) -> int:
    """How many seconds of local time (since 1970) until the next quiet begins; 0: it is quiet."""
    starts, ends = minutes(effect.starts) * 60, minutes(effect.ends) * 60
    lasts = (ends - starts) % DAY_SECONDS or DAY_SECONDS
    day = local // DAY_SECONDS
    waits = [
        max(0, each * DAY_SECONDS + starts - local)
        for each in range(day - 1, day + 8)
        if _is_day(effect, each) and local < each * DAY_SECONDS + starts + lasts
    ]
    return min(waits)


def _is_day(effect: Quiet, day: int) -> bool:
    return not effect.days or (day + _THURSDAY) % 7 + 1 in effect.days


def ends_at(effect: Any, facts: Facts) -> int | None:
    """When a permit must end because quiet begins; None: nothing of the rule's ends it."""
    if type(effect) is not Quiet or not facts.offsets:
        return None
    local = facts.now // MICROSECONDS
    wait = min(seconds_to_quiet(effect, local + offset) for offset in facts.offsets)
    return (local + wait) * MICROSECONDS
