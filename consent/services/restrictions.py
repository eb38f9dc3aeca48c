"""Restrictions of processing (GDPR Art 18): set at once, lifted only after the person was told."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import (
    LiftingNotAnnouncedError,
    LiftingTooSoonError,
    PurposeUnknownError,
    RestrictionMissingError,
    RestrictionReasonError,
    RestrictionScopeError,
    SubjectNotToldError,
)
from consent.methods import CHANNELS
from consent.models import Purpose, Restriction, RestrictionGround, RestrictionScope
from consent.services import outgoing
from registry import selectors as registry
from subjects import selectors as subject_selectors
from subjects import services as subjects
from work import services as work

TELL = "consent.tell_lifting"
"""The kind of job that writes to the person before a restriction ends."""
STANDING = "restricted"
BY_ARTICLE_18 = "gdpr_18"
"""The reason of the standings that are set and ended here, and of no other."""
NOTICE_DAYS = 7
MOST_DAYS = 90


@transaction.atomic
def restrict(  # noqa: PLR0913 (a restriction has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    ground: str,
    scope_type: str = RestrictionScope.EVERYTHING,
    scope: str = "",
    method: str = "",
) -> Restriction:
    """Restrict the use of a person's data; the next check counts it. Twice changes nothing.

    `scope` is the purpose or data category that `scope_type` speaks of. Raises SubjectUnknownError,
    PurposeUnknownError, RestrictionScopeError; ValueError for another ground or kind of scope.
    """
    RestrictionGround(ground)
    _check_scope(controller_id, RestrictionScope(scope_type), scope)
    subject = subjects.lock(controller_id, subject_id)
    found, created = Restriction.objects.get_or_create(
        controller_id=controller_id, subject=subject, ground=ground, scope_type=scope_type,
        scope=scope, lifted_at=None, defaults={"asked_at": timezone.now(), "method": method},
    )  # fmt: skip
    if created:
        _set_standing(by, found, subject)
        _record(by, found, "restriction:set", {"ground": ground, "scope_type": scope_type})
        _note(outgoing.RESTRICTED, found)
    return found


@transaction.atomic
def announce_lifting(
    *, by: Actor, restriction: Restriction, reason: str, days: int = NOTICE_DAYS
) -> Restriction:
    """Announce that a restriction is to end, `days` from now, and have the person told (18(3)).

    It goes on denying until then, and until it is lifted. Announcing again starts anew. Raises
    RestrictionMissingError, RestrictionReasonError.
    """
    if not reason.strip() or not 1 <= days <= MOST_DAYS:
        raise RestrictionReasonError
    found = _standing(restriction.controller_id, restriction.pk)
    now = timezone.now()
    found.announced_at, found.announced_by, found.reason = now, by.id, reason
    found.lifts_at = now + timedelta(days=days)
    found.told_at, found.told_through = None, ""
    found.save()
    _record(by, found, "restriction:announced", {"days": days})
    payload = {"restriction": str(found.pk), "announced": stamp(found)}
    work.enqueue(kind=TELL, controller_id=found.controller_id, payload=payload)
    return found


def stamp(restriction: Restriction) -> int:
    """Names one announcement: a letter about an earlier one tells nothing about a later."""
    at = restriction.announced_at
    return int(at.timestamp() * 1_000_000) if at else 0


@transaction.atomic
def note_told(*, by: Actor, restriction: Restriction, through: str) -> Restriction:
    """Note that the person was told; `through` is the channel. Telling again changes nothing.

    Raises RestrictionMissingError, LiftingNotAnnouncedError; ValueError for another channel.
    """
    if through not in CHANNELS:
        raise ValueError("The channel is not one the suite knows.")
    found = _standing(restriction.controller_id, restriction.pk)
    if found.announced_at is None:
        raise LiftingNotAnnouncedError
    if found.told_at is None:
        found.told_at, found.told_through = timezone.now(), through
        found.save(update_fields=["told_at", "told_through"])
        _record(by, found, "restriction:told", {"through": through})
    return found


@transaction.atomic
def lift_restriction(*, by: Actor, restriction: Restriction) -> Restriction:
    """End a restriction for the company, once the person was told and the time has passed.

    Raises RestrictionMissingError, LiftingNotAnnouncedError, SubjectNotToldError,
    LiftingTooSoonError.
    """
    found = _standing(restriction.controller_id, restriction.pk)
    if found.lifts_at is None:
        raise LiftingNotAnnouncedError
    if found.told_at is None:
        raise SubjectNotToldError
    if timezone.now() < found.lifts_at:
        raise LiftingTooSoonError
    return _end(by, found, is_taken_back=False)


@transaction.atomic
def take_back_restriction(
    *, by: Actor, controller_id: UUID, subject_id: UUID, restriction_id: UUID, method: str = ""
) -> Restriction:
    """The person takes their restriction back: whoever asks for the end knows of it.

    `method` says how they said so. Raises RestrictionMissingError (also for one of somebody else).
    """
    found = _standing(controller_id, restriction_id)
    if found.subject_id != subject_id:
        raise RestrictionMissingError
    return _end(by, found, is_taken_back=True, method=method)


@transaction.atomic
def carry_over(
    *, by: Actor, controller_id: UUID, from_id: UUID, to_id: UUID, since: datetime | None = None
) -> list[Restriction]:
    """Let what restricts one record restrict another of the same person; returns what is new.

    With `since` only what was asked for from then on. Raises SubjectUnknownError.
    """
    subject = subjects.lock(controller_id, to_id)
    rows = Restriction.objects.filter(controller_id=controller_id, lifted_at=None)
    held = {_reach(one) for one in rows.filter(subject_id=to_id)}
    wanted = rows.filter(subject_id=from_id).order_by("id")
    if since is not None:
        wanted = wanted.filter(asked_at__gte=since)
    return [_carried(by, one, subject) for one in wanted if _reach(one) not in held]


@transaction.atomic
def leave_behind(*, by: Actor, controller_id: UUID, subject_id: UUID, ids: Collection[str]) -> None:
    """Undo `carry_over`: the records are of two persons, so these were never this one's.

    What they asked for themselves stands, also where it shared a standing. Raises
    SubjectUnknownError.
    """
    subject = subjects.lock(controller_id, subject_id)
    rows = Restriction.objects.filter(subject=subject, lifted_at=None)
    for found in rows.filter(pk__in=ids):
        _record(by, found, "restriction:lifted", {"parted": True})
        rows.filter(pk=found.pk).delete()
        _unless_others(by, found)
    for found in rows:
        _set_standing(by, found, subject)


def _reach(found: Restriction) -> tuple[str, str, str]:
    return found.ground, found.scope_type, found.scope


def _carried(by: Actor, found: Restriction, subject: Any) -> Restriction:
    made = Restriction.objects.create(
        controller_id=found.controller_id, subject=subject, ground=found.ground,
        scope_type=found.scope_type, scope=found.scope, method=found.method,
        asked_at=found.asked_at,
    )  # fmt: skip
    _set_standing(by, made, subject)
    _record(by, made, "restriction:set", {"ground": made.ground, "scope_type": made.scope_type})
    return made


def _set_standing(by: Actor, found: Restriction, subject: Any) -> None:
    subjects.set_standing(
        by=by, subject=subject, state=STANDING, scope_type=found.scope_type, scope=found.scope,
        reason=BY_ARTICLE_18,
    )  # fmt: skip


def _end(by: Actor, found: Restriction, *, is_taken_back: bool, method: str = "") -> Restriction:
    found.lifted_at, found.lifted_by, found.is_taken_back = timezone.now(), by.id, is_taken_back
    found.save(update_fields=["lifted_at", "lifted_by", "is_taken_back"])
    _record(by, found, "restriction:lifted", {"taken_back": is_taken_back, "method": method})
    _unless_others(by, found)
    return found


def _unless_others(by: Actor, found: Restriction) -> None:
    """End the standing, unless the same use is restricted on another ground: then it stays so."""
    same = {"scope_type": found.scope_type, "scope": found.scope}
    if Restriction.objects.filter(subject_id=found.subject_id, lifted_at=None, **same).exists():
        return
    _note(outgoing.RESTRICTION_LIFTED, found)
    subject = subject_selectors.subject(found.controller_id, found.subject_id)
    for standing in subject_selectors.standings(subject).filter(
        state=STANDING, reason=BY_ARTICLE_18, **same
    ):
        subjects.end_standing(by=by, standing=standing)


def _note(what: str, found: Restriction) -> None:
    """A category is said in `about`: it reaches across purposes."""
    is_purpose = found.scope_type == RestrictionScope.PURPOSE
    outgoing.note(
        found.controller_id, what, found.subject_id, cause_id=found.pk,
        purpose=found.scope if is_purpose else "",
        about="" if is_purpose else found.scope or str(found.scope_type),
    )  # fmt: skip


def _standing(controller_id: UUID, restriction_id: UUID) -> Restriction:
    """The restriction, with its person locked first, as every verb on people locks.

    Raises RestrictionMissingError when it is unknown, another controller's, or over.
    """
    rows = Restriction.objects.filter(controller_id=controller_id, pk=restriction_id)
    subject_id = rows.values_list("subject_id", flat=True).first()
    if subject_id is not None:
        subjects.lock(controller_id, subject_id)
    found = rows.filter(lifted_at=None).first()
    if found is None:
        raise RestrictionMissingError
    return found


def _check_scope(controller_id: UUID, kind: RestrictionScope, scope: str) -> None:
    if (kind == RestrictionScope.EVERYTHING) == bool(scope):
        raise RestrictionScopeError
    purposes = Purpose.objects.filter(controller_id=controller_id, code=scope)
    if kind == RestrictionScope.PURPOSE and not purposes.exists():
        raise PurposeUnknownError
    known = registry.category_codes
    if kind == RestrictionScope.CATEGORY and scope not in known(controller_id):
        raise RestrictionScopeError


def _record(by: Actor, found: Restriction, event: str, data: dict[str, object]) -> None:
    subject = subject_selectors.subject(found.controller_id, found.subject_id)
    is_purpose = found.scope_type == RestrictionScope.PURPOSE
    audit.record(
        event=event, by=by, controller_id=found.controller_id,
        target=Target("restriction", str(found.pk)), subject=subjects.ref(subject), data=data,
        purpose=found.scope if is_purpose else "",
    )  # fmt: skip
