"""What two records of one person chose, made one; and made two again (CON-31).

No line of either ledger changes. A joining adds to the kept ledger, for each purpose on which the
other record protects the person more, one line that says so; a split adds one that takes it back.
So where a person stands stays a matter of the ledger alone.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor, SubjectRef
from consent.errors import EndReasonError, MergeOverError
from consent.models import Merge, MergeReason, Objection, Purpose, SplitReason
from consent.services import objections, restrictions
from consent.services.folding import fold, state_at
from consent.services.lines import (
    MERGE,
    SPLIT,
    Choice,
    Current,
    LedgerLine,
    lines_of,
    states_of,
)
from consent.services.writing import Writer
from consent.transitions import NO, VALID, State, protection
from keys.ids import uuid7
from keys.problems import DomainError
from subjects import merging
from subjects import services as subjects


@transaction.atomic
def merge(
    *, by: Actor, controller_id: UUID, kept_id: UUID, absorbed_id: UUID, reason: str
) -> Merge:
    """Join the record `absorbed_id` to `kept_id`; the next check sees it.

    On each purpose the more protective of what both recorded counts; where only one of them was
    asked, its answer does. `reason` is a code of MergeReason. Raises EndReasonError,
    SubjectUnknownError, SubjectsNotTwoError, KeyDestroyedError.
    """
    if reason not in MergeReason.values:
        raise EndReasonError
    kept, absorbed = merging.both(controller_id, kept_id, absorbed_id)
    joined = merging.join(by=by, kept=kept, absorbed=absorbed)
    found = Merge(
        controller_id=controller_id, subject=kept, absorbed_id=absorbed_id, reason=reason,
        merged_at=timezone.now(), merged_by=by.id, **asdict(joined),
    )  # fmt: skip
    _join_choices(by, found, subjects.ref(kept))
    found.objections = _copy_objections(by, found)
    found.save(force_insert=True)
    return found


@transaction.atomic
def split(*, by: Actor, controller_id: UUID, merge_id: UUID, reason: str) -> Merge:
    """Take a joining back: each record has its own evidence again; the next check sees it.

    What the person refused or withdrew in between counts for both, because nobody knows which of
    the two said so. `reason` is a code of SplitReason. Raises EndReasonError, MergeOverError,
    SubjectUnknownError, KeyDestroyedError.
    """
    if reason not in SplitReason.values:
        raise EndReasonError
    rows = Merge.objects.select_for_update().filter(controller_id=controller_id, split_at=None)
    found = rows.filter(pk=merge_id).first()
    if found is None:
        raise MergeOverError
    kept, absorbed = merging.both(controller_id, found.subject_id, found.absorbed_id)
    joined = merging.Joined(found.identifiers, found.standings, found.facts)
    merging.part(by=by, kept=kept, absorbed=absorbed, joined=joined)
    _take_back(by, found, subjects.ref(kept))
    _bring_over(by, found)
    _part_objections(by, found)
    found.split_at, found.split_by, found.split_reason = timezone.now(), by.id, reason
    found.save(update_fields=["split_at", "split_by", "split_reason"])
    return found


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What is on record of a person about one purpose."""

    state: Current | None
    lines: list[LedgerLine]

    @property
    def next(self) -> int:
        return (self.state.sequence if self.state else 0) + 1

    def now(self, at: datetime) -> State:
        return state_at(self.state, at)

    def line(self, line_id: UUID) -> LedgerLine:
        return next(one for one in self.lines if one.id == line_id)


def _ledgers(controller_id: UUID, subject_id: UUID) -> dict[UUID, _Ledger]:
    """A person's ledgers by the id of the purpose."""
    found = {
        state.purpose_id: _Ledger(state, []) for state in states_of(controller_id, [subject_id])
    }
    for line in lines_of(controller_id, [subject_id]):
        found[line.purpose_id].lines.append(line)
    return found


def _join_choices(by: Actor, merge: Merge, kept: SubjectRef) -> None:
    own = _ledgers(merge.controller_id, kept.id)
    writer = Writer.beside(by, merge.controller_id, kept)
    for purpose_id, other in _ledgers(merge.controller_id, merge.absorbed_id).items():
        mine = own.get(purpose_id, _Ledger(None, []))
        here, there = mine.now(merge.merged_at), other.now(merge.merged_at)
        is_silent = State.UNKNOWN in {here, there}
        wins = here is State.UNKNOWN if is_silent else protection(there) > protection(here)
        if wins and there is not State.UNKNOWN and other.state:
            line = _joined(by, merge, other.state, other.line(other.state.event_id))
            line = line._replace(
                subject_id=kept.id, sequence=mine.next, state=there.value,
                event_at=line.event_at if there in VALID else merge.merged_at,
            )  # fmt: skip
            _put(writer, line, mine)
    writer.store()


def _joined(by: Actor, merge: Merge, state: Current, source: LedgerLine) -> LedgerLine:
    """A line with the evidence of another record's state, and where that is."""
    evidence = {"merge": str(merge.id), "event": str(source.id), "method": source.method}
    return source._replace(
        id=uuid7(), recorded_at=merge.merged_at, purpose_version=state.purpose_version,
        expires_at=state.expires_at if state.state in VALID else None,
        notice_version_id=state.notice_version_id, language=state.language,
        notice_sha256=source.notice_sha256 if state.is_provable else "", method=MERGE,
        given_by=state.given_by, guardian_verified=state.guardian_verified,
        is_explicit=state.is_explicit, reason="", actor_type=by.type, actor_id=by.id,
        evidence=json.dumps(evidence),
    )  # fmt: skip


