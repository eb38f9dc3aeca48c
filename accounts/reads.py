"""Recording that a service reads about a person (P11)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from accounts.errors import ReadNotRecordedError
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target


def record_read(
    *,
    by: Actor,
    controller_id: UUID,
    target: Target,
    subject: SubjectRef | None,
    data: Mapping[str, Any],
    event: str = "record:read",
) -> None:
    """Record a read in its transaction, before anything is shown.

    Raises ReadNotRecordedError: then show nothing.
    """
    try:
        audit.record(
            event=event, by=by, controller_id=controller_id, target=target, subject=subject,
            data=data,
        )  # fmt: skip
    except DatabaseError:
        raise ReadNotRecordedError from None
