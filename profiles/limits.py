"""Limits against finding out about one by asking about many: searches, and numbers of few people.

Lists hold a hundred people and nothing beyond the view, searching is by a whole identifier and only
so often, and a number about a small group is not told (PRO-03; GDPR Art 25).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from audit import looks as log
from audit.actors import Actor
from profiles import selectors_watched as watched
from profiles.errors_guarded import SearchLimitError

WITHIN: Final = timedelta(hours=1)


def check_search(*, by: Actor, controller_id: UUID) -> None:
    """Refuse a member of staff who has looked people up very often in the last hour.

    Whether somebody was found does not matter. Services have a pace of their own. Call it before
    anything is looked up. Raises SearchLimitError.
    """
    if by.type != "officer":
        return
    most = watched.limits(controller_id).searches_an_hour
    since = timezone.now() - WITHIN
    if log.searches(controller_id, by.id, since=since, most=most) >= most:
        raise SearchLimitError


def count_shown(count: int, smallest: int) -> int | None:
    """A number of people as it may be told: nobody, or enough of them; None for few."""
    return count if count == 0 or count >= smallest else None


def groups_shown(groups: Mapping[str, int], smallest: int) -> dict[str, int | None]:
    """Numbers of people of which some are few, with nothing to work the few out from.

    Who knows the sum would find the only number that is left out; so the smallest of the others
    goes with it, until what is left out is itself no small group. Where none is left, all go.
    """
    shown = {name: count_shown(count, smallest) for name, count in groups.items()}
    while 0 < _left_out(groups, shown) < smallest or _is_alone(groups, shown):
        rest = [name for name, count in shown.items() if count]
        if not rest:
            return dict.fromkeys(groups)
        shown[min(rest, key=lambda name: (groups[name], name))] = None
    return shown


def _left_out(groups: Mapping[str, int], shown: Mapping[str, int | None]) -> int:
    return sum(groups[name] for name, count in shown.items() if count is None)


def _is_alone(groups: Mapping[str, int], shown: Mapping[str, int | None]) -> bool:
    """Whether one number alone is left out: the sum would tell it."""
    return sum(count is None for count in shown.values()) == 1 and len(groups) > 1
