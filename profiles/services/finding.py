"""Finding whose profile to read: only people who are there for the reader are found (PRO-06)."""

from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from profiles import limits, relations
from profiles.errors import SubjectNotFoundError
from profiles.models import Relation
from profiles.services import beyond
from subjects import selectors as subjects

NOBODY = UUID(int=0)
"""Looked up in place of whom nobody knows, so that both cost the same."""
RECORD = "record"
"""The scheme of a record's own id."""


@transaction.atomic
def find(  # noqa: PLR0913 (who looks for whom, and what for)
    *,
    by: Actor,
    controller_id: UUID,
    scheme: str,
    value: str,
    purpose: str,
    role: str | None = None,
    unit: str | None = None,
    relation: Relation | str = Relation.SELF,
) -> UUID | None:
    """The person of that identifier, or of that record id, whom this reader may look at.

    Nobody for all others alike. The look-up is recorded, the identifier is not. Raises
    SearchLimitError, NoSeatError, SeatAmbiguousError, PurposeMissingError, UnknownSchemeError,
    MalformedIdentifierError.
    """
    limits.check_search(by=by, controller_id=controller_id)
    seat = beyond.seat(by, controller_id, role, unit)
    wanted = _wanted(controller_id, scheme, value)
    capable = relations.in_capacity(controller_id, [wanted], relation, seat.unit)
    try:
        person = beyond.somebody(by, controller_id, wanted, purpose)
    except SubjectNotFoundError:
        person = None
    found = person if wanted in capable else None
    audit.record(
        event="person:searched", by=by, controller_id=controller_id, subject=found,
        target=Target("search", scheme), purpose=purpose,
        outcome="found" if found else "not_found",
        data={"scheme": scheme, "role": seat.role, "unit": seat.unit},
    )  # fmt: skip
    return found.id if found else None


def _wanted(controller_id: UUID, scheme: str, value: str) -> UUID:
    if scheme != RECORD:
        found = subjects.find(controller_id, scheme, value)
        return found.id if found else NOBODY
    try:
        return UUID(value.strip())
    except ValueError:
        return NOBODY
