"""The job that writes the file, some thousands of lines a step.

What a step wrote is on disk before its progress is recorded, and whatever a killed step wrote is
cut off when it is repeated: every line is in the file once, however often a worker dies.
"""

import os
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import UUID

from audit.exporting.errors import ExportBusyError
from consent.exporting import lines, services
from consent.exporting.folder import FOLDER
from consent.models.exports import ConsentExport, ConsentExportState
from work import services as work
from work.handlers import JobView, Outcome, again, finished, handler, periodic

STEP: Final = 20_000
LEASE_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Step:
    """Where to go on, or the digest of the finished file; neither where nothing is to do."""

    cursor: dict[str, Any] | None = None
    delay_seconds: float = 0
    sha256: str = ""


def step(job: JobView) -> Step:
    """Write the next lines. Its effects are on files only, and the same when it is repeated."""
    export_id = UUID(job.payload["export"])
    export = ConsentExport.objects.filter(id=export_id, state=ConsentExportState.MAKING).first()
    if export is None:
        return Step()
    cursor = dict(job.cursor) or {"lines": 0, "bytes": 0}
    try:
        with FOLDER.alone(export_id) as file:
            work.renew(job)  # who has lost the job meanwhile must not touch what another wrote
            if "is_last" in cursor:
                return Step(sha256=FOLDER.finish(export_id, file, cursor["bytes"]))
            return _more(export, file, cursor)
    except ExportBusyError:
        return Step(cursor, delay_seconds=1)


@handler(services.KIND, perform=step, lease_seconds=LEASE_SECONDS)
def record(job: JobView, done: Step) -> Outcome:
    if done.sha256:
        services.finish(
            export_id=UUID(job.payload["export"]), lines=job.cursor["lines"],
            size_bytes=job.cursor["bytes"], sha256=done.sha256,
        )  # fmt: skip
    if done.cursor is None:
        return finished()
    return again(cursor=done.cursor, done=done.cursor["lines"], delay_seconds=done.delay_seconds)


@periodic("consent.exports_end", every=3600)
def end_expired(job: JobView) -> Outcome:
    services.end_expired()
    return finished()


def _more(export: ConsentExport, file: IO[bytes], cursor: dict[str, Any]) -> Step:
    after = UUID(cursor["after"]) if "after" in cursor else None
    rows = lines.page(export, after, STEP)
    begin = lines.header(export.form) if after is None else b""
    written = begin + lines.written(export.form, rows)
    file.truncate(cursor["bytes"])
    file.seek(cursor["bytes"])
    file.write(written)
    file.flush()
    os.fsync(file.fileno())
    following = {
        "lines": cursor["lines"] + len(rows), "bytes": cursor["bytes"] + len(written),
    }  # fmt: skip
    if rows:
        following["after"] = str(rows[-1].id)
    if len(rows) < STEP:
        following["is_last"] = True
    return Step(following)
