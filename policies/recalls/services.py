"""The verbs of recalls: look for what an event has ended, and tell it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import alarms
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from policies.recalls import horizon
from policies.recalls.models import Campaign, Endpoint, KillLine, Recall, RecallState
from policies.recalls.searching import Ended, Key, News, ended
from subjects import selectors as people
from subjects import services as subjects
from work import services as work

DELIVER = "permits.recall"
PRIORITY = 10
LISTED = 300
"""So many decisions are named in one recall; the person and purpose say it for all."""
KEEPER = Actor.system("recalls")
RECALLED = "permit:recalled"


@transaction.atomic
def look(*, told: News, cause_id: UUID) -> int:
    """Recall what this event has ended, as far as it can be seen now; returns how many were told.

    Looking again recalls only what has come to light since. Whether more may come is told by
    `horizon`: look once all transactions that were open when the event was first seen have ended.
    """
    now = timezone.now()
    found = ended(told, cause_id=cause_id, now=now)
    taken = _take_out(told, found, now)
    recalls = [
        _recall(told, cause_id, key, one.decisions, taken.get(key, []))
        for key, one in found.items()
        if one.decisions or key in taken
    ]
    _store(told, recalls)
    return len(recalls)


def _take_out(told: News, found: Mapping[Key, Ended], now: datetime) -> dict[Key, list[str]]:
    """Write the lines of kill lists; returns which campaigns lost whom only now."""
    wanted: dict[UUID, dict[UUID, Key]] = {}
    for key, one in found.items():
        for campaign in one.campaigns:
            wanted.setdefault(campaign.id, {})[key[1]] = key
    taken: dict[Key, list[str]] = {}
    for campaign in Campaign.objects.select_for_update().filter(id__in=wanted).order_by("id"):
        there = campaign.kill_lines.filter(subject_id__in=wanted[campaign.id])
        new = sorted(wanted[campaign.id].keys() - set(there.values_list("subject_id", flat=True)))
        KillLine.objects.bulk_create(
            KillLine(
                controller_id=told.controller_id, campaign=campaign, number=number,
                subject_id=person, reason=told.reason, at=now,
            )
            for number, person in enumerate(new, campaign.lines + 1)
        )  # fmt: skip
        campaign.lines += len(new)
        campaign.save(update_fields=["lines"])
        for person in new:
            taken.setdefault(wanted[campaign.id][person], []).append(str(campaign.id))
    return taken


def _recall(
    told: News, cause_id: UUID, key: Key, decisions: list[str], campaigns: list[str]
) -> Recall:
    service_id, subject_id, purpose = key
    return Recall(
        controller_id=told.controller_id, service_id=UUID(service_id), cause_id=cause_id,
        subject_id=subject_id, purpose=purpose, reason=told.reason, decisions=decisions,
        campaigns=campaigns, state=RecallState.POLLED,
    )  # fmt: skip


def _store(told: News, recalls: list[Recall]) -> None:
    """The recalls, their deliveries where there is an address, and their entries."""
    services = {one.service_id for one in recalls}
    hearing = Endpoint.objects.filter(service_id__in=services, disabled_at=None)
    addressed = set(hearing.values_list("service_id", flat=True))
    for one in recalls:
        if one.service_id in addressed:
            one.state = RecallState.WAITING
    Recall.objects.bulk_create(recalls)
    work.enqueue_many(
        work.NewJob(DELIVER, told.controller_id, {"recall": str(one.id)}, priority=PRIORITY)
        for one in recalls
        if one.state == RecallState.WAITING
    )
    refs = _refs(told.controller_id, {one.subject_id for one in recalls})
    audit.record_many(_draft(one, refs[one.subject_id]) for one in recalls)


def _refs(controller_id: UUID, ids: set[UUID]) -> dict[UUID, SubjectRef]:
    known = people.in_bulk(controller_id, sorted(ids))
    return {one: subjects.ref(known[one]) if one in known else SubjectRef(one, None) for one in ids}


def _draft(recall: Recall, person: SubjectRef) -> audit.Draft:
    return audit.Draft(
        event=RECALLED, by=KEEPER, controller_id=recall.controller_id,
        target=Target("service", str(recall.service_id)), subject=person, purpose=recall.purpose,
        data={
            "recall": str(recall.id), "reason": recall.reason,
            "decisions": recall.decisions[:LISTED], "campaigns": recall.campaigns,
        },
    )  # fmt: skip


def waits_for(noted: list[str] | None) -> list[str]:
    """The open transactions that may still commit a permit: on the first look all, then those left.

    Ask before looking: what commits between the question and the look is then seen.
    """
    return sorted(horizon.open_transactions() if noted is None else horizon.still_open(noted))


@transaction.atomic
def note_heard(*, recall_id: UUID) -> None:
    """The service has answered that it heard."""
    recall = Recall.objects.select_for_update().get(pk=recall_id)
    recall.state, recall.heard_at, recall.trouble = RecallState.HEARD, timezone.now(), ""
    recall.save(update_fields=["state", "heard_at", "trouble"])
    audit.record(
        event="recall:heard", by=KEEPER, controller_id=recall.controller_id,
        target=Target("service", str(recall.service_id)), purpose=recall.purpose,
        data={"recall": str(recall.id)},
    )  # fmt: skip


@transaction.atomic
def give_up(*, recall_id: UUID, trouble: str) -> None:
    """Nobody heard a recall: that is an alarm, since a campaign may go on without knowing."""
    recall = Recall.objects.select_for_update().get(pk=recall_id)
    recall.state, recall.trouble = RecallState.OVERDUE, trouble
    recall.save(update_fields=["state", "trouble"])
    alarms.raise_alarm(
        controller_id=recall.controller_id, kind=alarms.AlarmKind.RECALL_UNHEARD,
        detail=f"{recall.service_id} {trouble}",
    )  # fmt: skip


@transaction.atomic
def note_unaddressed(*, recall_id: UUID) -> None:
    """The address ended before it was told: the service must poll."""
    Recall.objects.filter(pk=recall_id).update(state=RecallState.POLLED)
