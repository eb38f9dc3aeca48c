"""Languages in which a notice cannot be read yet: waived with a reason and a date (CON-07).

The law lets the person choose (DPDP Act 2023 s.5(3)); a waiver only says who answers for that this
is not so yet, and until when. docs/adr/0025 tells what happens when it lapses.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from audit import alarms
from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import SecondPersonError
from consent.models import LanguageWaiver, Notice, NoticeVersion
from consent.models.notices import LONGEST_WAIVER_DAYS
from consent.versions import completeness
from consent.versions import languages as table
from consent.versions.errors import (
    LanguagesMissingError,
    WaiverDecidedError,
    WaiverNotNeededError,
    WaiverReasonError,
    WaiverTimeError,
)

LONGEST_REASON = 300
LACKING = alarms.AlarmKind.LANGUAGES_LACKING


@transaction.atomic
def waive_languages(
    *,
    by: Actor,
    notice: Notice,
    languages: Collection[str],
    reason: str,
    until_on: date,
) -> LanguageWaiver:
    """Say why a notice is not in these languages yet, until a day within a year.

    It counts once a second person approves it, or publishes the notice. Raises
    WaiverNotNeededError for English, a language outside the Eighth Schedule and a notice under
    another law, WaiverReasonError, WaiverTimeError.
    """
    chosen = _scheduled(languages)
    today = completeness.today()
    if notice.pack != completeness.INDIA or not chosen:
        raise WaiverNotNeededError
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise WaiverReasonError
    if not today <= until_on <= today + timedelta(days=LONGEST_WAIVER_DAYS):
        raise WaiverTimeError
    waiver = LanguageWaiver.objects.create(
        controller_id=notice.controller_id, notice=notice, languages=chosen,
        reason=reason.strip(), waived_on=today, waived_by=by.id, until_on=until_on,
    )  # fmt: skip
    _noted(by, "waiver:recorded", waiver, notice)
    return waiver


@transaction.atomic
def approve_waiver(*, by: Actor, waiver: LanguageWaiver) -> LanguageWaiver:
    """Approve a waiver on its own, as for a notice that is published already.

    Raises WaiverDecidedError, SecondPersonError.
    """
    locked = LanguageWaiver.objects.select_for_update(of=("self",)).select_related("notice")
    found = locked.get(pk=waiver.pk)
    if found.approved_at or found.until_on < completeness.today():
        raise WaiverDecidedError
    if found.waived_by == by.id:
        raise SecondPersonError
    _approve(by, found, found.notice, timezone.now())
    look(found.controller_id)
    return found


def refuse_unread(by: Actor, version: NoticeVersion, *, now: datetime, begins: datetime) -> None:
    """Refuse to publish a version that lacks a language of the law on the day it begins.

    Approves the waivers it needs that somebody else asked for. Raises LanguagesMissingError.
    """
    on = begins.astimezone(UTC).date()
    lacking = set(completeness.uncovered(version, on))
    if not lacking:
        return
    asked = completeness.waivers(version.notice_id, on).filter(approved_at=None)
    for waiver in asked.exclude(waived_by=by.id).select_for_update(of=("self",)):
        if lacking & set(waiver.languages):
            _approve(by, waiver, version.notice, now)
            lacking -= set(waiver.languages)
    if lacking:
        raise LanguagesMissingError(
            _(
                "Neither approved words nor a waiver by somebody else covers these languages "
                "(DPDP Act 2023 s.5(3)): %(named)s."
            ),
            named=", ".join(one for one in table.REQUIRED if one in lacking),
        )


def watch() -> int:
    """Raise or clear the alarm of every controller with Indian notices; returns how many lack."""
    found = Notice.objects.filter(pack=completeness.INDIA).order_by("controller_id")
    ids = found.values_list("controller_id", flat=True).distinct()
    return sum(look(one) for one in ids)


def look(controller_id: UUID) -> bool:
    """Hold the alarm to what is so: a notice in force lacks languages that nobody waived."""
    today = completeness.today()
    lacking = [one for one in completeness.in_force(controller_id)
               if completeness.uncovered(one, today)]  # fmt: skip
    if lacking:
        detail = f"{len(lacking)} of the notices in force"
        alarms.raise_alarm(controller_id=controller_id, kind=LACKING, detail=detail)
    else:
        alarms.clear(controller_id=controller_id, kind=LACKING)
    return bool(lacking)


def _scheduled(tags: Collection[str]) -> list[str]:
    """The languages in the order of the table; none where one is not of the Schedule."""
    wanted = {table.code_of(one) for one in tags}
    if not wanted <= set(table.SCHEDULED):
        return []
    return [one for one in table.SCHEDULED if one in wanted]


def _approve(by: Actor, waiver: LanguageWaiver, notice: Notice, at: datetime) -> None:
    waiver.approved_at, waiver.approved_by = at, by.id
    waiver.save(update_fields=["approved_at", "approved_by"])
    _noted(by, "waiver:approved", waiver, notice)


def _noted(by: Actor, event: str, waiver: LanguageWaiver, notice: Notice) -> None:
    audit.record(
        event=event, by=by, controller_id=waiver.controller_id,
        target=Target("language_waiver", str(waiver.id)),
        data={
            "code": notice.code, "languages": list(waiver.languages), "reason": waiver.reason,
            "until_on": waiver.until_on.isoformat(),
        },
    )  # fmt: skip
