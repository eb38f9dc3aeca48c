"""Acts of an officer about one person that no other package has: looking up and revealing."""

from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from profiles import limits
from subjects import selectors as subjects
from subjects.selectors import ShownIdentifier
from subjects.services import locked_refs, ref


@transaction.atomic
def search(*, by: Actor, controller_id: UUID, scheme: str, value: str) -> UUID | None:
    """Look somebody up by an identifier; the look-up is recorded, the identifier is not.

    Returns the person's id or None. Raises UnknownSchemeError, MalformedIdentifierError,
    SearchLimitError.
    """
    limits.check_search(by=by, controller_id=controller_id)
    found = subjects.find(controller_id, scheme, value)
    who: SubjectRef | None = ref(found) if found else None
    audit.record(
        event="person:searched", by=by, controller_id=controller_id, subject=who,
        target=Target("search", scheme), outcome="found" if found else "not_found",
        data={"scheme": scheme},
    )  # fmt: skip
    return found.id if found else None


@transaction.atomic
def reveal(
    *, by: Actor, controller_id: UUID, subject_id: UUID, reason: str, case: str = ""
) -> list[ShownIdentifier]:
    """A person's identifiers in clear, after the reveal is recorded (PRO-02, P11).

    `reason` is a code of the desk, `case` the company's case number. Raises SubjectUnknownError,
    KeyDestroyedError.
    """
    person = subjects.subject(controller_id, subject_id)
    locked = locked_refs(controller_id, [person.id])
    audit.record(
        event="identifier:revealed", by=by, controller_id=controller_id, subject=locked[person.id],
        target=Target("subject", str(person.id)), data={"reason": reason, "case": case},
    )  # fmt: skip
    return subjects.reveal(person)
