"""Questions about subjects. Values in clear leave this module only through `reveal`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from keys import services as keys
from keys import statements
from subjects.capacities import MUTUAL
from subjects.errors import KeyDestroyedError, SubjectUnknownError
from subjects.family import kind_of
from subjects.models import (
    CompanyHold,
    DataKey,
    Identifier,
    Provenance,
    Relationship,
    Standing,
    Subject,
)
from subjects.schemes import mask, normalise


@dataclass(frozen=True, slots=True)
class ShownIdentifier:
    """An identifier as a screen may show it."""

    scheme: str
    text: str


def subject(controller_id: UUID, subject_id: UUID) -> Subject:
    """The subject of this controller. Raises SubjectUnknownError (also for a foreign one)."""
    found = Subject.objects.filter(controller_id=controller_id, pk=subject_id).first()
    if found is None:
        raise SubjectUnknownError
    return found


# Written out: most requests of services begin with it, and composing it would cost more than it.
_FOUND = """
SELECT s.* FROM subjects_identifier i JOIN subjects_subject s ON s.id = i.subject_id
WHERE i.controller_id = %s AND i.scheme = %s AND i.digest = %s
"""


def find(controller_id: UUID, scheme: str, value: str) -> Subject | None:
    """The person with this identifier at this controller, or None.

    Raises UnknownSchemeError, MalformedIdentifierError.
    """
    digest = keys.lookup_digest(
        controller_id=controller_id, scheme=scheme, value=normalise(scheme, value)
    )
    return next(iter(Subject.objects.raw(_FOUND, [controller_id, scheme, digest])), None)


def find_many(controller_id: UUID, scheme: str, values: list[str]) -> dict[str, UUID]:
    """Subject ids by (normalised) identifier value, for those that exist."""
    by_digest = {
        keys.lookup_digest(controller_id=controller_id, scheme=scheme, value=value): value
        for value in values
    }
    rows = Identifier.objects.filter(
        controller_id=controller_id, scheme=scheme, digest__in=list(by_digest)
    ).values_list("digest", "subject_id")
    return {by_digest[bytes(digest)]: subject_id for digest, subject_id in rows}


def in_bulk(controller_id: UUID, ids: list[UUID]) -> dict[UUID, Subject]:
    """Subjects of this controller by id."""
    return {
        found.id: found for found in Subject.objects.filter(controller_id=controller_id, id__in=ids)
    }


def subjects(controller_ids: list[UUID]) -> QuerySet[Subject]:
    """The people of these controllers, newest first."""
    return Subject.objects.filter(controller_id__in=controller_ids).order_by("-id")


def masked_identifiers(subject: Subject) -> list[ShownIdentifier]:
    """Their identifiers, masked."""
    return [ShownIdentifier(one.scheme, mask(one.scheme, one.text)) for one in reveal(subject)]


def masked_many(people: Sequence[Subject]) -> dict[UUID, list[ShownIdentifier]]:
    """The masked identifiers of these people by id, in two queries; none where a key is gone."""
    ids = [person.id for person in people]
    wrapped = {row.subject_id: row for row in DataKey.objects.filter(subject_id__in=ids)}
    opened = {
        one: keys.unwrap(row.wrapping_version, bytes(row.wrapped), context=one.bytes)
        for one, row in wrapped.items()
    }
    found: dict[UUID, list[ShownIdentifier]] = {}
    rows = Identifier.objects.filter(subject_id__in=list(opened)).order_by("scheme", "id")
    for row in rows:
        text = mask(row.scheme, _open(opened[row.subject_id], row))
        found.setdefault(row.subject_id, []).append(ShownIdentifier(row.scheme, text))
    return found


def reveal(subject: Subject) -> list[ShownIdentifier]:
    """Their identifiers in clear. The caller records the read first (P11).

    Raises KeyDestroyedError.
    """
    rows = list(Identifier.objects.filter(subject=subject).order_by("scheme", "id"))
    key = data_key(subject) if rows else b""
    return [ShownIdentifier(row.scheme, _open(key, row)) for row in rows]


def data_key(subject: Subject) -> bytes:
    """The person's data key in clear; never store or log it. Raises KeyDestroyedError."""
    row = DataKey.objects.filter(subject_id=subject.id).first()
    if row is None:
        raise KeyDestroyedError
    return keys.unwrap(row.wrapping_version, bytes(row.wrapped), context=subject.id.bytes)


