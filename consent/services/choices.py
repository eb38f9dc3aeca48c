"""Recording what people choose: one line of the ledger, the state it leads to, the audit entry."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from consent import catalogue as catalogues
from consent import methods
from consent.catalogue import Catalogue, NoticeInForce, PurposeInForce
from consent.errors import (
    ConsentMissingError,
    EventTimeError,
    ForbiddenMethodError,
    GiverNotVerifiedError,
    IllegalTransitionError,
    NoticeNotInForceError,
    PurposeUnknownError,
    UnknownMethodError,
)
from consent.models import ConsentEvent, ConsentState
from consent.transitions import AFFIRMATIVE, VALID, State, is_legal, settle
from keys.ids import uuid7
from keys.problems import DomainError
from subjects import selectors as subject_selectors
from subjects import services as subjects
from subjects.errors import SubjectUnknownError

CLOCK_SKEW = timedelta(minutes=5)
STATE_FIELDS = (
    "event_id", "sequence", "state", "since_at", "expires_at", "purpose_version",
    "notice_version_id", "language", "is_explicit", "is_provable", "given_by", "guardian_verified",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one person chose about one purpose, and how that is known (CON-13).

    `notice_version` None means the notice in force now; `language` the words that were shown.
    """

    subject_id: UUID
    purpose: str
    state: State
    method: str
    channel: str = ""
    event_at: datetime | None = None
    expires_at: datetime | None = None
    notice_version: UUID | None = None
    language: str = ""
    given_by: str = "principal"
    guardian_id: UUID | None = None
    guardian_verification: str = ""
    is_explicit: bool = False
    is_import: bool = False
    reason: str = ""
    evidence: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def record(*, by: Actor, controller_id: UUID, choice: Choice) -> ConsentEvent:
    """Record one choice; the next check sees it.

    Raises PurposeUnknownError, PurposeClosedError, NoticeNotInForceError, ForbiddenMethodError,
    UnknownMethodError, IllegalTransitionError, EventTimeError, GiverNotVerifiedError,
    SubjectUnknownError; then nothing was recorded.
    """
    outcome = record_many(by=by, controller_id=controller_id, choices=[choice])[0]
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


