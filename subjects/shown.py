"""What a service is told about people: every look is recorded where it is read (P11)."""

from uuid import UUID

from django.db import transaction

from accounts.reads import record_read
from audit.actors import Actor, Target
from subjects import selectors
from subjects.models import Subject
from subjects.services import ref


@transaction.atomic
def show(*, by: Actor, controller_id: UUID, subject_id: UUID) -> Subject:
    """The facts about a person. Raises SubjectUnknownError, ReadNotRecordedError."""
    person = selectors.subject(controller_id, subject_id)
    record_read(
        by=by, controller_id=controller_id, target=Target("subject", str(person.id)),
        subject=ref(person), data={"what": "facts", "shown": 1},
    )  # fmt: skip
    return person


@transaction.atomic
def look_up(*, by: Actor, controller_id: UUID, scheme: str, value: str) -> Subject | None:
    """The person with this identifier, or None. A search for nobody is recorded as well.

    Raises UnknownSchemeError, MalformedIdentifierError, ReadNotRecordedError.
    """
    person = selectors.find(controller_id, scheme, value)
    record_read(
        by=by, controller_id=controller_id, event="person:searched",
        target=Target("subject", str(person.id) if person else ""),
        subject=ref(person) if person else None,
        data={"scheme": scheme, "shown": 1 if person else 0},
    )  # fmt: skip
    return person
