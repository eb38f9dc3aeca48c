"""Questions about what services reported: lists for officers, and answers about one person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from audit import selectors as log
from policies import accounts
from policies.accounts import Entry
from policies.models import AIDecision, Processing, Reported
from policies.texts import Audience

RECENT = 1000
"""So many of the newest AI decisions tell which models there are to choose from."""

R = TypeVar("R", bound=Reported)
KINDS: tuple[type[Reported], ...] = (Processing, AIDecision)


@dataclass(frozen=True, slots=True)
class Use:
    """A reported use or AI decision as the person concerned may read it.

    `service`, `purpose` and `what` are empty where the record's payload has ended.
    """

    entry_id: UUID
    at: datetime
    service: str
    purpose: str
    what: str
    account: str
    backed: bool


def ai_decisions_about(
    controller_id: UUID,
    subject_id: UUID,
    *,
    before: UUID | None = None,
    limit: int = 100,
    audience: Audience = "user",
) -> list[Use]:
    """What models decided about a person, newest first; `before` is the last id of a page before.

    No personal values are opened. Two queries.
    """
    rows = AIDecision.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return _uses(_page(rows, before, limit), audience)


def processing_about(
    controller_id: UUID,
    subject_id: UUID,
    *,
    before: UUID | None = None,
    limit: int = 100,
    audience: Audience = "user",
) -> list[Use]:
    """What services reported to have done with a person's data; as `ai_decisions_about`."""
    rows = Processing.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return _uses(_page(rows, before, limit), audience)


def account_of(
    controller_id: UUID, entry_id: UUID, *, audience: Audience = "admin", values: bool = False
) -> str | None:
    """The plain-language account of a report in this controller's log; None where there is none.

    With `values` the sealed values are opened: the caller has recorded that reading first (P11).
    """
    entry = report_entry(controller_id, entry_id)
    return accounts.text(entry, audience=audience, values=values) if entry else None


def report_entry(controller_id: UUID, entry_id: UUID) -> Entry | None:
    """The report of that id in this controller's log, with its payload."""
    for kind in KINDS:
        row = kind._default_manager.filter(controller_id=controller_id, id=entry_id).first()
        if row is not None:
            return _entries([row])[0]
    return None


def is_decision(controller_id: UUID, decision_id: str) -> bool:
    """Whether this controller's log holds a decision of that id."""
    try:
        named = UUID(decision_id)
    except ValueError:
        return False
    return log.entries([controller_id]).filter(id=named, event="decision:made").exists()


def models_of(controller_ids: Collection[UUID]) -> list[str]:
    """The models of the newest AI decisions of these controllers, by name."""
    rows = AIDecision.objects.filter(controller_id__in=controller_ids).order_by("-id")
    names = rows.values_list("model", flat=True)[:RECENT]
    return sorted({name for name in names if name})


def _page(rows: QuerySet[R], before: UUID | None, limit: int) -> list[R]:
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def _entries(rows: Sequence[Reported]) -> list[Entry]:
    bodies = log.payloads([row.id for row in rows], {row.retention_class for row in rows})
    return [Entry(row.id, row.controller_id, row.subject_id, bodies.get(row.id)) for row in rows]


def _uses(rows: Sequence[Reported], audience: Audience) -> list[Use]:
    entries = _entries(rows)
    return [_use(row, entry, audience) for row, entry in zip(rows, entries, strict=True)]


def _use(row: Reported, entry: Entry, audience: Audience) -> Use:
    data = entry.data
    names = data.get("names", {})
    return Use(
        entry_id=row.id, at=row.at, service=names.get("service", ""),
        purpose=names.get("purpose", ""), what=accounts.what(data) if data else "",
        account=accounts.text(entry, audience=audience), backed=row.outcome == "backed",
    )  # fmt: skip
