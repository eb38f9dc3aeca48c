"""Recording choices by the thousand, as an import brings them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from audit.actors import Actor, SubjectRef
from consent.services.lines import Choice
from consent.services.writing import Writer
from keys.problems import DomainError


@transaction.atomic
def import_many(
    *,
    by: Actor,
    controller_id: UUID,
    choices: Sequence[Choice],
    new: Mapping[UUID, SubjectRef],
) -> list[bool | DomainError]:
    """Record imported choices in order, each by the rules of `record` for an import.

    `new` are the people whom the caller's transaction has just added: nobody else knows them, so
    nothing about them is looked up.

    For each: True where its line was added, False where the ledger had it already, or the error
    that kept it out; the others stand.
    """
    writer = Writer.open(by, controller_id, choices, new)
    outcomes = [writer.take(choice) for choice in choices]
    added = {line.id for line in writer.lines}
    writer.store()
    told: list[bool | DomainError] = []
    for outcome in outcomes:
        if isinstance(outcome, DomainError):
            told.append(outcome)
        else:
            told.append(outcome.id in added)
            added.discard(outcome.id)  # a line repeated in one file is there already
    return told
