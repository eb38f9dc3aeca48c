"""What the audit log can prove of a ledger line: it stands beside the line's receipt."""

from uuid import UUID

from audit import proofs, proving
from audit.errors import EntryMissingError
from audit.proofs import Standing
from consent import selectors
from consent.errors import ConsentMissingError


def entry_of(controller_id: UUID, event_id: UUID) -> UUID:
    """The entry that recorded a ledger line.

    Raises ConsentMissingError where there is no such line, EntryMissingError where the entry
    cannot be found any more.
    """
    line = selectors.event(controller_id, event_id)
    if line is None:
        raise ConsentMissingError
    found = proving.find(
        controller_id, str(event_id), line.recorded_at, event="consent:",
        subject_id=line.subject_id,
    )  # fmt: skip
    if found is None:
        raise EntryMissingError
    return found


def standing_of(controller_id: UUID, event_id: UUID) -> Standing | None:
    """How far the log can prove a ledger line; None where its entry cannot be found any more."""
    try:
        return proofs.standing(controller_id, entry_of(controller_id, event_id))
    except EntryMissingError:
        return None
