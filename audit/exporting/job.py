"""The job that makes an export: wait for the seal, write the lines, the copies, then the zip.

Each step's files are written before its progress is recorded, and whatever a killed step has
written is cut off when it is repeated. So a file has every entry once, however often a worker dies.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from audit import cosignatures, proofs
from audit.criteria import Criteria
from audit.errors import EntryPendingError
from audit.exporting import copies, packing, services
from audit.exporting.entries import part
from audit.exporting.errors import ExportBusyError
from audit.exporting.folder import FOLDER
from audit.exporting.meter import Meter
from audit.exporting.models import Export, ExportState
from audit.exporting.packing import Packed
from audit.exporting.proving import ID, Prover
from audit.models import Checkpoint, Pending
from audit.sealing import log_keys, log_name
from audit.tiles import LogReader
from audit.witnesses.models import WitnessFeed
from keys.ids import uuid7_at
from keys.private import private_file
from work import services as work
from work.handlers import JobView, Outcome, again, finished, handler, periodic

LINES: Final = "entries.ndjson"
WAITS: Final = 60
"""Seconds that entries without a place are waited for."""
WITNESS_WAITS: Final = 20
MOST_PENDING: Final = 1000
LEASE_SECONDS: Final = 600  # of a piece of a file; the copies and the zip renew it as they grow


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to: where to go on, or the finished file; neither where nothing is to do."""

    cursor: dict[str, Any] | None = None
    delay_seconds: float = 0
    packed: Packed | None = None


def step(job: JobView) -> Step:
    """Do the next step. Its effects are on files only, and the same whenever it is repeated."""
    export_id = UUID(job.payload["export"])
    export = Export.objects.filter(id=export_id, state=ExportState.MAKING).first()
    if export is None:
        return Step()
    try:
        with FOLDER.alone(export_id) as place:
            work.renew(job)  # who has lost the job meanwhile must not touch what another wrote
            return _PHASES[job.cursor.get("phase", "waiting")](export, place, job)
    except ExportBusyError:
        return Step(dict(job.cursor), delay_seconds=1)


@handler(services.KIND, perform=step, lease_seconds=LEASE_SECONDS)
def record(job: JobView, done: Step) -> Outcome:
    if done.packed:
        services.finish(
            export_id=UUID(job.payload["export"]), count=job.cursor["count"],
            pending=len(job.cursor["pending"]), packed=done.packed,
        )  # fmt: skip
    if done.cursor is None:
        return finished()
    return again(
        cursor=done.cursor, done=done.cursor.get("count", 0), delay_seconds=done.delay_seconds
    )


@periodic("audit.exports_end", every=3600)
def end_expired(job: JobView) -> Outcome:
    services.end_expired()
    return finished()


def _waiting(export: Export, place: Path, job: JobView) -> Step:
    """Until the entries have their places, and for a while until a witness has seen them."""
    cursor = job.cursor
    tries = cursor.get("tries", 0)
    if tries < WAITS and _is_unsealed(export):
        return Step({"tries": tries + 1}, delay_seconds=1)
    reader = LogReader.of(export.controller_id)
    if reader is None:
        raise EntryPendingError
    needed = cursor.get("needed", reader.size)
    found = cosignatures.newest(export.controller_id, covering=needed)
    if found is None and cursor.get("seen", 0) < WITNESS_WAITS and _has_witness(export):
        return Step({"tries": WAITS, "needed": needed, "seen": cursor.get("seen", 0) + 1}, 1)
    found = found if found and found.size <= reader.size else reader.checkpoint()
    if found is None:
        raise EntryPendingError
    return Step({"phase": "entries", "size": found.size, "count": 0, "bytes": 0, "pending": []})


def _entries(export: Export, place: Path, job: JobView) -> Step:
    """The next thousands of lines, behind those that are recorded."""
    cursor, reader = dict(job.cursor), LogReader.of(export.controller_id)
    if reader is None:
        raise EntryPendingError
    after = UUID(cursor["after"]) if "after" in cursor else None
    found = part(
        _criteria(export), Prover(reader, cursor["size"]), log_name(export.controller_id),
        after=after,
    )  # fmt: skip
    pending = [*cursor["pending"], *map(str, found.pending)]
    if len(pending) > MOST_PENDING:
        raise EntryPendingError
    with private_file(place / LINES, "r+b") as file:
        file.truncate(cursor["bytes"])
        file.seek(cursor["bytes"])
        file.write(found.lines)
        file.flush()
        os.fsync(file.fileno())
    cursor |= {"count": cursor["count"] + found.count, "pending": pending,
               "bytes": cursor["bytes"] + len(found.lines)}  # fmt: skip
    if found.last:
        cursor["after"] = str(found.last)
    return Step({**cursor, "phase": "copies"} if found.is_last else cursor)


def _copies(export: Export, place: Path, job: JobView) -> Step:
    """One readers' copy a step."""
    cursor, source = dict(job.cursor), place / LINES
    left = [one for one in export.formats if one not in cursor.get("copied", [])]
    if not left:
        return Step({**cursor, "phase": "packing"})
    meter = Meter(job, source.stat().st_size)
    copies.write(left[0], source, place / f"entries.{left[0]}", meter)
    return Step({**cursor, "copied": [*cursor.get("copied", []), left[0]]})


def _packing(export: Export, place: Path, job: JobView) -> Step:
    cursor, log, now = job.cursor, log_name(export.controller_id), timezone.now()
    checkpoint = Checkpoint.objects.get(controller_id=export.controller_id, size=cursor["size"])
    with private_file(place / "checkpoint", "wb") as file:
        file.write(proofs.signed_note(checkpoint).encode())
    origin = LogReader.of(export.controller_id).tree.origin  # type: ignore[union-attr] # it signed
    keys = [str(one) for one in log_keys(origin)]
    manifest = {
        **packing.head(kind="export", logs={log: {"origin": origin, "vkeys": keys}}, at=now,
                       by=export.requested_by, reason=export.reason),
        "filters": export.criteria["told"], "count": cursor["count"], "pending": cursor["pending"],
    }  # fmt: skip
    files = {LINES: place / LINES, f"checkpoints/{log}": place / "checkpoint"}
    files |= {f"entries.{one}": place / f"entries.{one}" for one in export.formats}
    target = FOLDER.finished_file(export.id)
    meter = Meter(job, packing.PASSES * sum(path.stat().st_size for path in files.values()))
    packed = packing.pack(
        target, manifest=manifest, origin=origin, files=files, at=now, moved=meter
    )
    return Step(packed=packed)


_PHASES: Final[dict[str, Callable[[Export, Path, JobView], Step]]] = {
    "waiting": _waiting, "entries": _entries, "copies": _copies, "packing": _packing,
}  # fmt: skip


def _criteria(export: Export) -> Criteria:
    return Criteria.of_dict(export.criteria["asked"])


def _is_unsealed(export: Export) -> bool:
    """Whether an entry of the log from before the asking still waits for its place."""
    asked = uuid7_at(export.created_at).bytes
    waiting = Pending.objects.filter(controller_id=export.controller_id).order_by("id")
    return any(
        bytes(ids[i : i + ID]) < asked
        for ids in waiting.values_list("ids", flat=True)[:MOST_PENDING]
        for i in range(0, len(ids), ID)
    )


def _has_witness(export: Export) -> bool:
    return WitnessFeed.objects.filter(controller_id=export.controller_id).exists()
