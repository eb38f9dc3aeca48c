"""Sealing what others keep about a person, so that it is gone with the person's data key."""

from collections.abc import Sequence
from uuid import UUID

from keys import services as keys
from subjects.errors import KeyDestroyedError, SubjectUnknownError
from subjects.models import DataKey
from subjects.selectors import data_key, subject


def seal_many(
    controller_id: UUID, texts: Sequence[tuple[UUID, bytes]], *, context: bytes
) -> list[bytes | None]:
    """Each text sealed under the data key of its person; None where that key is gone.

    The people are the controller's own; those of others count as gone. One query. `context` says
    what is sealed: it opens as nothing else.
    """
    rows = DataKey.objects.filter(
        subject__controller_id=controller_id, subject_id__in={one for one, _ in texts}
    )
    opened = {
        row.subject_id: keys.unwrap(
            row.wrapping_version, bytes(row.wrapped), context=row.subject_id.bytes
        )
        for row in rows
    }
    return [
        keys.seal(opened[one], text, context=_context(one, context)) if one in opened else None
        for one, text in texts
    ]


def unseal(controller_id: UUID, subject_id: UUID, sealed: bytes, *, context: bytes) -> bytes:
    """What was sealed. The caller records the reading first (P11).

    Raises KeyDestroyedError (also for a person who is gone), UnsealError.
    """
    try:
        key = data_key(subject(controller_id, subject_id))
    except SubjectUnknownError:
        raise KeyDestroyedError from None
    return keys.open_sealed(key, sealed, context=_context(subject_id, context))


def _context(subject_id: UUID, context: bytes) -> bytes:
    return subject_id.bytes + b"\0" + context
