"""A person's identifiers, kept for the looks after the person's own key is gone.

Each case has a key of its own, which is destroyed with the last of its looks: what the case was
sealed with opens no more then (P6). The caller of `identifiers` records nothing: what is opened
goes to the connected system that is told or asked, and into no screen.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from erasure.models import Case
from keys import services as keys
from keys import statements
from subjects import sealing as subjects_sealing

__all__ = ["Kept", "Sealed", "forget", "identifiers", "opened", "seal"]


class Sealed(NamedTuple):
    """The columns of a case that hold what was sealed."""

    sealed: bytes
    wrapped_key: bytes
    wrapping_version: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a case keeps in clear: identifiers by scheme, the values of a correction, and where data
    are shown to everybody, by the party that shows them.
    """

    identifiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


_IDENTIFIERS = """
SELECT i.subject_id, i.scheme, i.sealed FROM subjects_identifier i
WHERE i.subject_id = ANY(%s::uuid[]) AND i.controller_id = %s ORDER BY i.scheme, i.id
"""


def known_by(
    controller_id: UUID, subject_ids: Collection[UUID]
) -> dict[UUID, dict[str, list[str]]]:
    """What these people are known by, in clear, by scheme. Whose key is gone has nothing."""
    ring = subjects_sealing.keyring(controller_id, subject_ids)
    found: dict[UUID, dict[str, list[str]]] = {}
    given = [statements.array(subject_ids), controller_id]
    for subject_id, scheme, sealed in statements.rows(_IDENTIFIERS, given):
        if subject_id in ring:
            context = subject_id.bytes + scheme.encode()
            text = keys.open_sealed(ring.opened[subject_id], bytes(sealed), context=context)
            found.setdefault(subject_id, {}).setdefault(scheme, []).append(text.decode())
    return found


def seal(
    case_id: UUID,
    kept: Mapping[str, Sequence[str]],
    values: Mapping[str, Any],
    places: Mapping[UUID, Sequence[str]] | None = None,
) -> Sealed:
    """Seal what a case needs under a new key of its own. Raises TypeError for what is no JSON."""
    key = keys.new_data_key()
    wrapped = keys.wrap(key, context=Case.wrapped_prefix + case_id.bytes)
    shown = {str(party): list(where) for party, where in (places or {}).items()}
    said = {"identifiers": kept, "values": values, "places": shown}
    text = json.dumps(said, sort_keys=True).encode()
    return Sealed(keys.seal(key, text, context=case_id.bytes), wrapped.blob, wrapped.version)


def opened(case_ids: Collection[UUID]) -> dict[UUID, Kept]:
    """What these cases keep; one whose key was destroyed is not among them. Raises UnsealError."""
    rows = Case.objects.filter(pk__in=case_ids, sealed__isnull=False, wrapped_key__isnull=False)
    columns = rows.values_list("id", "sealed", "wrapped_key", "wrapping_version")
    return {
        case_id: _opened(case_id, bytes(sealed), bytes(wrapped), version)
        for case_id, sealed, wrapped, version in columns
        if version is not None and wrapped is not None and sealed is not None
    }


def identifiers(case_ids: Collection[UUID]) -> dict[UUID, Mapping[str, tuple[str, ...]]]:
    """The identifiers these cases keep, by scheme. As `opened`."""
    return {case_id: kept.identifiers for case_id, kept in opened(case_ids).items()}


@transaction.atomic
def forget(case_ids: Collection[UUID]) -> int:
    """Destroy the keys of these cases and what they sealed, after their last look; how many.

    A case that left something behind keeps them until that is gone as well: without them no system
    could be told.
    """
    rows = Case.objects.filter(pk__in=case_ids, wrapped_key__isnull=False, revisit_on=None)
    return rows.update(sealed=None, wrapped_key=None, wrapping_version=None)


def _opened(case_id: UUID, sealed: bytes, wrapped: bytes, version: int) -> Kept:
    key = keys.unwrap(version, wrapped, context=Case.wrapped_prefix + case_id.bytes)
    said = json.loads(keys.open_sealed(key, sealed, context=case_id.bytes))
    found = {scheme: tuple(texts) for scheme, texts in said["identifiers"].items()}
    places = {party: tuple(where) for party, where in said.get("places", {}).items()}
    return Kept(found, said["values"], places)
