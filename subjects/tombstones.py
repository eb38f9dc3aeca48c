"""Tombstones: digests of what erased people were known by, so that nothing brings them back (P8).

They are set with the case that erases everything of a person, while their identifiers can still be
read; and lifted by an act of the person after that, or with the case when it is called off.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from keys import services as keys
from keys import statements
from keys.ids import uuid7
from keys.problems import DomainError
from subjects.errors import TombstoneLiftError
from subjects.making import Looked
from subjects.models import Tombstone

__all__ = [
    "LIFTED_BY", "Buried", "among", "call_off", "ever", "known", "lift", "lifted_since", "of_cases",
    "owners", "put_back", "set_many", "standing",
]  # fmt: skip

Pair = tuple[str, str]
Key = tuple[str, bytes]

LIFTED_BY: Final = frozenset({"signed_in", "link_followed"})
"""Acts by which a person shows that an identifier is theirs, and that they are back."""
CALLED_OFF: Final = "called_off"

# Whose they are is asked of what was found by the person: in one condition with it, PostgreSQL may
# go through all of the controller's identifiers for each person (it did, on tables not analyzed).
_IDENTIFIERS = """
SELECT i.scheme, i.digest, i.digest_version, asked.case_id
FROM unnest(%s::uuid[], %s::uuid[]) AS asked(subject_id, case_id)
CROSS JOIN LATERAL (
  SELECT d.controller_id, d.scheme, d.digest, d.digest_version FROM subjects_identifier d
  WHERE d.subject_id = asked.subject_id
  OFFSET 0
) i
WHERE i.controller_id = %s AND (%s::text[] IS NULL OR i.scheme = ANY(%s::text[]))
"""
_SET = """
INSERT INTO subjects_tombstone
  (id, controller_id, scheme, digest, digest_version, case_id, set_at, owner_stays, lifted_how)
SELECT new.id, %s, new.scheme, new.digest, new.version, new.case_id, %s, %s, ''
FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::int[], %s::uuid[])
  AS new(id, scheme, digest, version, case_id)
ORDER BY new.digest
ON CONFLICT (controller_id, scheme, digest) WHERE lifted_at IS NULL DO NOTHING
"""
_KNOWN = """
SELECT asked.scheme, asked.digest, found.id
FROM unnest(%s::text[], %s::bytea[]) AS asked(scheme, digest)
CROSS JOIN LATERAL (
  SELECT t.id FROM subjects_tombstone t
  WHERE t.controller_id = %s AND t.scheme = asked.scheme AND t.digest = asked.digest
    AND t.lifted_at IS NULL
  OFFSET 0
) found
"""


@transaction.atomic
def set_many(
    *,
    by: Actor,
    controller_id: UUID,
    cases: Mapping[UUID, UUID],
    at: datetime | None = None,
    schemes: Sequence[str] | None = None,
) -> int:
    """Set tombstones for whatever these people are known by now; returns how many are new.

    `cases` names for each subject the case that erases everything of theirs: what is erased for
    one purpose or category only leaves the person, whose standing keeps it out. `schemes`: of these
    only, which go by themselves while the person stays. An identifier that has a tombstone already
    keeps that one (GDPR 21(3); DPDP s.12(3)).
    """
    only = None if schemes is None else list(schemes)
    given = [statements.array(cases), statements.array(cases.values()), controller_id, only, only]
    found = statements.rows(_IDENTIFIERS, given)
    if not found:
        return 0
    schemes, digests, versions, case_ids = map(list, zip(*found, strict=True))
    ids = [uuid7() for _ in found]
    new: Any = [
        controller_id, at or timezone.now(), only is not None, ids, schemes, digests, versions,
        case_ids,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SET, new)
        count = int(cursor.rowcount)
    _record(by, controller_id, "tombstone:set", {"cases": len(set(case_ids)), "set": count})
    return count


def known(controller_id: UUID, pairs: Iterable[Pair]) -> dict[Pair, UUID]:
    """Which of these identifiers, as (scheme, value), have a tombstone, and its id.

    What is no identifier has none.
    """
    looked = {pair: one for pair in pairs if (one := _looked(controller_id, pair))}
    found = among(controller_id, list(looked.values()))
    return {
        pair: found[one.scheme, one.digest]
        for pair, one in looked.items()
        if (one.scheme, one.digest) in found
    }


def among(controller_id: UUID, looked: Collection[Looked]) -> dict[Key, UUID]:
    """As `known`, of identifiers that were looked up already: by scheme and digest.

    Asked by every version of the look-up key there has been: a tombstone cannot be digested anew,
    because nobody has its identifier any more.
    """
    asked = {key: (one.scheme, one.digest) for one in looked for key in _keys(controller_id, one)}
    if not asked:
        return {}
    ordered = sorted(asked)
    schemes, digests = ([key[place] for key in ordered] for place in (0, 1))
    given = [statements.array(schemes), statements.array(digests), controller_id]
    return {
        asked[scheme, bytes(digest)]: found
        for scheme, digest, found in statements.rows(_KNOWN, given)
    }


def standing(controller_id: UUID, pairs: Iterable[Pair]) -> list[Tombstone]:
    """The tombstones of these identifiers that were not lifted, in order."""
    ids = known(controller_id, pairs).values()
    return list(Tombstone.objects.filter(pk__in=ids, lifted_at=None).order_by("pk"))


@transaction.atomic
def lift(
    *, by: Actor, controller_id: UUID, pairs: Sequence[Pair], how: str, acted_at: datetime
) -> int:
    """Lift the tombstones of these identifiers, which the person showed to be theirs.

    `how` is one of `LIFTED_BY`, `acted_at` when they did it. Raises TombstoneLiftError unless it
    is the person who acts, in such a way, after each of the tombstones was set: an import, a
    service or an officer lifts none (P8). Each is an entry of its own. Returns how many.
    """
    if by.type != "subject" or how not in LIFTED_BY or acted_at > timezone.now():
        raise TombstoneLiftError
    ids = sorted(known(controller_id, pairs).values())
    rows = list(Tombstone.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    if any(acted_at <= row.set_at for row in rows):
        raise TombstoneLiftError
    lifted = [row.id for row in rows if row.lifted_at is None]
    Tombstone.objects.filter(pk__in=lifted).update(lifted_at=timezone.now(), lifted_how=how)
    audit.record_many(_lifted(by, controller_id, one, how, acted_at) for one in lifted)
    return len(lifted)


def _lifted(by: Actor, controller_id: UUID, one: UUID, how: str, acted_at: datetime) -> audit.Draft:
    data = {"how": how, "acted_at": acted_at.isoformat(), "lifted": 1}
    return audit.Draft(
        event="tombstone:lifted", by=by, controller_id=controller_id,
        target=Target("tombstone", str(one)), data=data,
    )  # fmt: skip


@transaction.atomic
def call_off(*, by: Actor, controller_id: UUID, case_ids: Collection[UUID]) -> int:
    """End the tombstones of cases that were cancelled before anything was erased; how many."""
    rows = Tombstone.objects.select_for_update().filter(
        controller_id=controller_id, case_id__in=case_ids, lifted_at=None
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return 0
    ended = Tombstone.objects.filter(pk__in=ids, lifted_at=None)
    count = ended.update(lifted_at=timezone.now(), lifted_how=CALLED_OFF)
    _record(by, controller_id, "tombstone:lifted", {"how": CALLED_OFF, "lifted": count})
    return count


def _looked(controller_id: UUID, pair: Pair) -> Looked | None:
    try:
        return Looked.of(controller_id, *pair)
    except DomainError:
        return None


def _keys(controller_id: UUID, one: Looked) -> Iterable[Key]:
    yield one.scheme, one.digest
    for version in range(1, one.version):
        digest = keys.lookup_digest(
            controller_id=controller_id, scheme=one.scheme, value=one.text, version=version
        )
        yield one.scheme, digest


def _record(by: Actor, controller_id: UUID, event: str, data: Mapping[str, object]) -> None:
    """Counts only: which case it was says the row, and the case's own entries say whose."""
    audit.record(
        event=event, by=by, controller_id=controller_id, target=Target("tombstones", ""), data=data
    )


