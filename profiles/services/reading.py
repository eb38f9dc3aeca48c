"""Reading profiles: role, purpose, decision and freshness decide the fields, and the read is on
record before anything is shown (P11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.actors import Actor
from profiles.fields import ProfileShown
from profiles.models import Relation

MOST = 100
"""So many people are in one list at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifting:
    """What goes beyond a reader's view, with the reference that the record of the read names.

    `unmasked` attributes are shown without their mask; `is_beyond_view` lifts the whole matrix;
    `sees_restricted` shows people who are hidden otherwise. The decision is never lifted.
    """

    reference: str
    unmasked: frozenset[str] = frozenset()
    is_beyond_view: bool = False
    sees_restricted: bool = False


def read(  # noqa: PLR0913 (who asks, about whom, and in what capacity)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    purpose: str,
    role: str | None = None,
    unit: str | None = None,
    relation: Relation = Relation.SELF,
    case: str = "",
    lifting: Lifting | None = None,
) -> ProfileShown:
    """A person's profile as this reader may see it for this purpose.

    `role` and `unit` choose among the reader's seats; they may be left out where there is one.
    `case` is what a reserved purpose serves. Live sources are asked before the transaction. Raises
    NoSeatError, SeatAmbiguousError, PurposeMissingError, SubjectNotFoundError (nobody, another
    controller's, erased, restricted for a reader without the right to see those: all alike),
    ReadNotRecordedError (then nothing is shown).
    """
    raise NotImplementedError


def read_many(  # noqa: PLR0913 (as `read`)
    *,
    by: Actor,
    controller_id: UUID,
    subject_ids: Sequence[UUID],
    purpose: str,
    role: str | None = None,
    unit: str | None = None,
    relation: Relation = Relation.SELF,
    case: str = "",
) -> list[ProfileShown]:
    """The profiles of at most 100 people, in the order asked; who is absent is left out.

    Raises as `read`, but no SubjectNotFoundError; TooManySubjectsError.
    """
    raise NotImplementedError