def standings(subject: Subject) -> QuerySet[Standing]:
    """What stands about a person now."""
    return Standing.objects.filter(subject=subject, ended_at=None).order_by("-since_at", "id")


def provenances(subject: Subject) -> QuerySet[Provenance]:
    """The provenance flags that stand about a person, newest first."""
    return Provenance.objects.filter(subject=subject, ended_at=None).order_by("-id")


def held() -> list[tuple[UUID, UUID | None]]:
    """Whose entries must not end, as (controller id, person id): a legal hold of any scope stands.

    What is held for one purpose is not told apart in the log, so all of theirs is kept. A hold on
    everybody is said once, with None for the person, however many people there are.
    """
    whole = CompanyHold.objects.filter(ended_at=None).values_list("controller_id", flat=True)
    rows = Standing.objects.filter(state="hold", ended_at=None).exclude(controller_id__in=whole)
    people = rows.values_list("controller_id", "subject_id").distinct()
    return [*((one, None) for one in whole.distinct()), *people]


_ERASED = """
SELECT subject_id, scope FROM subjects_standing
WHERE controller_id = %s AND subject_id = ANY(%s::uuid[]) AND ended_at IS NULL
  AND state IN ('erasing', 'erased') AND scope_type IN ('everything', 'purpose')
"""


def erased_scopes(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Of those who are erased or being erased, the purposes concerned; "" stands for everything."""
    found: dict[UUID, set[str]] = {}
    for subject_id, scope in statements.rows(_ERASED, [controller_id, statements.array(ids)]):
        found.setdefault(subject_id, set()).add(scope)
    return found


def gone_categories(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Of which data categories nothing may be taken in about these people any more (P8).

    "" stands for all: they are erased or being erased, or their data are kept for the law only.
    """
    rows = Standing.objects.filter(
        controller_id=controller_id, subject_id__in=ids, ended_at=None,
        state__in=("erasing", "erased", "vault"), scope_type__in=("everything", "category"),
    )  # fmt: skip
    found: dict[UUID, set[str]] = {}
    for subject_id, scope in rows.values_list("subject_id", "scope"):
        found.setdefault(subject_id, set()).add(scope)
    return found


def erased_purposes(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """For which purposes these people's data are erased or being erased, by code."""
    rows = Standing.objects.filter(
        controller_id=controller_id, subject_id__in=ids, ended_at=None,
        state__in=("erasing", "erased", "vault"), scope_type="purpose",
    )  # fmt: skip
    found: dict[UUID, set[str]] = {}
    for subject_id, scope in rows.values_list("subject_id", "scope"):
        found.setdefault(subject_id, set()).add(scope)
    return found


def held_among(controller_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """On which of these people a legal hold of any scope stands: nothing of theirs may end.

    One on everybody of the controller counts as well.
    """
    if CompanyHold.objects.filter(controller_id=controller_id, ended_at=None).exists():
        return set(ids)
    rows = Standing.objects.filter(
        controller_id=controller_id, subject_id__in=ids, state="hold", ended_at=None
    )
    return set(rows.values_list("subject_id", flat=True))


def restricted_scopes(
    controller_id: UUID, ids: Collection[UUID]
) -> dict[UUID, set[tuple[str, str]]]:
    """How far the data of these people are restricted, as (scope type, scope) (GDPR Art 18)."""
    rows = Standing.objects.filter(
        controller_id=controller_id, subject_id__in=ids, state="restricted", ended_at=None
    )
    found: dict[UUID, set[tuple[str, str]]] = {}
    for subject_id, *scope in rows.values_list("subject_id", "scope_type", "scope"):
        found.setdefault(subject_id, set()).add((scope[0], scope[1]))
    return found


def relationships(subject: Subject) -> QuerySet[Relationship]:
    """The person's relationships that stand, oldest first.

    Mutual ones are there from either side: one row says it of both.
    """
    own = Q(subject=subject) | Q(related_id=subject.id, kind__in=MUTUAL)
    return Relationship.objects.filter(
        own, controller_id=subject.controller_id, ended_at=None
    ).order_by("id")


def is_verified_guardian(controller_id: UUID, guardian_id: UUID, of: UUID) -> bool:
    """Whether `guardian_id` may decide for `of`, being verified (DPDP s.9(1), r.10, r.11)."""
    return bool(kind_of(controller_id, guardian_id, of))


def _open(key: bytes, row: Identifier) -> str:
    context = row.subject_id.bytes + row.scheme.encode()
    return keys.open_sealed(key, bytes(row.sealed), context=context).decode()
