"""What happened about one person, newest first, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from audit import selectors as audit
from audit.catalogue import EVENTS
from audit.filters import READS
from consent import selectors as consents
from desk import words
from policies.texts import reason_text

PAGE = 25


@dataclass(frozen=True, slots=True)
class Moment:
    """One recorded act in words."""

    id: UUID
    at: datetime
    sentence: str
    actor_type: str
    actor_id: str
    purpose: str
    outcome: str
    reason: str
    reason_code: str
    method: str
    notice_version_id: UUID | None
    notice: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of moments; `next_before` is where the next page starts, None on the last."""

    moments: tuple[Moment, ...]
    next_before: UUID | None
    show: str


def timeline(
    controller_id: UUID, subject_id: UUID, *, show: str = "acts", before: UUID | None = None
) -> Timeline:
    """A page of what is recorded about a person; `show` is a code of `words.FILTERS`."""
    rows = audit.entries_about(controller_id, subject_id)
    rows = rows.filter(event__in=READS) if show == "reads" else rows.exclude(event__in=READS)
    if show == "decisions":
        rows = rows.filter(event="decision:made")
    if show == "choices":
        rows = rows.filter(event__startswith="consent:")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    moments = _moments(controller_id, subject_id, page)
    return Timeline(moments, page[-1].id if len(found) > PAGE else None, show)


def _moments(controller_id: UUID, subject_id: UUID, page: Sequence[Any]) -> tuple[Moment, ...]:
    titles = consents.purpose_titles(controller_id)
    wanted = [UUID(row.target_id) for row in page if row.target_type == "consent_event"]
    events = consents.history(controller_id, subject_id).filter(pk__in=wanted)
    lines = {str(line.id): line for line in events} if wanted else {}
    return tuple(_moment(row, titles, lines.get(row.target_id)) for row in page)


def _moment(row: Any, titles: Mapping[str, str], line: Any) -> Moment:
    known = EVENTS.get(row.event)
    notice = line.notice_version if line else None
    return Moment(
        id=row.id, at=row.at, sentence=str(known.sentence) if known else row.event,
        actor_type=row.actor_type, actor_id=row.actor_id,
        purpose=titles.get(row.purpose, row.purpose),
        outcome=words.said(words.OUTCOMES, row.outcome) if row.event == "decision:made" else "",
        reason=_reason(row.reason_code), reason_code=row.reason_code,
        method=line.method if line else "", notice_version_id=notice.id if notice else None,
        notice=f"{notice} {line.language}" if notice and line else "",
    )  # fmt: skip


def _reason(code: str) -> str:
    return reason_text(code, language=get_language() or "en") if code else ""
