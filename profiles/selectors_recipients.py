"""Who was given data of many people: whom their erasures must be told to (GDPR Art 19)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from keys import statements
from profiles.models import Disclosure
from subjects import sealing

__all__ = ["PLACE_CONTEXT", "Given", "given_to", "places"]

PLACE_CONTEXT: Final = b"profiles.place"


@dataclass(frozen=True, slots=True)
class Given:
    """A party that was given data, and of which categories; `kind` is the party's own."""

    party_id: UUID
    code: str
    kind: str
    categories: frozenset[str]


# Whoever asked with the power of an authority is no recipient (GDPR 4(9); DPDP s.11(2)).
_GIVEN = """
SELECT COALESCE(s.merged_into, s.id), p.id, p.code, p.kind,
  array_agg(DISTINCT c.code) FILTER (WHERE c.code IS NOT NULL)
FROM subjects_subject s
JOIN profiles_disclosure d ON d.subject_id = s.id AND NOT d.is_written_request
JOIN registry_party p ON p.id = d.recipient_id AND p.kind <> 'internal'
LEFT JOIN LATERAL unnest(d.categories) AS c(code) ON true
WHERE s.controller_id = %s AND (s.id = ANY(%s::uuid[]) OR s.merged_into = ANY(%s::uuid[]))
GROUP BY 1, 2, 3, 4 ORDER BY 1, p.code
"""


def given_to(controller_id: UUID, subject_ids: Collection[UUID]) -> dict[UUID, tuple[Given, ...]]:
    """The parties each of these people's data went to, joined records among them."""
    people = statements.array(subject_ids)
    found: dict[UUID, list[Given]] = {}
    for one, party, code, kind, categories in statements.rows(
        _GIVEN, [controller_id, people, people]
    ):
        found.setdefault(one, []).append(Given(party, code, kind, frozenset(categories or ())))
    return {one: tuple(parties) for one, parties in found.items()}


def places(
    controller_id: UUID, subject_ids: Collection[UUID]
) -> dict[UUID, dict[UUID, tuple[str, ...]]]:
    """Where data of these people are shown to everybody, in clear, by person and party.

    For whoever is told to take them away (GDPR 17(2)); of somebody whose key is gone nothing.
    """
    rows = list(
        Disclosure.objects.filter(
            controller_id=controller_id, subject_id__in=subject_ids, place__isnull=False
        ).order_by("id")
    )
    keyring = sealing.keyring(controller_id, {row.subject_id for row in rows})
    found: dict[UUID, dict[UUID, tuple[str, ...]]] = {}
    for row in rows:
        if row.subject_id not in keyring:
            continue
        text = keyring.unseal(row.subject_id, bytes(row.place or b""), context=PLACE_CONTEXT)
        of = found.setdefault(row.subject_id, {})
        of[row.recipient_id] = (*of.get(row.recipient_id, ()), text.decode())
    return found
