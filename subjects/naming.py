"""How others name a person: by our id, or by the company's own identifier of a scheme."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.actors import SubjectRef
from keys import services as keys
from keys import statements
from keys.problems import DomainError
from subjects import selectors, services
from subjects.errors import SubjectUnknownError
from subjects.models import Subject
from subjects.schemes import normalise

_BY_ID = """
SELECT id, pseudonym, language FROM subjects_subject
WHERE controller_id = %s AND id = %s AND merged_into IS NULL FOR NO KEY UPDATE
"""
_BY_IDENTIFIER = """
SELECT s.id, s.pseudonym, s.language
FROM subjects_identifier i JOIN subjects_subject s ON s.id = i.subject_id
WHERE i.controller_id = %s AND i.scheme = %s AND i.digest = %s AND s.merged_into IS NULL
FOR NO KEY UPDATE OF s
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A person as somebody outside names them."""

    subject_id: UUID | None = None
    scheme: str = ""
    value: str = ""


def person(controller_id: UUID, who: Named) -> Subject:
    """The one who is meant; of records that were joined, the one that is used.

    Raises SubjectUnknownError (also for another controller's), UnknownSchemeError,
    MalformedIdentifierError.
    """
    if who.subject_id is not None:
        return _used(selectors.subject(controller_id, who.subject_id))
    found = selectors.find(controller_id, who.scheme, who.value)
    if found is None:
        raise SubjectUnknownError
    return found


@dataclass(frozen=True, slots=True)
class Locked:
    """A person who is locked until the transaction ends, and the language they speak."""

    ref: SubjectRef
    language: str


def lock_person(controller_id: UUID, who: Named) -> Locked:
    """The one whom `person` finds, found and locked in one question.

    Raises as `person`, and SubjectMergedError for a record that is being joined to another.
    """
    found = statements.rows(*_asking(controller_id, who))
    if found:
        subject_id, pseudonym, language = found[0]
        return Locked(SubjectRef(subject_id, pseudonym), language)
    locked = services.lock(controller_id, person(controller_id, who).id)
    return Locked(services.ref(locked), locked.language)


def _asking(controller_id: UUID, who: Named) -> tuple[str, list[object]]:
    if who.subject_id is not None:
        return _BY_ID, [controller_id, who.subject_id]
    value = normalise(who.scheme, who.value)
    digest = keys.lookup_digest(controller_id=controller_id, scheme=who.scheme, value=value)
    return _BY_IDENTIFIER, [controller_id, who.scheme, digest]


def _used(subject: Subject) -> Subject:
    while subject.merged_into:
        subject = selectors.subject(subject.controller_id, subject.merged_into)
    return subject


def people(controller_id: UUID, whom: Sequence[Named]) -> list[SubjectRef | DomainError]:
    """Each of those who are meant, or what `person` would raise.

    One query for each scheme among them and one for all people, however many.
    """
    spelled = [_spelled(who) for who in whom]
    wanted = [who for who in spelled if isinstance(who, Named)]
    owners = {
        scheme: selectors.find_many(controller_id, scheme, sorted(values))
        for scheme, values in _by_scheme(wanted).items()
    }
    ids = [
        who.subject_id or owners[who.scheme].get(who.value) if isinstance(who, Named) else None
        for who in spelled
    ]
    known = selectors.in_bulk(controller_id, list({one for one in ids if one}))
    return [
        who if isinstance(who, DomainError) else _ref(known.get(one) if one else None)
        for who, one in zip(spelled, ids, strict=True)
    ]


def _spelled(who: Named) -> Named | DomainError:
    """With the one spelling of the identifier."""
    if who.subject_id is not None:
        return who
    try:
        return Named(scheme=who.scheme, value=normalise(who.scheme, who.value))
    except DomainError as error:
        return error


def _by_scheme(whom: Sequence[Named]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for who in whom:
        if who.subject_id is None:
            found.setdefault(who.scheme, set()).add(who.value)
    return found


def _ref(found: Subject | None) -> SubjectRef | DomainError:
    return SubjectRef(found.id, found.pseudonym) if found else SubjectUnknownError()
