"""The verbs of replay and rehearsal: each is recorded, with who and why."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from policies.rehearsal import parts, selectors
from policies.rehearsal.comparing import Flow
from policies.rehearsal.errors import (
    NothingToRehearseError,
    NotRunningError,
    PeriodError,
    ShadowRunsError,
)
from policies.rehearsal.models import Kind, Rehearsal, RehearsalPart, RehearsalState
from policies.rehearsal.parts import Part
from policies.rehearsal.selectors import Replayed
from policies.rehearsal.tally import Tally
from policies.versions import selectors as versions
from policies.versions import services as policy
from policies.versions.errors import NotADraftError, NotRehearsedError, RulesRefusedError
from policies.versions.models import PolicyVersion
from subjects import selectors as subjects
from subjects.services import ref
from work import services as work

KIND: Final = "policies.rehearse"
OPERATOR: Final = Actor("system", "replay")
REHEARSER: Final = Actor("system", "rehearsal")
MOST: Final = timedelta(days=400)
MOST_SHADOW_DAYS: Final = 30
MOST_PART_BYTES: Final = 20_000_000
"""A part's list of flips ends here; its counts go on."""


@transaction.atomic
def look(*, decision_id: UUID, person_id: UUID | None = None) -> Replayed | Part | None:
    """Make one decision again for whoever runs this installation; the look is recorded (P11).

    Of a part of an audience the decision about `person_id`, or all of it.
    """
    logs = list(accounts.controllers().values_list("id", flat=True))
    found: Replayed | Part | None = selectors.replayed(logs, decision_id)
    if found is None and person_id is None:
        found = parts.part(logs, decision_id)
    elif found is None and person_id is not None:
        found = parts.replayed(logs, decision_id, person_id)
    if found is not None:
        people = _person(found) if isinstance(found, Replayed) else []
        audit.record_read(
            by=OPERATOR, controller_id=found.controller_id,
            target=Target("decision", str(found.id)), subjects=people, data={},
        )  # fmt: skip
    return found


def _person(found: Replayed) -> list[SubjectRef]:
    """Also somebody who is gone is named, by what is left of them."""
    if found.subject_id is None:
        return []
    known = subjects.in_bulk(found.controller_id, [found.subject_id]).get(found.subject_id)
    return [ref(known) if known else SubjectRef(found.subject_id, None)]


@transaction.atomic
def start(*, by: Actor, controller_id: UUID, since: datetime, until: datetime) -> Rehearsal:
    """Rehearse the controller's draft over the decisions recorded between two times.

    It is compared with the version in force now. Raises NothingToRehearseError, PeriodError, and
    RulesRefusedError where its rules cannot stand together.
    """
    now = timezone.now()
    until = min(until, now)
    if not until - MOST <= since < until:
        raise PeriodError
    active = versions.in_force(controller_id, now)
    return _begun(by, controller_id, Kind.PERIOD, (since, until), active)


@transaction.atomic
def start_shadow(*, by: Actor, controller_id: UUID, days: int) -> Rehearsal:
    """Judge live traffic by the draft as well, for some days; nobody is answered by it.

    Raises as `start`, and ShadowRunsError.
    """
    if not 1 <= days <= MOST_SHADOW_DAYS:
        raise PeriodError
    running = Rehearsal.objects.filter(
        controller_id=controller_id, kind=Kind.SHADOW, state=RehearsalState.RUNNING
    )
    if running.exists():
        raise ShadowRunsError
    now = timezone.now()
    return _begun(by, controller_id, Kind.SHADOW, (now, now + timedelta(days=days)), None)


@transaction.atomic
def stop(*, by: Actor, rehearsal: Rehearsal) -> Rehearsal:
    """End a rehearsal before its time; what was counted stays. Raises NotRunningError."""
    found = Rehearsal.objects.select_for_update().get(id=rehearsal.id)
    if found.state != RehearsalState.RUNNING:
        raise NotRunningError
    _end(found, RehearsalState.STOPPED)
    _record("rehearsal:stopped", by, found, {})
    return found


@transaction.atomic
def take_flips(*, by: Actor, rehearsal: Rehearsal) -> Iterator[bytes]:
    """The list of flips as CSV, recorded as taken before it is handed out."""
    _record("rehearsal:taken", by, rehearsal, {})
    return selectors.flips(rehearsal)


