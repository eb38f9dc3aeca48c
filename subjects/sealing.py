"""Sealing what others keep about a person, so that it is gone with the person's data key."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from keys import services as keys
from keys import statements
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


_KEYS = """
SELECT found.subject_id, found.wrapping_version, found.wrapped
FROM unnest(%s::uuid[]) AS asked(id)
CROSS JOIN LATERAL (
  SELECT k.subject_id, k.wrapping_version, k.wrapped FROM subjects_datakey k
  JOIN subjects_subject s ON s.id = k.subject_id
  WHERE k.subject_id = asked.id AND s.controller_id = %s OFFSET 0
) found
"""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The opened data keys of some people, for one unit of work: never store, log or keep it."""

    opened: Mapping[UUID, bytes] = field(repr=False)

    def __contains__(self, subject_id: UUID) -> bool:
        return subject_id in self.opened

    def seal(self, subject_id: UUID, text: bytes, *, context: bytes) -> bytes:
        """The text sealed under the person's data key. Raises KeyDestroyedError."""
        return keys.seal(self._key(subject_id), text, context=_context(subject_id, context))

    def unseal(self, subject_id: UUID, sealed: bytes, *, context: bytes) -> bytes:
        """What was sealed; the caller records the reading (P11).

        Raises KeyDestroyedError, UnsealError.
        """
        key = self._key(subject_id)
        return keys.open_sealed(key, sealed, context=_context(subject_id, context))

    def _key(self, subject_id: UUID) -> bytes:
        try:
            return self.opened[subject_id]
        except KeyError:
            raise KeyDestroyedError from None


def keyring(controller_id: UUID, subject_ids: Collection[UUID]) -> Keyring:
    """The data keys of these people of the controller; whose key is gone is not among them."""
    rows = statements.rows(_KEYS, [statements.array(subject_ids), controller_id])
    return Keyring(
        {
            one: keys.unwrap(version, bytes(wrapped), context=one.bytes)
            for one, version, wrapped in rows
        }
    )


def _context(subject_id: UUID, context: bytes) -> bytes:
    return subject_id.bytes + b"\0" + context
