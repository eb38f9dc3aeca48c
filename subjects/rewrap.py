"""Moving data keys to the active wrapping key after a rotation, so that the old one can retire.

The keys themselves stay as they are: what they sealed needs no touch (docs/adr/0004).
"""

from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from audit import services as audit
from audit.actors import Actor, Target
from keys import services as keys
from keys.ids import SYSTEM_ID
from subjects.models import DataKey
from work import selectors as work_selectors
from work import services as work

REWRAP: Final = "subjects.rewrap"
BATCH: Final = 500

_CHANGE = """
UPDATE subjects_datakey k SET wrapped = n.wrapped, wrapping_version = n.version
FROM unnest(%s::uuid[], %s::bytea[], %s::integer[]) AS n(subject_id, wrapped, version)
WHERE k.subject_id = n.subject_id
"""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: the active version, whether it is new, and how many keys are behind."""

    version: int
    is_new: bool
    behind: int


@dataclass(frozen=True, slots=True)
class Step:
    """How many keys one step moved, and whether this process has not seen the new version yet."""

    moved: int
    is_stale: bool = False


def rotate(*, by: Actor) -> Rotation:
    """Add a wrapping key and have all data keys wrapped anew under it, or go on doing so.

    While data keys are still behind the active version no further one is added: a rotation that was
    killed between the key file and the database is finished instead. Raises KeysError.
    """
    version = keys.current_provider().active_version("wrapping")
    is_new = behind(version) == 0
    if is_new:
        version = keys.rotate("wrapping")
    _have_rewrapped(by, version, is_new=is_new)
    return Rotation(version, is_new, behind(version))


def behind(version: int) -> int:
    """How many data keys are wrapped by a version older than this one."""
    return DataKey.objects.filter(wrapping_version__lt=version).count()


@transaction.atomic
def rewrap(version: int, *, limit: int) -> Step:
    """Wrap up to `limit` data keys of versions older than this anew under the active one.

    Nothing is written by a process whose keys are older than `version`: it would wrap them back.
    """
    if keys.current_provider().active_version("wrapping") < version:
        return Step(0, is_stale=True)
    rows = DataKey.objects.select_for_update().filter(wrapping_version__lt=version)
    anew = [_anew(row) for row in rows.order_by("wrapping_version")[:limit]]
    if anew:
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, [list(column) for column in zip(*anew, strict=True)])
    return Step(len(anew))


def _anew(row: DataKey) -> tuple[object, bytes, int]:
    context = row.subject_id.bytes
    data_key = keys.unwrap(row.wrapping_version, bytes(row.wrapped), context=context)
    wrapped = keys.wrap(data_key, context=context)
    return row.subject_id, wrapped.blob, wrapped.version


@transaction.atomic
def _have_rewrapped(by: Actor, version: int, *, is_new: bool) -> None:
    """Note the work, and the rotation, unless a job for this is under way."""
    if not is_new and work_selectors.is_unfinished(kind=REWRAP, controller_id=SYSTEM_ID):
        return
    audit.record(
        event="keys:rotated", by=by, controller_id=SYSTEM_ID, target=Target("key", "wrapping"),
        data={"version": version, "resumed": not is_new},
    )  # fmt: skip
    work.enqueue(
        kind=REWRAP, controller_id=SYSTEM_ID, payload={"version": version}, total=behind(version)
    )
