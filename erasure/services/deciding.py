"""What people decide about cases: reviews, exemptions, approvals, refusals and cancellations."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from erasure import selectors
from erasure.engine import closing, starting
from erasure.errors import (
    CaseStateError,
    CaseUnderWayError,
    CaseUnknownError,
    ExemptionError,
    ExemptionForeignError,
    ReasonMissingError,
    RefusalGroundError,
    SecondPersonError,
)
from erasure.grounds import REFUSED
from erasure.models import Case, CaseState, Mark, Step, StepState
from erasure.planning.exemptions import may_cite
from erasure.services import opening, planning
from registry import selectors as registry
from registry.connectors.contract import Verb
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects import standing, tombstones
from subjects.standing import Scoped
from work import services as work

__all__ = [
    "Exemption", "approve", "cancel", "claim_exemption", "decide_review", "refuse", "replan",
]  # fmt: skip

WAITING: Final = (CaseState.OPEN, CaseState.REVIEW, CaseState.APPROVAL)
REASON_LENGTH: Final = 300
ANEW: Final = ":anew"
UNTOLD: Final = (StepState.PLANNED, StepState.EXEMPT, StepState.FAILED)
"""What fails before it was sent waits for an officer, who would tell it by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A law by which data of a category must stay (GDPR 17(3); DPDP s.8(7), 17). `pack`: whose."""

    category: str
    pack: str
    citation: str
    until: date


@transaction.atomic
def decide_review(
    *,
    by: Actor,
    controller_id: UUID,
    case_id: UUID,
    reason: str,
    law: str = "",
    accept: bool = False,
) -> Case:
    """Settle what a case waits for; it goes on to approval, or runs.

    `law`, IN or EU, says whose law counts where two contradict or none is known (GDPR 17(3)(b)
    knows no Indian duty to keep); `accept` that a system keeps what it cannot part with. Raises
    CaseUnknownError, CaseStateError (also while something is still undecided),
    ExemptionForeignError for a law that is not the person's, ReasonMissingError.
    """
    case = _locked(controller_id, case_id, CaseState.REVIEW)
    _check_reason(reason)
    if law and not may_cite(tuple(case.packs), law):
        raise ExemptionForeignError(field="law")
    case.law = law or case.law
    frozen = _replanned(case, accepted=accept)
    if frozen.review:
        raise CaseStateError
    said = {"law": case.law, "accepted": accept, "reason_sha256": digest(reason)}
    _record("case:reviewed", by, case, {**said, "plan_sha256": case.plan_sha256})
    return _go_on(by, case)


@transaction.atomic
def claim_exemption(
    *, by: Actor, controller_id: UUID, case_id: UUID, exemption: Exemption, reason: str
) -> Case:
    """Claim that a law has data of a category kept, before the case runs; the plan is made anew.

    Raises ExemptionForeignError for a law that does not apply to the person (ERA-05),
    ExemptionError, ReasonMissingError, CaseUnknownError, CaseStateError.
    """
    case = _locked(controller_id, case_id, CaseState.REVIEW, CaseState.APPROVAL)
    _check_reason(reason)
    _check_exemption(case, exemption)
    claim = {**asdict(exemption), "until": exemption.until.isoformat()}
    case.claims = [*case.claims, claim]
    frozen = _replanned(case)
    if frozen.review and case.state != CaseState.REVIEW:
        case.state, case.code = CaseState.REVIEW, frozen.review
    case.save()
    said = {**claim, "reason_sha256": digest(reason), "plan_sha256": case.plan_sha256}
    _record("case:exempted", by, case, said)
    return case


@transaction.atomic
def approve(*, by: Actor, controller_id: UUID, case_id: UUID) -> Case:
    """Let a case run; another than who opened it must. Holds set since are heeded.

    Raises SecondPersonError, CaseUnknownError, CaseStateError.
    """
    case = _locked(controller_id, case_id, CaseState.APPROVAL)
    if by.id == case.opened_by:
        raise SecondPersonError
    frozen = _replanned(case, accepted=True)
    if frozen.review:
        raise CaseStateError
    case.approved_at, case.approved_by = timezone.now(), by.id
    _record("case:approved", by, case, {"plan_sha256": case.plan_sha256})
    return _run(by, case)


@transaction.atomic
def refuse(*, by: Actor, controller_id: UUID, case_id: UUID, reason: str, ground: str = "") -> Case:
    """Refuse what a case asks for; what stood because of it ends.

    Whoever asked for it is told the ground, the reasons and the remedies with the end of their
    request (GDPR 12(4); DPDP s.13), so a wish is refused on one of `erasure.grounds` alone. Raises
    RefusalGroundError, ReasonMissingError, CaseUnknownError, CaseStateError.
    """
    case = _locked(controller_id, case_id, *WAITING)
    if ground not in REFUSED and (ground or case.trigger in opening.ANSWERED):
        raise RefusalGroundError
    case.code, case.refusal = ground or case.code, reason.strip()
    return _end(by, case, CaseState.REFUSED, reason)


@transaction.atomic
def cancel(*, by: Actor, controller_id: UUID, case_id: UUID, reason: str) -> Case:
    """Call a case off while nothing was told to anybody; what joined it is opened anew.

    Raises CaseUnderWayError once a system was told, ReasonMissingError, CaseUnknownError,
    CaseStateError.
    """
    case = _locked(controller_id, case_id, *WAITING, CaseState.RUNNING)
    if case.state == CaseState.RUNNING:
        _stop(case)
    joined = list(Case.objects.filter(joined_into=case.id, controller_id=controller_id))
    found = _end(by, case, CaseState.CANCELLED, reason)
    _open_anew(by, controller_id, joined)
    return found


def replan(case: Case) -> bool:
    """Make the plan of a waiting case anew, after something it rests on changed; whether it did.

    The caller holds the case's lock.
    """
    before = case.plan_sha256
    frozen = _replanned(case, accepted=case.state == CaseState.APPROVAL)
    if frozen.review:
        case.state, case.code = CaseState.REVIEW, frozen.review
    case.save()
    return case.plan_sha256 != before


def digest(reason: str) -> str:
    """How a reason is on record: its words are told to the person, and may be theirs to erase."""
    return hashlib.sha256(reason.encode()).hexdigest()


def _locked(controller_id: UUID, case_id: UUID, *states: str) -> Case:
    """The case, after its person, as every verb on people locks."""
    rows = Case.objects.filter(controller_id=controller_id, pk=case_id)
    subject_id = rows.values_list("subject_id", flat=True).first()
    if subject_id is None:
        raise CaseUnknownError
    subject_services.lock_many(controller_id, [subject_id])
    case = rows.select_for_update(of=("self",)).get()
    if case.state not in states:
        raise CaseStateError
    return case


def _replanned(case: Case, *, accepted: bool = False) -> planning.Frozen:
    frozen = planning.of_case(case, law=case.law, accepted=accepted)
    case.plan, case.plan_sha256 = frozen.plan(), frozen.sha256
    case.packs, case.revisit_on = list(frozen.packs), frozen.revisit_on
    case.planned_at = timezone.now()
    return frozen


def _go_on(by: Actor, case: Case) -> Case:
    terms = selectors.terms_of(case)
    if case.verb == Verb.ERASE and terms.needs_approval(case.trigger):
        case.state, case.code = CaseState.APPROVAL, "approval"
        case.save()
        return case
    return _run(by, case)


def _run(by: Actor, case: Case) -> Case:
    case.save()
    starting.start(by=by, case_ids=[case.id])
    case.refresh_from_db()
    return case


def _stop(case: Case) -> None:
    """Take the steps out of the lanes, if nothing was told yet."""
    steps = Step.objects.select_for_update().filter(case=case).order_by("id")
    if any(step.sent_at or step.state not in UNTOLD for step in steps):
        raise CaseUnderWayError
    if Mark.objects.filter(step__case=case).exclude(kind__in=("exempt", "failed")).exists():
        raise CaseUnderWayError
    Step.objects.filter(case=case).update(next_at=None)


def _end(by: Actor, case: Case, state: CaseState, reason: str) -> Case:
    _check_reason(reason)
    case.state, case.closed_at, case.closed_by = state, timezone.now(), by.id
    case.sealed = case.wrapped_key = case.wrapping_version = case.revisit_on = None
    case.save()
    _let_go(by, case)
    said = {"reason_sha256": digest(reason), "code": case.code}
    _record(f"case:{state.value}", by, case, said)
    work.enqueue(
        kind=closing.CLOSED, controller_id=case.controller_id, payload={"cases": [str(case.id)]}
    )
    return case


def _let_go(by: Actor, case: Case) -> None:
    """What stood because of this case ends, unless another case stands for the same."""
    same = Case.objects.filter(
        subject_id=case.subject_id, verb=case.verb, scope_type=case.scope_type, scope=case.scope,
        state__in=(*selectors.UNDER_WAY, CaseState.CLOSED),
    ).exclude(pk=case.pk)  # fmt: skip
    state = opening.STANDINGS.get(case.verb)
    if state and not same.exists():
        about = [Scoped(case.subject_id, case.scope_type, case.scope)]
        standing.end_many(
            by=by, controller_id=case.controller_id, state=state, about=about,
            reason=opening.BY_CASE,
        )  # fmt: skip
    tombstones.call_off(by=by, controller_id=case.controller_id, case_ids=[case.id])


def _open_anew(by: Actor, controller_id: UUID, joined: list[Case]) -> None:
    """Who asked for the same did not take it back."""
    again = [
        opening.NewCase(
            subject_id=one.subject_id, trigger=one.trigger, scope_type=one.scope_type,
            trigger_ref=one.trigger_ref[: opening.REF_LENGTH - len(ANEW)] + ANEW, scope=one.scope,
            verb=one.verb, received_at=one.received_at,
        )
        for one in joined
    ]  # fmt: skip
    if again:
        opening.open_cases(by=by, controller_id=controller_id, new=again)


def _check_reason(reason: str) -> None:
    if not 0 < len(reason.strip()) <= REASON_LENGTH:
        raise ReasonMissingError


def _check_exemption(case: Case, said: Exemption) -> None:
    if not may_cite(tuple(case.packs), said.pack):
        raise ExemptionForeignError
    known = registry.category_codes(case.controller_id)
    is_known = said.category in known or any(
        one["category"] == said.category for one in case.plan.get("elements", ())
    )
    is_cited = 0 < len(said.citation.strip()) <= REASON_LENGTH
    if not (is_known and is_cited and said.until > timezone.now().date()):
        raise ExemptionError


def _record(event: str, by: Actor, case: Case, data: Mapping[str, Any]) -> None:
    person = subject_services.ref(subjects.subject(case.controller_id, case.subject_id))
    audit.record(
        event=event, by=by, controller_id=case.controller_id,
        target=Target("erasure_case", str(case.id)), subject=person, data=data,
    )  # fmt: skip
