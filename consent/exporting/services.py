"""Asking for an export of consents, taking it away, and its end. Each is recorded."""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import PurposeUnknownError
from consent.exporting.errors import (
    ExportGoneError,
    ExportMissingError,
    ExportNotReadyError,
    ExportReasonError,
    ExportSpanError,
)
from consent.exporting.folder import FOLDER
from consent.models import Purpose
from consent.models.exports import ConsentExport, ConsentExportState, ExportForm
from work import services as work

KIND: Final = "consent.export"
MOST_REASON: Final = 300
OFFICER: Final = "officer"
EXPORTER: Final = Actor.system("export")
MILLISECOND: Final = timedelta(milliseconds=1)
"""Ids tell when a line was recorded to the millisecond: one of this very one is recorded."""


@transaction.atomic
def start(
    *, by: Actor, controller_id: UUID, form: str, purposes: Collection[str] = (),
    since: datetime | None = None, until: datetime | None = None, reason: str = "",
) -> ConsentExport:  # fmt: skip
    """Ask for the lines recorded until now (or `until`) about these purposes.

    Without any an officer means all, and a service none. A line that is being written at this
    moment may be left out. Raises ExportReasonError for an officer without one,
    PurposeUnknownError, ExportSpanError, ExportFolderError; ValueError for another form.
    """
    reason = reason.strip()
    if len(reason) > MOST_REASON or (by.type == OFFICER and not reason):
        raise ExportReasonError
    now = timezone.now()
    ends = min(until, now) if until else now + MILLISECOND
    if since and since >= ends:
        raise ExportSpanError
    _check_purposes(by, controller_id, purposes)
    FOLDER.root()
    export = ConsentExport.objects.create(
        controller_id=controller_id, asked_by_type=by.type, asked_by=by.id, reason=reason,
        form=ExportForm(form), purposes=sorted(purposes), since_at=since, until_at=ends,
        created_at=now,
    )  # fmt: skip
    data = {
        "form": form, "purposes": export.purposes, "reason": reason,
        "since": audit.micros(since) if since else None, "until": audit.micros(ends),
    }  # fmt: skip
    _record("started", by, export, data)
    work.enqueue(
        kind=KIND, controller_id=controller_id, payload={"export": str(export.id)},
        dedupe_key=str(export.id),
    )  # fmt: skip
    return export


def own(by: Actor, controller_id: UUID, export_id: UUID) -> ConsentExport:
    """The export of that id which this very actor asked for. Raises ExportMissingError."""
    found = ConsentExport.objects.filter(
        controller_id=controller_id, pk=export_id, asked_by_type=by.type, asked_by=by.id
    ).first()
    if found is None:
        raise ExportMissingError
    return found


def finish(*, export_id: UUID, lines: int, size_bytes: int, sha256: str) -> None:
    """Record that the file is there. In the transaction that ends the job."""
    export = ConsentExport.objects.select_for_update().get(id=export_id)
    export.state, export.ready_at = ConsentExportState.READY, timezone.now()
    export.expires_at = export.ready_at + _life()
    export.lines, export.size_bytes, export.sha256 = lines, size_bytes, sha256
    export.save()
    data = {"lines": lines, "bytes": size_bytes, "sha256": sha256}
    _record("finished", EXPORTER, export, data)


@transaction.atomic
def take(*, by: Actor, export: ConsentExport) -> Path:
    """The file, recorded as taken before it is handed out (P11).

    Raises ExportNotReadyError, ExportGoneError.
    """
    export = ConsentExport.objects.select_for_update().get(
        controller_id=export.controller_id, id=export.id
    )
    if export.state == ConsentExportState.MAKING:
        raise ExportNotReadyError
    path = FOLDER.finished(export.id)
    if export.state != ConsentExportState.READY or not path.is_file():
        raise ExportGoneError
    _record("taken", by, export, {"lines": export.lines, "sha256": export.sha256})
    return path


def end_expired(*, at_most: int = 100) -> int:
    """Delete the files whose days are over, and what no export needs; returns how many ended.

    Where there is no folder, nobody can have asked for one.
    """
    if not settings.CONSENT_EXPORT_FOLDER:
        return 0
    now = timezone.now()
    ready = ConsentExport.objects.filter(state=ConsentExportState.READY, expires_at__lte=now)
    stuck = ConsentExport.objects.filter(
        state=ConsentExportState.MAKING, created_at__lte=now - _life()
    )
    over = [*ready.values_list("id", flat=True)[:at_most], *stuck.values_list("id", flat=True)]
    for export_id in over:
        FOLDER.delete(export_id)
        ConsentExport.objects.filter(id=export_id).update(
            state=ConsentExportState.EXPIRED, expires_at=now
        )
    alive = ConsentExport.objects.exclude(state=ConsentExportState.EXPIRED)
    FOLDER.delete_others(set(alive.values_list("id", flat=True)))
    return len(over)


def _check_purposes(by: Actor, controller_id: UUID, purposes: Collection[str]) -> None:
    known = Purpose.objects.filter(controller_id=controller_id, code__in=purposes)
    if known.count() != len(set(purposes)) or (by.type != OFFICER and not purposes):
        raise PurposeUnknownError(field="purposes")


def _life() -> timedelta:
    return timedelta(days=settings.CONSENT_EXPORT_DAYS)


def _record(what: str, by: Actor, export: ConsentExport, data: dict[str, Any]) -> None:
    audit.record(
        event=f"ledger:export_{what}", by=by, controller_id=export.controller_id,
        target=Target("consent_export", str(export.id)), data=data,
    )  # fmt: skip