def of_cases(case_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, bytes, int]]]:
    """The digests that have a tombstone because of these cases: scheme, digest, its version."""
    found: dict[UUID, list[tuple[str, bytes, int]]] = {}
    rows = Tombstone.objects.filter(case_id__in=case_ids).order_by("id")
    for one in rows:
        digest = one.scheme, bytes(one.digest), one.digest_version
        found.setdefault(one.case_id, []).append(digest)
    return found


def lifted_since(at: datetime) -> Iterable[Tombstone]:
    """Those that were lifted from a moment on, in order."""
    return Tombstone.objects.filter(lifted_at__gte=at).order_by("lifted_at", "id")


class Buried(NamedTuple):
    """A tombstone as the journal of erasures knows it."""

    scheme: str
    digest: bytes
    version: int
    case_id: UUID
    set_at: datetime


@transaction.atomic
def put_back(*, by: Actor, controller_id: UUID, buried: Sequence[Buried]) -> int:
    """Set tombstones again that a restored database does not know; returns how many."""
    if not buried:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _PUT_BACK,
            [controller_id, [uuid7() for _ in buried], *map(list, zip(*buried, strict=True))],
        )
        count = int(cursor.rowcount)
    if count:
        data = {"cases": len({one.case_id for one in buried}), "set": count}
        _record(by, controller_id, "tombstone:set", data)
    return count


def ever(controller_id: UUID, keys_: Collection[Key]) -> set[Key]:
    """Which of these have a tombstone, or had one that was lifted."""
    digests = [digest for _, digest in keys_]
    rows = Tombstone.objects.filter(controller_id=controller_id, digest__in=digests)
    found = {(scheme, bytes(digest)) for scheme, digest in rows.values_list("scheme", "digest")}
    return found & set(keys_)


def owners(controller_id: UUID, keys_: Collection[Key]) -> dict[Key, UUID]:
    """Who has an identifier of these digests now."""
    if not keys_:
        return {}
    ordered = sorted(keys_)
    schemes, digests = ([key[place] for key in ordered] for place in (0, 1))
    given = [statements.array(schemes), statements.array(digests), controller_id]
    return {
        (scheme, bytes(digest)): owner for scheme, digest, owner in statements.rows(_OWNERS, given)
    }


_PUT_BACK = """
INSERT INTO subjects_tombstone
  (id, controller_id, scheme, digest, digest_version, case_id, set_at, lifted_how)
SELECT new.id, %s, new.scheme, new.digest, new.version, new.case_id, new.at, ''
FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::int[], %s::uuid[], %s::timestamptz[])
  AS new(id, scheme, digest, version, case_id, at)
WHERE NOT EXISTS (
  SELECT 1 FROM subjects_tombstone t
  WHERE t.case_id = new.case_id AND t.scheme = new.scheme AND t.digest = new.digest)
ON CONFLICT (controller_id, scheme, digest) WHERE lifted_at IS NULL DO NOTHING
"""
_OWNERS = """
SELECT asked.scheme, asked.digest, i.subject_id
FROM unnest(%s::text[], %s::bytea[]) AS asked(scheme, digest)
JOIN subjects_identifier i
  ON i.controller_id = %s AND i.scheme = asked.scheme AND i.digest = asked.digest
"""
