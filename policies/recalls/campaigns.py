"""Campaigns of services, and whom each may use no longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import selectors as accounts
from accounts.reads import record_read
from audit import selectors as log
from audit import services as audit
from audit.actors import Actor, Target
from keys.ids import uuid7_at
from policies.recalls.errors import (
    CampaignExistsError,
    CampaignTimesError,
    CampaignUnknownError,
    KillListAheadError,
    ServiceUnknownError,
)
from policies.recalls.models import Campaign, KillLine
from policies.recalls.searching import SKEW, News
from policies.recalls.services import look
from subjects.news import PERMITS_ENDED, PURPOSE
from work import selectors as waiting
from work import services as work

CATCH_UP = "permits.campaign"
EVENTS = {
    "consent:withdrawn": "consent_withdrawn", "consent:expired": "consent_expired",
    "consent:revoked": "consent_revoked", "consent:invalidated": "consent_invalidated",
    "objection:registered": "objected", "standing:set": "standing",
}  # fmt: skip
"""What ends permits, and how recalls call it."""
PAGE = 500

LONGEST = timedelta(days=400)
OLDEST = timedelta(days=90)
BEFORE = timedelta(days=1)
"""Permits of the day before count where the service does not say since when."""


@dataclass(frozen=True, slots=True)
class KillPage:
    """Lines after the asked number. `is_settled`: whatever was said before we looked is in them."""

    lines: list[KillLine]
    after: int
    has_more: bool
    is_settled: bool


@transaction.atomic
def start_campaign(
    *,
    by: Actor,
    controller_id: UUID,
    service_id: UUID,
    reference: str,
    purpose: str,
    ends_at: datetime,
    since_at: datetime | None = None,
) -> Campaign:
    """Note that a service runs a campaign for a purpose; starting it again changes nothing.

    It includes everybody about whom the service was or will be permitted that purpose since
    `since_at` (a day before, if unsaid). Raises CampaignTimesError, CampaignExistsError (the
    reference is taken by another purpose or end), ServiceUnknownError.
    """
    now = timezone.now()
    service = accounts.services_of(controller_id).select_for_update().filter(pk=service_id).first()
    if service is None:
        raise ServiceUnknownError
    found = Campaign.objects.filter(service=service, reference=reference).first()
    if found is not None:
        if (found.purpose, found.ends_at) != (purpose, ends_at):
            raise CampaignExistsError
        return found
    since = since_at or now - BEFORE
    if not now < ends_at <= now + LONGEST or not now - OLDEST <= since <= now:
        raise CampaignTimesError
    campaign = Campaign.objects.create(
        controller_id=controller_id, service=service, reference=reference, purpose=purpose,
        since_at=since, ends_at=ends_at,
    )  # fmt: skip
    _record("campaign:started", by, campaign)
    work.enqueue(kind=CATCH_UP, controller_id=controller_id, payload={"campaign": str(campaign.id)})
    return campaign


@transaction.atomic
def end_campaign(
    *, by: Actor, controller_id: UUID, service_id: UUID, campaign_id: UUID
) -> Campaign:
    """Note that the campaign is over; ending it twice changes nothing.

    Raises CampaignUnknownError.
    """
    campaign = _own(controller_id, service_id, campaign_id, lock=True)
    if campaign.ended_at is None:
        campaign.ended_at = timezone.now()
        campaign.save(update_fields=["ended_at"])
        _record("campaign:ended", by, campaign)
    return campaign


@transaction.atomic
def kill_list(  # noqa: PLR0913 (a page of a list has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    service_id: UUID,
    campaign_id: UUID,
    after: int = 0,
    limit: int = 1000,
) -> KillPage:
    """Who must be left out of a campaign, in the order of their numbers, those after `after`.

    Numbers appear in order, so polling with the last one misses nobody. A page that shows
    somebody is recorded first (P11). A number that no line has yet was not told here: whoever asked
    with it would never hear of the lines before it. Raises CampaignUnknownError,
    KillListAheadError, ReadNotRecordedError.
    """
    campaign = _own(controller_id, service_id, campaign_id)
    if after > campaign.lines:
        raise KillListAheadError
    is_settled = _is_settled(controller_id)
    found = list(campaign.kill_lines.filter(number__gt=after).order_by("number")[: limit + 1])
    lines = found[:limit]
    if lines:
        record_read(
            by=by, controller_id=controller_id, target=Target("campaign", str(campaign.id)),
            subject=None, data={"first": lines[0].number, "last": lines[-1].number},
        )  # fmt: skip
    last = lines[-1].number if lines else after
    return KillPage(lines, last, len(found) > len(lines), is_settled)


@transaction.atomic
def catch_up(*, campaign_id: UUID, cause_id: UUID, after: UUID | None) -> UUID | None:
    """Take out whoever said no before the campaign was known but after its permits count.

    A page of the log at a time; returns where the next begins, None at the end. Of an objection
    or a standing the index does not tell the scope, so it counts: who may go on is permitted again.
    Whoever was permitted well after the no may go on.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    first = after or uuid7_at(campaign.since_at - SKEW)
    about = Q(purpose=campaign.purpose) | Q(purpose="")
    rows = log.entries([campaign.controller_id]).filter(
        about, id__gt=first, event__in=EVENTS, subject_id__isnull=False, at__gte=campaign.since_at
    )
    page = list(rows.order_by("id").values_list("id", "event", "subject_id", "at")[:PAGE])
    said: dict[str, dict[UUID, datetime]] = {}
    for _, event, subject_id, at in page:
        if subject_id is not None:
            said.setdefault(EVENTS[event], {})[subject_id] = at
    for reason, by_person in said.items():
        told = News(
            campaign.controller_id, reason, PURPOSE, campaign.purpose, tuple(by_person), by_person
        )
        look(told=told, cause_id=cause_id)
    return page[-1][0] if len(page) == PAGE else None


def _is_settled(controller_id: UUID) -> bool:
    """Whether nothing is being looked into, nor was given up: that would be looked into too."""
    kinds = (PERMITS_ENDED, CATCH_UP)
    dead = waiting.dead_jobs(controller_ids=[controller_id]).filter(kind__in=kinds)
    return not dead.exists() and not any(
        waiting.is_unfinished(kind=kind, controller_id=controller_id) for kind in kinds
    )


def _own(
    controller_id: UUID, service_id: UUID, campaign_id: UUID, *, lock: bool = False
) -> Campaign:
    rows = Campaign.objects.select_for_update() if lock else Campaign.objects.all()
    found = rows.filter(pk=campaign_id, controller_id=controller_id, service_id=service_id).first()
    if found is None:
        raise CampaignUnknownError
    return found


def _record(event: str, by: Actor, campaign: Campaign) -> None:
    audit.record(
        event=event, by=by, controller_id=campaign.controller_id, purpose=campaign.purpose,
        target=Target("campaign", str(campaign.id)), data={"reference": campaign.reference},
    )  # fmt: skip
