"""What happened elsewhere that ends the reason to keep data: cases are opened for it (ERA-01).

Withdrawals, upheld objections, closed purposes, consents ended because their use is over or found
to be a child's own, restrictions.
Nobody sends them here: they are read from where they stand, so that none is lost while nobody
looks, and each is one case however often it is seen. Only under a policy that was approved.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.utils import timezone

from audit.actors import Actor
from consent import selectors_uses as consent
from consent.selectors_uses import Ended
from erasure import selectors
from erasure.models import Policy, Trigger
from erasure.policies import Terms
from erasure.scopes import ScopeType
from erasure.services.opening import NewCase, open_cases
from keys.ids import SYSTEM_ID
from registry.connectors.contract import Verb
from subjects import kin
from subjects import selectors as subjects

__all__ = ["AT_ONCE", "look", "open_all", "open_following", "still_there", "under_policy"]

BY: Final = Actor.system("erasure")
AT_ONCE: Final = 500
RECENT, LONG_AGO = timedelta(hours=1), timedelta(days=30)


def look(*, since: datetime) -> int:
    """Open the cases of whatever happened since; returns how many are new."""
    return sum(_look(one, terms, since) for one, terms in under_policy())


def under_policy() -> list[tuple[UUID, Terms]]:
    """The controllers whose policy was approved, with what it says."""
    rows = Policy.objects.filter(approved_at__isnull=False).order_by("controller_id")
    ids = list(dict.fromkeys(rows.values_list("controller_id", flat=True)))
    return [(one, selectors.policy_in_force(one).terms) for one in ids]


def _look(controller_id: UUID, terms: Terms, since: datetime) -> int:
    found: list[NewCase] = []
    for trigger, read in _READ.items():
        if trigger in terms.automatic:
            found += [_case(trigger, one) for one in read(controller_id, since)]
    count = open_all(controller_id, found)
    count += open_all(controller_id, _restrictions(controller_id, since))
    if Trigger.PURPOSE_END in terms.automatic:
        count += _close(controller_id, since)
    return count


_READ: Final[dict[str, Callable[[UUID, datetime], list[Ended]]]] = {
    Trigger.WITHDRAWAL.value: consent.withdrawn,
    Trigger.PURPOSE_END.value: consent.served,
    Trigger.OBJECTION.value: consent.upheld,
    Trigger.CHILD_SERVICE.value: consent.under_age,
}


def _case(trigger: str, one: Ended) -> NewCase:
    return NewCase(
        subject_id=one.subject_id, trigger=trigger, trigger_ref=one.ref, scope_type="purpose",
        scope=one.purpose, received_at=min(one.at, timezone.now()),
    )  # fmt: skip


def _close(controller_id: UUID, since: datetime) -> int:
    """People of a purpose that was closed, a page at a time."""
    after, count = SYSTEM_ID, 0
    while True:
        page = consent.of_closed_purposes(controller_id, since, after, AT_ONCE)
        whole = _whole(page) if len(page) == AT_ONCE else page
        count += open_all(controller_id, [_case(Trigger.PURPOSE_END.value, one) for one in whole])
        if len(page) < AT_ONCE:
            return count
        after = whole[-1].subject_id


def _whole(page: list[Ended]) -> list[Ended]:
    """Without the last person, of whom there may be more, unless there is nobody else."""
    last = page[-1].subject_id
    return [one for one in page if one.subject_id != last] or page


def _restrictions(controller_id: UUID, since: datetime) -> Iterator[NewCase]:
    """Whoever holds the data hears of a restriction, and of its end once the person was told."""
    for one in consent.restricted(controller_id, since):
        new = NewCase(
            subject_id=one.subject_id, trigger=Trigger.LEGAL_DUTY, trigger_ref=one.ref,
            scope_type=one.scope_type, scope=one.scope, verb=Verb.RESTRICT,
        )  # fmt: skip
        yield new
        if one.is_lifted:
            yield replace(new, verb=Verb.LIFT)


def open_all(controller_id: UUID, new: Iterable[NewCase]) -> int:
    """Open these cases a batch at a time; returns how many are new."""
    count = 0
    for batch in still_there(controller_id, new):
        opened = open_cases(by=BY, controller_id=controller_id, new=batch)
        count += sum(one.is_new for one in opened)
    return count


def still_there(controller_id: UUID, new: Iterable[NewCase]) -> Iterator[list[NewCase]]:
    """These cases a batch at a time; people who were joined go by their one record.

    Who is erased within the scope, or unknown by now, is passed over.
    """
    waiting = iter(new)
    while batch := list(islice(waiting, AT_ONCE)):
        yield _there(controller_id, batch)


def open_following(controller_id: UUID, new: NewCase) -> None:
    """Open the case that goes on where a closed one had to stop; whoever is erased, too."""
    open_cases(by=BY, controller_id=controller_id, new=[new])


def _there(controller_id: UUID, batch: Sequence[NewCase]) -> list[NewCase]:
    ids = {one.subject_id for one in batch}
    kept = kin.same_people(controller_id, ids)
    everybody = ids | set(kept.values())
    gone = subjects.erased_scopes(controller_id, everybody)
    categories = subjects.gone_categories(controller_id, everybody)
    moved = [replace(one, subject_id=kept.get(one.subject_id, one.subject_id)) for one in batch]
    known = subjects.in_bulk(controller_id, [one.subject_id for one in moved])
    return [
        one
        for one in moved
        if one.subject_id in known
        and (one.verb != Verb.ERASE or not _is_gone(one, gone, categories))
    ]


def _is_gone(
    one: NewCase, scopes: Mapping[UUID, set[str]], categories: Mapping[UUID, set[str]]
) -> bool:
    """Whether what the case is about is erased or being erased: everything, or its own scope."""
    known = categories if one.scope_type == ScopeType.CATEGORY else scopes
    return bool({"", one.scope} & known.get(one.subject_id, set()))
