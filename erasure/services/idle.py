"""The clock of silence: people not heard of for years are told, and erased after that (ERA-12).

DPDP Rules r.8(1)-(2) and Third Schedule: it runs for a company of a named class, from the person's
last approach or use of a right, and from the Rules' commencement at the earliest; at least 48 hours
before the end they are told, and whatever they do calls it off. Who could not be told is not
erased: that waits for an officer.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import selectors as accounts
from audit import alarms
from audit import services as audit
from audit.actors import Actor, Target
from consent import selectors_uses as consent
from erasure.clocks import years_after
from erasure.errors import NoticeProofError, NoticeTooLateError, NoticeUnknownError
from erasure.models import DeliveredHow, InactivityNotice, Trigger
from erasure.policies import LEAST_NOTICE_HOURS, Inactivity
from erasure.services import causes, warning
from erasure.services.opening import NewCase, open_case
from keys.bulk import copy_in
from keys.ids import SYSTEM_ID, uuid7
from subjects import selectors as subjects
from subjects import selectors_heard as heard
from subjects import services as subject_services
from subjects import triggers
from subjects.jurisdiction import packs
from work import services as work

__all__ = [
    "call_off", "end", "find_silent", "hear", "last_heard", "note_delivered", "purge_due",
    "put_off", "warn",
]  # fmt: skip

BY: Final = causes.BY
TELL: Final = "erasure.tell_silent"
"""The kind of job that writes to the person."""
LEAST_NOTICE: Final = timedelta(hours=LEAST_NOTICE_HOURS)
MARGIN: Final = timedelta(hours=24)
"""So long a letter may take before the notice has to be given anew."""
LETTERS: Final = 500
INDIA: Final = "IN"
HEARD: Final = "heard"
_COLUMNS: Final = ("id", "controller_id", "subject_id", "last_heard_at", "purge_at", "ended_how",
                   "created_at")  # fmt: skip


def last_heard(controller_id: UUID, subject_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When each of these people last came to the company or used a right."""
    here = heard.last_heard(controller_id, subject_ids)
    spoken = consent.last_spoken(controller_id, subject_ids)
    return {one: max(at, spoken.get(one, at)) for one, at in here.items()}


def find_silent() -> int:
    """Note who will have been silent for the years of the law, and have them told; how many."""
    return sum(
        _find(controller_id, terms.inactivity)
        for controller_id, terms in causes.under_policy()
        if terms.inactivity.named_class and Trigger.INACTIVITY in terms.automatic
    )


def _find(controller_id: UUID, clock: Inactivity) -> int:
    lead = timedelta(hours=clock.notice_hours) + MARGIN
    since = _years(timezone.now() + lead, -clock.years)
    if since <= _commenced(clock):
        return 0  # the years have passed for nobody
    after, count = SYSTEM_ID, 0
    while people := heard.silent(controller_id, since, after, causes.AT_ONCE):
        count += _note(controller_id, people, since, clock)
        after = people[-1]
    return count


@transaction.atomic
def _note(controller_id: UUID, people: Sequence[UUID], since: datetime, clock: Inactivity) -> int:
    """Those of them who are under Indian law, said nothing elsewhere, and are not noted yet."""
    refs = subject_services.lock_many(controller_id, people)
    country = accounts.controller(controller_id).country
    known = subjects.in_bulk(controller_id, list(refs))
    noted = InactivityNotice.objects.filter(subject_id__in=people, ended_at=None)
    there = set(noted.values_list("subject_id", flat=True))
    at = last_heard(controller_id, list(refs))
    silent = [
        one
        for one in refs
        if one not in there and at[one] < since and INDIA in packs(known[one].residence, country)
    ]
    now = timezone.now()
    rows = [
        (uuid7(), controller_id, one, at[one], _purge_at(at[one], now, clock), "", now)
        for one in silent
    ]
    copy_in("erasure_inactivitynotice", _COLUMNS, rows)
    audit.record_many(
        audit.Draft(
            event="inactivity:found", by=BY, controller_id=controller_id,
            target=Target("inactivity_notice", str(row[0])), subject=refs[row[2]],
        )
        for row in rows
    )  # fmt: skip
    work.enqueue_many(work.NewJob(TELL, controller_id, {"notice": str(row[0])}) for row in rows)
    return len(rows)


