"""What a service is shown about people: every look is recorded where it is read (P11)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.reads import record_read
from audit.actors import Actor, Target
from consent import reading
from consent.models import ConsentEvent
from consent.reading import Page
from consent.selectors import StateShown
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.naming import Named
from subjects.naming import person as meant


@transaction.atomic
def show_states(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purposes: Collection[str]
) -> list[StateShown]:
    """Where a person stands on these purposes; of joined records, the one that is used.

    Raises SubjectUnknownError, ReadNotRecordedError.
    """
    person = meant(controller_id, Named(subject_id))
    found = reading.states(controller_id, person.id, purposes)
    _record(by, person, {"what": "states", "shown": len(found)})
    return found


@transaction.atomic
def show_page(  # noqa: PLR0913 (whose lines, and which of them)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    purposes: Collection[str],
    after: UUID | None,
    limit: int,
) -> Page:
    """A page of a person's ledger. Raises CursorUnknownError, and as `show_states`."""
    person = meant(controller_id, Named(subject_id))
    found = reading.page(controller_id, person.id, purposes, after=after, limit=limit)
    _record(by, person, {"what": "history", "shown": len(found.lines)})
    return found


@transaction.atomic
def show_line(
    *, by: Actor, controller_id: UUID, event_id: UUID, purposes: Collection[str], what: str
) -> ConsentEvent:
    """One line of the ledger. Raises ConsentMissingError, ReadNotRecordedError.

    `what` says in which form it is shown: "event", "receipt", "proof" or "receipt-FORM".
    """
    found = reading.line(controller_id, event_id, purposes)
    person = subjects.subject(controller_id, found.subject_id)
    _record(by, person, {"what": what, "event": str(found.pk), "shown": 1})
    return found


def _record(by: Actor, person: Any, data: dict[str, object]) -> None:
    record_read(
        by=by, controller_id=person.controller_id, target=Target("subject", str(person.id)),
        subject=subject_services.ref(person), data=data,
    )  # fmt: skip
