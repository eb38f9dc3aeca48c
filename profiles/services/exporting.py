"""Profiles of many in a file: asked for, approved by a second person, made by a job (PRO-03).

Each person in it is read as the one who asked sees them, and each reading is on record; the lines
are watermarked; the file is private, taken by who asked, and gone after some days.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent import selectors as consents
from consent.errors import PurposeUnknownError
from keys import services as keys
from profiles import export_lines as lines
from profiles import rulings
from profiles.errors_guarded import (
    ExportDecidedError,
    ExportGoneError,
    ExportMissingError,
    ExportNotReadyError,
    ExportNotYoursError,
    ExportPeopleError,
    SecondPersonError,
)
from profiles.export_folder import FOLDER
from profiles.models import ExportState, ProfileExport
from profiles.selectors_views import RESERVED
from profiles.services import beyond
from subjects import readable
from work import services as work

KIND: Final = "profiles.export"
MARKS: Final = "profiles.watermark"
MOST_PEOPLE: Final = 10_000
EXPORTER: Final = Actor.system("export")
PERSON_GONE: Final = "person_gone"
WAITING: Final = (ExportState.REQUESTED, ExportState.APPROVED)


@transaction.atomic
def request_export(  # noqa: PLR0913 (an export has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    subject_ids: Sequence[UUID],
    purpose: str,
    reason: str,
    role: str | None = None,
    unit: str | None = None,
) -> ProfileExport:
    """Ask for the profiles of these people as a file; nothing is read until somebody approves.

    Who is not there for the reader is not told, and left out of the file. Raises NoSeatError,
    SeatAmbiguousError, ReasonError, ExportPeopleError, PurposeUnknownError, ExportFolderError.
    """
    seat = beyond.seat(by, controller_id, role, unit)
    people = sorted(set(subject_ids))
    if not 1 <= len(people) <= MOST_PEOPLE:
        raise ExportPeopleError
    if purpose not in RESERVED and purpose not in consents.purpose_titles(controller_id):
        raise PurposeUnknownError
    said = beyond.reason(reason)
    FOLDER.root()
    export = ProfileExport.objects.create(
        controller_id=controller_id, seat_id=seat.seat_id, purpose=purpose, reason=said,
        people=len(people), selection=people, requested_by=by.id,
    )  # fmt: skip
    data = {"people": len(people), "role": seat.role, "unit": seat.unit, "reason": said}
    _record("requested", by, export, data)
    return export


@transaction.atomic
def approve_export(*, by: Actor, export: ProfileExport) -> ProfileExport:
    """Let the file be made. Raises ExportDecidedError, SecondPersonError."""
    locked = _decide(by, export)
    locked.mark_version, key = keys.derived_key(use=MARKS, owner=locked.id.bytes)
    locked.state, locked.watermark = ExportState.APPROVED, lines.mark(key)
    locked.name = f"profiles-{locked.requested_at:%Y%m%d-%H%M%S}-{locked.watermark.lower()}.csv"
    locked.save()
    _record("approved", by, locked, {"watermark": locked.watermark})
    work.enqueue(
        kind=KIND, controller_id=locked.controller_id, payload={"export": str(locked.id)},
        dedupe_key=str(locked.id), total=locked.people,
    )  # fmt: skip
    return locked


@transaction.atomic
def refuse_export(*, by: Actor, export: ProfileExport) -> ProfileExport:
    """Refuse it, for good. Raises ExportDecidedError, SecondPersonError."""
    locked = _decide(by, export)
    locked.state, locked.selection = ExportState.REFUSED, []
    locked.save(update_fields=["state", "selection", "decided_at", "decided_by"])
    _record("refused", by, locked, {})
    return locked


@transaction.atomic
def take_export(*, by: Actor, export: ProfileExport) -> Path:
    """The file, for who asked for it; recorded as taken before it is handed out (P11).

    Raises ExportNotYoursError, ExportNotReadyError, ExportGoneError.
    """
    locked = _locked(export)
    if by.id != locked.requested_by:
        raise ExportNotYoursError
    if locked.state in WAITING:
        raise ExportNotReadyError
    path = FOLDER.finished(locked.id)
    if locked.state != ExportState.READY or _is_over(locked) or not path.is_file():
        raise ExportGoneError
    if _shows_too_much(locked):
        raise ExportGoneError
    _record("taken", by, locked, {"people": locked.shown, "sha256": locked.sha256})
    return path


def own_export(by: Actor, controller_id: UUID, export_id: UUID) -> ProfileExport:
    """The export of that id which this very actor asked for. Raises ExportMissingError."""
    found = ProfileExport.objects.filter(
        controller_id=controller_id, pk=export_id, requested_by=by.id
    ).first()
    if found is None:
        raise ExportMissingError
    return found


def finish(*, export_id: UUID, shown: int, size: int, sha256: str) -> None:
    """Record that the file is there, in the transaction that ends the job.

    Who may be in it is remembered as long as the file is there, so that it ends with any of them.
    """
    export = ProfileExport.objects.select_for_update().get(pk=export_id)
    export.state, export.ready_at = ExportState.READY, timezone.now()
    export.selection = readable.with_key(export.controller_id, export.selection)
    export.shown, export.size, export.sha256 = shown, size, sha256
    export.expires_at = export.ready_at + timedelta(days=settings.PROFILE_EXPORT_DAYS)
    export.save()
    _record("finished", EXPORTER, export, {"people": shown, "bytes": size, "sha256": sha256})


def fail(*, export_id: UUID, code: str) -> None:
    """Record that it cannot be made; what was written of it is deleted."""
    export = ProfileExport.objects.select_for_update().get(pk=export_id)
    export.state, export.selection = ExportState.FAILED, []
    export.save(update_fields=["state", "selection"])
    _record("failed", EXPORTER, export, {"code": code})
    FOLDER.delete(export_id)


@transaction.atomic
def end_expired(*, at_most: int = 100) -> int:
    """Delete the files whose days are over, and what no export needs; returns how many ended.

    Where there is no folder, nobody can have asked for one.
    """
    if not settings.PROFILE_EXPORT_FOLDER:
        return 0
    rows = ProfileExport.objects.select_for_update(skip_locked=True).filter(
        state=ExportState.READY, expires_at__lte=timezone.now()
    )
    over = list(rows.order_by("id")[:at_most])
    for export in over:
        _end(export, {})
    alive = ProfileExport.objects.filter(state__in=(ExportState.APPROVED, ExportState.READY))
    FOLDER.delete_others(set(alive.values_list("id", flat=True)))
    return len(over)


def end_with(controller_id: UUID, subject_id: UUID) -> int:
    """End every file in which this person may be: nothing of them may be read any more.

    In the caller's transaction. Returns how many ended.
    """
    return end_with_any(controller_id, [subject_id])


def end_with_any(controller_id: UUID, subject_ids: Collection[UUID]) -> int:
    """As `end_with`, of any of these people."""
    rows = ProfileExport.objects.select_for_update().filter(
        controller_id=controller_id, state__in=(ExportState.APPROVED, ExportState.READY),
        selection__overlap=list(subject_ids),
    )  # fmt: skip
    found = list(rows.order_by("id"))
    for export in found:
        _end(export, {"code": PERSON_GONE})
    return len(found)


def watermark_key(export: ProfileExport) -> bytes:
    """The secret by which the lines of an approved export are marked and ordered."""
    found = keys.derived_key(use=MARKS, owner=export.id.bytes, version=export.mark_version)
    return found.value


def _decide(by: Actor, export: ProfileExport) -> ProfileExport:
    locked = _locked(export)
    if locked.state != ExportState.REQUESTED:
        raise ExportDecidedError
    if by.id == locked.requested_by:
        raise SecondPersonError
    locked.decided_at, locked.decided_by = timezone.now(), by.id
    return locked


def _end(export: ProfileExport, data: dict[str, Any]) -> None:
    FOLDER.delete(export.id)
    export.state, export.selection = ExportState.ENDED, []
    export.save(update_fields=["state", "selection"])
    _record("ended", EXPORTER, export, data)


def _shows_too_much(export: ProfileExport) -> bool:
    """Whether somebody in it was hidden or erased after it was approved (PRO-06, P8)."""
    people, log_id = export.selection, export.controller_id
    if len(readable.with_key(log_id, people)) < len(people):
        return True
    since = export.decided_at or export.requested_at
    return readable.is_standing_since(log_id, people, rulings.HIDDEN, since)


def _is_over(export: ProfileExport) -> bool:
    return export.expires_at is None or export.expires_at <= timezone.now()


def _locked(export: ProfileExport) -> ProfileExport:
    return ProfileExport.objects.select_for_update().get(
        controller_id=export.controller_id, pk=export.pk
    )


def _record(what: str, by: Actor, export: ProfileExport, data: dict[str, Any]) -> None:
    audit.record(
        event=f"profiles:export_{what}", by=by, controller_id=export.controller_id,
        purpose=export.purpose, target=Target("profile_export", str(export.id)), data=data,
    )  # fmt: skip
