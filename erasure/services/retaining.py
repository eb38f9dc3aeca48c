"""Retention: rules by law, what they come to for one person, and what is due (ERA-13).

What must go is opened as a case; what was kept until a day is looked at again on that day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit import alarms
from audit import services as audit
from audit.actors import Actor, Target
from consent import selectors_uses as consent
from erasure import selectors
from erasure.errors import RetentionRuleError, RetentionRuleUnknownError
from erasure.models import Case, CaseState, RetentionRule, Trigger
from erasure.planning.retention import Counted, Resolved, Rule, binds, resolve
from erasure.services import causes, holding, planning, warning
from erasure.services.opening import NewCase
from keys.ids import SYSTEM_ID
from registry import selectors as registry
from registry.connectors.contract import Verb
from subjects import selectors as subjects
from subjects import selectors_heard as heard
from subjects.jurisdiction import packs

__all__ = [
    "LONGEST_DAYS", "NewRule", "end_rule", "explain", "purge_due", "record_rule", "revisit_due",
    "warn",
]  # fmt: skip

AFTER: Final = "after:"
LONGEST_DAYS: Final = 200 * 366
"""A longer time is a slip: nobody lives to see it, and the calendar ends before long."""
EARLIEST: Final = date(1970, 1, 2)
"""In every zone after the moment that ids count from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule to be put in force. Empty purpose, category or pack: any."""

    code: str
    counts_from: str
    purpose: str = ""
    category: str = ""
    pack: str = ""
    minimum_days: int = 0
    maximum_days: int | None = None
    citation: str = ""
    reviewed_by: str = ""
    effective_on: date | None = None


@transaction.atomic
def record_rule(*, by: Actor, controller_id: UUID, new: NewRule) -> RetentionRule:
    """Put a retention rule in force; a minimum cites its law. Rules are never changed, only ended.

    Raises RetentionRuleError.
    """
    _check(controller_id, new)
    rule = RetentionRule(
        controller_id=controller_id, code=new.code, purpose=new.purpose, category=new.category,
        pack=new.pack, counts_from=new.counts_from, minimum_days=new.minimum_days,
        maximum_days=new.maximum_days, citation=new.citation, reviewed_by=new.reviewed_by,
        effective_on=new.effective_on or timezone.now().date(), created_by=by.id,
    )  # fmt: skip
    try:
        rule.full_clean()
    except ValidationError:
        raise RetentionRuleError from None
    rule.save(force_insert=True)
    _record("retention_rule:recorded", by, rule)
    return rule


@transaction.atomic
def end_rule(*, by: Actor, controller_id: UUID, rule_id: UUID) -> RetentionRule:
    """End a rule from today on. Raises RetentionRuleUnknownError."""
    rows = RetentionRule.objects.select_for_update().filter(controller_id=controller_id)
    rule = rows.filter(pk=rule_id, ended_on=None).first()
    if rule is None:
        raise RetentionRuleUnknownError
    rule.ended_on = timezone.now().date()
    rule.save(update_fields=["ended_on"])
    _record("retention_rule:ended", by, rule)
    return rule


def explain(controller_id: UUID, subject_id: UUID, category: str) -> Resolved:
    """Until when data of a category of this person are kept, from when they must be gone, and why.

    Raises SubjectUnknownError.
    """
    person = subjects.subject(controller_id, subject_id)
    country = accounts.controller(controller_id).country
    uses = consent.live_uses(controller_id, [subject_id]).get(subject_id, ())
    last = heard.last_heard(controller_id, [subject_id]).get(subject_id)
    counted = Counted(collected=person.created_at.date(), last_use=last.date() if last else None)
    return resolve(
        selectors.rules(controller_id), category, {one.purpose for one in uses},
        packs(person.residence, country), counted, timezone.now().date(),
    )  # fmt: skip


def purge_due() -> int:
    """Open cases for whatever must be gone by today, under approved policies; how many are new.

    A rule goes into effect once officers were alerted for as long as the policy says (BRD-AD2).
    """
    today = timezone.now().date()
    return sum(
        causes.open_all(controller_id, _past(controller_id, rule, today))
        for controller_id, terms in causes.under_policy()
        if Trigger.RETENTION in terms.automatic
        for rule in selectors.rules(controller_id)
        if rule.maximum_days is not None and today >= rule.since + timedelta(days=terms.alert_days)
    )


def warn() -> int:
    """Raise or clear the alarms of purges that are near and of holds that nobody reviewed.

    Returns at how many controllers something is to be looked at.
    """
    today = timezone.now().date()
    near = {
        one: _near(one, today + timedelta(days=terms.alert_days))
        if Trigger.RETENTION in terms.automatic
        else []
        for one, terms in causes.under_policy()
    }
    warning.tell(alarms.AlarmKind.PURGE_NEAR, near)
    company_ids = list(accounts.controllers().values_list("pk", flat=True))
    unreviewed = warning.of_counts(
        {one: holding.overdue_reviews([one]).count() for one in company_ids}
    )
    warning.tell(alarms.AlarmKind.HOLD_UNREVIEWED, unreviewed)
    return len({one for found in (near, unreviewed) for one, what in found.items() if what})


@transaction.atomic
def revisit_due(*, limit: int = 200) -> int:
    """Look at closed cases whose kept data are due: what need not stay any more goes now.

    Returns at how many it looked.
    """
    rows = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        revisit_on__lte=timezone.now().date(), state=CaseState.CLOSED
    )
    cases = list(rows.order_by("revisit_on", "id")[:limit])
    for case in cases:
        _revisit(case)
    return len(cases)


def _revisit(case: Case) -> None:
    now = planning.of_case(case, law=case.law, accepted=True)
    stays = {_place(one) for one in now.plan()["elements"] if one["fate"] == "keep"}
    stayed = {_place(one) for one in case.plan["elements"] if one["fate"] == "keep"}
    case.revisit_on = now.revisit_on
    if stayed - stays:
        new = NewCase(
            subject_id=case.subject_id, trigger=case.trigger, trigger_ref=f"{AFTER}{case.id}",
            scope_type=case.scope_type, scope=case.scope, verb=Verb.ERASE, follows=case.id,
        )  # fmt: skip
        causes.open_following(case.controller_id, new)
        case.revisit_on = None
    case.save(update_fields=["revisit_on"])


def _place(element: dict[str, Any]) -> tuple[str, str]:
    return element["system_id"], element["category"]


def _past(controller_id: UUID, rule: Rule, today: date) -> Iterator[NewCase]:
    """Whoever the rule's maximum has passed for."""
    before = _moment(controller_id, _back(today, rule.maximum_days or 0))
    after = SYSTEM_ID
    while page := _page(controller_id, rule, before, after, causes.AT_ONCE):
        for one, day in _bound(controller_id, rule, page):
            yield NewCase(
                subject_id=one, trigger=Trigger.RETENTION, trigger_ref=f"{rule.code}:{day}",
                scope_type=_scope_type(rule), scope=rule.category or rule.purpose,
            )  # fmt: skip
        after = page[-1][0]


