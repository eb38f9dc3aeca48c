"""What may be learnt of a person's age, and when childhood ends (DPDP s.2(f), s.9). Pure.

A child is anybody under eighteen. What protects is believed at once; what takes protection away
needs more than a word: whoever was a child becomes an adult by the clock or by a verified age.
"""

from datetime import date
from typing import NamedTuple

MAJORITY = 18
UNKNOWN, CHILD, ADULT = "unknown", "child", "adult"
DECLARED, VERIFIED = "declared", "verified"


class Age(NamedTuple):
    """What is known: the state, how it is known, and when a child comes of age, if that is."""

    state: str
    assurance: str
    adult_on: date | None = None


def adult_on(born_on: date) -> date:
    """The day on which somebody born then comes of age; of a 29 February the day after the 28th."""
    try:
        return born_on.replace(year=born_on.year + MAJORITY)
    except ValueError:
        return date(born_on.year + MAJORITY, 3, 1)


def is_adult(age: Age, today: date) -> bool:
    """Whether the person is known to be an adult on that day, by what was said or by the clock."""
    if age.state == ADULT:
        return True
    return age.state == CHILD and age.adult_on is not None and age.adult_on <= today


def is_child(age: Age, today: date) -> bool:
    """Whether the person is known to be a child on that day."""
    return age.state == CHILD and not is_adult(age, today)


def may_follow(before: Age, after: Age, today: date) -> bool:
    """Whether `after` may be put on record where `before` is.

    Refused: an adult who has yet to come of age, a child who has, and, unless the age was
    verified, whatever ends a childhood on record earlier than it would end by itself.
    """
    if not _is_whole(after, today):
        return False
    if not is_child(before, today) or after.assurance == VERIFIED:
        return True
    return after.state == CHILD and _ends(after) >= _ends(before)


def _is_whole(age: Age, today: date) -> bool:
    if (age.state == UNKNOWN) != (age.assurance == UNKNOWN):
        return False
    if age.state == UNKNOWN or age.adult_on is None:
        return age.state != UNKNOWN or age.adult_on is None
    return (age.adult_on <= today) == (age.state == ADULT)


def _ends(age: Age) -> date:
    """Of a child whose day is not known nobody can say that it has come."""
    return age.adult_on or date.max
