"""What officers do with steps: try again, except with a signature, accept evidence (P7)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from audit.canonical import canonical
from erasure.engine import gates, lanes, settling, waking
from erasure.engine.changes import Change
from erasure.errors_engine import (
    EvidenceMalformedError,
    ExceptionReasonError,
    StepEndedError,
    StepNotFailedError,
    StepUnknownError,
    SystemRestsNotError,
)
from erasure.models import CaseState, Duty, Mark, Marked, Step, StepState
from keys import services as keys
from registry import selectors as registry

__all__ = [
    "can_be_told", "except_failed", "except_step", "note_evidence", "note_evidence_of_failed",
    "open_gate", "retry_step", "retry_system",
]  # fmt: skip

REASON: Final = (10, 300)
MOST_EVIDENCE: Final = 20
MOST_AT_ONCE: Final = 500
STATEMENT: Final = "sammati/erasure-exception/v1"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VALUE: Final = re.compile(r"[A-Za-z0-9_.:/+\- ]{1,200}")


@transaction.atomic
def retry_step(*, by: Actor, controller_id: UUID, step_id: UUID) -> Step:
    """Have a failed step told again, under the same key and with as many tries again.

    Its system is tried at once, even if it rested; a party needs an address by now. Raises
    StepUnknownError, StepNotFailedError.
    """
    step = _locked(controller_id, step_id)
    if step.state != StepState.FAILED or not can_be_told(step):
        raise StepNotFailedError
    _retry(by, controller_id, step.system_id, Step.objects.filter(pk=step.pk))
    step.refresh_from_db()
    return step


@transaction.atomic
def retry_system(*, by: Actor, controller_id: UUID, system_id: UUID) -> int:
    """As `retry_step`, all that failed at one system; returns how many."""
    failed = Step.objects.filter(
        controller_id=controller_id, system_id=system_id, state=StepState.FAILED
    )
    return _retry(by, controller_id, system_id, failed)


@transaction.atomic
def open_gate(*, by: Actor, controller_id: UUID, system_id: UUID) -> None:
    """End a system's rest after failures: it is called now, since an officer knows it is well.

    Raises SystemRestsNotError.
    """
    now = timezone.now()
    if not gates.is_resting(controller_id, system_id, now):
        raise SystemRestsNotError
    gates.reopen(system_id)
    lanes.begin(system_id, now)
    audit.record(
        event="gate:opened", by=by, controller_id=controller_id,
        target=Target("system", str(system_id)),
    )  # fmt: skip


def can_be_told(step: Step) -> bool:
    """Whether somebody can be told at all: a system, or a party that gave an address."""
    return step.party_id is None or bool(registry.contacts([step.party_id]))


def _retry(by: Actor, controller_id: UUID, system_id: UUID | None, steps: QuerySet[Step]) -> int:
    now = timezone.now()
    number = steps.update(state=StepState.PLANNED, next_at=now, code="")
    if number and system_id:
        gates.reopen(system_id)
        lanes.begin(system_id, now)
    if number:
        audit.record(
            event="step:retried", by=by, controller_id=controller_id,
            target=Target("system", str(system_id or "")), data={"number": number},
        )  # fmt: skip
    return number


@transaction.atomic
def except_step(*, by: Actor, controller_id: UUID, step_id: UUID, reason: str) -> Step:
    """End a step by an officer's exception, signed over its facts by the installation's key.

    The certificate shows the reason as it is. Raises StepUnknownError, StepEndedError,
    ExceptionReasonError.
    """
    text = _reason(reason)
    step, now = _unended(controller_id, step_id), timezone.now()
    _except(by, step, text, now)
    waking.begin(waking.wake(controller_id, {step.case_id}, now), now)
    return step


@transaction.atomic
def except_failed(
    *, by: Actor, controller_id: UUID, system_id: UUID, verb: str, code: str, reason: str
) -> int:
    """As `except_step`, what failed at a system from one cause: the oldest `MOST_AT_ONCE`.

    Returns how many; each has its own signature and entry. Raises ExceptionReasonError.
    """
    text, now = _reason(reason), timezone.now()
    steps = _failed_from(controller_id, system_id, verb, code)
    for step in steps:
        _except(by, step, text, now)
    cases = {step.case_id for step in steps}
    if cases:
        waking.begin(waking.wake(controller_id, cases, now), now)
    return len(steps)


def _failed_from(controller_id: UUID, system_id: UUID, verb: str, code: str) -> list[Step]:
    """The oldest steps of one cause, locked."""
    rows = Step.objects.select_for_update(of=("self",)).filter(
        controller_id=controller_id, system_id=system_id, verb=verb, code=code,
        state=StepState.FAILED, ended_at=None, case__state=CaseState.RUNNING,
    )  # fmt: skip
    return list(rows.order_by("id")[:MOST_AT_ONCE])


def _reason(given: str) -> str:
    text = given.strip()
    if not REASON[0] <= len(text) <= REASON[1]:
        raise ExceptionReasonError
    return text


def _except(by: Actor, step: Step, text: str, now: datetime) -> None:
    was = str(step.state)
    step.state, step.excepted_by, step.excepted_reason = StepState.EXCEPTED, by.id, text
    step.ended_at, step.next_at, step.code = now, None, ""
    step.evidence = {**step.evidence, "exception": {"was": was, "at": now.isoformat()}}
    signed = {**step.evidence["exception"], **_signature(exception_bytes(step))}
    step.evidence = {**step.evidence, "exception": signed}
    step.save()
    _mark(step, Marked.EXCEPTED, now, {"exception": signed})
    _entry(by, step, "step:excepted", {"was": was})


def exception_bytes(step: Step) -> bytes:
    """What an exception's signature is over, from the step's own row: for whoever verifies it."""
    signed = step.evidence["exception"]
    return canonical({
        "statement": STATEMENT, "step": str(step.id), "case": str(step.case_id),
        "at_system": str(step.system_id or step.party_id), "round": step.round,
        "was": signed["was"], "by": step.excepted_by, "reason": step.excepted_reason,
        "at": signed["at"],
    })  # fmt: skip


def _signature(text: bytes) -> dict[str, str | int]:
    made = keys.sign(text)
    return {"signature": made.value.hex(), "key_id": made.key_id, "key_version": made.version}


@transaction.atomic
def note_evidence(
    *, by: Actor, controller_id: UUID, step_id: UUID, evidence: Mapping[str, str | int]
) -> Step:
    """End a step by evidence that somebody showed and `by` accepted: it was done there.

    For systems that cannot be looked at. What was to be told to somebody who decides for
    themselves ends as confirmed, everything else as absent. Whether a second person is needed is
    the caller's. Raises StepUnknownError, StepEndedError, EvidenceMalformedError.
    """
    _check(evidence)
    step = _unended(controller_id, step_id)
    _note_shown(by, controller_id, step.system_id or step.party_id or step.id, [step], evidence)
    step.refresh_from_db()
    return step


@transaction.atomic
def note_evidence_of_failed(  # noqa: PLR0913 (which steps, and what was shown)
    *,
    by: Actor,
    controller_id: UUID,
    system_id: UUID,
    verb: str,
    code: str,
    evidence: Mapping[str, str | int],
) -> int:
    """As `note_evidence`, what failed at a system from one cause: the oldest `MOST_AT_ONCE`.

    One list or letter shows it of all of them. Returns how many. Raises EvidenceMalformedError.
    """
    _check(evidence)
    steps = _failed_from(controller_id, system_id, verb, code)
    _note_shown(by, controller_id, system_id, steps, evidence)
    return len(steps)


def _note_shown(
    by: Actor,
    controller_id: UUID,
    about: UUID,
    steps: Sequence[Step],
    evidence: Mapping[str, str | int],
) -> None:
    now, shown = timezone.now(), {"shown": {**evidence, "by": by.id}}
    settled = settling.settle(
        controller_id=controller_id, about=about, now=now,
        changes=[_shown(step, shown) for step in steps],
    )  # fmt: skip
    waking.begin(settled.woken, now)
    for step in steps:
        _entry(by, step, "step:evidenced", {"was": str(step.state)})


def _shown(step: Step, evidence: Mapping[str, Any]) -> Change:
    end = StepState.CONFIRMED if step.duty == Duty.INFORM else StepState.ABSENT
    due = settling.taken(step)
    return Change(due=due, state=end.value, marks=(end.value,), evidence=evidence)


def _check(evidence: Mapping[str, str | int]) -> None:
    held = 0 < len(evidence) <= MOST_EVIDENCE and all(
        _NAME.fullmatch(name) and _is_code(value) for name, value in evidence.items()
    )
    if not held:
        raise EvidenceMalformedError


def _is_code(value: object) -> bool:
    return type(value) is int or (isinstance(value, str) and bool(_VALUE.fullmatch(value)))


def _locked(controller_id: UUID, step_id: UUID) -> Step:
    rows = Step.objects.select_for_update(of=("self",)).filter(controller_id=controller_id)
    step = rows.filter(pk=step_id).first()
    if step is None:
        raise StepUnknownError
    return step


def _unended(controller_id: UUID, step_id: UUID) -> Step:
    step = _locked(controller_id, step_id)
    if step.ended_at is not None or step.case.state != CaseState.RUNNING:
        raise StepEndedError
    return step


def _mark(step: Step, kind: Marked, now: datetime, evidence: dict[str, Any]) -> None:
    Mark.objects.create(
        controller_id=step.controller_id, step=step, round=step.round, kind=kind,
        attempt=step.attempts, at=now, evidence=evidence,
    )  # fmt: skip


def _entry(by: Actor, step: Step, event: str, data: dict[str, Any]) -> None:
    audit.record(
        event=event, by=by, controller_id=step.controller_id,
        target=Target("erasure_step", str(step.id)), data={"case": str(step.case_id), **data},
    )  # fmt: skip
