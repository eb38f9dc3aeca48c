"""The verbs on subjects: who they are, how they are found, what stands about them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from keys import statements
from subjects import news, tombstones
from subjects.ages import may_follow
from subjects.capacities import admit
from subjects.clock import is_zone
from subjects.errors import (
    AgeStepError,
    IdentifierTakenError,
    StandingUnknownError,
    SubjectErasedError,
    SubjectHeldError,
    SubjectMergedError,
    SubjectUnknownError,
)
from subjects.family import known, today
from subjects.making import Looked, Made, NewSubject, SubjectRow, store
from subjects.matching import Matches, match_or_create
from subjects.models import (
    DataKey,
    Identifier,
    Relationship,
    ScopeType,
    Standing,
    StandingState,
    Subject,
)
from subjects.selectors import data_key, erased_scopes, held_among

__all__ = [
    "Matches",
    "NewSubject",
    "add_identifier",
    "create",
    "create_many",
    "destroy_key",
    "end_standing",
    "lock",
    "lock_many",
    "locked_refs",
    "match_or_create",
    "ref",
    "relate",
    "set_facts",
    "set_standing",
]


@transaction.atomic
def create(*, by: Actor, controller_id: UUID, new: NewSubject) -> Subject:
    """Add one person. Raises as `create_many`."""
    return create_many(by=by, controller_id=controller_id, new=[new])[0]


@transaction.atomic
def create_many(*, by: Actor, controller_id: UUID, new: Iterable[NewSubject]) -> list[Subject]:
    """Add people, each with a data key and a pseudonym of their own.

    Raises NoIdentifierError, UnknownSchemeError or MalformedIdentifierError for a bad identifier,
    IdentifierTakenError when one is in use, SubjectErasedError when one is an erased person's (P8),
    IntegrityError for facts that cannot be; then nobody was added.
    """
    made = []
    looked: list[Looked] = []
    for person in new:
        theirs = [Looked.of(controller_id, *pair) for pair in person.identifiers]
        made.append(Made.having(controller_id, person, theirs, timezone.now()))
        looked += theirs
    try:
        with transaction.atomic():
            store(by, made)
    except IntegrityError as error:
        raise _refusal(error) from None
    _refuse_erased(controller_id, looked)
    return [_stored(one.subject) for one in made]


def _refuse_erased(controller_id: UUID, looked: Sequence[Looked]) -> None:
    """After they were stored: who is being erased still has their identifiers, which are taken."""
    if tombstones.among(controller_id, looked):
        raise SubjectErasedError


@transaction.atomic
def add_identifier(*, by: Actor, subject: Subject, scheme: str, value: str) -> Identifier:
    """Give a person another identifier. Raises as `create_many`, and KeyDestroyedError."""
    key = data_key(subject)
    looked = Looked.of(subject.controller_id, scheme, value)
    row = looked.sealed(subject.controller_id, subject.id, key, timezone.now())
    identifier = Identifier(**row._asdict())
    try:
        with transaction.atomic():
            identifier.save(force_insert=True)
    except IntegrityError as error:
        raise _refusal(error) from None
    _refuse_erased(subject.controller_id, [looked])
    if "" in erased_scopes(subject.controller_id, [subject.id]).get(subject.id, ()):
        raise SubjectErasedError
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
    """Change facts about a person; those left None stay. Counts from the next decision.

    Raises ValidationError for facts that cannot be, AgeStepError for an age that would end a
    childhood on a mere word, SubjectUnknownError.
    """
    if time_zone and not is_zone(time_zone):
        raise ValidationError({"time_zone": _("This is not a time zone.")})
    locked = lock(subject.controller_id, subject.id)
    given = {
        "residence": residence, "language": language, "time_zone": time_zone,
        "age_state": age_state, "age_assurance": age_assurance, "adult_on": adult_on,
    }  # fmt: skip
    changed = {name: value for name, value in given.items() if value is not None}
    before = known(locked)
    for name, value in changed.items():
        setattr(locked, name, value)
    locked.full_clean()
    if known(locked) != before and not may_follow(before, known(locked), today()):
        raise AgeStepError
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
    """Set a standing; setting one that already stands changes nothing. The next check sees it.

    Raises SubjectUnknownError, ValueError for a state or a kind of scope that does not exist.
    """
    StandingState(state), ScopeType(scope_type)  # no rule knows another, so it would stop nothing
    locked = lock(subject.controller_id, subject.id)
    standing, created = Standing.objects.get_or_create(
        controller_id=locked.controller_id, subject=locked, state=state, scope_type=scope_type,
        scope=scope, ended_at=None,
        defaults={"since_at": since_at or timezone.now(), "reason": reason},
    )  # fmt: skip
    if created:
        data = {"state": state, "scope_type": scope_type, "scope": scope}
        _record(by, locked, "standing:set", data)
        _tell(locked, state, scope_type, scope)
    return standing


def _tell(locked: Subject, state: str, scope_type: str, scope: str) -> None:
    """A legal hold ends no permit; a death has no scope, whatever the row says."""
    if state == StandingState.HOLD:
        return
    limits = ("everything", "") if state == StandingState.DECEASED else (scope_type, scope)
    news.permits_ended(
        controller_id=locked.controller_id, subject_ids=[locked.id], reason=state,
        scope_type=limits[0], scope=limits[1],
    )  # fmt: skip


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
def relate(  # noqa: PLR0913 (a relationship has these parts)
    *,
    by: Actor,
    subject: Subject,
    related_id: UUID,
    kind: str,
    verified_by: str = "",
    unit: str = "",
) -> Relationship:
    """Record that `subject` stands in relation `kind` to another person of the same controller.

    `verified_by` names how it was verified (a code), empty for a mere claim; `unit` the business
    unit at which it holds, empty for all. Raises SubjectUnknownError when the other person is not
    this controller's, ValidationError for one that cannot be or stands already,
    RelationshipCycleError for one that turns others round.
    """
    lock(subject.controller_id, related_id)
    relationship = Relationship(
        controller_id=subject.controller_id, subject=subject, related_id=related_id, kind=kind,
        unit=unit, verified_by=verified_by, verified_at=timezone.now() if verified_by else None,
    )  # fmt: skip
    relationship.full_clean()
    admit(relationship)
    relationship.save(force_insert=True)
    _record(by, subject, "subject:related", {"kind": kind, "verified": bool(verified_by)})
    return relationship


@transaction.atomic
def destroy_key(*, by: Actor, subject: Subject) -> None:
    """Destroy a person's data key, identifiers and pseudonym: nothing sealed is readable again.

    Payloads still carry the pseudonym; nothing leads from it to the person, and the log's index
    names them no longer. Records that were joined to this one go with it. Raises SubjectHeldError
    while a legal hold stands on any of them (GDPR 17(3)(e)).
    """
    _destroy(by, lock(subject.controller_id, subject.id))


def _destroy(by: Actor, locked: Subject) -> None:
    if held_among(locked.controller_id, [locked.id]):
        raise SubjectHeldError
    for joined in Subject.objects.select_for_update(no_key=True).filter(merged_into=locked.id):
        _destroy(by, joined)
    _record(by, locked, "subject:key_destroyed", {})
    Identifier.objects.filter(subject=locked).delete()
    DataKey.objects.filter(subject=locked).delete()
    locked.pseudonym = None
    locked.save(update_fields=["pseudonym"])
    audit.forget(by=by, controller_id=locked.controller_id, subject_id=locked.id)
    news.key_destroyed(controller_id=locked.controller_id, subject_id=locked.id)


def lock(controller_id: UUID, subject_id: UUID) -> Subject:
    """The subject, locked until the transaction ends.

    Raises SubjectUnknownError; SubjectMergedError for a record that was joined to another: what is
    recorded there would count for nobody.
    """
    found = (
        Subject.objects.select_for_update(no_key=True)
        .filter(controller_id=controller_id, pk=subject_id)
        .first()
    )
    if found is None:
        raise SubjectUnknownError
    if found.merged_into:
        raise SubjectMergedError
    return found


_LOCK = """
SELECT id, pseudonym FROM subjects_subject
WHERE controller_id = %s AND id = ANY(%s::uuid[]) AND merged_into IS NULL
ORDER BY id FOR NO KEY UPDATE
"""


def lock_many(controller_id: UUID, ids: Sequence[UUID]) -> dict[UUID, SubjectRef]:
    """Lock these people in the order of their ids (so that two writers cannot deadlock).

    Ids of nobody, of another controller, or of a record that was joined to another are simply
    absent from the answer.
    """
    rows = statements.rows(_LOCK, [controller_id, statements.array(ids)])
    return {found: SubjectRef(found, pseudonym) for found, pseudonym in rows}


def locked_refs(controller_id: UUID, ids: Sequence[UUID]) -> dict[UUID, SubjectRef]:
    """How audit entries name these people, who stay as they are until the transaction ends.

    For whoever reads them in clear: an erasure that commits meanwhile would not find the line of
    the log's index that names them (P6). Records that were joined to another are named as well.
    """
    lock_many(controller_id, ids)
    rows = Subject.objects.filter(controller_id=controller_id, id__in=ids)
    return {one.id: ref(one) for one in rows}


def ref(subject: Subject) -> SubjectRef:
    """How audit entries name the person."""
    return SubjectRef(subject.id, subject.pseudonym)


def _refusal(error: IntegrityError) -> Exception:
    """What the database's refusal means: a taken identifier has a name, anything else keeps its."""
    diagnosis = getattr(error.__cause__, "diag", error)  # a bulk error names it itself
    is_taken = getattr(diagnosis, "constraint_name", None) == "subjects_identifier_once"
    return IdentifierTakenError() if is_taken else error


def _stored(row: SubjectRow) -> Subject:
    """The person of a row that has just been stored."""
    subject = Subject(**row._asdict())
    subject._state.adding = False
    return subject


def _record(by: Actor, subject: Subject, event: str, data: Mapping[str, object]) -> None:
    audit.record(
        event=event, by=by, controller_id=subject.controller_id,
        target=Target("subject", str(subject.id)), subject=ref(subject), data=data,
    )  # fmt: skip
