"""Objections and what becomes of them."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import (
    GroundsMissingError,
    ObjectionDecidedError,
    ObjectionMissingError,
    ObjectionPurposeError,
    PurposeUnknownError,
)
from consent.models import Objection, ObjectionKind, ObjectionState, Purpose
from consent.services import outgoing
from consent.services.grounds import give_way
from subjects import news
from subjects import services as subjects

DIRECT_MARKETING = "direct_marketing"
ABOUT_ALL = {ObjectionKind.DIRECT_MARKETING, ObjectionKind.SALE_SHARING}


@transaction.atomic
def object_to(  # noqa: PLR0913 (an objection has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    kind: str = DIRECT_MARKETING,
    purpose: str = "",
    method: str = "",
) -> Objection:
    """Register an objection; it counts from the next check on. Objecting twice changes nothing.

    To direct marketing it is absolute (GDPR Art 21(2)); from a particular situation it is about
    one purpose and waits for an officer, denying meanwhile (Art 21(1), 18(1)(d)); to the use of
    volunteered data (DPDP s.7(a)) it is about one purpose or, without, all of them; an opt-out of
    sale and sharing is about all advertising. `method` says how the person said so. Raises
    SubjectUnknownError, PurposeUnknownError, ObjectionPurposeError; ValueError for another kind.
    """
    about = _about(controller_id, ObjectionKind(kind), purpose)
    is_weighed = kind == ObjectionKind.PARTICULAR_SITUATION
    state = ObjectionState.PENDING if is_weighed else ObjectionState.UPHELD
    subject = subjects.lock(controller_id, subject_id)
    objection, created = Objection.objects.get_or_create(
        controller_id=controller_id, subject=subject, kind=kind, purpose=about, lifted_at=None,
        defaults={"objected_at": timezone.now(), "state": state, "method": method},
    )  # fmt: skip
    if created:
        audit.record(
            event="objection:registered", by=by, controller_id=controller_id,
            target=Target("objection", str(objection.id)), subject=subjects.ref(subject),
            data={"kind": str(kind), "method": method}, purpose=purpose,
        )  # fmt: skip
        scope = news.PURPOSE if purpose else news.EVERYTHING
        news.permits_ended(
            controller_id=controller_id, subject_ids=[subject_id], reason="objected",
            scope_type=news.MARKETING if kind == DIRECT_MARKETING else scope, scope=purpose,
        )  # fmt: skip
        _note(outgoing.OBJECTED, objection, purpose)
        if kind == ObjectionKind.VOLUNTARY_USE:
            give_way(by=by, controller_id=controller_id, subject_id=subject_id, purpose=about)
    return objection


def _note(what: str, objection: Objection, purpose: str) -> None:
    outgoing.note(
        objection.controller_id, what, objection.subject_id, cause_id=objection.pk,
        purpose=purpose, about=str(objection.kind),
    )  # fmt: skip


@transaction.atomic
def decide_objection(*, by: Actor, objection: Objection, state: str, grounds: str) -> Objection:
    """Uphold an objection, or dismiss it on compelling legitimate grounds (GDPR Art 21(1)).

    Raises GroundsMissingError, ObjectionDecidedError; ValueError for another state.
    """
    if ObjectionState(state) is ObjectionState.PENDING or not grounds.strip():
        raise GroundsMissingError
    subject = subjects.lock(objection.controller_id, objection.subject_id)
    found = Objection.objects.filter(pk=objection.pk, state="pending", lifted_at=None).first()
    if found is None:
        raise ObjectionDecidedError
    now = timezone.now()
    found.state, found.decided_at, found.decided_by, found.grounds = state, now, by.id, grounds
    found.lifted_at = now if state == ObjectionState.DISMISSED else None
    found.save(update_fields=["state", "decided_at", "decided_by", "grounds", "lifted_at"])
    audit.record(
        event="objection:decided", by=by, controller_id=found.controller_id,
        target=Target("objection", str(found.id)), subject=subjects.ref(subject),
        data={"state": str(state)},
    )  # fmt: skip
    is_over = found.lifted_at is not None
    what = outgoing.OBJECTION_DISMISSED if is_over else outgoing.OBJECTION_UPHELD
    _note(what, found, found.purpose.code if found.purpose else "")
    return found


def _about(controller_id: UUID, kind: ObjectionKind, purpose: str) -> Purpose | None:
    is_one = kind == ObjectionKind.PARTICULAR_SITUATION
    if (is_one and not purpose) or (purpose and kind in ABOUT_ALL):
        raise ObjectionPurposeError
    if not purpose:
        return None
    found = Purpose.objects.filter(controller_id=controller_id, code=purpose).first()
    if found is None:
        raise PurposeUnknownError
    return found


@transaction.atomic
def lift_objection(  # noqa: PLR0913 (whose objection, and to what)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    kind: str = DIRECT_MARKETING,
    purpose: str = "",
    method: str = "",
) -> Objection:
    """The person takes an objection back; `method` says how they said so.

    Raises as `object_to`, and ObjectionMissingError.
    """
    about = _about(controller_id, ObjectionKind(kind), purpose)
    subject = subjects.lock(controller_id, subject_id)
    standing = Objection.objects.filter(subject=subject, kind=kind, lifted_at=None)
    objection = standing.filter(purpose=about).first()
    if objection is None:
        raise ObjectionMissingError
    objection.lifted_at = timezone.now()
    objection.save(update_fields=["lifted_at"])
    audit.record(
        event="objection:lifted", by=by, controller_id=controller_id,
        target=Target("objection", str(objection.id)), subject=subjects.ref(subject),
        data={"kind": str(kind), "method": method}, purpose=purpose,
    )  # fmt: skip
    _note(outgoing.OBJECTION_LIFTED, objection, purpose)
    return objection
