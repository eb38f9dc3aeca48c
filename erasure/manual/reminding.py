"""Asking again those who erase by hand and do not answer, and telling an officer in the end (P7).

Each time they are asked again is a mark of the step, so that nobody is asked twice in a row.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction

from accounts import selectors as accounts
from audit import alarms
from audit import services as audit
from audit.actors import Actor, Target
from erasure.errors_manual import NobodyWaitsError
from erasure.manual import selectors
from erasure.models import Mark, Marked, Step
from registry import selectors_connectors as connectors
from registry.connectors import manual, opening
from registry.connectors.contract import ConnectorError
from work import selectors as jobs
from work import services as work

__all__ = ["ask_again", "begin_due", "note_asked", "watch", "write"]

LETTER: Final = "erasure.errand_letter"
UNANSWERED: Final = alarms.AlarmKind.ERRAND_UNANSWERED
BY: Final = Actor.system("errands")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Late:
    """A system whose people have waited for longer than its settings say."""

    controller_id: UUID
    system_id: UUID
    to_remind: int
    unanswered: int


@transaction.atomic
def ask_again(*, by: Actor, controller_id: UUID, system_id: UUID) -> None:
    """Have another letter with another link written to whoever does it by hand.

    Raises NobodyWaitsError: it is no such system, or nobody waits there.
    """
    is_by_hand = connectors.by_hand(system_id) == controller_id
    if not is_by_hand or not selectors.waiting(controller_id, system_id).exists():
        raise NobodyWaitsError
    _begin(by, controller_id, system_id)


def begin_due(now: datetime) -> int:
    """A letter for each system in which somebody has waited for too long, one a day at most.

    Returns how many.
    """
    return sum(_begin_once(one, f"{one.system_id}:{now:%Y-%m-%d}") for one in _late(now))


@transaction.atomic
def _begin_once(one: _Late, key: str) -> bool:
    if not one.to_remind or jobs.state_of(
        kind=LETTER, controller_id=one.controller_id, dedupe_key=key
    ):
        return False
    _begin(BY, one.controller_id, one.system_id, key)
    return True


def _begin(by: Actor, controller_id: UUID, system_id: UUID, key: str | None = None) -> None:
    work.enqueue(
        kind=LETTER, controller_id=controller_id, payload={"system": str(system_id)},
        dedupe_key=key,
    )  # fmt: skip
    audit.record(
        event="errand:asked_again", by=by, controller_id=controller_id,
        target=Target("system", str(system_id)),
    )  # fmt: skip


def watch(now: datetime) -> int:
    """An alarm for each company where reminders did not help; gone where none is left."""
    late: Counter[UUID] = Counter()
    for one in _late(now):
        late[one.controller_id] += one.unanswered
    for controller in accounts.controllers():
        if number := late[controller.id]:
            alarms.raise_alarm(controller_id=controller.id, kind=UNANSWERED, detail=str(number))
        else:
            alarms.clear(controller_id=controller.id, kind=UNANSWERED)
    return late.total()


def write(controller_id: UUID, system_id: UUID) -> list[Step] | None:
    """Write the letter; returns whom it is about, None where it could not be sent."""
    steps = list(selectors.asked(controller_id, system_id))
    try:
        way = opening.open_connector(system_id)
        if steps and isinstance(way, manual.ManualConnector):
            way.remind(len(steps))
            return steps
    except ConnectorError as error:
        log.warning("errand_not_written", code=error.code)
        return None
    return []


@transaction.atomic
def note_asked(*, steps: list[Step], at: datetime) -> None:
    """Note with each step that somebody was asked again."""
    Mark.objects.bulk_create(
        [
            Mark(
                controller_id=one.controller_id, step=one, round=one.round,
                kind=Marked.REMINDED, attempt=_reminders(one) + 1, at=at,
            )
            for one in steps
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _late(now: datetime) -> Iterator[_Late]:
    for row in connectors.all_by_hand():
        try:
            settings = manual.read(row.settings)
        except ConnectorError:  # its steps have failed, and an officer looks at them
            continue
        since = now - timedelta(days=settings.remind_days)
        steps = [
            one for one in selectors.asked(row.controller_id, row.system_id)
            if (_asked_at(one) or now) <= since
        ]  # fmt: skip
        over = sum(_reminders(one) >= settings.reminders for one in steps)
        yield _Late(row.controller_id, row.system_id, len(steps) - over, over)


def _asked_at(step: Any) -> datetime | None:
    found: datetime | None = step.reminded_at or step.sent_at
    return found


def _reminders(step: Any) -> int:
    return int(step.reminders)
