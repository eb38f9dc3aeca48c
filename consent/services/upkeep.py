"""What a running consent needs in time: reminders, asking again, and the notice of DPDP s.5(2).

A person is told; nothing here changes what they chose. Work in batches, each one transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent import catalogue as catalogues
from consent.errors import ContactPlanError, NoticeMissingError
from consent.models import (
    ConsentState,
    ContactPlan,
    Message,
    MessageKind,
    NoticeVersion,
    Purpose,
    PurposeVersion,
)
from consent.services.messages import News, queue
from consent.transitions import VALID, State
from work import services as work

SECTION_5_BEGINS = datetime(2027, 5, 13, tzinfo=UTC)
"""Commencement of DPDP s.5: consents given before fall under s.5(2)."""
ORDER_NOTICES, ASK_AGAIN = "consent.legacy_notices", "consent.ask_again"
AT_ONCE = 500
LOOK_BACK = timedelta(days=10)
"""How long after it began a change is still looked for; longer than any halt, shorter than the
time that finished jobs are kept, so that each change is worked through once."""
CONFIRMED = frozenset(State) - {State.UNKNOWN, State.REQUESTED}
"""What may be confirmed to a person."""
MOST_REMINDERS, LONGEST_DAYS = 5, 365


@dataclass(frozen=True, slots=True)
class Change:
    """A version that came into force and asks persons again: of a notice or of a purpose."""

    controller_id: UUID
    kind: str
    version_id: UUID


@transaction.atomic
def set_contact_plan(
    *, by: Actor, purpose: Purpose, remind_days: Collection[int], confirms: Collection[str]
) -> ContactPlan:
    """Set when persons are reminded before their yes to a purpose ends, and what is confirmed.

    Raises ContactPlanError for days that cannot be, ValueError for a state that is none.
    """
    days = sorted(set(remind_days))
    if len(days) > MOST_REMINDERS or not all(1 <= one <= LONGEST_DAYS for one in days):
        raise ContactPlanError
    told = sorted({State(one) for one in confirms} & CONFIRMED)
    plan, _ = ContactPlan.objects.update_or_create(
        purpose=purpose,
        defaults={
            "controller_id": purpose.controller_id, "remind_days": days, "confirms": told,
            "set_at": timezone.now(), "set_by": by.id,
        },
    )  # fmt: skip
    audit.record(
        event="reminders:set", by=by, controller_id=purpose.controller_id,
        target=Target("purpose", str(purpose.pk)), purpose=purpose.code,
        data={"remind_days": days, "confirms": told},
    )  # fmt: skip
    return plan


@transaction.atomic
def remind_due(*, limit: int = AT_ONCE) -> int:
    """Note a reminder for yeses that end soon, by each purpose's plan; returns how many.

    Of several offsets that have passed only the nearest one is told, and each once.
    """
    now, noted = timezone.now(), 0
    for plan in ContactPlan.objects.exclude(remind_days=[]).order_by("id"):
        earlier = 0
        for days in sorted(plan.remind_days):
            ends = (now + timedelta(days=earlier), now + timedelta(days=days))
            rows = _unreminded(plan, days, ends)[: limit - noted]
            news = [
                News(
                    subject_id=row.subject_id, purpose_id=row.purpose_id, event_id=row.event_id,
                    kind=MessageKind.EXPIRY_REMINDER, key=f"{row.event_id}:{days}",
                )
                for row in rows
            ]  # fmt: skip
            noted += queue(controller_id=plan.controller_id, news=news)
            earlier = days
            if noted >= limit:
                return noted
    return noted


def _unreminded(
    plan: ContactPlan, days: int, ends: tuple[datetime, datetime]
) -> list[ConsentState]:
    """Yeses that end within the span and whose persons were not reminded at this offset."""
    told = Message.objects.filter(
        subject_id=OuterRef("subject_id"), purpose_id=plan.purpose_id,
        kind=MessageKind.EXPIRY_REMINDER, event_id=OuterRef("event_id"), key__endswith=f":{days}",
    )  # fmt: skip
    rows = ConsentState.objects.filter(
        ~Exists(told), purpose_id=plan.purpose_id, state__in=VALID, expires_at__gt=ends[0],
        expires_at__lte=ends[1],
    )  # fmt: skip
    return list(rows.order_by("expires_at", "id")[:AT_ONCE])


@transaction.atomic
def order_legacy_notices(*, by: Actor, purpose: Purpose) -> UUID:
    """Have the notice of s.5(2) sent to everybody whose old consent still awaits it.

    Returns the job's id. Raises NoticeMissingError while no notice about the purpose is in force,
    PurposeUnknownError, PurposeClosedError.
    """
    known = catalogues.in_force(purpose.controller_id).purpose(purpose.code)
    if not known.notices:
        raise NoticeMissingError
    job = work.enqueue(
        kind=ORDER_NOTICES, controller_id=purpose.controller_id,
        payload={"purpose": str(purpose.pk), "notice": str(known.notices[0].version_id)},
    )  # fmt: skip
    audit.record(
        event="notice:ordered", by=by, controller_id=purpose.controller_id,
        target=Target("job", str(job.id)), purpose=purpose.code,
        data={"notice_version": str(known.notices[0].version_id)},
    )  # fmt: skip
    return job.id


def unnoticed(purpose_id: UUID) -> QuerySet[ConsentState]:
    """The consents to a purpose that are older than s.5 and whose notice was not given yet."""
    return ConsentState.objects.filter(
        purpose_id=purpose_id, state__in=[State.GIVEN, State.RENEWED], notice_version_id=None,
        is_noticed=False, since_at__lt=SECTION_5_BEGINS,
    )  # fmt: skip


@transaction.atomic
def note_legacy_notices(
    *, controller_id: UUID, purpose_id: UUID, notice_version_id: UUID, after: UUID | None
) -> UUID | None:
    """Note one batch of those notices; returns where to go on, None at the end."""
    rows = unnoticed(purpose_id).filter(controller_id=controller_id)
    return _note(
        controller_id, rows, after, MessageKind.LEGACY_NOTICE, notice_version_id=notice_version_id
    )


def changes_begun() -> list[Change]:
    """The material changes that came into force lately, of all controllers (CON-19)."""
    since = timezone.now() - LOOK_BACK
    found: list[Change] = []
    models: tuple[tuple[str, QuerySet[NoticeVersion] | QuerySet[PurposeVersion]], ...] = (
        ("notice", NoticeVersion.objects.begun()), ("purpose", PurposeVersion.objects.begun()),
    )  # fmt: skip
    for kind, versions in models:
        rows = versions.filter(is_material=True, number__gt=1, effective_from__gt=since)
        pairs = rows.values_list("controller_id", "pk")
        found += [Change(controller_id, kind, pk) for controller_id, pk in pairs]
    return found


def order_asking_again() -> int:
    """Have everybody asked again whom a change suspended; returns how many changes there are."""
    changes = changes_begun()
    for change in changes:
        work.enqueue(
            kind=ASK_AGAIN, controller_id=change.controller_id, dedupe_key=str(change.version_id),
            payload={"kind": change.kind, "version": str(change.version_id)},
        )  # fmt: skip
    return len(changes)


@transaction.atomic
def note_asking_again(*, change: Change, after: UUID | None) -> UUID | None:
    """Note one batch of requests to answer again; returns where to go on, None at the end."""
    rows = ConsentState.objects.filter(
        _suspended_by(change), controller_id=change.controller_id, state__in=VALID
    )
    return _note(
        change.controller_id, rows, after, MessageKind.RECONSENT_REQUEST, str(change.version_id)
    )


def _suspended_by(change: Change) -> Q:
    if change.kind == "notice":
        version = NoticeVersion.objects.get(pk=change.version_id)
        older = NoticeVersion.objects.filter(notice_id=version.notice_id, number__lt=version.number)
        return Q(notice_version_id__in=list(older.values_list("pk", flat=True)))
    found = PurposeVersion.objects.get(pk=change.version_id)
    return Q(purpose_id=found.purpose_id, purpose_version__lt=found.number)


def _note(  # noqa: PLR0913 (whom to tell what, and why)
    controller_id: UUID,
    rows: QuerySet[ConsentState],
    after: UUID | None,
    kind: MessageKind,
    key: str = "",
    *,
    notice_version_id: UUID | None = None,
) -> UUID | None:
    """Without a `key` the cause is the consent itself."""
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[:AT_ONCE])
    news = [
        News(
            subject_id=row.subject_id, purpose_id=row.purpose_id, kind=kind,
            key=key or str(row.event_id), event_id=row.event_id,
            notice_version_id=notice_version_id,
        )
        for row in found
    ]  # fmt: skip
    queue(controller_id=controller_id, news=news)
    return found[-1].pk if len(found) == AT_ONCE else None
