"""Recording what people choose, one at a time or a few."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from consent import catalogue as catalogues
from consent.errors import ConsentMissingError, PurposeUnknownError
from consent.models import ConsentEvent, ConsentState
from consent.services.lines import Choice, LedgerLine
from consent.services.writing import Writer
from consent.transitions import NO, VALID, State
from keys.problems import DomainError
from subjects import services as subjects

ONE_ACT = timedelta(seconds=10)
"""A second click, or a retry of a program, is no second act."""


@transaction.atomic
def record(*, by: Actor, controller_id: UUID, choice: Choice) -> ConsentEvent:
    """Record one choice; the next check sees it.

    One that is older than what is on the ledger already takes its place in the order; one that
    was delivered before gives the event that is there. Raises PurposeUnknownError,
    PurposeClosedError, NoticeNotInForceError, ForbiddenMethodError, UnknownMethodError,
    UnknownGiverError, GiverMayNotError, GiverLacksError, GiverNotVerifiedError,
    UnknownChannelError, EvidenceError, ScopeTooNarrowError, IllegalTransitionError,
    EventTimeError, SubjectUnknownError; then nothing was recorded.
    """
    return record_by(Writer.open(by, controller_id, [choice]), choice).event()


def record_by(writer: Writer, choice: Choice) -> LedgerLine:
    """Record one choice about a person whom this writer holds; raises as `record`."""
    writer.read_ledger(writer.late([choice]))
    outcome = writer.take(choice)
    if isinstance(outcome, DomainError):
        raise outcome
    writer.store()
    return outcome


@transaction.atomic
def record_many(
    *, by: Actor, controller_id: UUID, choices: Sequence[Choice]
) -> list[ConsentEvent | DomainError]:
    """Record choices in order. Each has its event, or the error that kept it out; the rest stand.

    A choice with its own time that is on the ledger already gives the event that is there.
    """
    return _recorded(by, controller_id, choices)


def _recorded(
    by: Actor, controller_id: UUID, choices: Sequence[Choice]
) -> list[ConsentEvent | DomainError]:
    """In the caller's transaction."""
    writer = Writer.open(by, controller_id, choices)
    outcomes = [writer.take(choice) for choice in choices]
    writer.store()
    return [one if isinstance(one, DomainError) else one.event() for one in outcomes]


@transaction.atomic
def withdraw(  # noqa: PLR0913 (what a withdrawal may say)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    purpose: str,
    method: str,
    channel: str = "",
    reason: str = "",
    given_by: str = "principal",
    evidence: Mapping[str, str] | None = None,
) -> ConsentEvent:
    """Withdraw a consent (DPDP s.6(4); GDPR Art 7(3)). Withdrawing twice gives the first event.

    A later repetition is on the ledger too: it outlives a yes of the time between that comes late.

    Raises ConsentMissingError where there never was a record, IllegalTransitionError where none
    runs, PurposeUnknownError, SubjectUnknownError, UnknownMethodError.
    """
    subjects.lock(controller_id, subject_id)
    known = catalogues.in_force(controller_id).purposes.get(purpose)
    state = ConsentState.objects.filter(
        controller_id=controller_id, subject_id=subject_id, purpose__code=purpose
    ).first()
    if state is None:
        raise ConsentMissingError if known else PurposeUnknownError
    choice = Choice(
        subject_id=subject_id, purpose=purpose, state=State.WITHDRAWN, method=method,
        channel=channel, reason=reason, language=state.language,
        notice_version=state.notice_version_id, given_by=given_by, evidence=dict(evidence or {}),
    )  # fmt: skip
    return withdraw_from(by=by, state=state, choice=choice)


def withdraw_from(*, by: Actor, state: ConsentState, choice: Choice) -> ConsentEvent:
    """Record a withdrawal of the consent whose state this is, the person being locked.

    Of a consent that is withdrawn already the first event; what is repeated within moments is one
    act. Raises as `record`.
    """
    if state.state != State.WITHDRAWN:
        return record(by=by, controller_id=state.controller_id, choice=choice)
    if timezone.now() - state.latest_at > ONE_ACT:
        record(by=by, controller_id=state.controller_id, choice=choice)
    return ConsentEvent.objects.get(pk=state.event_id)


@transaction.atomic
def withdraw_all(
    *, by: Actor, controller_id: UUID, subject_id: UUID, method: str, channel: str = ""
) -> list[ConsentEvent]:
    """Withdraw every consent that runs; returns the events, none when nothing ran.

    Where the person said no before, they say so again: it outlives a yes that comes late.
    """
    subjects.lock(controller_id, subject_id)
    answered = ConsentState.objects.filter(
        controller_id=controller_id, subject_id=subject_id, state__in=VALID | NO
    ).select_related("purpose")
    ordered = list(answered.order_by("purpose__code"))
    for state in ordered:
        if state.state in NO and timezone.now() - state.latest_at > ONE_ACT:
            _say_no(by, state, method, channel)
    return [
        withdraw(
            by=by, controller_id=controller_id, subject_id=subject_id, purpose=state.purpose.code,
            method=method, channel=channel,
        )
        for state in ordered
        if state.state in VALID
    ]  # fmt: skip


def _say_no(by: Actor, state: ConsentState, method: str, channel: str) -> None:
    choice = Choice(
        subject_id=state.subject_id, purpose=state.purpose.code, state=State.REFUSED,
        method=method, channel=channel, language=state.language,
        notice_version=state.notice_version_id,
    )  # fmt: skip
    record(by=by, controller_id=state.controller_id, choice=choice)


def expire_due(*, limit: int = 500) -> int:
    """Write the ledger line of consents whose time has ended; reads see them expired anyway.

    Returns how many were written, at most `limit`.
    """
    now = timezone.now()
    due = ConsentState.objects.filter(state__in=VALID, expires_at__lte=now)
    rows = list(due.select_related("purpose").order_by("expires_at", "id")[:limit])
    by_controller: dict[UUID, list[Choice]] = {}
    for row in rows:
        choice = Choice(
            subject_id=row.subject_id, purpose=row.purpose.code, state=State.EXPIRED, method="api",
            language=row.language, notice_version=row.notice_version_id,
            event_at=max(row.expires_at or now, row.since_at),
        )  # fmt: skip
        by_controller.setdefault(row.controller_id, []).append(choice)
    keeper, written = Actor.system("keeper"), 0
    for controller_id, choices in by_controller.items():
        outcomes = record_many(by=keeper, controller_id=controller_id, choices=choices)
        written += sum(not isinstance(one, DomainError) for one in outcomes)
    return written
