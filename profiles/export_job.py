"""The job that writes an approved export, a hundred people a step.

Each step reads as the one who asked reads, so that nothing is in the file that they could not have
seen on a page; what a killed step wrote is cut off when it is repeated.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import UUID

from audit.actors import Actor
from audit.exporting.copies import cell
from audit.exporting.errors import ExportBusyError
from profiles import export_lines as lines
from profiles import selectors
from profiles.errors import NoSeatError, SeatAmbiguousError
from profiles.export_folder import FOLDER
from profiles.fields import ProfileShown
from profiles.models import ExportState, ProfileExport
from profiles.services import exporting, reading
from work import services as work
from work.handlers import JobView, Outcome, again, finished, handler, periodic

STEP: Final = 100
LEASE_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Step:
    """Where to go on, the digest of the finished file, or why there will be none; or nothing."""

    cursor: dict[str, Any] | None = None
    delay_seconds: float = 0
    sha256: str = ""
    failure: str = ""


def step(job: JobView) -> Step:
    """Write the lines of the next people. Its only other effect is the record of their reading."""
    found = ProfileExport.objects.select_related("seat__role").filter(
        id=UUID(job.payload["export"]), state=ExportState.APPROVED
    )
    export = found.first()
    if export is None:
        return Step()
    cursor = dict(job.cursor) or _begin(export)
    try:
        with FOLDER.alone(export.id) as file:
            work.renew(job)  # who has lost the job meanwhile must not touch what another wrote
            if cursor["is_last"]:
                return Step(sha256=FOLDER.finish(export.id, file, cursor["bytes"]))
            return _more(export, file, cursor)
    except ExportBusyError:
        return Step(cursor, delay_seconds=1)
    except (NoSeatError, SeatAmbiguousError) as error:
        return Step(failure=error.code)  # who asked may read no more


@handler(exporting.KIND, perform=step, lease_seconds=LEASE_SECONDS)
def record(job: JobView, done: Step) -> Outcome:
    export_id = UUID(job.payload["export"])
    if done.failure:
        exporting.fail(export_id=export_id, code=done.failure)
    if done.sha256:
        exporting.finish(
            export_id=export_id, shown=job.cursor["shown"], size=job.cursor["bytes"],
            sha256=done.sha256,
        )  # fmt: skip
    if done.cursor is None:
        return finished()
    return again(cursor=done.cursor, done=done.cursor["place"], delay_seconds=done.delay_seconds)


@periodic("profiles.exports_end", every=3600)
def end_expired(job: JobView) -> Outcome:
    exporting.end_expired()
    return finished()


def _begin(export: ProfileExport) -> dict[str, Any]:
    """The columns are settled once: a definition that changes meanwhile changes no file."""
    codes = lines.columns(selectors.definitions(export.controller_id))
    return {"place": 0, "bytes": 0, "shown": 0, "codes": codes, "is_last": False}


def _more(export: ProfileExport, file: IO[bytes], cursor: dict[str, Any]) -> Step:
    key, begin = exporting.watermark_key(export), cursor["place"]
    people = lines.ordered(key, export.selection)[begin : begin + STEP]
    shown = _read(export, people)
    parts = [lines.header(cursor["codes"])] if begin == 0 else []
    parts += [
        lines.line(key, one.subject_id, one.fields, cursor["codes"], cell) for one in shown
    ]  # fmt: skip
    written = b"".join(parts)
    file.truncate(cursor["bytes"])
    file.seek(cursor["bytes"])
    file.write(written)
    file.flush()
    os.fsync(file.fileno())
    return Step({
        **cursor, "place": begin + len(people), "bytes": cursor["bytes"] + len(written),
        "shown": cursor["shown"] + len(shown),
        "is_last": begin + len(people) >= len(export.selection),
    })  # fmt: skip


def _read(export: ProfileExport, people: Sequence[UUID]) -> list[ProfileShown]:
    """As the one who asked sees them, from the seat they asked from."""
    seat = export.seat
    by = Actor("officer" if seat.holder_type == "officer" else "service", export.requested_by)
    return reading.read_many(
        by=by, controller_id=export.controller_id, subject_ids=people, purpose=export.purpose,
        role=seat.role.code, unit=seat.unit,
    )  # fmt: skip