def keep(*, rehearsal_id: UUID, number: int, tally: Tally, flips: bytes, counters: bytes) -> bool:
    """Keep what a step counted, in the transaction that ends the step; False: it was stopped."""
    found = Rehearsal.objects.select_for_update().get(id=rehearsal_id)
    if found.state != RehearsalState.RUNNING:
        return False
    if tally.examined or tally.skipped or tally.unreadable:
        _keep_part(found, number, tally, flips)
    found.examined += tally.examined
    found.newly_denied += tally.of(Flow.NEWLY_DENIED)
    found.newly_permitted += tally.of(Flow.NEWLY_PERMITTED)
    found.counters = counters
    found.save(update_fields=["examined", "newly_denied", "newly_permitted", "counters"])
    return True


def finish(*, rehearsal_id: UUID) -> None:
    """Record the end, and at the draft that it was rehearsed, if it is still what was rehearsed."""
    found = Rehearsal.objects.select_for_update().get(id=rehearsal_id)
    _end(found, RehearsalState.FINISHED)
    data = {
        "examined": found.examined, "newly_denied": found.newly_denied,
        "newly_permitted": found.newly_permitted,
    }  # fmt: skip
    if found.kind == Kind.PERIOD:
        data["counts_for_draft"] = _note_rehearsed(found)
    _record("rehearsal:finished", REHEARSER, found, data)


def _begun(
    by: Actor, controller_id: UUID, kind: Kind, period: tuple[datetime, datetime],
    active: PolicyVersion | None,
) -> Rehearsal:  # fmt: skip
    draft = versions.draft(controller_id)
    if draft is None:
        raise NothingToRehearseError
    policy.refuse_faults(draft)
    made = Rehearsal.objects.create(
        controller_id=controller_id, kind=kind, version_id=draft.id,
        version_number=draft.number, sha256=draft.sha256, changed_at=draft.changed_at,
        rules=draft.rules,
        active_number=active.number if active else 0, active_rules=active.rules if active else [],
        requested_by=by.id, created_at=timezone.now(), since_at=period[0], until_at=period[1],
    )  # fmt: skip
    _record("rehearsal:started", by, made, {"kind": str(kind), "sha256": made.sha256})
    work.enqueue(
        kind=KIND, controller_id=controller_id, payload={"rehearsal": str(made.id)},
        dedupe_key=str(made.id),
    )  # fmt: skip
    return made


def _note_rehearsed(of: Rehearsal) -> bool:
    """Whether the draft is still the one that was rehearsed; only then does it count for it."""
    draft = versions.draft(of.controller_id)
    if draft is None or draft.id != of.version_id:
        return False
    draft.sha256, draft.changed_at = of.sha256, of.changed_at
    try:
        policy.note_rehearsed(by=REHEARSER, version=draft, job_id=of.id)
    except (NotADraftError, NotRehearsedError, RulesRefusedError):
        return False
    return True


def _keep_part(found: Rehearsal, number: int, tally: Tally, flips: bytes) -> None:
    """In the shadow a part holds an hour: a month of it has hundreds of parts, not thousands."""
    if found.kind == Kind.SHADOW:
        number = int((timezone.now() - found.since_at).total_seconds() // 3600)
    part = RehearsalPart.objects.filter(rehearsal=found, number=number).first()
    if part is None:
        part = RehearsalPart(controller_id=found.controller_id, rehearsal=found, number=number)
    else:
        earlier = Tally.of_dict(part.counted)
        earlier.add(tally)
        tally = earlier
    part.counted = tally.as_dict()
    if len(part.flips) < MOST_PART_BYTES:
        part.flips = bytes(part.flips) + flips
    part.save()


def _end(found: Rehearsal, state: RehearsalState) -> None:
    found.state, found.ended_at, found.counters = state, timezone.now(), b""
    found.save(update_fields=["state", "ended_at", "counters"])


def _record(event: str, by: Actor, of: Rehearsal, data: dict[str, Any]) -> None:
    audit.record(
        event=event, by=by, controller_id=of.controller_id, target=Target("rehearsal", str(of.id)),
        data={"version": of.version_number, **data},
    )  # fmt: skip
