"""Questions about emergency uses: what a person may know of those about them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from audit.actors import Actor
from policies.deciding import About, decide_many
from policies.emergency.models import EmergencyUse, Finding
from policies.pdp.model import Question

VITAL = "sys.vital"


@dataclass(frozen=True, slots=True)
class PastUse:
    """An emergency use that is over, as the person concerned may read it: it names no officer.

    `told_at` is None where no letter reached them; `is_justified` is None until it is reviewed.
    """

    case: UUID
    service: str
    ground: str
    reason: str
    opened_at: datetime
    ended_at: datetime
    told_at: datetime | None
    reviewed_at: datetime | None
    is_justified: bool | None


def over_about(
    controller_id: UUID, subject_id: UUID, *, since: UUID | None = None, before: UUID | None = None
) -> list[PastUse]:
    """The emergency uses about this person that are over, newest first. One query.

    `since` and `before` are ids, as places in time: of a page of the log, for instance.
    """
    over = Q(ended_at__isnull=False) | Q(ends_at__lte=timezone.now())
    rows = EmergencyUse.objects.filter(over, controller_id=controller_id, subject_id=subject_id)
    if since is not None:
        rows = rows.filter(id__gte=since)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_past(row) for row in rows.select_related("service").order_by("-id")]


def refusal(use: EmergencyUse) -> str:
    """The code of why the service would be denied if it asked now; empty: it may."""
    question = Question(purpose=VITAL, caller="", caller_type="service", case=str(use.id))
    (made,) = decide_many(
        controller_id=use.controller_id, caller=Actor("service", str(use.service_id)),
        questions=[About(use.subject_id, question)],
    )  # fmt: skip
    return "" if made.permit else made.reason_code


def _past(row: EmergencyUse) -> PastUse:
    return PastUse(
        row.id, row.service.name, row.ground, row.reason, row.opened_at,
        row.ended_at or row.ends_at, row.person_told_at, row.reviewed_at,
        row.finding == Finding.JUSTIFIED if row.finding else None,
    )  # fmt: skip
