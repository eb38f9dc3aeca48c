"""Rotating the wrapping key: a new version, and whatever older ones hold wrapped anew under it.

That is everybody's data key and the secrets of connected systems and addresses. The data keys
themselves stay as they are: what they sealed needs no touch (docs/adr/0004).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from keys import rewrapping
from keys import services as keys
from keys.ids import SYSTEM_ID
from work import selectors as work_selectors
from work import services as work

REWRAP: Final = "subjects.rewrap"
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: the active version, whether it is new, and how many are behind it."""

    version: int
    is_new: bool
    behind: int


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a pass before somebody's eyes is: moved by it, still behind, and what did not open.

    `behind` is counted anew now and then only: workers move some of them at the same time.
    """

    moved: int
    unopened: tuple[UUID, ...]


def rotate(*, by: Actor, resume: bool = False) -> Rotation:
    """Add a wrapping key and have all that is wrapped wrapped anew under it, or go on doing so.

    While anything is still behind the active version no further one is added: a rotation that was
    killed between the key file and the database is finished instead. With `resume` none is added
    in any case. Workers do the rest, also when the caller goes on with `moving`. Raises KeysError.
    """
    version = keys.current_provider().active_version("wrapping")
    before = rewrapping.behind(version)
    is_new = not before and not resume
    if is_new:
        version = keys.rotate("wrapping")
        before = rewrapping.behind(version)
    if before or is_new:
        _have_rewrapped(by, version, is_new=is_new, total=before)
    return Rotation(version, is_new, before)


def moving(version: int) -> Iterator[Moved]:
    """Move what is behind `version` in this process, beside the workers; after each batch, how far.

    One pass: what another process works on meanwhile is left to it. It may be stopped or killed
    between any two batches; nothing is lost. Raises KeysError.
    """
    moved, unopened = 0, ()  # type: tuple[int, tuple[UUID, ...]]
    place: rewrapping.Place | None = rewrapping.Place()
    while place is not None:
        step = rewrapping.rewrap(version, place=place, limit=BATCH)
        moved, unopened, place = moved + step.moved, unopened + step.unopened, step.place
        yield Moved(moved, unopened)


@transaction.atomic
def _have_rewrapped(by: Actor, version: int, *, is_new: bool, total: int) -> None:
    """Note the work, and the rotation, unless a job for this is under way."""
    if not is_new and work_selectors.is_unfinished(kind=REWRAP, controller_id=SYSTEM_ID):
        return
    audit.record(
        event="keys:rotated", by=by, controller_id=SYSTEM_ID, target=Target("key", "wrapping"),
        data={"version": version, "resumed": not is_new},
    )  # fmt: skip
    work.enqueue(kind=REWRAP, controller_id=SYSTEM_ID, payload={"version": version}, total=total)
