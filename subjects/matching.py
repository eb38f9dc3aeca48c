"""Finding many people by any of their identifiers, and adding those whom nobody knows yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from keys import services as keys
from keys import statements
from keys.problems import DomainError
from subjects import tombstones
from subjects.errors import IdentityConflictError, KeyDestroyedError, SubjectErasedError
from subjects.making import (
    IdentifierRow,
    Looked,
    Made,
    NewSubject,
    store,
    store_identifiers,
)
from subjects.models import DataKey
from subjects.selectors import erased_scopes

ONE_EACH = "crm"
"""The scheme of which a person has one: two people may share an address, never such a number."""

# The inner queries are index look-ups, one a person, whatever the planner believes of a table that
# has only just been filled.
_OWNERS = """
SELECT asked.scheme, asked.digest, found.subject_id
FROM unnest(%s::text[], %s::bytea[]) AS asked(scheme, digest)
CROSS JOIN LATERAL (
  SELECT i.subject_id FROM subjects_identifier i
  WHERE i.controller_id = %s AND i.scheme = asked.scheme AND i.digest = asked.digest
  OFFSET 0
) found
"""

_NUMBERED = """
SELECT asked.id FROM unnest(%s::uuid[]) AS asked(id)
CROSS JOIN LATERAL (
  SELECT 1 FROM subjects_identifier i WHERE i.subject_id = asked.id AND i.scheme = %s OFFSET 0
) found
"""

Key = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Matches:
    """For each person asked about their id, or what kept them out; and who was added."""

    outcomes: list[UUID | DomainError]
    created: dict[UUID, SubjectRef]


@transaction.atomic(savepoint=False)
def match_or_create(*, by: Actor, controller_id: UUID, people: Sequence[NewSubject]) -> Matches:
    """Find each person by any identifier, and add the unknown ones; in order.

    A person who is found gains the identifiers that were not known; their facts stay as they are.
    Someone whose identifiers belong to different people, or who has another number of the scheme
    `crm` already, has IdentityConflictError as outcome; someone who is being erased and would gain
    an identifier, or whose identifier is one of an erased person, SubjectErasedError (P8); a
    malformed identifier its own error.
    Raises IntegrityError when another writer took one of the identifiers meanwhile: then the
    caller's transaction is over, and asking again finds it.
    """
    matching = _Matching(by, controller_id, timezone.now(), keys.lookup_version())
    looked = [matching.look(one) for one in people]
    matching.load([found for found in looked if not isinstance(found, DomainError)])
    outcomes = [
        found if isinstance(found, DomainError) else matching.settle(one, found)
        for one, found in zip(people, looked, strict=True)
    ]
    matching.store()
    return Matches(outcomes, {made.subject.id: made.ref() for made in matching.made})


@dataclass
class _Matching:
    by: Actor
    controller_id: UUID
    now: datetime
    version: int
    owners: dict[Key, UUID] = field(default_factory=dict)
    found: set[UUID] = field(default_factory=set)
    buried: Mapping[Key, UUID] = field(default_factory=dict)
    given_number: set[UUID] = field(default_factory=set)
    made: list[Made] = field(default_factory=list)
    gained: dict[UUID, list[Looked]] = field(default_factory=dict)

    def look(self, person: NewSubject) -> list[Looked] | DomainError:
        try:
            return [
                Looked.of(self.controller_id, *pair, self.version) for pair in person.identifiers
            ]
        except DomainError as error:
            return error

    def load(self, looked: Sequence[Sequence[Looked]]) -> None:
        wanted = {(one.scheme, one.digest): one for each in looked for one in each}
        keys_ = sorted(wanted)
        schemes, digests = ([key[place] for key in keys_] for place in (0, 1))
        asked = [statements.array(schemes), statements.array(digests), self.controller_id]
        found = statements.rows(_OWNERS, asked)
        self.owners = {(scheme, bytes(digest)): owner for scheme, digest, owner in found}
        self.found = set(self.owners.values())
        self.buried = tombstones.among(
            self.controller_id, [one for key, one in wanted.items() if key not in self.owners]
        )

    @cached_property
    def numbered(self) -> set[UUID]:
        """Of those who were found, who has a number of the scheme of which a person has one.

        This and what is erased is asked once somebody gains an identifier, which few do.
        """
        asked = [statements.array(self.found), ONE_EACH]
        return {row[0] for row in statements.rows(_NUMBERED, asked)}

    @cached_property
    def erased(self) -> Mapping[UUID, set[str]]:
        return erased_scopes(self.controller_id, self.found)

    def settle(self, person: NewSubject, looked: Sequence[Looked]) -> UUID | DomainError:
        found = {self.owners.get((one.scheme, one.digest)) for one in looked}
        known = found - {None}
        if len(known) > 1:
            return IdentityConflictError()
        if self.buried and any((one.scheme, one.digest) in self.buried for one in looked):
            return SubjectErasedError()
        if not known:
            return self._make(person, looked)
        subject_id = next(each for each in known if each is not None)
        return self._gain(subject_id, looked) if None in found else subject_id

    def store(self) -> None:
        store(self.by, self.made)
        if self.gained:
            self._store_gained()

    def _make(self, person: NewSubject, looked: Sequence[Looked]) -> UUID | DomainError:
        try:
            made = Made.having(self.controller_id, person, looked, self.now)
        except DomainError as error:
            return error
        self.made.append(made)
        self._own(made.subject.id, looked)
        return made.subject.id

    def _gain(self, subject_id: UUID, looked: Sequence[Looked]) -> UUID | DomainError:
        new = [one for one in looked if (one.scheme, one.digest) not in self.owners]
        if any(one.scheme == ONE_EACH for one in new) and self._has_number(subject_id):
            return IdentityConflictError()
        if "" in self.erased.get(subject_id, ()):
            return SubjectErasedError()
        self.gained.setdefault(subject_id, []).extend(new)
        self._own(subject_id, new)
        return subject_id

    def _own(self, subject_id: UUID, looked: Sequence[Looked]) -> None:
        for one in looked:
            self.owners[one.scheme, one.digest] = subject_id
            if one.scheme == ONE_EACH:
                self.given_number.add(subject_id)

    def _has_number(self, subject_id: UUID) -> bool:
        return subject_id in self.given_number or subject_id in self.numbered

    def _store_gained(self) -> None:
        """People of this very call have their key stored by now, so all keys are read alike."""
        rows = DataKey.objects.filter(subject_id__in=self.gained).select_related("subject")
        held = {row.subject_id: row for row in rows}
        if held.keys() != self.gained.keys():
            raise KeyDestroyedError
        identifiers: list[IdentifierRow] = []
        drafts: list[audit.Draft] = []
        for subject_id, new in self.gained.items():
            row = held[subject_id]
            key = keys.unwrap(row.wrapping_version, bytes(row.wrapped), context=subject_id.bytes)
            identifiers += [
                one.sealed(self.controller_id, subject_id, key, self.now) for one in new
            ]
            drafts += [self._identified(row, one.scheme) for one in new]
        store_identifiers(identifiers)
        audit.record_many(drafts)

    def _identified(self, row: DataKey, scheme: str) -> audit.Draft:
        return audit.Draft(
            event="subject:identified", by=self.by, controller_id=self.controller_id,
            target=Target("subject", str(row.subject_id)),
            subject=SubjectRef(row.subject_id, row.subject.pseudonym), data={"scheme": scheme},
        )  # fmt: skip
