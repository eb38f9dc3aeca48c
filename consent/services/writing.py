"""One line of the ledger for each choice: the rules it must meet and the state it leads to.

The verbs are in `choices` and `bulk`; this is how they write.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from consent import catalogue as catalogues
from consent.catalogue import Catalogue, NoticeInForce, PurposeInForce
from consent.errors import (
    EventTimeError,
    GiverNotVerifiedError,
    IllegalTransitionError,
    NoticeNotInForceError,
)
from consent.services import messages, outgoing, storing
from consent.services.acting import check_act, evidence_of
from consent.services.folding import Place, before, fold, happened_at, place, same, state_at
from consent.services.lines import (
    Choice,
    Current,
    LedgerLine,
    current,
    lines_of,
    standing,
    states_of,
)
from consent.transitions import AFFIRMATIVE, VALID, State, is_legal, protection, settle
from keys.ids import uuid7
from keys.problems import DomainError
from subjects import family, news, returning
from subjects import selectors as subject_selectors
from subjects import services as subjects
from subjects.errors import SubjectErasedError, SubjectUnknownError

CLOCK_SKEW = timedelta(minutes=5)
ASKING = AFFIRMATIVE | {State.REQUESTED}
"""What begins or renews a use of data; everything else ends one or says no."""
NEWEST = datetime.max.replace(tzinfo=UTC)
TICK = timedelta(microseconds=1)
NOBODY: Mapping[UUID, SubjectRef] = {}


class Moment(msgspec.Struct, frozen=True):
    """When a choice was made and learnt of, and what stood then.

    `known` are the lines of its person and purpose, wherever some of them may be later; where all
    are earlier they are not read, and `stood` is simply the present state.
    """

    at: datetime
    recorded_at: datetime
    stood: Current | None
    known: list[LedgerLine] = []  # each has its own

    @property
    def happened_at(self) -> datetime:
        return happened_at(self.at, self.recorded_at)

    def seen_at(self, choice: Choice) -> datetime:
        """Of which time the words and the purpose are: without a time of its own, the newest."""
        return self.happened_at if choice.event_at else NEWEST


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
    ledger: dict[UUID, list[LedgerLine]]
    erased: dict[UUID, set[str]]
    returned: dict[UUID, datetime]
    lines: list[LedgerLine] = field(default_factory=list)
    drafts: list[audit.Draft] = field(default_factory=list)
    touched: dict[tuple[UUID, UUID], Current] = field(default_factory=dict)
    ended: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)
    changes: list[outgoing.Told] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        by: Actor,
        controller_id: UUID,
        choices: Sequence[Choice],
        new: Mapping[UUID, SubjectRef] = NOBODY,
        known: Catalogue | None = None,
    ) -> "Writer":
        """Lock and load. Of `new` people, added by this transaction, there is nothing to load.

        `known` is what is in force, where this transaction has read it already.
        """
        ids = sorted({choice.subject_id for choice in choices} - new.keys())
        people = subjects.lock_many(controller_id, ids) if ids else {}
        known = known or catalogues.in_force(controller_id)
        about = {known.purposes[one.purpose].id for one in choices if one.purpose in known.purposes}
        states = states_of(controller_id, ids, about) if ids else []
        is_import = any(one.is_import for one in choices) and bool(ids)
        writer = cls(
            by, controller_id, timezone.now(), known, {**people, **new},
            {(state.subject_id, state.purpose_id): state for state in states},
            {state.id for state in states}, {one: [] for one in new},
            subject_selectors.erased_scopes(controller_id, ids) if is_import else {},
            returning.returned(controller_id, ids) if is_import else {},
        )  # fmt: skip
        writer.read_ledger(writer.late(choices))
        return writer

    @classmethod
    def beside(cls, by: Actor, controller_id: UUID, person: SubjectRef) -> "Writer":
        """For lines about one locked person that no choice makes; see `put`."""
        states, known = standing(controller_id, person.id)
        return cls(
            by, controller_id, timezone.now(), known, {person.id: person},
            {(state.subject_id, state.purpose_id): state for state in states},
            {state.id for state in states}, {}, {}, {},
        )  # fmt: skip

    def late(self, choices: Sequence[Choice]) -> set[UUID]:
        """Whose ledgers have something later than these choices, or as late."""
        latest: dict[UUID, datetime] = {}
        for state in self.states.values():
            latest[state.subject_id] = max(
                state.latest_at, latest.get(state.subject_id, state.latest_at)
            )
        return {
            one.subject_id
            for one in choices
            if one.subject_id in latest and (one.event_at or self.now) <= latest[one.subject_id]
        }

    def read_ledger(self, people: Collection[UUID]) -> None:
        """Have the lines of these people at hand, stored ones and those of this very call."""
        asked = set(people) - self.ledger.keys()
        if not asked:
            return
        self.ledger |= {one: [] for one in asked}
        for line in (*lines_of(self.controller_id, sorted(asked)), *self.lines):
            if line.subject_id in asked:
                self.ledger[line.subject_id].append(line)

    def take(self, choice: Choice) -> LedgerLine | DomainError:
        try:
            return self._take(choice)
        except DomainError as error:
            return error

    def store(self) -> None:
        """Store what was taken since it was last done."""
        states = list(self.touched.values())
        storing.store(self.lines, states, self.held, self.drafts, self.changes)
        for (purpose, state), people in self.ended.items():
            news.permits_ended(
                controller_id=self.controller_id, subject_ids=people, reason=f"consent_{state}",
                scope_type=news.PURPOSE, scope=purpose,
            )  # fmt: skip
        messages.confirm(self.controller_id, self.lines, self.catalogue)
        self.held |= {state.id for state in states}
        self.lines, self.drafts, self.changes = [], [], []
        self.touched, self.ended = {}, {}

    def _take(self, choice: Choice) -> LedgerLine:
        person = self.people.get(choice.subject_id)
        if person is None:
            raise SubjectUnknownError
        purpose = self._purpose(choice)
        check_act(choice, purpose)
        state = self.states.get((person.id, purpose.id))
        moment = self._moment(choice, purpose, state)
        if choice.event_at and (found := same(moment.known, choice.state, choice.event_at)):
            return found
        self._check_erased(choice, purpose)
        stood = self._stood(choice, moment)
        after = settle(stood, choice.state)
        if not is_legal(stood, after, first_import=choice.is_import):
            raise IllegalTransitionError
        line = self._line(choice, purpose, state, after, moment)
        self._add(line, moment, purpose, stood, person)
        return line

    def _check_erased(self, choice: Choice, purpose: PurposeInForce) -> None:
        """What would use the data of a person who is being erased is kept out (P8).

        So is what somebody who came back had said before: they began anew, without any yes.
        """
        erased = self.erased.get(choice.subject_id) if self.erased else None
        if erased and choice.state in ASKING and not erased.isdisjoint({"", purpose.code}):
            raise SubjectErasedError
        since = self.returned.get(choice.subject_id)
        if since and choice.state in ASKING and (choice.event_at or self.now) <= since:
            raise SubjectErasedError

    def _moment(self, choice: Choice, purpose: PurposeInForce, state: Current | None) -> Moment:
        """When it was, among the lines there are. Without its own time it is after all of them."""
        at = choice.event_at or self.now
        if at > self.now + CLOCK_SKEW:
            raise EventTimeError
        if state is None or at > state.latest_at:
            return Moment(at, self.now, state)
        self.read_ledger([choice.subject_id])
        known = [one for one in self.ledger[choice.subject_id] if one.purpose_id == purpose.id]
        if choice.event_at is None:
            at = max([at, *(place(one)[0] + TICK for one in known)])
            return Moment(at, at, state, known)
        until: Place = (happened_at(at, self.now), protection(choice.state))
        return Moment(at, self.now, before(known, until), known)

    def _stood(self, choice: Choice, moment: Moment) -> State:
        """What the step follows on; that a time has ended follows on what is written."""
        if choice.state is State.EXPIRED and moment.stood is not None:
            return State(moment.stood.state)
        return state_at(moment.stood, moment.happened_at)

    def _purpose(self, choice: Choice) -> PurposeInForce:
        """Whatever ends a consent is recorded even for a purpose that is closed."""
        found = self.catalogue.purposes.get(choice.purpose)
        if found and found.is_closed and choice.state not in ASKING:
            return found
        return self.catalogue.purpose(choice.purpose)

    def _notice(
        self, choice: Choice, after: State, moment: Moment
    ) -> tuple[NoticeInForce | None, str, str]:
        """The words the person saw. Only a yes needs them; an import may lack them (unprovable)."""
        if choice.is_import:
            return self._named_notice(choice)
        try:
            notice = self.catalogue.notice(
                choice.purpose, choice.notice_version, choice.language, moment.seen_at(choice)
            )
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
        moment: Moment,
    ) -> LedgerLine:
        notice, language, sha256 = self._notice(choice, after, moment)
        return LedgerLine(
            uuid7(), self.controller_id, choice.subject_id, purpose.id,
            state.sequence + 1 if state else 1, after.value, moment.at,
            moment.recorded_at, _expiry(choice, purpose, after, moment.at),
            purpose.version_asked(moment.seen_at(choice), notice),
            notice.version_id if notice else choice.notice_version, language, sha256,
            choice.method, choice.channel, choice.given_by, choice.guardian_id,
            self._guardian_verified(choice), choice.is_explicit, choice.reason, self.by.type,
            self.by.id, evidence_of(choice, purpose),
        )  # fmt: skip

    def _guardian_verified(self, choice: Choice) -> bool:
        if choice.given_by not in {"parent", "guardian"}:
            return False
        if choice.is_import:
            return bool(choice.guardian_verification)
        if choice.guardian_id is None:
            return False
        if not family.may_decide(
            self.controller_id, choice.guardian_id, choice.subject_id, choice.given_by
        ):
            raise GiverNotVerifiedError
        return True

    def _add(
        self,
        line: LedgerLine,
        moment: Moment,
        purpose: PurposeInForce,
        stood: State,
        person: SubjectRef,
    ) -> None:
        new = _after(self.states.get((person.id, purpose.id)), line, moment)
        if person.id in self.ledger:
            self.ledger[person.id].append(line)
        self.put(line, new, purpose=purpose.code, stood=stood)

    def put(self, line: LedgerLine, new: Current, *, purpose: str, stood: State) -> None:
        """Add a line that leads from what `stood` when it happened to the `new` state."""
        key = (line.subject_id, line.purpose_id)
        state = self.states.get(key)
        self.states[key] = self.touched[key] = new._replace(id=state.id) if state else new
        self.lines.append(line)
        person = self.people[line.subject_id]
        self.drafts.append(_draft(self.by, line, purpose, stood, person))
        if state is None or state.event_id != new.event_id:
            self.changes.append(_change(new, purpose))
        if state and state.state in VALID and new.state not in VALID:
            self.ended.setdefault((purpose, new.state), []).append(person.id)


def _after(state: Current | None, line: LedgerLine, moment: Moment) -> Current:
    """What stands with the line: by all lines where it came late, else by what stood."""
    if state is None:
        return current(line)
    if not moment.known:
        return state.after(line, State(line.state))
    return fold([*moment.known, line]) or state


def _change(state: Current, purpose: str) -> outgoing.Told:
    """What others hear: where the person stands now, not what came late and changed nothing.

    A yes that turned out to be another person's was none of this one.
    """
    kind = State.INVALIDATED if state.state == State.UNKNOWN else state.state
    return outgoing.told(
        controller_id=state.controller_id, kind=f"consent.{kind}", purpose=purpose,
        subject_id=state.subject_id, cause_id=state.event_id, at=state.since_at,
    )  # fmt: skip


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


def _expiry(choice: Choice, purpose: PurposeInForce, after: State, at: datetime) -> datetime | None:
    """When it ends: sooner for one person where so said, never later than the purpose says."""
    if after not in VALID:
        return None
    if purpose.valid_days is None:
        return choice.expires_at
    last = at + timedelta(days=purpose.valid_days)
    return min(choice.expires_at or last, last)
