"""Taking in what a source says of people: checked, merged by when it was observed, and sealed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from keys.ids import uuid7
from keys.problems import DomainError
from profiles import documents
from profiles.definitions import (
    Definition,
    Definitions,
    Document,
    definitions_of,
    due_at,
    former_until,
)
from profiles.documents import Observed
from profiles.errors_intake import (
    AttributeUnknownError,
    SourceFrozenError,
    SourceNotPushedError,
    SourceNotYoursError,
    TooManyValuesError,
    ValueRefusedError,
)
from profiles.leaving_out import left_out
from profiles.services import storing
from profiles.services.storing import Former, Row, Stored
from profiles.values import ValueFaultError
from registry import selectors_systems as systems
from registry.errors_systems import SystemNotActiveError
from subjects import quarantine, returning, sealing
from subjects import services as subjects
from subjects.errors import SubjectErasedError, SubjectUnknownError

MOST_VALUES: Final = 200
MOST_BYTES: Final = 64 * 1024
CLOCK_SKEW: Final = timedelta(minutes=5)
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
NOBODY: Mapping[UUID, SubjectRef] = {}
_VERIFICATION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Given:
    """What a source says of one person: by attribute code; what it does not name stays as it is."""

    subject_id: UUID
    values: Mapping[str, Observed]


@dataclass(slots=True)
class Taken:
    """What became of it, in numbers of values.

    `older` were observed before what is known, or before somebody who was erased came back, or are
    too old to be kept; `left_out` are the codes whose data category is erased for the person (P8).
    """

    subject_id: UUID
    recorded: int = 0
    refreshed: int = 0
    removed: int = 0
    unchanged: int = 0
    older: int = 0
    left_out: tuple[str, ...] = ()

    @property
    def is_change(self) -> bool:
        return bool(self.recorded or self.refreshed or self.removed)


def record(
    *, by: Actor, controller_id: UUID, subject_id: UUID, source: str, values: Mapping[str, Observed]
) -> Taken:
    """Take in what the source of this code says of a person; all of it or nothing.

    Raises SystemUnknownError, SystemNotActiveError, SourceNotPushedError, SourceFrozenError,
    SourceNotYoursError (a service that is not the source's own), SubjectUnknownError,
    SubjectErasedError (P8), AttributeUnknownError, ValueRefusedError, TooManyValuesError.
    """
    given = [Given(subject_id, values)]
    told = record_many(by=by, controller_id=controller_id, source=source, given=given)[0]
    if isinstance(told, DomainError):
        raise told
    return told


@transaction.atomic
def record_many(
    *,
    by: Actor,
    controller_id: UUID,
    source: str,
    given: Sequence[Given],
    new: Mapping[UUID, SubjectRef] = NOBODY,
) -> list[Taken | DomainError]:
    """Take in what a source says of many people, in order: for each what became of it, or why not.

    Of whom something cannot be taken in, nothing is; the others stand. `new` are people whom the
    caller's transaction has just added: nobody else knows them, so nothing is looked up. What came
    about erased people is counted for an officer to look into. Raises what is wrong with the
    source, as `record`.
    """
    intake = Intake.open(by, controller_id, source, given, new)
    told = [intake.take(one) for one in given]
    intake.store()
    erased = [
        one.subject_id
        for one, outcome in zip(given, told, strict=True)
        if isinstance(outcome, SubjectErasedError)
    ]
    quarantine.keep_out_people(
        by=by, controller_id=controller_id, ids=erased,
        source=quarantine.Source(source, "record"),
    )  # fmt: skip
    return told


@dataclass(slots=True)
class Intake:
    """Folds what is said into the records there are, and stores all of them at once."""

    by: Actor
    controller_id: UUID
    source_id: UUID
    source: str
    now: datetime
    definitions: Definitions
    people: dict[UUID, SubjectRef]
    gone: dict[UUID, set[str]]
    keyring: sealing.Keyring
    rows: dict[tuple[UUID, str], Row]
    returned: Mapping[UUID, datetime]
    former: dict[tuple[UUID, str, datetime], Document] = field(default_factory=dict)
    drafts: list[audit.Draft] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        by: Actor,
        controller_id: UUID,
        source: str,
        given: Sequence[Given],
        new: Mapping[UUID, SubjectRef],
    ) -> "Intake":
        """Check the source; lock the people, and load what is known of those who are not new."""
        system_id = check_source(by=by, controller_id=controller_id, source=source)
        ids = sorted({one.subject_id for one in given} - new.keys())
        people = {**subjects.lock_many(controller_id, ids), **new}
        keyring = sealing.keyring(controller_id, people.keys())
        intake = cls(
            by, controller_id, system_id, source, timezone.now(), definitions_of(controller_id),
            people, left_out(controller_id, ids) if ids else {}, keyring,
            {}, returning.returned(controller_id, ids) if ids else {},
        )  # fmt: skip
        if ids:
            intake._load(ids)
        return intake

    def _load(self, ids: Sequence[UUID]) -> None:
        for one in storing.held(self.controller_id, self.source_id, ids):
            if one.subject_id not in self.keyring:
                continue
            context = documents.context(self.source_id, one.sensitivity)
            text = self.keyring.unseal(one.subject_id, bytes(one.sealed), context=context)
            self.rows[one.subject_id, one.sensitivity] = Row(
                one.subject_id, one.sensitivity, one.id, one.sequence, documents.decode_whole(text)
            )

    def take(self, given: Given) -> Taken | DomainError:
        try:
            return self._take(given)
        except DomainError as error:
            return error

    def store(self) -> None:
        changed = [self._sealed(row) for row in self.rows.values() if row.is_changed]
        new = [row for row in changed if row.sequence == 1]
        storing.add(self.controller_id, self.source_id, new, self.now)
        storing.change([row for row in changed if row.sequence > 1], self.now)
        storing.add_former([self._former(*key, kept) for key, kept in self.former.items()])
        audit.record_many(self.drafts)

    def _take(self, given: Given) -> Taken:
        person = self.people.get(given.subject_id)
        if person is None:
            raise SubjectUnknownError
        gone = self.gone.get(person.id)
        if person.id not in self.keyring or (gone and "" in gone):
            raise SubjectErasedError
        if len(given.values) > MOST_VALUES:
            raise TooManyValuesError
        taken = Taken(person.id)
        checked = self._checked(given.values, gone or set(), taken)
        folds = [self._folded(person.id, *part, taken) for part in checked.items()]
        changed: list[str] = []
        for fold in folds:  # nothing is touched before all of it is known to fit
            changed += fold.settle(self)
        if taken.is_change:
            self._note(person, changed, taken)
        return taken

    def _checked(
        self, values: Mapping[str, Observed], gone: set[str], taken: Taken
    ) -> dict[str, Document]:
        """The values as they are kept, by sensitivity. Raises what is wrong with one."""
        parts: dict[str, Document] = {}
        definitions, known = self.definitions, None
        began = self.returned.get(
            taken.subject_id, _BEGINNING
        )  # nothing from before counts again (P8)
        for code, said in values.items():
            definition = definitions.get(code)
            if definition is None or not definition.is_active:
                raise AttributeUnknownError
            if said.at is not known or said.by:  # one time for all is looked at once
                self._check_said(said, code)
                known = said.at
            kept = said if said.v is None else _kept(definition, said)
            if definition.category in gone:
                taken.left_out += (code,)
            elif said.at <= self._since(definition, began):
                taken.older += 1
            else:
                part = parts.get(definition.sensitivity)
                if part is None:
                    part = parts[definition.sensitivity] = {}
                part[code] = kept
        return parts

    def _since(self, definition: Definition, began: datetime) -> datetime:
        """Nothing that was observed until then is kept."""
        if definition.retention is None:
            return began
        return max(began, self.now - definition.retention)

    def _check_said(self, said: Observed, code: str) -> None:
        if said.at.tzinfo is None:
            raise ValueRefusedError("observed_without_zone", code)
        if said.at > self.now + CLOCK_SKEW:
            raise ValueRefusedError("observed_in_future", code)
        if said.by and not _is_verification(said.by):
            raise ValueRefusedError("verification_malformed", code)

    def _folded(self, subject_id: UUID, sensitivity: str, said: Document, taken: Taken) -> "Fold":
        row = self.rows.get((subject_id, sensitivity))
        fold = Fold(row or Row(subject_id, sensitivity), {**row.document} if row else {})
        if not fold.document:
            fold.begin(said, taken)
        else:
            fold.follow(said, taken)
        if fold.is_change:
            fold.text = documents.encode(fold.document)
            if len(fold.document) > MOST_VALUES or len(fold.text) > MOST_BYTES:
                raise TooManyValuesError
        return fold

    def _note(self, person: SubjectRef, changed: list[str], taken: Taken) -> None:
        """Codes only. That they were observed again, and nothing else, needs no names."""
        data = {
            "source": self.source, "attributes": sorted(changed), "recorded": taken.recorded,
            "removed": taken.removed, "refreshed": taken.refreshed,
        }  # fmt: skip
        self.drafts.append(
            audit.Draft(
                event="profile:recorded",
                by=self.by,
                controller_id=self.controller_id,
                target=Target("system", str(self.source_id)),
                subject=person,
                data=data,
            )  # fmt: skip
        )

    def _sealed(self, row: Row) -> Stored:
        document = row.document
        context = documents.context(self.source_id, row.sensitivity)
        sealed = self.keyring.seal(row.subject_id, row.text, context=context)
        codes = tuple(sorted(code for code, said in document.items() if said.v is not None))
        return Stored(
            row.id, row.subject_id, row.sensitivity, sealed, codes,
            max(said.at for said in document.values()), due_at(document, self.definitions),
            row.sequence + 1,
        )  # fmt: skip

    def _former(
        self, subject_id: UUID, sensitivity: str, until: datetime, kept: Document
    ) -> Former:
        context = documents.former_context(self.source_id, sensitivity)
        sealed = self.keyring.seal(subject_id, documents.encode(kept), context=context)
        return Former(
            uuid7(), self.controller_id, subject_id, self.source_id, sensitivity, sealed,
            sorted(kept), self.now, until,
        )  # fmt: skip


@dataclass(slots=True)
class Fold:
    """What a record becomes with what is said, before it is decided that it does."""

    row: Row
    document: Document
    changed: list[str] = field(default_factory=list)
    replaced: Document = field(default_factory=dict)
    text: bytes = b""
    is_change: bool = False

    def begin(self, said: Document, taken: Taken) -> None:
        """Nothing is known yet."""
        self.document = said
        self.changed = [code for code, one in said.items() if one.v is not None]
        self.is_change = True
        taken.recorded += len(self.changed)
        taken.removed += len(said) - len(self.changed)

    def follow(self, said: Document, taken: Taken) -> None:
        """Whatever was observed last counts; of two observed at once, what came last."""
        for code, new in said.items():
            old = self.document.get(code)
            if old is not None and new.at < old.at:
                taken.older += 1
            elif new == old:
                taken.unchanged += 1
            else:
                self._replace(code, old, new, taken)

    def _replace(self, code: str, old: Observed | None, new: Observed, taken: Taken) -> None:
        self.document[code] = new
        self.is_change = True
        if old is not None and old.v == new.v:
            taken.refreshed += 1
            return
        self.changed.append(code)
        if new.v is None:
            taken.removed += 1
        else:
            taken.recorded += 1
        if old is not None:
            self.replaced[code] = old

    def settle(self, intake: Intake) -> list[str]:
        """Make it so; the codes whose values changed."""
        row = self.row
        if self.is_change:
            row.document, row.text, row.is_changed = self.document, self.text, True
        intake.rows[row.subject_id, row.sensitivity] = row
        for code, old in self.replaced.items():
            definition = intake.definitions[code]
            until = former_until(old, definition, intake.now) if definition.former else None
            if until is not None:
                key = (row.subject_id, row.sensitivity, until)
                intake.former.setdefault(key, {})[code] = old
        return self.changed


def check_source(*, by: Actor, controller_id: UUID, source: str) -> UUID:
    """The id of a source, if it may hand something in now and through this actor.

    Whoever names people asks this first, so that nobody learns who exists who may hand nothing in.
    Raises what `record` does of the source.
    """
    system = systems.system_by_code(controller_id, source)
    if by.type == "service" and str(system.service_id) != by.id:
        raise SourceNotYoursError
    if system.kind != "pushed":
        raise SourceNotPushedError
    if system.state != "active":
        raise SystemNotActiveError
    if system.code in systems.frozen_systems(controller_id):
        raise SourceFrozenError
    return system.id


def _kept(definition: Definition, said: Observed) -> Observed:
    try:
        value = definition.read(said.v)
    except ValueFaultError as fault:
        raise ValueRefusedError(fault.code, definition.code) from None
    return said if value is said.v else Observed(value, said.at, said.by)


@lru_cache(maxsize=1024)
def _is_verification(text: str) -> bool:
    return _VERIFICATION.fullmatch(text) is not None
