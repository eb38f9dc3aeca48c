"""The verbs on subjects: who they are, how they are found, what stands about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from keys import services as keys
from keys.ids import uuid7
from subjects.errors import (
    IdentifierTakenError,
    NoIdentifierError,
    StandingUnknownError,
    SubjectUnknownError,
)
from subjects.models import DataKey, Identifier, Relationship, Standing, Subject
from subjects.schemes import normalise
from subjects.selectors import data_key


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubject:
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


@transaction.atomic
def create(*, by: Actor, controller_id: UUID, new: NewSubject) -> Subject:
    """Add one person. Raises as `create_many`."""
    return create_many(by=by, controller_id=controller_id, new=[new])[0]


@transaction.atomic
def create_many(*, by: Actor, controller_id: UUID, new: Iterable[NewSubject]) -> list[Subject]:
    """Add people, each with a data key and a pseudonym of their own.

    Raises NoIdentifierError, UnknownSchemeError or MalformedIdentifierError for a bad identifier,
    IdentifierTakenError when one is in use; then nobody was added.
    """
    made = [_Made.of(controller_id, person) for person in new]
    Subject.objects.bulk_create([one.subject for one in made])
    DataKey.objects.bulk_create([one.data_key for one in made])
    try:
        with transaction.atomic():
            Identifier.objects.bulk_create([item for one in made for item in one.identifiers])
    except IntegrityError:
        raise IdentifierTakenError from None
    audit.record_many(
        audit.Draft(
            event="subject:created", by=by, controller_id=controller_id,
            target=Target("subject", str(one.subject.id)), subject=ref(one.subject),
            data={"schemes": sorted({item.scheme for item in one.identifiers})},
        )
        for one in made
    )  # fmt: skip
    return [one.subject for one in made]


@transaction.atomic
def add_identifier(*, by: Actor, subject: Subject, scheme: str, value: str) -> Identifier:
    """Give a person another identifier. Raises as `create_many`, and KeyDestroyedError."""
    key = data_key(subject)
    identifier = _identifier(subject.controller_id, subject.id, key, scheme, value)
    try:
        with transaction.atomic():
            identifier.save(force_insert=True)
    except IntegrityError:
        raise IdentifierTakenError from None
    _record(by, subject, "subject:identified", {"scheme": scheme})
    return identifier


@transaction.atomic
def set_facts(  # noqa: PLR0913 (the facts the law asks for)
    *,
    by: Actor,
    subject: Subject,
    residence: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    age_state: str | None = None,
    age_assurance: str | None = None,
    adult_on: date | None = None,
) -> Subject:
    """Change facts about a person; those left None stay. Counts from the next decision."""
    locked = lock(subject.controller_id, subject.id)
    given = {
        "residence": residence, "language": language, "time_zone": time_zone,
        "age_state": age_state, "age_assurance": age_assurance, "adult_on": adult_on,
    }  # fmt: skip
    changed = {name: value for name, value in given.items() if value is not None}
    for name, value in changed.items():
        setattr(locked, name, value)
    locked.full_clean()
    locked.save(update_fields=list(changed))
    _record(by, locked, "subject:changed", {"changed": sorted(changed)})
    return locked


@transaction.atomic
def set_standing(  # noqa: PLR0913 (a standing has these parts)
    *,
    by: Actor,
    subject: Subject,
    state: str,
    scope_type: str = "everything",
    scope: str = "",
    reason: str = "",
    since_at: datetime | None = None,
) -> Standing:
    """Set a standing; setting one that already stands changes nothing. The next check sees it."""
    locked = lock(subject.controller_id, subject.id)
    standing, created = Standing.objects.get_or_create(
        controller_id=locked.controller_id, subject=locked, state=state, scope_type=scope_type,
        scope=scope, ended_at=None,
        defaults={"since_at": since_at or timezone.now(), "reason": reason},
    )  # fmt: skip
    if created:
        data = {"state": state, "scope_type": scope_type, "scope": scope}
        _record(by, locked, "standing:set", data)
    return standing


@transaction.atomic
def end_standing(*, by: Actor, standing: Standing) -> Standing:
    """End a standing. Raises StandingUnknownError when it has ended already."""
    locked = Standing.objects.select_for_update().filter(pk=standing.pk, ended_at=None).first()
    if locked is None:
        raise StandingUnknownError
    locked.ended_at = timezone.now()
    locked.save(update_fields=["ended_at"])
    data = {"state": locked.state, "scope_type": locked.scope_type, "scope": locked.scope}
    _record(by, Subject.objects.get(pk=locked.subject_id), "standing:ended", data)
    return locked


@transaction.atomic
def relate(
    *, by: Actor, subject: Subject, related_id: UUID, kind: str, verified_by: str = ""
) -> Relationship:
    """Record that `subject` stands in relation `kind` to another person of the same controller.

    `verified_by` names how it was verified (a code), empty for a mere claim. Raises
    SubjectUnknownError when the other person is not this controller's.
    """
    lock(subject.controller_id, related_id)
    relationship = Relationship(
        controller_id=subject.controller_id, subject=subject, related_id=related_id, kind=kind,
        verified_by=verified_by, verified_at=timezone.now() if verified_by else None,
    )  # fmt: skip
    relationship.full_clean()
    relationship.save(force_insert=True)
    _record(by, subject, "subject:related", {"kind": kind, "verified": bool(verified_by)})
    return relationship


@transaction.atomic
def destroy_key(*, by: Actor, subject: Subject) -> None:
    """Destroy a person's data key, identifiers and pseudonym: nothing sealed is readable again.

    The entry that records it still carries the pseudonym; nothing leads from it to the person.
    """
    locked = lock(subject.controller_id, subject.id)
    _record(by, locked, "subject:key_destroyed", {})
    Identifier.objects.filter(subject=locked).delete()
    DataKey.objects.filter(subject=locked).delete()
    locked.pseudonym = None
    locked.save(update_fields=["pseudonym"])


def lock(controller_id: UUID, subject_id: UUID) -> Subject:
    """The subject, locked until the transaction ends. Raises SubjectUnknownError."""
    found = (
        Subject.objects.select_for_update(no_key=True)
        .filter(controller_id=controller_id, pk=subject_id)
        .first()
    )
    if found is None:
        raise SubjectUnknownError
    return found


def lock_many(controller_id: UUID, ids: Sequence[UUID]) -> dict[UUID, SubjectRef]:
    """Lock these people in the order of their ids (so that two writers cannot deadlock).

    Ids of nobody, or of another controller, are simply absent from the answer.
    """
    rows = (
        Subject.objects.select_for_update(no_key=True)
        .filter(controller_id=controller_id, pk__in=ids)
        .order_by("pk")
    )
    return {row.id: ref(row) for row in rows}


def ref(subject: Subject) -> SubjectRef:
    """How audit entries name the person."""
    return SubjectRef(subject.id, subject.pseudonym)


@dataclass(frozen=True, slots=True)
class _Made:
    subject: Subject
    data_key: DataKey
    identifiers: list[Identifier]

    @classmethod
    def of(cls, controller_id: UUID, new: NewSubject) -> "_Made":
        if not new.identifiers:
            raise NoIdentifierError
        subject = Subject(
            id=uuid7(), controller_id=controller_id, pseudonym=uuid7(), residence=new.residence,
            region=new.region, time_zone=new.time_zone, language=new.language,
            age_state=new.age_state, age_assurance=new.age_assurance, adult_on=new.adult_on,
            has_guardian=new.has_guardian,
        )  # fmt: skip
        key = keys.new_data_key()
        wrapped = keys.wrap(key, context=subject.id.bytes)
        row = DataKey(subject=subject, wrapped=wrapped.blob, wrapping_version=wrapped.version)
        found = [
            _identifier(controller_id, subject.id, key, scheme, value)
            for scheme, value in new.identifiers
        ]
        return cls(subject, row, found)


def _identifier(
    controller_id: UUID, subject_id: UUID, key: bytes, scheme: str, value: str
) -> Identifier:
    text = normalise(scheme, value)
    digest = keys.lookup_digest(controller_id=controller_id, scheme=scheme, value=text)
    return Identifier(
        controller_id=controller_id, subject_id=subject_id, scheme=scheme, digest=digest,
        digest_version=keys.lookup_version(),
        sealed=keys.seal(key, text.encode(), context=subject_id.bytes + scheme.encode()),
    )  # fmt: skip


def _record(by: Actor, subject: Subject, event: str, data: dict[str, object]) -> None:
    audit.record(
        event=event, by=by, controller_id=subject.controller_id,
        target=Target("subject", str(subject.id)), subject=ref(subject), data=data,
    )  # fmt: skip
