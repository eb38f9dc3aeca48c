"""Alarms: something the suite found wrong with a log, told once and counted while it lasts.

One is open for each controller, kind and position. Details name places and numbers, never people.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import services
from audit.actors import Actor, Target
from audit.errors import AlarmAnsweredError, AlarmReasonError, NoSuchAlarmError
from audit.models_watch import Alarm
from keys.ids import uuid7

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

log = structlog.get_logger(__name__)

DETAIL_CHARACTERS = 200
WATCH = Actor("system", "watch")

_RAISE = """
INSERT INTO audit_alarm AS a (id, controller_id, kind, position, detail, count, first_seen_at,
  last_seen_at, acknowledged_by, reason)
VALUES (%s, %s, %s, %s, %s, 1, %s, %s, '', '')
ON CONFLICT (controller_id, kind, position) WHERE cleared_at IS NULL
DO UPDATE SET count = a.count + 1, last_seen_at = excluded.last_seen_at, detail = excluded.detail
RETURNING id, count
"""


class AlarmKind(StrEnum):
    """What may be wrong. A code is stable for ever."""

    TAMPERED = "tampered"
    GAP = "gap"
    FORK = "fork"
    SHRINK = "shrink"
    SILENT = "silent"
    PENDING_STUCK = "pending_stuck"
    CLOCK_SKEW = "clock_skew"
    CLOCK_BACK = "clock_back"
    UNPLACED = "unplaced"
    WITNESS_REFUSED = "witness_refused"
    WITNESS_LATE = "witness_late"
    WITNESS_FORGOT = "witness_forgot"
    UNBACKED_USE = "unbacked_use"
    FORBIDDEN_ASKED = "forbidden_asked"
    PERMIT_UNREPORTED = "permit_unreported"
    UNUSUAL = "unusual"
    RECALL_UNHEARD = "recall_unheard"
    EVENT_UNHEARD = "event_unheard"
    EMERGENCY_UNREVIEWED = "emergency_unreviewed"
    LANGUAGES_LACKING = "languages_lacking"
    UNUSUAL_ACCESS = "unusual_access"
    GLASS_UNREVIEWED = "glass_unreviewed"
    REQUEST_OVERDUE = "request_overdue"
    ERASURE_STUCK = "erasure_stuck"
    ERASURE_UNDONE = "erasure_undone"
    ERASURE_OVERDUE = "erasure_overdue"
    PURGE_NEAR = "purge_near"
    HOLD_UNREVIEWED = "hold_unreviewed"
    NOTICE_UNDELIVERED = "notice_undelivered"
    CALLBACK_WAITS = "callback_waits"
    ERRAND_UNANSWERED = "errand_unanswered"


SENTENCES: dict[str, "StrOrPromise"] = {
    AlarmKind.TAMPERED: _("What is stored differs from what was recorded and signed."),
    AlarmKind.GAP: _("A part of the log is missing."),
    AlarmKind.FORK: _("Two signed states of the log contradict each other."),
    AlarmKind.SHRINK: _("The log is shorter than it once was."),
    AlarmKind.SILENT: _("The log has not been signed for too long."),
    AlarmKind.PENDING_STUCK: _("Entries wait too long for their place in the log."),
    AlarmKind.CLOCK_SKEW: _("The clocks of the database and of our processes disagree."),
    AlarmKind.CLOCK_BACK: _("A clock went back, or ran ahead, while the log grew."),
    AlarmKind.UNPLACED: _("Something is stored that has no place in the log, or two."),
    AlarmKind.WITNESS_REFUSED: _("A witness refused to sign the log's state."),
    AlarmKind.WITNESS_LATE: _("A witness has not signed for too long."),
    AlarmKind.WITNESS_FORGOT: _("A witness lost what it had seen of the log."),
    AlarmKind.UNBACKED_USE: _("Data was used without a decision that allowed it."),
    AlarmKind.FORBIDDEN_ASKED: _("A service asked for what no service may do."),
    AlarmKind.PERMIT_UNREPORTED: _("A service did not report what it did with a permit."),
    AlarmKind.UNUSUAL: _("Data was used in an unusual way."),
    AlarmKind.RECALL_UNHEARD: _("A service could not be told that a permit has ended."),
    AlarmKind.EVENT_UNHEARD: _(
        "A subscriber was not told of a change, or has not confirmed an ending in time."
    ),
    AlarmKind.EMERGENCY_UNREVIEWED: _("An emergency use was not reviewed in time."),
    AlarmKind.LANGUAGES_LACKING: _(
        "A notice in force cannot be read in every language of the law, and no waiver counts."
    ),
    AlarmKind.UNUSUAL_ACCESS: _("Somebody read profiles in an unusual way."),
    AlarmKind.GLASS_UNREVIEWED: _("A break-glass access was not reviewed in time."),
    AlarmKind.REQUEST_OVERDUE: _("A person's request was not answered in time."),
    AlarmKind.ERASURE_STUCK: _("A system could not be told of erasures, or refuses them."),
    AlarmKind.ERASURE_UNDONE: _("A system said that it had erased and still returned the data."),
    AlarmKind.ERASURE_OVERDUE: _("Cases of erasure were not closed in time."),
    AlarmKind.PURGE_NEAR: _("Data will be erased soon, because their retention ends."),
    AlarmKind.HOLD_UNREVIEWED: _("A legal hold was not reviewed in time."),
    AlarmKind.NOTICE_UNDELIVERED: _(
        "Somebody not heard of for years could not be told that their data will be erased."
    ),
    AlarmKind.CALLBACK_WAITS: _("A platform passed on what only an officer can answer."),
    AlarmKind.ERRAND_UNANSWERED: _("Who erases by hand was asked again and again, and is silent."),
}
"""What an officer reads."""

BROKEN = frozenset({
    AlarmKind.TAMPERED, AlarmKind.GAP, AlarmKind.FORK, AlarmKind.SHRINK, AlarmKind.UNPLACED,
})  # fmt: skip
"""While one of these is open, the log is not what was signed, however much of it agrees."""

OCCURRENCES = frozenset({
    AlarmKind.FORBIDDEN_ASKED, AlarmKind.PERMIT_UNREPORTED,
    AlarmKind.UNBACKED_USE, AlarmKind.UNUSUAL, AlarmKind.CLOCK_BACK, AlarmKind.RECALL_UNHEARD,
    AlarmKind.EVENT_UNHEARD, AlarmKind.UNUSUAL_ACCESS, AlarmKind.ERASURE_STUCK,
    AlarmKind.ERASURE_UNDONE, AlarmKind.CALLBACK_WAITS,
})  # fmt: skip
"""Something that happened rather than a state that lasts: an officer's answer closes it."""


