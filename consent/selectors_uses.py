"""For what a person's data are still used, of many people at once: what erasure may not undo."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.utils import timezone

from consent.models import PurposeVersion
from keys import statements
from keys.ids import uuid7_at

__all__ = [
    "Ended", "Restricted", "Use", "categories_by_purpose", "last_spoken", "live_uses",
    "of_closed_purposes", "past", "purpose_codes", "restricted", "served", "under_age", "upheld",
    "withdrawn",
]  # fmt: skip

Kind = Literal["consent", "ground", "commitment"]


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose that still needs data of a person, and by which law; `until` empty: open."""

    purpose: str
    kind: Kind
    ground: str = ""
    pack: str = ""
    citation: str = ""
    until: date | None = None


_USES = """
SELECT s.subject_id, p.code, 'consent', '', '', '', NULL::date
FROM consent_consentstate s JOIN consent_purpose p ON p.id = s.purpose_id
WHERE s.subject_id = ANY(%s::uuid[]) AND s.controller_id = %s AND p.closed_at IS NULL
  AND s.state IN ('given', 'renewed') AND (s.expires_at IS NULL OR s.expires_at > %s)
UNION ALL
SELECT g.subject_id, p.code, 'ground', g.ground, g.pack, g.citation, g.ends_on
FROM consent_personalground g JOIN consent_purpose p ON p.id = g.purpose_id
WHERE g.subject_id = ANY(%s::uuid[]) AND g.controller_id = %s AND p.closed_at IS NULL
  AND g.state = 'active' AND (g.ends_on IS NULL OR g.ends_on >= %s)
UNION ALL
SELECT c.subject_id, p.code, 'commitment', '', '', '', (c.ends_at AT TIME ZONE 'UTC')::date
FROM consent_commitment c JOIN consent_purpose p ON p.id = c.purpose_id
WHERE c.subject_id = ANY(%s::uuid[]) AND c.controller_id = %s
  AND (c.ends_at IS NULL OR c.ends_at > %s)
ORDER BY 1, 3, 2, 4
"""


def live_uses(controller_id: UUID, subject_ids: Collection[UUID]) -> dict[UUID, tuple[Use, ...]]:
    """The live uses of these people's data: consents, other grounds, orders under way."""
    people, now = statements.array(subject_ids), timezone.now()
    given = [people, controller_id, now, people, controller_id, now.date(), people, controller_id]
    found: dict[UUID, list[Use]] = {}
    for subject_id, *parts in statements.rows(_USES, [*given, now]):
        found.setdefault(subject_id, []).append(Use(*parts))
    return {one: tuple(dict.fromkeys(uses)) for one, uses in found.items()}


def categories_by_purpose(controller_id: UUID) -> dict[str, frozenset[str]]:
    """The data categories each purpose needs, by its newest version that has begun."""
    rows = PurposeVersion.objects.begun().filter(controller_id=controller_id)
    newest = rows.order_by("purpose_id", "number").values_list("purpose__code", "categories")
    return {code: frozenset(categories) for code, categories in newest}


def purpose_codes(controller_id: UUID) -> frozenset[str]:
    """Every purpose there is or was."""
    rows = PurposeVersion.objects.filter(controller_id=controller_id)
    return frozenset(rows.values_list("purpose__code", flat=True))


@dataclass(frozen=True, slots=True)
class Ended:
    """Something of a person's that ended a use: `ref` names it for ever."""

    controller_id: UUID
    subject_id: UUID
    ref: str
    purpose: str
    at: datetime


_SPOKEN = """
SELECT a.id, GREATEST(
  (SELECT max(e.event_at) FROM consent_consentevent e
   WHERE e.subject_id = a.id AND e.controller_id = %s
     AND e.state IN ('given', 'renewed', 'refused', 'withdrawn')),
  (SELECT max(o.objected_at) FROM consent_objection o WHERE o.subject_id = a.id),
  (SELECT max(r.asked_at) FROM consent_restriction r WHERE r.subject_id = a.id))
FROM unnest(%s::uuid[]) AS a(id)
"""


