"""Legal holds: nothing within them is destroyed, and nothing denied is allowed (ERA-14).

GDPR Art 17(3)(e), 18(1)(c); DPDP s.17(1)(a). What already went stays gone; what waits, or was
planned and not yet told, is planned anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from erasure import selectors
from erasure.engine import waking
from erasure.errors import HoldError, HoldUnknownError, ReasonMissingError
from erasure.models import Case, CaseState, Hold, Mark, Marked, Step, StepState
from erasure.services import deciding, planning
from registry.connectors.contract import Verb
from subjects import holds, standing
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.errors import SubjectUnknownError
from subjects.standing import Scoped

__all__ = ["NewHold", "lift_hold", "overdue_reviews", "review_hold", "set_hold"]

STANDING: Final = "hold"
REASON: Final = "legal_hold"
REVIEW_WITHIN: Final = timedelta(days=731)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """A hold to be set; without a subject it is on everybody within the scope."""

    matter: str
    authority: str
    citation: str
    review_on: date
    subject_id: UUID | None = None
    scope_type: str = "everything"
    scope: str = ""


@transaction.atomic
def set_hold(*, by: Actor, controller_id: UUID, new: NewHold) -> Hold:
    """Hold data back from destruction, from now on. It permits nothing that was denied.

    Raises HoldError, CaseScopeError, SubjectUnknownError; then nothing was set.
    """
    planning.check_scopes(controller_id, {(new.scope_type, new.scope)})
    if not (new.matter.strip() and new.authority.strip() and new.citation.strip()):
        raise HoldError
    _check_review(new.review_on)
    _check_subject(controller_id, new.subject_id)
    hold = Hold(
        controller_id=controller_id, subject_id=new.subject_id, scope_type=new.scope_type,
        scope=new.scope, matter=new.matter, authority=new.authority, citation=new.citation,
        review_on=new.review_on, set_by=by.id,
    )  # fmt: skip
    hold.full_clean(exclude=["subject"])
    hold.save(force_insert=True)
    if new.subject_id:
        standing.set_many(
            by=by, controller_id=controller_id, state=STANDING, reason=REASON,
            about=[Scoped(new.subject_id, new.scope_type, new.scope)],
        )  # fmt: skip
    else:
        holds.set_on_everybody(controller_id=controller_id, hold_id=hold.id)
    stopped = _heed(hold)
    data = {"matter": hold.matter, "citation": hold.citation, "stopped": stopped}
    _record("hold:set", by, hold, data)
    return hold


@transaction.atomic
def review_hold(*, by: Actor, controller_id: UUID, hold_id: UUID, review_on: date) -> Hold:
    """Note that a hold was looked at and stays until another day. Raises HoldUnknownError,
    HoldError.
    """
    hold = _locked(controller_id, hold_id)
    _check_review(review_on)
    hold.review_on = review_on
    hold.save(update_fields=["review_on"])
    _record("hold:reviewed", by, hold, {"review_on": review_on.isoformat()})
    return hold


@transaction.atomic
def lift_hold(*, by: Actor, controller_id: UUID, hold_id: UUID, reason: str) -> Hold:
    """End a hold; what it kept of cases that are done is looked at again the same day.

    Raises HoldUnknownError, ReasonMissingError.
    """
    hold = _locked(controller_id, hold_id)
    if not 0 < len(reason.strip()) <= deciding.REASON_LENGTH:
        raise ReasonMissingError
    hold.lifted_at, hold.lifted_by, hold.lifted_reason = timezone.now(), by.id, reason
    hold.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    _end_standing(by, hold)
    kept = Case.objects.filter(
        controller_id=controller_id, revisit_on__isnull=False,
        plan__contains={"elements": [{"because": "hold", "ref": str(hold.id)}]},
    )  # fmt: skip
    again = kept.update(revisit_on=timezone.now().date())
    _record("hold:lifted", by, hold, {"matter": hold.matter, "looked_at_again": again})
    return hold


def overdue_reviews(controller_ids: Iterable[UUID]) -> QuerySet[Hold]:
    """Holds that stand and should have been reviewed, the longest due first."""
    rows = selectors.holds(list(controller_ids)).filter(lifted_at=None)
    return rows.filter(review_on__lt=timezone.now().date()).order_by("review_on", "id")


def _locked(controller_id: UUID, hold_id: UUID) -> Hold:
    rows = Hold.objects.select_for_update(of=("self",)).filter(controller_id=controller_id)
    hold = rows.filter(pk=hold_id, lifted_at=None).first()
    if hold is None:
        raise HoldUnknownError
    return hold


def _check_review(review_on: date) -> None:
    today = timezone.now().date()
    if not today < review_on <= today + REVIEW_WITHIN:
        raise HoldError


def _check_subject(controller_id: UUID, subject_id: UUID | None) -> None:
    if subject_id and not subject_services.lock_many(controller_id, [subject_id]):
        raise SubjectUnknownError


def _end_standing(by: Actor, hold: Hold) -> None:
    """The standing ends with the last hold of its scope."""
    if hold.subject_id is None:
        holds.end_on_everybody(hold_id=hold.id)
        return
    same = Hold.objects.filter(
        subject_id=hold.subject_id, scope_type=hold.scope_type, scope=hold.scope, lifted_at=None
    )
    if not same.exists():
        standing.end_many(
            by=by, controller_id=hold.controller_id, state=STANDING, reason=REASON,
            about=[Scoped(hold.subject_id, hold.scope_type, hold.scope)],
        )  # fmt: skip


def _heed(hold: Hold) -> int:
    """Plan waiting cases anew, and take back what no system was told yet; of how many cases."""
    within = Q(subject_id=hold.subject_id) if hold.subject_id else Q()
    rows = Case.objects.select_for_update(of=("self",)).filter(
        within, controller_id=hold.controller_id, verb=Verb.ERASE, state__in=selectors.UNDER_WAY
    )
    return sum(
        _take_back(case) if case.state == CaseState.RUNNING else deciding.replan(case)
        for case in rows.order_by("id")
    )


def _take_back(case: Case) -> bool:
    """Give steps that nobody was told of what the plan would be now."""
    plan = planning.of_case(case, law=case.law, accepted=True).plan()
    wanted = {one.get("system") or one["party"]: one for one in plan["steps"]}
    untold = Step.objects.select_for_update().filter(
        case=case, state=StepState.PLANNED, sent_at=None
    )
    changed = [
        step
        for step in untold.order_by("id")
        if _follows(step, wanted.get(str(step.system_id or step.party_id)))
    ]
    Step.objects.bulk_update(changed, ["categories", "kept", "state", "ended_at", "next_at"])
    ended = [step for step in changed if step.state == StepState.EXEMPT]
    Mark.objects.bulk_create(
        Mark(controller_id=step.controller_id, step=step, round=step.round, kind=Marked.EXEMPT,
             at=timezone.now())
        for step in ended
    )  # fmt: skip
    if ended:
        waking.begin(waking.wake(case.controller_id, [case.id], timezone.now()), timezone.now())
    return bool(changed)


def _follows(step: Step, wanted: dict[str, Any] | None) -> bool:
    """Whether the step had to change for the hold."""
    if wanted is None or (wanted["kept"], wanted["categories"]) == (step.kept, step.categories):
        return False
    step.kept, step.categories = wanted["kept"], wanted["categories"]
    if wanted["exempt"]:
        step.state, step.ended_at, step.next_at = StepState.EXEMPT, timezone.now(), None
    return True


def _record(event: str, by: Actor, hold: Hold, data: dict[str, Any]) -> None:
    person = subjects.subject(hold.controller_id, hold.subject_id) if hold.subject_id else None
    audit.record(
        event=event, by=by, controller_id=hold.controller_id, target=Target("hold", str(hold.pk)),
        subject=subject_services.ref(person) if person else None,
        purpose=hold.scope if hold.scope_type == "purpose" else "",
        data={**data, "scope_type": hold.scope_type},
    )  # fmt: skip