class AnswerReason(StrEnum):
    """Why an officer acknowledges an alarm: a code, never free text (P10)."""

    INVESTIGATING = "investigating"
    REPORTED = "reported"
    REPAIRED = "repaired"
    EXPECTED = "expected"
    MISTAKEN = "mistaken"


REASONS: dict[str, "StrOrPromise"] = {
    AnswerReason.INVESTIGATING: _("It is being looked into"),
    AnswerReason.REPORTED: _("It was reported as an incident"),
    AnswerReason.REPAIRED: _("The cause was removed"),
    AnswerReason.EXPECTED: _("It was planned, such as maintenance"),
    AnswerReason.MISTAKEN: _("It was looked into and nothing was wrong"),
}


@transaction.atomic
def raise_alarm(
    *, controller_id: UUID, kind: str, position: int | None = None, detail: str = ""
) -> None:
    """Open an alarm, or count one more sighting of an open one. The first is recorded in the log.

    `position` is a place in the controller's log; `detail` holds codes and numbers, never personal
    data. Raises ValueError for a kind outside `AlarmKind`.
    """
    known, now = AlarmKind(kind), timezone.now()
    detail = detail[:DETAIL_CHARACTERS]
    values = [uuid7(), controller_id, known.value, position, detail, now, now]
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, values)
        alarm_id, count = cursor.fetchone()
    if count > 1:
        return
    log.error("audit_alarm", kind=known.value, log=str(controller_id), position=position)
    _record("alarm:raised", controller_id, alarm_id, WATCH, kind=known.value, position=position)


def clear(
    *,
    controller_id: UUID,
    kind: str,
    position: int | None = None,
    not_seen_since: datetime | None = None,
) -> int:
    """Close what is open of this kind: the cause is gone. Returns how many.

    `position` closes that place's alone, `not_seen_since` only what nobody saw since then.
    """
    found = open_alarms([controller_id]).filter(kind=AlarmKind(kind))
    if position is not None:
        found = found.filter(position=position)
    if not_seen_since is not None:
        found = found.filter(last_seen_at__lt=not_seen_since)
    cleared = found.update(cleared_at=timezone.now())
    if cleared:
        log.info("audit_alarm_cleared", kind=kind, log=str(controller_id), count=cleared)
    return cleared


@transaction.atomic
def acknowledge(*, alarm_id: UUID, by: Actor, reason: str) -> Alarm:
    """Note that an officer has seen the alarm and why it needs no more shouting.

    What lasts stays open until its cause is gone; an occurrence is closed. `reason` is a code of
    `AnswerReason`. Raises NoSuchAlarmError, AlarmAnsweredError, AlarmReasonError.
    """
    alarm = Alarm.objects.select_for_update().filter(id=alarm_id, cleared_at=None).first()
    if alarm is None:
        raise NoSuchAlarmError
    if alarm.acknowledged_at is not None:
        raise AlarmAnsweredError
    if reason not in REASONS:
        raise AlarmReasonError
    alarm.acknowledged_at, alarm.acknowledged_by, alarm.reason = timezone.now(), by.id, reason
    alarm.cleared_at = alarm.acknowledged_at if alarm.kind in OCCURRENCES else None
    alarm.save()
    _record("alarm:acknowledged", alarm.controller_id, alarm.id, by, kind=alarm.kind, reason=reason)
    return alarm


def open_alarms(controller_ids: Collection[UUID]) -> QuerySet[Alarm]:
    """What is wrong now with the logs of these controllers (`SYSTEM_ID`: the system's)."""
    found = Alarm.objects.filter(controller_id__in=controller_ids, cleared_at=None)
    return found.order_by("-last_seen_at", "-id")


def is_broken(controller_ids: Collection[UUID]) -> bool:
    """Whether one of these logs is not what was signed."""
    return open_alarms(controller_ids).filter(kind__in=BROKEN).exists()


def _record(event: str, controller_id: UUID, alarm_id: UUID, by: Actor, **data: Any) -> None:
    services.record(
        event=event, by=by, controller_id=controller_id, target=Target("alarm", str(alarm_id)),
        data=data,
    )  # fmt: skip
