"""News about people: that permits have ended, and that a data key was destroyed.

Sent as a job in the transaction of the fact: it exists exactly if that fact does. What is done
about it is known further up.
"""

from collections.abc import Sequence
from uuid import UUID

from work import services as work
from work.payloads import CODE

PERMITS_ENDED = "permits.ended"
"""The kind of job that carries it."""

KEY_DESTROYED = "subjects.key_destroyed"
"""The kind of job by which those who keep copies or names of what was sealed let go of them."""

EVERYTHING, PURPOSE, CATEGORY, MARKETING = "everything", "purpose", "category", "marketing"
"""How far it reaches: all purposes, one, those that use a category of data, those of marketing."""

AT_ONCE = 500
PRIORITY = 10
"""Before exports and imports: a permit lives a minute."""


def permits_ended(
    *,
    controller_id: UUID,
    subject_ids: Sequence[UUID],
    reason: str,
    scope_type: str = EVERYTHING,
    scope: str = "",
) -> None:
    """Note that permits about these people have ended; call it in the transaction of the cause.

    `reason` is a code that services read, such as consent_withdrawn; `scope` the purpose or
    category that `scope_type` speaks of; one that is no code reaches everything. Raises
    PayloadError for a reason that is no code.
    """
    if not CODE.fullmatch(scope):
        scope_type, scope = EVERYTHING, ""
    people = [str(one) for one in subject_ids]
    said = {"reason": reason, "scope_type": scope_type, "scope": scope}
    work.enqueue_many(
        work.NewJob(
            PERMITS_ENDED, controller_id, {**said, "people": people[start : start + AT_ONCE]},
            priority=PRIORITY,
        )
        for start in range(0, len(people), AT_ONCE)
    )  # fmt: skip


def key_destroyed(*, controller_id: UUID, subject_id: UUID) -> None:
    """Note that nothing of the person can be read any more; call it in that transaction."""
    said = {"subject": str(subject_id)}
    work.enqueue_many([work.NewJob(KEY_DESTROYED, controller_id, said, priority=PRIORITY)])