@transaction.atomic
def note_delivered(  # noqa: PLR0913 (what proves a delivery)
    *,
    by: Actor,
    controller_id: UUID,
    notice_id: UUID,
    delivered_at: datetime | None = None,
    how: str = DeliveredHow.EMAIL,
    proof: str = "",
) -> InactivityNotice:
    """Note that the notice reached the person; from then on the end counts.

    What no mail server took is delivered by somebody, who names what shows it. Raises
    NoticeTooLateError when less than 48 hours are left (r.8(2)): then it is given anew with a later
    day. NoticeProofError, NoticeUnknownError.
    """
    if how not in DeliveredHow.values or bool(proof) == (how == DeliveredHow.EMAIL):
        raise NoticeProofError
    notice = _locked(controller_id, notice_id)
    at = delivered_at or timezone.now()
    if at > timezone.now() or notice.purge_at - at < LEAST_NOTICE:
        raise NoticeTooLateError
    if notice.delivered_at is None:
        notice.delivered_at, notice.delivered_how, notice.proof = at, how, proof
        notice.save(update_fields=["delivered_at", "delivered_how", "proof"])
        due = notice.purge_at.isoformat()
        said: dict[str, object] = {"purge_at": due, "how": how, "proof": proof}
        _record("inactivity:noticed", by, notice, said)
    return notice


@transaction.atomic
def put_off(*, by: Actor, controller_id: UUID, notice_id: UUID, hours: int) -> InactivityNotice:
    """Give a notice that did not reach the person another end, so many hours from now.

    Raises NoticeTooLateError for less than 48 hours, NoticeUnknownError.
    """
    notice = _locked(controller_id, notice_id)
    if hours < LEAST_NOTICE_HOURS or notice.delivered_at is not None:
        raise NoticeTooLateError
    notice.purge_at = max(notice.purge_at, timezone.now() + timedelta(hours=hours))
    notice.save(update_fields=["purge_at"])
    _record("inactivity:put_off", by, notice, {"purge_at": notice.purge_at.isoformat()})
    return notice


@transaction.atomic
def hear(*, by: Actor, controller_id: UUID, subject_id: UUID, how: str) -> int:
    """The person was heard of: signed in, was in contact, or used a right (`how`, a code).

    Calls off what was to come of their silence, and the years count anew; returns how many notices
    ended. Raises SubjectUnknownError.
    """
    person = subjects.subject(controller_id, subject_id)
    triggers.report(by=by, subject=person, code=HEARD, at=timezone.now())
    rows = InactivityNotice.objects.select_for_update().filter(
        controller_id=controller_id, subject_id=subject_id, ended_at=None
    )
    for notice in rows:
        end(by=by, notice=notice, how=how)
    return len(rows)


def call_off() -> int:
    """End the notices of people who were heard of since by a way that tells nobody here (a
    sign-in, a choice), so that officers see who is silent; returns how many ended.
    """
    companies = _open().order_by("controller_id").values_list("controller_id", flat=True)
    return sum(_call_off(one) for one in list(companies.distinct()))


def _call_off(controller_id: UUID) -> int:
    after, count = SYSTEM_ID, 0
    rows = _open().filter(controller_id=controller_id).order_by("pk")
    while page := list(rows.filter(pk__gt=after)[: causes.AT_ONCE]):
        at = last_heard(controller_id, [one.subject_id for one in page])
        spoke = [one for one in page if at[one.subject_id] > one.last_heard_at]
        count += sum(_end_heard(one) for one in spoke)
        after = page[-1].pk
    return count


