"""Verifiable consent of parents: who is named, what is found, and what ends it (s.9(1), r.10)."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.reads import record_read
from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import (
    ParentCheckClosedError,
    ParentNotNeededError,
    ReferenceFormError,
)
from consent.family import parents, verifiers
from consent.family import selectors as families
from consent.family.parents import Check
from consent.family.verifiers import CONFIRMED, NOT_ADULT, Claim, Verdict
from consent.models import ParentalCheck
from consent.opaque import is_reference
from consent.services import relying
from subjects import family, relations
from subjects import selectors as subject_selectors
from subjects import services as subjects

KEPT_OPEN = timedelta(days=30)
PARENT = family.PARENT


@transaction.atomic
def name_parent(
    *,
    by: Actor,
    controller_id: UUID,
    child_id: UUID,
    parent_id: UUID,
    begun_by: str,
    is_registered: bool,
) -> ParentalCheck:
    """Note that somebody is said to be a child's parent; naming them again changes nothing.

    Nothing follows from it until they are found to be an identifiable adult. Raises
    SubjectUnknownError for another controller's people, ParentNotNeededError for an adult.
    """
    child = subjects.lock(controller_id, child_id)
    parent = subject_selectors.subject(controller_id, parent_id)
    if child.pk == parent.pk or family.is_adult(child):
        raise ParentNotNeededError
    now = timezone.now()
    check, is_new = ParentalCheck.objects.get_or_create(
        controller_id=controller_id, subject=child, parent_id=parent.pk,
        state__in=sorted(parents.STANDING),
        defaults={
            "begun_by": begun_by, "is_registered": is_registered, "named_at": now,
            "lapses_at": now + KEPT_OPEN, "state": Check.NAMED.value,
        },
    )  # fmt: skip
    if is_new:
        _record(by, check, "parent:named")
    return check


def check_parent(
    *, by: Actor, controller_id: UUID, check_id: UUID, method: str, token: str = ""
) -> ParentalCheck:
    """Find out by a method of r.10 whether the parent who was named is an identifiable adult.

    The verifier is asked outside of any transaction, and its `token` kept nowhere. Where it says
    yes, the parent may decide for the child from then on; where it says no, another method may be
    tried. Raises ParentCheckMissingError, ParentCheckClosedError, VerifierUnavailableError.
    """
    check = families.check(controller_id, check_id)
    if check.state == Check.VERIFIED:
        return check
    _must_be_open(check)
    claim = Claim(
        controller_id=controller_id, child_id=check.subject_id, parent_id=check.parent_id,
        is_registered=check.is_registered, token=token,
    )  # fmt: skip
    verdict = verifiers.judge(method, claim)
    return _conclude(by=by, check=check, method=method, verdict=verdict)


def record_details(
    *, by: Actor, controller_id: UUID, check_id: UUID, is_adult: bool, reference: str
) -> ParentalCheck:
    """Note what details showed that the parent provided voluntarily (r.10(1)(b)).

    An officer looked at what an entity issued that the law entrusts with it, and keeps only the
    result and a `reference` of their own, such as a ticket. Raises ReferenceFormError for what
    looks like a document's number, and as `check_parent`.
    """
    if not is_reference(reference):
        raise ReferenceFormError
    check = families.check(controller_id, check_id)
    _must_be_open(check)
    verdict = Verdict(is_adult, CONFIRMED if is_adult else NOT_ADULT, reference)
    return _conclude(by=by, check=check, method=parents.VOLUNTARY, verdict=verdict)


@transaction.atomic
def decline_parent(*, by: Actor, controller_id: UUID, check_id: UUID) -> ParentalCheck:
    """Note that whoever was named is not the parent. Raises as `check_parent`."""
    check = _locked(families.check(controller_id, check_id))
    return _step(by, check, Check.DECLINED, "not_the_parent", "parent:declined")


@transaction.atomic
def end_parent(*, by: Actor, controller_id: UUID, check_id: UUID, reason: str) -> ParentalCheck:
    """End a verification that should not have been, with every consent that rests on it.

    The next check denies. `reason` is a code. Raises ParentCheckMissingError,
    ParentCheckClosedError where the parent was not verified.
    """
    check = _locked(families.check(controller_id, check_id))
    ended = _step(by, check, Check.ENDED, reason, "parent:ended")
    parent = subject_selectors.subject(controller_id, check.parent_id)
    relations.end(by=by, subject=parent, related_id=check.subject_id, kind=PARENT)
    states = relying.running(controller_id, check.subject_id)
    rested = relying.given_through(states, check.parent_id, PARENT)
    relying.invalidate(by=by, states=rested, reason="parent_not_verified")
    return ended


@transaction.atomic
def show_parent_check(*, by: Actor, controller_id: UUID, check_id: UUID) -> ParentalCheck:
    """Where a verification stands, once it is on record that it was read (P11).

    Raises ParentCheckMissingError, ReadNotRecordedError.
    """
    check = families.check(controller_id, check_id)
    child = subject_selectors.subject(controller_id, check.subject_id)
    record_read(
        by=by, controller_id=controller_id, target=Target("parental_check", str(check.pk)),
        subject=subjects.ref(child), data={"what": "parent", "shown": 1},
    )  # fmt: skip
    return check


@transaction.atomic
def lapse_parents(*, by: Actor, limit: int = 500) -> int:
    """Close what nobody answered in time; reads take it for closed anyway. Returns how many."""
    due = ParentalCheck.objects.filter(
        state__in=sorted(parents.OPEN), lapses_at__lte=timezone.now()
    ).order_by("lapses_at", "id")
    found = list(due.select_for_update(skip_locked=True)[:limit])
    for check in found:
        _step(by, check, Check.LAPSED, "not_answered", "parent:lapsed")
    return len(found)


def outgrow(*, by: Actor, controller_id: UUID, child_id: UUID) -> int:
    """End the verified parents of somebody who has come of age; returns how many there were.

    Call it in the transaction that notes it.
    """
    found = ParentalCheck.objects.select_for_update().filter(
        Q(state=Check.VERIFIED) | Q(state__in=sorted(parents.OPEN)),
        controller_id=controller_id, subject_id=child_id,
    )  # fmt: skip
    for check in list(found):
        after = Check.ENDED if check.state == Check.VERIFIED else Check.LAPSED
        event = "parent:ended" if after is Check.ENDED else "parent:lapsed"
        _step(by, check, after, "came_of_age", event)
    standing = list(family.in_charge(controller_id, child_id).filter(kind=PARENT))
    for relation in standing:
        relations.end(by=by, subject=relation.subject, related_id=child_id, kind=PARENT)
    return len(standing)


def _must_be_open(check: ParentalCheck) -> None:
    if check.state not in parents.OPEN or check.lapses_at <= timezone.now():
        raise ParentCheckClosedError


@transaction.atomic
def _conclude(*, by: Actor, check: ParentalCheck, method: str, verdict: Verdict) -> ParentalCheck:
    locked = _locked(check)
    if locked.state == Check.VERIFIED and verdict.is_adult:  # two at once found the same
        return locked
    _must_be_open(locked)
    locked.method, locked.reference = method, verdict.reference
    if not verdict.is_adult:
        return _step(by, locked, Check.REFUSED, verdict.outcome, "parent:not_verified")
    child = subject_selectors.subject(locked.controller_id, locked.subject_id)
    if family.is_adult(child):
        raise ParentNotNeededError
    relations.confirm(
        by=by, subject=subject_selectors.subject(locked.controller_id, locked.parent_id),
        related_id=child.pk, kind=PARENT, verified_by=f"rule10:{method}",
    )  # fmt: skip
    return _step(by, locked, Check.VERIFIED, verdict.outcome, "parent:verified")


def _locked(check: ParentalCheck) -> ParentalCheck:
    """The child is locked first, as everything about a person does."""
    subjects.lock(check.controller_id, check.subject_id)
    return ParentalCheck.objects.select_for_update().get(pk=check.pk)


def _step(by: Actor, check: ParentalCheck, after: Check, outcome: str, event: str) -> ParentalCheck:
    if after not in parents.CHECK_STEPS[Check(check.state)]:
        raise ParentCheckClosedError
    check.state, check.outcome = after.value, outcome
    check.decided_at, check.decided_by = timezone.now(), by.id
    check.save()
    _record(by, check, event)
    return check


def _record(by: Actor, check: ParentalCheck, event: str) -> None:
    child = subject_selectors.subject(check.controller_id, check.subject_id)
    case = parents.rule_10_case(check.begun_by, is_registered=check.is_registered)
    audit.record(
        event=event, by=by, controller_id=check.controller_id,
        target=Target("parental_check", str(check.pk)), subject=subjects.ref(child),
        outcome=check.state,
        data={"case": case, "method": check.method, "outcome": check.outcome},
    )  # fmt: skip
