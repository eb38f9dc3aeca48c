"""Opening the sealed values of a report: a recorded act, like every look at personal data (P11)."""

from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from keys.errors import UnsealError
from policies import accounts, selectors
from policies.intake.errors import ReportUnknownError, ValuesUnreadableError
from subjects import selectors as subjects
from subjects.errors import KeyDestroyedError
from subjects.services import ref


@transaction.atomic
def reveal_values(*, by: Actor, controller_id: UUID, entry_id: UUID, reason: str) -> dict[str, str]:
    """The values of a report by data category, after the reveal is recorded.

    `reason` is a code of `policies.words.REVEAL_REASONS`. Raises ReportUnknownError (also for
    another controller's), KeyDestroyedError, ValuesUnreadableError; then nothing is recorded.
    """
    entry = selectors.report_entry(controller_id, entry_id)
    if entry is None or entry.body is None:
        raise ReportUnknownError
    if entry.subject_id is None:
        raise KeyDestroyedError
    audit.record(
        event="values:revealed", by=by, controller_id=controller_id,
        subject=ref(subjects.subject(controller_id, entry.subject_id)),
        target=Target("entry", str(entry_id)), data={"reason": reason},
    )  # fmt: skip
    try:
        return accounts.values_of(entry)
    except UnsealError:
        raise ValuesUnreadableError from None