@transaction.atomic
def record_many(
    *, by: Actor, controller_id: UUID, choices: Sequence[Choice]
) -> list[ConsentEvent | DomainError]:
    """Record choices in order. Each has its event, or the error that kept it out; the rest stand.

    An import's choice that is on the ledger already gives the event that is there.
    """
    writer = _Writer.open(by, controller_id, choices)
    outcomes = [writer.take(choice) for choice in choices]
    writer.store()
    return outcomes


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
) -> ConsentEvent:
    """Withdraw a consent (DPDP s.6(4); GDPR Art 7(3)). Withdrawing twice gives the first event.

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
    if state.state == State.WITHDRAWN:
        return ConsentEvent.objects.get(pk=state.event_id)
    choice = Choice(
        subject_id=subject_id, purpose=purpose, state=State.WITHDRAWN, method=method,
        channel=channel, reason=reason, language=state.language,
        notice_version=state.notice_version_id,
    )  # fmt: skip
    return record(by=by, controller_id=controller_id, choice=choice)


@transaction.atomic
def withdraw_all(
    *, by: Actor, controller_id: UUID, subject_id: UUID, method: str, channel: str = ""
) -> list[ConsentEvent]:
    """Withdraw every consent that runs; returns the events, none when nothing ran."""
    subjects.lock(controller_id, subject_id)
    running = ConsentState.objects.filter(
        controller_id=controller_id, subject_id=subject_id, state__in=VALID
    ).select_related("purpose")
    return [
        withdraw(
            by=by, controller_id=controller_id, subject_id=subject_id, purpose=state.purpose.code,
            method=method, channel=channel,
        )
        for state in running.order_by("purpose__code")
    ]  # fmt: skip


def expire_due(*, limit: int = 500) -> int:
    """Write the ledger line of consents whose time has ended; reads see them expired anyway."""
    now = timezone.now()
    due = ConsentState.objects.filter(state__in=VALID, expires_at__lte=now)
    rows = list(due.select_related("purpose").order_by("expires_at", "id")[:limit])
    by_controller: dict[UUID, list[Choice]] = {}
    for row in rows:
        choice = Choice(
            subject_id=row.subject_id, purpose=row.purpose.code, state=State.EXPIRED, method="api",
            language=row.language, notice_version=row.notice_version_id, event_at=row.expires_at,
        )  # fmt: skip
        by_controller.setdefault(row.controller_id, []).append(choice)
    for controller_id, choices in by_controller.items():
        record_many(by=Actor.system("keeper"), controller_id=controller_id, choices=choices)
    return len(rows)


@dataclass(slots=True)
class _Writer:
    """Turns choices into lines against locked subjects, and stores all of them in four statements."""

    by: Actor
    controller_id: UUID
    now: datetime
    catalogue: Catalogue
    people: dict[UUID, SubjectRef]
    states: dict[tuple[UUID, UUID], ConsentState]
    known: dict[tuple[UUID, UUID, str, datetime], ConsentEvent]
    events: list[ConsentEvent] = field(default_factory=list)
    drafts: list[audit.Draft] = field(default_factory=list)
    touched: set[tuple[UUID, UUID]] = field(default_factory=set)

    @classmethod
    def open(cls, by: Actor, controller_id: UUID, choices: Sequence[Choice]) -> "_Writer":
        ids = sorted({choice.subject_id for choice in choices})
        people = subjects.lock_many(controller_id, ids)
        states = ConsentState.objects.filter(controller_id=controller_id, subject_id__in=ids)
        known: dict[tuple[UUID, UUID, str, datetime], ConsentEvent] = {}
        if any(choice.is_import for choice in choices):
            events = ConsentEvent.objects.filter(controller_id=controller_id, subject_id__in=ids)
            known = {(e.subject_id, e.purpose_id, e.state, e.event_at): e for e in events}
        return cls(
            by, controller_id, timezone.now(), catalogues.in_force(controller_id), people,
            {(state.subject_id, state.purpose_id): state for state in states}, known,
        )  # fmt: skip

    def take(self, choice: Choice) -> ConsentEvent | DomainError:
        try:
            return self._take(choice)
        except DomainError as error:
            return error

    def store(self) -> None:
        ConsentEvent.objects.bulk_create(self.events)
        ConsentState.objects.bulk_create(
            [self.states[key] for key in sorted(self.touched)],
            update_conflicts=True,
            unique_fields=["subject", "purpose"],
            update_fields=list(STATE_FIELDS),
        )
        audit.record_many(self.drafts)

    def _take(self, choice: Choice) -> ConsentEvent:
        person = self.people.get(choice.subject_id)
        if person is None:
            raise SubjectUnknownError
        purpose = self._purpose(choice)
        _check_method(choice)
        state = self.states.get((person.id, purpose.id))
        before = _state_now(state, None if choice.state is State.EXPIRED else self.now)
        after = settle(before, choice.state)
        at = choice.event_at or self.now
        if choice.is_import and (found := self.known.get((person.id, purpose.id, after, at))):
            return found
        self._check_step(choice, state, before, after, at)
        notice, language, sha256 = self._notice(choice, after)
        event = self._event(choice, purpose, state, after, at)
        event.notice_version_id = notice.version_id if notice else choice.notice_version
        event.language, event.notice_sha256 = language, sha256
        self._add(event, purpose, before, person)
        return event

    def _purpose(self, choice: Choice) -> PurposeInForce:
        """Whatever ends a consent is recorded even for a purpose that is closed."""
        found = self.catalogue.purposes.get(choice.purpose)
        if found and found.is_closed and choice.state not in AFFIRMATIVE | {State.REQUESTED}:
            return found
        return self.catalogue.purpose(choice.purpose)

    def _check_step(
        self,
        choice: Choice,
        state: ConsentState | None,
        before: State,
        after: State,
        at: datetime,
    ) -> None:
        if not is_legal(before, after, first_import=choice.is_import):
            raise IllegalTransitionError
        if at > self.now + CLOCK_SKEW or (state is not None and at < state.since_at):
            raise EventTimeError

    def _notice(self, choice: Choice, after: State) -> tuple[NoticeInForce | None, str, str]:
        """The words the person saw. Only a yes needs them; an import may lack them (unprovable)."""
        try:
            notice = self.catalogue.notice(choice.purpose, choice.notice_version, choice.language)
        except DomainError:
            if after in AFFIRMATIVE and not choice.is_import:
                raise NoticeNotInForceError from None
            return None, choice.language, ""
        if choice.is_import and not (choice.notice_version and choice.language):
            return None, choice.language, ""
        language = choice.language or ("en" if "en" in notice.languages else "")
        return notice, language, notice.languages.get(language, "")

    def _event(
        self,
        choice: Choice,
        purpose: PurposeInForce,
        state: ConsentState | None,
        after: State,
        at: datetime,
    ) -> ConsentEvent:
        return ConsentEvent(
            id=uuid7(), controller_id=self.controller_id, subject_id=choice.subject_id,
            purpose_id=purpose.id, sequence=(state.sequence if state else 0) + 1, state=after.value,
            event_at=at, recorded_at=self.now, expires_at=_expiry(choice, purpose, after, at),
            purpose_version=purpose.version, method=choice.method, channel=choice.channel,
            given_by=choice.given_by, guardian_id=choice.guardian_id,
            guardian_verified=self._guardian_verified(choice), is_explicit=choice.is_explicit,
            reason=choice.reason, actor_type=self.by.type, actor_id=self.by.id,
            evidence=choice.evidence,
        )  # fmt: skip

    def _guardian_verified(self, choice: Choice) -> bool:
        if choice.given_by not in {"parent", "guardian"}:
            return False
        if choice.is_import:
            return bool(choice.guardian_verification)
        if choice.guardian_id is None:
            return False
        verified = subject_selectors.is_verified_guardian(
            self.controller_id, choice.guardian_id, choice.subject_id
        )
        if not verified:
            raise GiverNotVerifiedError
        return True

    def _add(
        self,
        event: ConsentEvent,
        purpose: PurposeInForce,
        before: State,
        person: SubjectRef,
    ) -> None:
        key = (person.id, purpose.id)
        state = self.states.get(key) or ConsentState(
            controller_id=self.controller_id, subject_id=person.id, purpose_id=purpose.id
        )
        state.event_id, state.since_at = event.id, event.event_at
        for name in STATE_FIELDS[4:] + ("sequence", "state"):
            if name != "is_provable":
                setattr(state, name, getattr(event, name))
        state.is_provable = bool(event.notice_sha256 and event.language and event.method)
        self.states[key] = state
        self.touched.add(key)
        self.events.append(event)
        self.known[person.id, purpose.id, event.state, event.event_at] = event
        self.drafts.append(_draft(self.by, event, purpose.code, before, person))


def _draft(
    by: Actor, event: ConsentEvent, purpose: str, before: State, person: SubjectRef
) -> audit.Draft:
    data = {
        "before": before.value, "state": event.state, "sequence": event.sequence,
        "event_at": audit.micros(event.event_at), "purpose_version": event.purpose_version,
        "notice_version": str(event.notice_version_id or ""), "language": event.language,
        "sha256": event.notice_sha256, "method": event.method, "channel": event.channel,
        "given_by": event.given_by,
    }  # fmt: skip
    return audit.Draft(
        event=f"consent:{event.state}", by=by, controller_id=event.controller_id,
        target=Target("consent_event", str(event.id)), subject=person,
        purpose=purpose, outcome=event.state, data=data,
    )  # fmt: skip


def _check_method(choice: Choice) -> None:
    if sentence := methods.FORBIDDEN.get(choice.method):
        raise ForbiddenMethodError(sentence)
    if choice.method not in methods.ACCEPTED:
        raise UnknownMethodError


def _state_now(state: ConsentState | None, now: datetime | None) -> State:
    """The state at `now`: expired where its time has ended although nobody wrote that yet.

    Without `now` the state as written, which is what an expiry follows on.
    """
    if state is None:
        return State.UNKNOWN
    current = State(state.state)
    if now and current in VALID and state.expires_at and state.expires_at <= now:
        return State.EXPIRED
    return current


def _expiry(choice: Choice, purpose: PurposeInForce, after: State, at: datetime) -> datetime | None:
    if after not in VALID:
        return None
    if choice.expires_at or purpose.valid_days is None:
        return choice.expires_at
    return at + timedelta(days=purpose.valid_days)