@transaction.atomic
def _end_heard(notice: InactivityNotice) -> bool:
    subject_services.lock_many(notice.controller_id, [notice.subject_id])
    try:
        end(by=BY, notice=_locked(notice.controller_id, notice.pk), how=HEARD)
    except NoticeUnknownError:  # it ended meanwhile
        return False
    return True


def end(*, by: Actor, notice: InactivityNotice, how: str) -> None:
    """End a notice; the caller holds its lock."""
    notice.ended_at, notice.ended_how = timezone.now(), how
    notice.save(update_fields=["ended_at", "ended_how"])
    _record("inactivity:ended", by, notice, {"how": how})


def purge_due(*, limit: int = LETTERS) -> int:
    """Open a case for each person who was told in time and kept silent; returns how many."""
    now = timezone.now()
    due = InactivityNotice.objects.filter(
        ended_at=None, purge_at__lte=now, delivered_at__isnull=False
    ).order_by("purge_at", "id")
    return sum(_purge(*pair) for pair in due.values_list("controller_id", "pk")[:limit])


@transaction.atomic
def _purge(controller_id: UUID, notice_id: UUID) -> bool:
    """One person; whatever was heard of them since calls it off."""
    row = InactivityNotice.objects.filter(pk=notice_id, ended_at=None).first()
    if row is None or not subject_services.lock_many(controller_id, [row.subject_id]):
        return False
    notice = _locked(controller_id, notice_id)
    at = last_heard(controller_id, [notice.subject_id])[notice.subject_id]
    if at > notice.last_heard_at:
        end(by=BY, notice=notice, how=HEARD)
        return False
    notice.ended_at, notice.ended_how = timezone.now(), "purged"
    notice.save(update_fields=["ended_at", "ended_how"])
    new = NewCase(
        subject_id=notice.subject_id, trigger=Trigger.INACTIVITY, trigger_ref=str(notice.pk)
    )
    open_case(by=BY, controller_id=controller_id, new=new)
    return True


def warn() -> int:
    """Raise or clear the alarm of people whom no letter reached: an officer has to tell them.

    Returns how many they are.
    """
    untold: dict[UUID, list[UUID]] = {}
    late = _open().filter(delivered_at=None, created_at__lt=timezone.now() - MARGIN)
    for controller_id, subject_id in late.values_list("controller_id", "subject_id"):
        untold.setdefault(controller_id, []).append(subject_id)
    counts = {one: _number_not_erased(one, people) for one, people in untold.items()}
    warning.tell(alarms.AlarmKind.NOTICE_UNDELIVERED, warning.of_counts(counts))
    return sum(counts.values())


def _number_not_erased(controller_id: UUID, people: Sequence[UUID]) -> int:
    gone = subjects.erased_scopes(controller_id, people)
    return sum("" not in gone.get(one, ()) for one in people)


def _open() -> QuerySet[InactivityNotice]:
    return InactivityNotice.objects.filter(ended_at=None)


def _locked(controller_id: UUID, notice_id: UUID) -> InactivityNotice:
    rows = InactivityNotice.objects.select_for_update().filter(controller_id=controller_id)
    notice = rows.filter(pk=notice_id, ended_at=None).first()
    if notice is None:
        raise NoticeUnknownError
    return notice


def _purge_at(at: datetime, now: datetime, clock: Inactivity) -> datetime:
    """The end of the years, or so long after now that the notice can be in time."""
    ends = _years(max(at, _commenced(clock)), clock.years)
    return max(ends, now + timedelta(hours=clock.notice_hours))


def _commenced(clock: Inactivity) -> datetime:
    return datetime.combine(clock.commenced, time(), tzinfo=UTC)


def _years(at: datetime, years: int) -> datetime:
    return datetime.combine(years_after(at.date(), years), at.timetz())


def _record(event: str, by: Actor, notice: InactivityNotice, data: dict[str, object]) -> None:
    person = subjects.subject(notice.controller_id, notice.subject_id)
    audit.record(
        event=event, by=by, controller_id=notice.controller_id,
        target=Target("inactivity_notice", str(notice.pk)), subject=subject_services.ref(person),
        data=data,
    )  # fmt: skip
