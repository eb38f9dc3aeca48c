"""One line of the ledger for each choice: the rules it must meet and the state it leads to.

The verbs are in `choices` and `bulk`; this is how they write.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from consent import catalogue as catalogues
from consent import methods
from consent.catalogue import Catalogue, NoticeInForce, PurposeInForce
from consent.errors import (
    EventTimeError,
    ForbiddenMethodError,
    GiverNotVerifiedError,
    IllegalTransitionError,
    NoticeNotInForceError,
    UnknownMethodError,
)
from consent.services import messages
from consent.services.lines import (
    Choice,
    Current,
    LedgerLine,
    add_lines,
    current,
    lines_at,
    set_states,
    states_of,
)
from consent.transitions import AFFIRMATIVE, VALID, WISHES, State, is_legal, settle
from keys.ids import uuid7
from keys.problems import DomainError
from subjects import news
from subjects import selectors as subject_selectors
from subjects import services as subjects
from subjects.errors import SubjectErasedError, SubjectUnknownError

CLOCK_SKEW = timedelta(minutes=5)
ASKING = AFFIRMATIVE | {State.REQUESTED}
"""What begins or renews a use of data; everything else ends one or says no."""
LineKey = tuple[UUID, UUID, str, datetime]
NOBODY: Mapping[UUID, SubjectRef] = {}


@dataclass(slots=True)
class Writer:
    """Turns choices into lines against locked subjects, and stores all of them at once."""

    by: Actor
    controller_id: UUID
    now: datetime
    catalogue: Catalogue
    people: dict[UUID, SubjectRef]
    states: dict[tuple[UUID, UUID], Current]
    held: set[UUID]
    known: dict[LineKey, LedgerLine]
    erased: dict[UUID, set[str]]
    lines: list[LedgerLine] = field(default_factory=list)
    drafts: list[audit.Draft] = field(default_factory=list)
    touched: set[tuple[UUID, UUID]] = field(default_factory=set)
    ended: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        by: Actor,
        controller_id: UUID,
        choices: Sequence[Choice],
        new: Mapping[UUID, SubjectRef] = NOBODY,
    ) -> "Writer":
        """Lock and load. Of `new` people, added by this transaction, there is nothing to load."""
        ids = sorted({choice.subject_id for choice in choices} - new.keys())
        people = subjects.lock_many(controller_id, ids)
        states = states_of(controller_id, ids)
        imported = [one for one in choices if one.is_import and one.subject_id not in new]
        return cls(
            by, controller_id, timezone.now(), catalogues.in_force(controller_id),
            {**people, **new}, {(state.subject_id, state.purpose_id): state for state in states},
            {state.id for state in states}, _on_ledger(controller_id, imported),
            subject_selectors.erased_scopes(controller_id, ids) if imported else {},
        )  # fmt: skip

    def take(self, choice: Choice) -> LedgerLine | DomainError:
        try:
            return self._take(choice)
        except DomainError as error:
            return error

    def store(self) -> None:
        add_lines(self.lines)
        set_states([self.states[key] for key in sorted(self.touched)], self.held)
        audit.record_many(self.drafts)
        for (purpose, state), people in self.ended.items():
            news.permits_ended(
                controller_id=self.controller_id, subject_ids=people, reason=f"consent_{state}",
                scope_type=news.PURPOSE, scope=purpose,
            )  # fmt: skip
        messages.confirm(self.controller_id, self.lines, self.catalogue)

    def _take(self, choice: Choice) -> LedgerLine:
        person = self.people.get(choice.subject_id)
        if person is None:
            raise SubjectUnknownError
        purpose = self._purpose(choice)
        _check_method(choice)
        at = choice.event_at or self.now
        if choice.is_import and (found := self._imported_before(choice, purpose, at)):
            return found
        state = self.states.get((person.id, purpose.id))
        before = _state_now(state, self._moment(choice, at))
        after = settle(before, choice.state)
        self._check_step(choice, state, before, after, at)
        line = self._line(choice, purpose, state, after, at)
        self._add(line, state, purpose, before, person)
        return line

    def _imported_before(
        self, choice: Choice, purpose: PurposeInForce, at: datetime
    ) -> LedgerLine | None:
        """The line this very choice made when it was imported last time (CON-30).

        What would use the data of a person who is being erased is kept out from here on (P8).
        """
        for state in WISHES.get(choice.state, (choice.state,)):
            if found := self.known.get((choice.subject_id, purpose.id, state, at)):
                return found
        erased = self.erased.get(choice.subject_id)
        if erased and choice.state in ASKING and not erased.isdisjoint({"", purpose.code}):
            raise SubjectErasedError
        return None

    def _moment(self, choice: Choice, at: datetime) -> datetime | None:
        """When to ask what a step follows on: now; for an import, when the person chose.

        None for an expiry, which follows on what is written.
        """
        if choice.state is State.EXPIRED:
            return None
        return at if choice.is_import else self.now

    def _purpose(self, choice: Choice) -> PurposeInForce:
        """Whatever ends a consent is recorded even for a purpose that is closed."""
        found = self.catalogue.purposes.get(choice.purpose)
        if found and found.is_closed and choice.state not in ASKING:
            return found
        return self.catalogue.purpose(choice.purpose)

    def _check_step(
        self,
        choice: Choice,
        state: Current | None,
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
        if choice.is_import:
            return self._named_notice(choice)
        try:
            notice = self.catalogue.notice(choice.purpose, choice.notice_version, choice.language)
        except DomainError:
            if after in AFFIRMATIVE:
                raise NoticeNotInForceError from None
            return None, choice.language, ""
        language = choice.language or ("en" if "en" in notice.languages else "")
        return notice, language, notice.languages.get(language, "")

    def _named_notice(self, choice: Choice) -> tuple[NoticeInForce | None, str, str]:
        if choice.notice is None:
            return None, choice.language, ""
        notice = self.catalogue.named_notice(choice.purpose, *choice.notice)
        if choice.language and choice.language not in notice.languages:
            raise NoticeNotInForceError(field="notice_language")
        return notice, choice.language, notice.languages.get(choice.language, "")

    def _line(
        self,
        choice: Choice,
        purpose: PurposeInForce,
        state: Current | None,
        after: State,
        at: datetime,
    ) -> LedgerLine:
        notice, language, sha256 = self._notice(choice, after)
        return LedgerLine(
            uuid7(), self.controller_id, choice.subject_id, purpose.id,
            state.sequence + 1 if state else 1, after.value, at, self.now,
            _expiry(choice, purpose, after, at), purpose.version,
            notice.version_id if notice else choice.notice_version, language, sha256,
            choice.method, choice.channel, choice.given_by, choice.guardian_id,
            self._guardian_verified(choice), choice.is_explicit, choice.reason, self.by.type,
            self.by.id, json.dumps(choice.evidence) if choice.evidence else "{}",
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
        line: LedgerLine,
        state: Current | None,
        purpose: PurposeInForce,
        before: State,
        person: SubjectRef,
    ) -> None:
        key = (person.id, purpose.id)
        self.states[key] = state.after(line) if state else current(line)
        self.touched.add(key)
        self.lines.append(line)
        self.known[person.id, purpose.id, line.state, line.event_at] = line
        self.drafts.append(_draft(self.by, line, purpose.code, before, person))
        if state and state.state in VALID and line.state not in VALID:
            self.ended.setdefault((purpose.code, line.state), []).append(person.id)


def _on_ledger(controller_id: UUID, choices: Sequence[Choice]) -> dict[LineKey, LedgerLine]:
    """The lines at these very times of these people, so that an import can be repeated."""
    if not choices:
        return {}
    people = {choice.subject_id for choice in choices}
    times = {choice.event_at for choice in choices if choice.event_at}
    found = lines_at(controller_id, sorted(people), sorted(times))
    return {(one.subject_id, one.purpose_id, one.state, one.event_at): one for one in found}


def _draft(
    by: Actor, line: LedgerLine, purpose: str, before: State, person: SubjectRef
) -> audit.Draft:
    data = {
        "before": before.value, "state": line.state, "sequence": line.sequence,
        "event_at": audit.micros(line.event_at), "purpose_version": line.purpose_version,
        "notice_version": str(line.notice_version_id or ""), "language": line.language,
        "sha256": line.notice_sha256, "method": line.method, "channel": line.channel,
        "given_by": line.given_by,
    }  # fmt: skip
    return audit.Draft(
        event=f"consent:{line.state}", by=by, controller_id=line.controller_id,
        target=Target("consent_event", str(line.id)), subject=person,
        purpose=purpose, outcome=line.state, data=data,
    )  # fmt: skip


def _check_method(choice: Choice) -> None:
    if sentence := methods.FORBIDDEN.get(choice.method):
        raise ForbiddenMethodError(sentence)
    if choice.method not in methods.ACCEPTED:
        raise UnknownMethodError


def _state_now(state: Current | None, now: datetime | None) -> State:
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
