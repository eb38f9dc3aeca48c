"""The watch over two obligations, along the log, so that deciding itself has nothing to do.

`notify_dpo`: a service asked for what it was never to ask. `log_receipt`: a permit that had to be
reported was not, within a day of its end. Both are alarms; of the first the officer gets a letter.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit import alarms
from audit import selectors as log
from audit.alarms import AlarmKind
from keys.ids import uuid7_at
from policies.duties.models import DutyWatch
from policies.models import AIDecision, Processing
from policies.pdp.model import Obligation
from policies.pdp.record import EVENT
from policies.rules.duties import LOG_RECEIPT, NOTIFYING
from policies.versions.models import PolicyVersion
from work import services as work

TELL: Final = "policies.tell_officer"
SETTLED: Final = timedelta(seconds=30)
"""A decision's id is made before its record is committed; none is committed later than this."""
REPORTED_WITHIN: Final = timedelta(days=1)
AT_ONCE: Final = 2000
STEPS: Final = 20
_ASKED: Final[list[dict[str, Any]]] = [{"effect": {"obligation": LOG_RECEIPT}}]


class _Decision(msgspec.Struct, frozen=True):
    permit: bool = False
    obligations: tuple[Obligation, ...] = ()


class _Data(msgspec.Struct, frozen=True):
    decision: _Decision = _Decision()


class _Body(msgspec.Struct, frozen=True):
    data: _Data = _Data()


_BODY = msgspec.json.Decoder(_Body)


def watch() -> None:
    """Look at every controller's decisions since the last time."""
    for controller in accounts.controllers():
        _watch(controller.pk)


@transaction.atomic
def _watch(controller_id: UUID) -> None:
    now = timezone.now()
    start = uuid7_at(now - SETTLED)
    DutyWatch.objects.get_or_create(
        controller_id=controller_id,
        defaults={"denials_through": start, "permits_through": start},
    )
    row = DutyWatch.objects.select_for_update().get(controller_id=controller_id)
    row.denials_through = _denials(controller_id, row.denials_through, start)
    row.permits_through = _permits(controller_id, row.permits_through, now)
    row.save()


def _denials(controller_id: UUID, after: UUID, until: UUID) -> UUID:
    """Tell the officer of denials that are theirs to know; returns how far it came."""
    found = log.reasons_between(controller_id, EVENT, NOTIFYING, after=after, before=until)
    if not found:
        return max(after, until)
    kind = AlarmKind.FORBIDDEN_ASKED
    is_new = not alarms.open_alarms([controller_id]).filter(kind=kind).exists()
    alarms.raise_alarm(controller_id=controller_id, kind=kind, detail=_detail(found))
    if is_new:
        work.enqueue(kind=TELL, controller_id=controller_id, payload={"codes": sorted(found)})
    return max(after, until)


def _permits(controller_id: UUID, after: UUID, now: datetime) -> UUID:
    """Raise the alarm for permits whose report is overdue; returns how far it came."""
    lasting = timedelta(seconds=int(settings.DECISION_VALID_SECONDS))
    until = uuid7_at(now - REPORTED_WITHIN - lasting - SETTLED)
    if until <= after:
        return after
    if not _is_asked(controller_id):
        return until
    missing = 0
    for _ in range(STEPS):
        found = log.bodies(controller_id, EVENT, after=after, before=until, limit=AT_ONCE)
        missing += len(_unreported(controller_id, found))
        after = found[-1][0] if found else until
        if len(found) < AT_ONCE:
            after = until
            break
    if missing:
        alarms.raise_alarm(
            controller_id=controller_id, kind=AlarmKind.PERMIT_UNREPORTED,
            detail=f"{missing} without a report",
        )  # fmt: skip
    return after


def _is_asked(controller_id: UUID) -> bool:
    """Whether any version of the controller's rules ever asked for reports."""
    versions = PolicyVersion.objects.filter(controller_id=controller_id, approved_at__isnull=False)
    return versions.filter(rules__contains=_ASKED).exists()


def _unreported(controller_id: UUID, found: Iterable[tuple[UUID, bytes]]) -> set[str]:
    """Of these decisions, the permits that had to be reported and that no report names."""
    owed = {str(one) for one, body in found if _is_owed(body)}
    if not owed:
        return owed
    first = UUID(min(owed))
    for model in (Processing, AIDecision):
        reports = model.objects.filter(controller_id=controller_id, id__gte=first)
        owed -= set(reports.filter(decision_id__in=owed).values_list("decision_id", flat=True))
    return owed


def _is_owed(body: bytes) -> bool:
    decision = _BODY.decode(body).data.decision
    return decision.permit and any(one.code == LOG_RECEIPT for one in decision.obligations)


def _detail(found: Counter[str]) -> str:
    return ", ".join(f"{code} {count}" for code, count in sorted(found.items()))
