"""The end of what is left of somebody whose data key was destroyed."""

from uuid import UUID

from django.db import transaction

from profiles.models import FormerRecord, ProfileRecord
from profiles.services import exporting


@transaction.atomic
def forget(*, controller_id: UUID, subject_id: UUID) -> int:
    """Delete their records and every file in which they may be; returns how many records.

    The values are noise by then, but the records still say which attributes there were, and a file
    of exported profiles was sealed under no key of theirs. May be repeated.
    """
    whose = {"controller_id": controller_id, "subject_id": subject_id}
    deleted = sum(
        model.objects.filter(**whose).delete()[0] for model in (ProfileRecord, FormerRecord)
    )
    exporting.end_with(controller_id, subject_id)
    return deleted
