"""Recording choices by the thousand, as an import brings them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from audit.actors import Actor, SubjectRef
from consent.catalogue import Catalogue
from consent.services.lines import Choice, LedgerLine
from consent.services.writing import Writer
from keys.behind import behind
from keys.problems import DomainError

AT_ONCE = 1000
"""So many are stored while the next are being made."""


@transaction.atomic(savepoint=False)
def import_many(
    *,
    by: Actor,
    controller_id: UUID,
    choices: Sequence[Choice],
    new: Mapping[UUID, SubjectRef],
    known: Catalogue | None = None,
) -> list[bool | DomainError]:
    """Record imported choices in order, each by the rules of `record` for an import.

    `new` are the people whom the caller's transaction has just added: nobody else knows them, so
    nothing about them is looked up. `known` is what is in force, where that transaction has read
    it. An error that is raised, of the database or a bug, ends the caller's transaction.

    For each: True where its line was added, False where the ledger had it already, or the error
    that kept it out; the others stand.
    """
    writer = Writer.open(by, controller_id, choices, new, known)
    told: list[bool | DomainError] = []
    with behind():
        for begin in range(0, len(choices), AT_ONCE):
            outcomes = [writer.take(choice) for choice in choices[begin : begin + AT_ONCE]]
            told += _told(outcomes, set(map(id, writer.lines)))
            writer.store()
    return told


def _told(
    outcomes: Sequence[LedgerLine | DomainError], added: set[int]
) -> list[bool | DomainError]:
    """`added` are the very lines that were added, as `id` tells them apart."""
    told: list[bool | DomainError] = []
    for outcome in outcomes:
        if isinstance(outcome, DomainError):
            told.append(outcome)
        else:
            told.append(id(outcome) in added)
            added.discard(id(outcome))  # a line repeated in one file is there already
    return told