def _take_back(by: Actor, merge: Merge, kept: SubjectRef) -> None:
    writer = Writer.beside(by, merge.controller_id, kept)
    now = timezone.now()
    for ledger in _ledgers(merge.controller_id, kept.id).values():
        for joined in _lines_of_merge(merge, ledger.lines):
            line = joined._replace(
                id=uuid7(), sequence=ledger.next, event_at=now, recorded_at=now, expires_at=None,
                method=SPLIT, actor_type=by.type, actor_id=by.id,
                evidence=json.dumps({"merge": str(merge.id)}),
            )  # fmt: skip
            after = fold([*ledger.lines, line])
            _put(writer, line._replace(state=after.state if after else line.state), ledger)
    writer.store()


def _put(writer: Writer, line: LedgerLine, ledger: _Ledger) -> None:
    """Add a line to the ledger. The state is what all of its lines say now."""
    codes = {purpose.id: code for code, purpose in writer.catalogue.purposes.items()}
    after = fold([*ledger.lines, line])
    if after is not None:
        stood = ledger.now(writer.now)
        writer.put(line, after, purpose=codes[line.purpose_id], stood=stood)


def _lines_of_merge(merge: Merge, lines: Sequence[LedgerLine]) -> Iterator[LedgerLine]:
    for line in lines:
        if line.method == MERGE and json.loads(line.evidence)["merge"] == str(merge.id):
            yield line


def _bring_over(by: Actor, merge: Merge) -> None:
    """A no of the time between, where the other record's yes runs again."""
    now = timezone.now()
    codes = dict(
        Purpose.objects.filter(controller_id=merge.controller_id).values_list("id", "code")
    )
    other = _ledgers(merge.controller_id, merge.absorbed_id)
    choices = [
        _no(merge, codes[purpose_id], line)
        for purpose_id, ledger in _ledgers(merge.controller_id, merge.subject_id).items()
        for line in ledger.lines
        if purpose_id in other and other[purpose_id].now(now) in VALID
        and line.recorded_at >= merge.merged_at and line.method not in {MERGE, SPLIT}
        and line.state in NO
    ]  # fmt: skip
    writer = Writer.open(by, merge.controller_id, choices)
    for choice in choices:
        outcome = writer.take(choice)
        if isinstance(outcome, DomainError):
            raise outcome
    writer.store()


def _no(merge: Merge, purpose: str, line: LedgerLine) -> Choice:
    evidence = {**json.loads(line.evidence), "merge": str(merge.id), "event": str(line.id)}
    return Choice(
        subject_id=merge.absorbed_id, purpose=purpose, state=State.REFUSED, method=line.method,
        channel=line.channel, event_at=line.event_at, language=line.language,
        notice_version=line.notice_version_id, given_by=line.given_by, evidence=evidence,
    )  # fmt: skip


def _standing(controller_id: UUID, subject_id: UUID) -> dict[tuple[str, str], Objection]:
    """The objections that stand, by kind and purpose code."""
    rows = Objection.objects.filter(
        controller_id=controller_id, subject_id=subject_id, lifted_at=None
    ).select_related("purpose")
    return {(row.kind, row.purpose.code if row.purpose else ""): row for row in rows}


def _copy_objections(by: Actor, merge: Merge) -> list[str]:
    own = _standing(merge.controller_id, merge.subject_id)
    missing = _standing(merge.controller_id, merge.absorbed_id).keys() - own.keys()
    made = [
        objections.object_to(
            by=by, controller_id=merge.controller_id, subject_id=merge.subject_id, kind=kind,
            purpose=code,
        )
        for kind, code in sorted(missing)
    ]  # fmt: skip
    carried = restrictions.carry_over(
        by=by, controller_id=merge.controller_id, from_id=merge.absorbed_id,
        to_id=merge.subject_id,
    )  # fmt: skip
    return [*(str(one.id) for one in made), *(str(one.id) for one in carried)]


def _part_objections(by: Actor, merge: Merge) -> None:
    """Those that were the other's go back; those of the time between count for both."""
    controller_id, kept_id = merge.controller_id, merge.subject_id
    restrictions.leave_behind(
        by=by, controller_id=controller_id, subject_id=kept_id, ids=merge.objections
    )
    restrictions.carry_over(
        by=by, controller_id=controller_id, from_id=kept_id, to_id=merge.absorbed_id,
        since=merge.merged_at,
    )  # fmt: skip
    for (kind, code), row in _standing(controller_id, kept_id).items():
        if str(row.id) in merge.objections:
            objections.lift_objection(
                by=by, controller_id=controller_id, subject_id=kept_id, kind=kind, purpose=code
            )
        elif row.objected_at >= merge.merged_at:
            objections.object_to(
                by=by, controller_id=controller_id, subject_id=merge.absorbed_id, kind=kind,
                purpose=code,
            )  # fmt: skip
