"""Asking for an export, taking it away, and its end. Each is recorded, with who and why."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from audit.criteria import Criteria
from audit.exporting import copies
from audit.exporting.errors import ExportGoneError, FormatMissingError, ReasonMissingError
from audit.exporting.folder import FOLDER
from audit.exporting.models import Export, ExportState
from audit.exporting.packing import Packed
from work import services as work

KIND: Final = "audit.export"
MOST_REASON: Final = 300
EXPORTER: Final = Actor("system", "export")


@transaction.atomic
def start(
    *, by: Actor, controller_id: UUID, criteria: Criteria, reason: str,
    formats: Collection[str] = (), subject: SubjectRef | None = None,
) -> Export:  # fmt: skip
    """Ask for the entries recorded until now that meet the criteria, in one controller's log.

    `subject` is how entries name the person of the criteria. `formats` are readers' copies beside
    the entries themselves. Raises ReasonMissingError, FormatMissingError, ExportFolderError.
    """
    if not reason.strip() or len(reason) > MOST_REASON:
        raise ReasonMissingError
    if not set(formats) <= set(copies.available()):
        raise FormatMissingError
    FOLDER.root()
    now = timezone.now()
    until = min(criteria.until or now, now)
    asked = replace(criteria, controller_ids=(controller_id,), until=until)
    export = Export.objects.create(
        controller_id=controller_id, requested_by=by.id, reason=reason.strip(), created_at=now,
        formats=sorted(formats),
        criteria={"asked": asked.as_dict(), "told": told(asked, subject)},
    )  # fmt: skip
    data = {"filters": told(asked, subject), "formats": export.formats, "reason": export.reason}
    _record("export:started", by, export, data, subject)
    work.enqueue(
        kind=KIND, controller_id=controller_id, payload={"export": str(export.id)},
        dedupe_key=str(export.id),
    )  # fmt: skip
    return export


def told(criteria: Criteria, subject: SubjectRef | None) -> dict[str, Any]:
    """The criteria as entries and manifests may tell them: a person by pseudonym or not at all."""
    asked = criteria.as_dict()
    del asked["controller_ids"]
    for name in ("subject_id", "target_id", "actor_id"):
        if asked.pop(name, None) is not None:
            asked[name.removesuffix("_id")] = "given"
    if subject and subject.pseudonym:
        asked["subject"] = str(subject.pseudonym)
    return asked


def finish(*, export_id: UUID, count: int, pending: int, packed: Packed) -> None:
    """Record that the file is there. In the transaction that ends the job."""
    export = Export.objects.select_for_update().get(id=export_id)
    now = timezone.now()
    export.state, export.ready_at = ExportState.READY, now
    export.expires_at = now + _life()
    export.entries, export.pending = count, pending
    export.size_bytes, export.sha256 = packed.size_bytes, packed.sha256
    export.save()
    data = {"entries": count, "pending": pending, "sha256": packed.sha256,
            "bytes": packed.size_bytes}  # fmt: skip
    _record("export:finished", EXPORTER, export, data)
    transaction.on_commit(lambda: FOLDER.clear(export_id), robust=True)


@transaction.atomic
def take(*, by: Actor, export: Export, reason: str) -> Path:
    """The file, recorded as taken before it is handed out.

    Raises ReasonMissingError, ExportGoneError.
    """
    if not reason.strip() or len(reason) > MOST_REASON:
        raise ReasonMissingError
    export = Export.objects.select_for_update().get(id=export.id)
    path = FOLDER.finished_file(export.id)
    if export.state != ExportState.READY or not path.is_file():
        raise ExportGoneError
    data = {"reason": reason.strip(), "sha256": export.sha256, "entries": export.entries}
    _record("export:taken", by, export, data)
    return path


def end_expired(*, at_most: int = 100) -> int:
    """Delete the files whose days are over, and what no export needs; returns how many ended.

    One that was never finished ends too.
    """
    now = timezone.now()
    ready = Export.objects.filter(state=ExportState.READY, expires_at__lte=now)
    stuck = Export.objects.filter(state=ExportState.MAKING, created_at__lte=now - _life())
    over = [*ready.values_list("id", flat=True)[:at_most], *stuck.values_list("id", flat=True)]
    for export_id in over:
        FOLDER.delete(export_id)
        with transaction.atomic():
            Export.objects.filter(id=export_id).exclude(state=ExportState.EXPIRED).update(
                state=ExportState.EXPIRED, expires_at=now, criteria={}
            )
    alive = Export.objects.exclude(state=ExportState.EXPIRED).values_list("id", flat=True)
    FOLDER.delete_others(set(alive))
    return len(over)


def _life() -> timedelta:
    return timedelta(days=settings.AUDIT_EXPORT_DAYS)


def _record(
    event: str, by: Actor, export: Export, data: dict[str, Any], subject: SubjectRef | None = None
) -> None:  # fmt: skip
    audit.record(
        event=event, by=by, controller_id=export.controller_id,
        target=Target("export", str(export.id)), subject=subject, data=data,
    )  # fmt: skip
