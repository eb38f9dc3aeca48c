"""Who stands to a person in which capacity, as far as a reader may look at them in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from audit import services as audit
from audit.actors import Actor, SubjectRef
from policies.deciding import CatalogueMovesError
from profiles import reads, relations, rulings, selectors
from profiles.errors import ReadNotRecordedError
from profiles.fields import TREATMENTS
from profiles.models import Relation
from profiles.selectors import Sitting
from profiles.services import beyond

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Related:
    """Somebody to read next, by `read(relation=...)`."""

    subject_id: UUID
    relation: Relation


def related(  # noqa: PLR0913 (who asks, about whom, what for)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    purpose: str,
    role: str | None = None,
    unit: str | None = None,
) -> list[Related]:
    """Who is holder, joint holder, household, guardian or employer of a person, oldest first.

    Only those whom the matrix shows this role anything of in that capacity, whom the reader's unit
    knows as it, and who are there for the reader. It is on record before it is returned. Raises
    NoSeatError, SeatAmbiguousError, PurposeMissingError, SubjectNotFoundError,
    ReadNotRecordedError.
    """
    try:
        with transaction.atomic():
            seat = beyond.seat(by, controller_id, role, unit)
            person = beyond.somebody(by, controller_id, subject_id, purpose)
            found = _seen(controller_id, seat, subject_id, purpose)
            there = _there(by, controller_id, found, purpose)
            shown = [one for one in found if one.subject_id in there]
            _record(by, controller_id, seat, purpose, [person, *there.values()])
    except (DatabaseError, CatalogueMovesError) as error:
        log.error("related_read_failed", error=type(error).__name__)
        raise ReadNotRecordedError from None
    return shown


def _seen(controller_id: UUID, seat: Sitting, subject_id: UUID, purpose: str) -> list[Related]:
    known = relations.around(controller_id, subject_id, seat.unit)
    open_ = {
        relation for _, relation in known
        if any(
            cell.treatment in TREATMENTS
            for cell in selectors.cells(controller_id, seat.role_id, purpose, relation)
        )
    }  # fmt: skip
    return [Related(other, relation) for other, relation in known if relation in open_]


def _there(
    by: Actor, controller_id: UUID, found: Sequence[Related], purpose: str
) -> Mapping[UUID, SubjectRef]:
    """Nobody is told of people who are hidden: those are nobody's guardian and joint holder."""
    ruled = rulings.ruled(
        by=by, controller_id=controller_id, use=rulings.Use(purpose=purpose), categories=(),
        subject_ids=list(dict.fromkeys(one.subject_id for one in found)), sees_restricted=False,
    )  # fmt: skip
    return {one: each.subject for one, each in ruled.items()}


def _record(
    by: Actor, controller_id: UUID, seat: Sitting, purpose: str, people: Sequence[SubjectRef]
) -> None:
    data = {
        "what": "related", "role": seat.role, "unit": seat.unit, "shown": len(people) - 1
    }  # fmt: skip
    audit.record_many(
        audit.Draft(
            event="list:viewed", by=by, controller_id=controller_id, purpose=purpose,
            target=reads.target(seat.seat_id), subject=one, data=data,
        )
        for one in people
    )  # fmt: skip
