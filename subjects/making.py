"""New people, made ready to be stored: data key, pseudonym, sealed and looked-up identifiers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from keys import services as keys
from keys.bulk import copy_in
from keys.ids import uuid7
from subjects.errors import NoIdentifierError
from subjects.schemes import normalise


class NewSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A person to be added: identifiers as (scheme, value) and the facts the law asks for."""

    identifiers: tuple[tuple[str, str], ...]
    residence: str = ""
    region: str = ""
    time_zone: str = ""
    language: str = ""
    age_state: str = "unknown"
    age_assurance: str = "unknown"
    adult_on: date | None = None
    has_guardian: bool = False


class SubjectRow(NamedTuple):
    """A person's columns."""

    id: UUID
    controller_id: UUID
    pseudonym: UUID
    residence: str
    region: str
    time_zone: str
    language: str
    age_state: str
    age_assurance: str
    adult_on: date | None
    has_guardian: bool
    suppressed: str
    provenance: str
    created_at: datetime
    merged_into: UUID | None
    returned_at: datetime | None


class DataKeyRow(NamedTuple):
    """A data key's columns."""

    subject_id: UUID
    wrapped: bytes
    wrapping_version: int


class IdentifierRow(NamedTuple):
    """An identifier's columns."""

    id: UUID
    controller_id: UUID
    subject_id: UUID
    scheme: str
    digest: bytes
    digest_version: int
    sealed: bytes
    created_at: datetime


class Looked(NamedTuple):
    """An identifier ready to be looked up: its scheme, its one spelling and the digest of it."""

    scheme: str
    text: str
    digest: bytes
    version: int

    @classmethod
    def of(
        cls, controller_id: UUID, scheme: str, value: str, version: int | None = None
    ) -> "Looked":
        """By that version of the key, or the active one.

        Raises UnknownSchemeError, MalformedIdentifierError.
        """
        text, used = normalise(scheme, value), version or keys.lookup_version()
        digest = keys.lookup_digest(
            controller_id=controller_id, scheme=scheme, value=text, version=used
        )
        return cls(scheme, text, digest, used)

    def sealed(
        self, controller_id: UUID, subject_id: UUID, data_key: bytes, at: datetime
    ) -> IdentifierRow:
        """The row of it, readable with the person's data key only."""
        context = subject_id.bytes + self.scheme.encode()
        return IdentifierRow(
            uuid7(), controller_id, subject_id, self.scheme, self.digest, self.version,
            keys.seal(data_key, self.text.encode(), context=context), at,
        )  # fmt: skip


class Made(NamedTuple):
    """A person's rows before they are stored."""

    subject: SubjectRow
    data_key: DataKeyRow
    identifiers: list[IdentifierRow]

    @classmethod
    def having(
        cls, controller_id: UUID, new: NewSubject, looked: Sequence[Looked], at: datetime
    ) -> "Made":
        """Of identifiers that were looked up already. Raises NoIdentifierError."""
        if not looked:
            raise NoIdentifierError
        subject = SubjectRow(
            uuid7(), controller_id, uuid7(), new.residence, new.region, new.time_zone,
            new.language, new.age_state, new.age_assurance, new.adult_on, new.has_guardian, "", "",
            at, None, None,
        )  # fmt: skip
        key = keys.new_data_key()
        wrapped = keys.wrap(key, context=subject.id.bytes)
        row = DataKeyRow(subject.id, wrapped.blob, wrapped.version)
        sealed = [one.sealed(controller_id, subject.id, key, at) for one in looked]
        return cls(subject, row, sealed)

    def ref(self) -> SubjectRef:
        """How audit entries name the person."""
        return SubjectRef(self.subject.id, self.subject.pseudonym)

    def draft(self, by: Actor) -> audit.Draft:
        """The audit entry of it."""
        subject = self.subject
        return audit.Draft(
            event="subject:created", by=by, controller_id=subject.controller_id,
            target=Target("subject", str(subject.id)), subject=self.ref(),
            data={"schemes": sorted({item.scheme for item in self.identifiers})},
        )  # fmt: skip


def store(by: Actor, made: Sequence[Made]) -> None:
    """Store new people with their audit entries. Raises IntegrityError for a taken identifier."""
    copy_in("subjects_subject", SubjectRow._fields, [one.subject for one in made])
    copy_in("subjects_datakey", DataKeyRow._fields, [one.data_key for one in made])
    store_identifiers([item for one in made for item in one.identifiers])
    audit.record_many([one.draft(by) for one in made])


def store_identifiers(rows: Sequence[IdentifierRow]) -> None:
    """In one order, so that two writers of the same people cannot deadlock."""
    in_order = sorted(rows, key=lambda row: row.digest)
    copy_in("subjects_identifier", IdentifierRow._fields, in_order)
