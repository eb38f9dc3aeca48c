"""The job of a lane: what a round found is recorded in one transaction with the job's outcome."""

from dataclasses import replace
from typing import Final

import structlog
from django.db import transaction
from django.utils import timezone

from erasure import sealing
from erasure.engine import changes, driving, gates, lanes, settling, taking, waking
from erasure.engine.changes import Change, Due, Phase
from erasure.engine.driving import Round
from registry.connectors.contract import ConnectorError, LocalConnector, Person, Verb
from work import crash
from work.handlers import JobView, Outcome, again, finished, handler

log = structlog.get_logger(__name__)

LEASE_SECONDS: Final = 90
LOCAL_A_ROUND: Final = 2000


@handler(lanes.KIND, perform=driving.drive, lease_seconds=LEASE_SECONDS)
def record(job: JobView, done: Round) -> Outcome:
    """Round after round while something is due; what must wait is begun again when it is due."""
    now = timezone.now()
    if done.local is not None:
        _do_here(job, done.local, done)
    settled = settling.settle(
        controller_id=job.controller_id, about=done.system_id, changes=done.changes, now=now
    )
    waking.begin(settled.woken - {done.system_id}, now)
    rests = gates.note(done.system_id, done.heard, now)
    if rests or not done.changes:
        return finished()
    return again(cursor={}, done=job.done + len(settled.changes))


def _do_here(job: JobView, local: LocalConnector, done: Round) -> None:
    """The effects and their record are one transaction: both happen, or neither."""
    limit = LOCAL_A_ROUND if job.attempts == 1 else local.declaration.batch
    due = taking.due(done.system_id, job.payload["lane"], limit, lock=True)
    for chunk in driving.chunks(due, local.declaration, 1):
        done.changes += _batch(local, chunk[0])
    crash.point("erasure.local")
    done.heard.answered = bool(done.changes)


def _batch(local: LocalConnector, batch: list[Due]) -> list[Change]:
    """All of a batch, or, where that fails, each by itself: one person's fault stops nobody."""
    try:
        with transaction.atomic():
            return _told(local, batch)
    except Exception as error:
        if len(batch) > 1:
            return [change for one in batch for change in _batch(local, [one])]
        log.warning("local_connector_fault", error=type(error).__name__)
        failed = error if isinstance(error, ConnectorError) else None
        again_later = failed or ConnectorError("connector_fault", retry=True)
        return [_counted(changes.after_error(_tried(batch[0]), again_later))]


def _told(local: LocalConnector, batch: list[Due]) -> list[Change]:
    """Tell, and look at once where there is no delay; what is told counts as a try."""
    how, first = local.declaration, batch[0]
    people = _people(batch)
    if first.phase in (Phase.PROBE, Phase.LATE):
        return list(driving.understood(batch, local.probe(first.verb, people), how))
    tried = [_tried(one) for one in batch]
    told = list(driving.understood(tried, local.tell(first.verb, people), how))
    if how.probe_after_seconds:
        return [_counted(one) for one in told]
    return [_counted(one) for one in _looked_at(local, told)]


def _looked_at(local: LocalConnector, told: list[Change]) -> list[Change]:
    """What says that it is done is looked at in the same breath."""
    confirmed = [one for one in told if one.state == "confirmed" and one.wait is not None]
    if not confirmed:
        return told
    batch = [replace(one.due, state="confirmed") for one in confirmed]
    found = local.probe(batch[0].verb, _people(batch))
    seen = {one.due.id: one for one in driving.understood(batch, found, local.declaration)}
    return [_both(one, seen[one.due.id]) if one.due.id in seen else one for one in told]


def _both(told: Change, seen: Change) -> Change:
    """One change for the word and the look."""
    return replace(
        seen, due=told.due, marks=(*told.marks, *seen.marks),
        evidence={**told.evidence, **seen.evidence}, reference=told.reference,
    )  # fmt: skip


def _tried(due: Due) -> Due:
    return replace(due, attempts=due.attempts + 1)


def _counted(change: Change) -> Change:
    return replace(change, tries=change.tries + 1)


def _people(batch: list[Due]) -> list[Person]:
    kept = sealing.opened({one.case_id for one in batch})
    nothing = sealing.Kept()
    return [_person(one, kept.get(one.case_id, nothing)) for one in batch]


def _person(one: Due, kept: sealing.Kept) -> Person:
    return one.person(kept.identifiers, kept.values if one.verb == Verb.CORRECT else {})
