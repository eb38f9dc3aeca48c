"""What is done on the page of the logs: looking, which is recorded, and answering an alarm."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from audit.sealing import log_name


@transaction.atomic
def note_view(*, by: Actor, controller_ids: Collection[UUID]) -> None:
    """Record in each of these logs that somebody looks at its state."""
    audit.record_many(
        audit.Draft(
            event="log:viewed", by=by, controller_id=one, target=Target("log", log_name(one))
        )
        for one in controller_ids
    )