def _page(
    controller_id: UUID, rule: Rule, before: datetime, after: UUID, limit: int
) -> Sequence[tuple[UUID, date]]:
    """People for whom the rule's days began before a moment, and the day on which they did."""
    if rule.purpose:
        return consent.past(controller_id, rule.purpose, rule.counts_from, before, after, limit)
    if rule.counts_from == "last_use":
        people = heard.silent(controller_id, before, after, limit)
        at = heard.last_heard(controller_id, people)
    else:
        people = heard.entered_before(controller_id, before, after, limit)
        known = subjects.in_bulk(controller_id, people)
        at = {one: person.created_at for one, person in known.items()}
    return [(one, at[one].date()) for one in people]


def _bound(
    controller_id: UUID, rule: Rule, page: Sequence[tuple[UUID, date]]
) -> list[tuple[UUID, date]]:
    """Those of them under whose law the rule stands, if it stands under one alone."""
    if not rule.pack:
        return list(page)
    country = accounts.controller(controller_id).country
    known = subjects.in_bulk(controller_id, [one for one, _ in page])
    return [
        (one, day)
        for one, day in page
        if one in known and binds(rule, packs(known[one].residence, country))
    ]


def _near(controller_id: UUID, day: date) -> list[str]:
    """The codes of rules that will have passed by that day for somebody who is not erased yet."""
    return [
        rule.code
        for rule in selectors.rules(controller_id)
        if rule.maximum_days is not None
        and any(causes.still_there(controller_id, _past(controller_id, rule, day)))
    ]


def _back(day: date, days: int) -> date:
    """So many days before; nobody was entered before the ids begin to count."""
    return max(day - timedelta(days=min(days, LONGEST_DAYS)), EARLIEST)


def _moment(controller_id: UUID, day: date) -> datetime:
    """The beginning of a day at the company."""
    zone = ZoneInfo(accounts.controller(controller_id).time_zone)
    return datetime.combine(day, time(), tzinfo=zone)


def _scope_type(rule: Rule) -> str:
    if rule.category:
        return "category"
    return "purpose" if rule.purpose else "everything"


def _check(controller_id: UUID, new: NewRule) -> None:
    """Every minimum cites a law (ERA-13); the end of a purpose needs to say of which."""
    purposes = consent.purpose_codes(controller_id)
    held = (
        not new.purpose or new.purpose in purposes,
        not new.category or new.category in registry.category_codes(controller_id),
        new.pack in ("", "IN", "EU"),
        new.minimum_days == 0 or bool(new.citation.strip()),
        new.maximum_days is None or new.maximum_days >= max(new.minimum_days, 1),
        new.counts_from != "purpose_end" or bool(new.purpose),
        0 <= new.minimum_days <= LONGEST_DAYS,
        (new.maximum_days or 0) <= LONGEST_DAYS,
    )
    if not all(held):
        raise RetentionRuleError
    if any(rule.code == new.code for rule in selectors.rules(controller_id)):
        raise RetentionRuleError(field="code")


def _record(event: str, by: Actor, rule: RetentionRule) -> None:
    audit.record(
        event=event, by=by, controller_id=rule.controller_id,
        target=Target("retention_rule", str(rule.pk)), purpose=rule.purpose,
        data={
            "code": rule.code, "minimum_days": rule.minimum_days,
            "maximum_days": rule.maximum_days, "citation": rule.citation,
        },
    )  # fmt: skip