def last_spoken(controller_id: UUID, subject_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these people last chose something or used a right; who never did is absent."""
    rows = statements.rows(_SPOKEN, [controller_id, statements.array(subject_ids)])
    return {one: at for one, at in rows if at}


_WITHDRAWN = """
SELECT e.subject_id, e.id, p.code, e.event_at
FROM consent_consentevent e JOIN consent_purpose p ON p.id = e.purpose_id
JOIN consent_consentstate s ON s.subject_id = e.subject_id AND s.purpose_id = e.purpose_id
  AND s.event_id = e.id
WHERE e.controller_id = %s AND e.id >= %s AND e.state = 'withdrawn' ORDER BY e.id
"""
_UNDER_AGE = """
SELECT e.subject_id, e.id, p.code, e.event_at
FROM consent_consentevent e JOIN consent_purpose p ON p.id = e.purpose_id
WHERE e.controller_id = %s AND e.id >= %s AND e.state = 'invalidated' AND e.reason = 'under_age'
ORDER BY e.id
"""
_SERVED = """
SELECT e.subject_id, e.id, p.code, e.event_at
FROM consent_consentevent e JOIN consent_purpose p ON p.id = e.purpose_id
JOIN consent_consentstate s ON s.subject_id = e.subject_id AND s.purpose_id = e.purpose_id
  AND s.event_id = e.id
WHERE e.controller_id = %s AND e.id >= %s AND e.state = 'revoked'
  AND e.reason IN ('purpose_ended', 'relation_ended') ORDER BY e.id
"""
_UPHELD = """
SELECT o.subject_id, o.id, COALESCE(p.code, ''), COALESCE(o.decided_at, o.objected_at)
FROM consent_objection o LEFT JOIN consent_purpose p ON p.id = o.purpose_id
WHERE o.controller_id = %s AND o.state = 'upheld' AND o.kind = 'particular_situation'
  AND o.lifted_at IS NULL AND o.decided_at >= %s ORDER BY o.id
"""
_LAST_OF_PURPOSE = """
SELECT s.subject_id, p.id, p.code, p.closed_at
FROM consent_purpose p JOIN consent_consentstate s ON s.purpose_id = p.id
WHERE p.controller_id = %s AND p.closed_at >= %s AND s.subject_id > %s
ORDER BY s.subject_id, p.id LIMIT %s
"""
_RESTRICTIONS = """
SELECT r.subject_id, r.id, r.scope_type, r.scope, COALESCE(r.lifted_at, r.asked_at),
  r.lifted_at IS NOT NULL
FROM consent_restriction r
WHERE r.controller_id = %s AND (r.asked_at >= %s OR r.lifted_at >= %s) ORDER BY r.id
"""


def withdrawn(controller_id: UUID, since: datetime) -> list[Ended]:
    """Withdrawals on record since, as long as nothing was said after them (DPDP s.6(4), 8(7))."""
    return _ended(controller_id, _WITHDRAWN, [uuid7_at(since)])


def served(controller_id: UUID, since: datetime) -> list[Ended]:
    """Consents that the controller ended since, as what they were for is over (DPDP s.8(7))."""
    return _ended(controller_id, _SERVED, [uuid7_at(since)])


def under_age(controller_id: UUID, since: datetime) -> list[Ended]:
    """Consents found since to be a child's own (DPDP s.9; GDPR 8(1), 17(1)(f))."""
    return _ended(controller_id, _UNDER_AGE, [uuid7_at(since)])


def upheld(controller_id: UUID, since: datetime) -> list[Ended]:
    """Objections from a particular situation that were upheld since (GDPR 17(1)(c)).

    One to marketing ends the marketing, and nothing else.
    """
    return _ended(controller_id, _UPHELD, [since])


def of_closed_purposes(
    controller_id: UUID, since: datetime, after: UUID, limit: int
) -> list[Ended]:
    """The people of purposes that were closed since, in the order of their ids after `after`."""
    return _ended(controller_id, _LAST_OF_PURPOSE, [since, after, limit])


@dataclass(frozen=True, slots=True)
class Restricted:
    """A restriction that was set, or ended: those who hold the data are to be told (GDPR 19)."""

    subject_id: UUID
    ref: str
    scope_type: str
    scope: str
    at: datetime
    is_lifted: bool


def restricted(controller_id: UUID, since: datetime) -> list[Restricted]:
    """Restrictions asked for or ended since."""
    rows = statements.rows(_RESTRICTIONS, [controller_id, since, since])
    return [Restricted(one, str(row), *rest) for one, row, *rest in rows]


def _ended(controller_id: UUID, statement: str, given: list[object]) -> list[Ended]:
    rows = statements.rows(statement, [controller_id, *given])
    return [Ended(controller_id, one, str(ref), purpose, at) for one, ref, purpose, at in rows]


_PAST = """
SELECT s.subject_id, p.code, (CASE WHEN %s = 'purpose_end' AND s.state IN ('given', 'renewed')
  THEN p.closed_at ELSE s.since_at END)::date AS day
FROM consent_consentstate s JOIN consent_purpose p ON p.id = s.purpose_id
WHERE s.controller_id = %s AND p.code = %s AND s.subject_id > %s
  AND (CASE WHEN %s = 'purpose_end' AND s.state IN ('given', 'renewed')
       THEN p.closed_at ELSE s.since_at END) < %s
ORDER BY s.subject_id LIMIT %s
"""


def past(  # noqa: PLR0913, PLR0917 (whose, and from when)
    controller_id: UUID, purpose: str, counts_from: str, before: datetime, after: UUID, limit: int
) -> list[tuple[UUID, date]]:
    """Whose data for a purpose began to count before a moment, and on which day."""
    given = [counts_from, controller_id, purpose, after, counts_from, before, limit]
    return [(one, day) for one, _purpose, day in statements.rows(_PAST, given)]
