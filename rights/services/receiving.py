"""Taking a request in: the clock starts, and what can be done at once is done (ERA-03, POR-11)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit.actors import Actor
from erasure.scopes import ScopeType
from erasure.services import correcting, idle, planning
from keys.ids import uuid7
from rights import asking, selectors
from rights.clocks import clock_for, law_of
from rights.errors import (
    ActingNotVerifiedError,
    CorrectionUnderWayError,
    IdentityUnknownError,
    ReceivedInFutureError,
    RequestUnknownKindError,
)
from rights.grounds import IDENTIFIED
from rights.models import Channel, Request, RequestKind, RequestState
from rights.services.answering import take_back
from rights.services.starting import start
from rights.services.writing import record, tell
from subjects import family, jurisdiction
from subjects import services as subjects

RECEIVED = "received"
RIGHT_USED = "right_used"
"""What ends the clock of silence, too (DPDP Rules r.8(1))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What comes in. `identified_how`: one of the known ways, empty where that is to be settled.

    `acting_id`: the verified parent or guardian who asks for the person. `received_at`: when it
    reached the company by whatever way; the clock starts then. How far a correction reaches follows
    from what is put right.
    """

    subject_id: UUID
    kind: str
    channel: str
    scope_type: str = ScopeType.EVERYTHING
    scope: str = ""
    acting_id: UUID | None = None
    received_at: datetime | None = None
    identified_how: str = ""
    attribute: str = ""  # of a correction: an attribute's code, or an identifier's scheme
    value: Any = None  # and what is right


@transaction.atomic
def receive(*, by: Actor, controller_id: UUID, new: NewRequest) -> Request:
    """Take a request in; the same one that still waits for its answer is returned as it is.

    A correction to another value takes the place of one that nobody has decided on yet. With the
    identity settled an erasure case is opened at once, so that the next check denies, and a copy is
    made by a job; a correction waits for an officer. Raises as
    `erasure.services.correcting.check`, SubjectUnknownError, RequestUnknownKindError,
    CaseScopeError, ReceivedInFutureError, ActingNotVerifiedError, IdentityUnknownError,
    CorrectionUnderWayError.
    """
    now = timezone.now()
    subject = subjects.lock(controller_id, new.subject_id)
    _check(controller_id, new, now)
    if new.kind == RequestKind.CORRECTION:
        scope_type, scope = correcting.reach(controller_id, new.attribute)
        new = replace(new, scope_type=scope_type, scope=scope)
    known = selectors.open_request(controller_id, subject.id, new.kind, new.scope, new.attribute)
    if known is not None:
        if not _says_otherwise(known, new):
            return known
        _give_way(by, known)
    made = _made(controller_id, subject, new, now)
    record("request:received", by, made, {"channel": made.channel, "law": made.pack})
    idle.hear(by=by, controller_id=controller_id, subject_id=subject.id, how=RIGHT_USED)
    tell(made, RECEIVED)
    if made.identified_at is not None:
        start(by=by, request=made)
    return made


def _says_otherwise(known: Request, new: NewRequest) -> bool:
    """Whether something else is right now than what was asked for."""
    return known.kind == RequestKind.CORRECTION and asking.opened(known) != new.value


def _give_way(by: Actor, known: Request) -> None:
    """End a correction for a later one of the same. Raises CorrectionUnderWayError."""
    if known.case_id is not None and not selectors.was_returned(known):
        raise CorrectionUnderWayError
    take_back(by=by, controller_id=known.controller_id, request_id=known.id)


def _made(controller_id: UUID, subject: Any, new: NewRequest, now: datetime) -> Request:
    country = accounts.controller(controller_id).country
    law = law_of(jurisdiction.packs(subject.residence, country))
    received_at, request_id = new.received_at or now, uuid7()
    return Request.objects.create(
        id=request_id, controller_id=controller_id, subject_id=subject.id, kind=new.kind,
        attribute=new.attribute, asked=asking.sealed(controller_id, subject.id, request_id, new),
        scope_type=new.scope_type, scope=new.scope, channel=new.channel, acting_id=new.acting_id,
        state=RequestState.RECEIVED, pack=law, received_at=received_at,
        due_at=clock_for(controller_id, law, received_at).due_at(now),
        identified_at=now if new.identified_how else None, identified_how=new.identified_how,
    )  # fmt: skip


def _check(controller_id: UUID, new: NewRequest, now: datetime) -> None:
    if new.kind not in RequestKind.values or new.channel not in Channel.values:
        raise RequestUnknownKindError
    if new.kind == RequestKind.ACCESS and new.scope_type != ScopeType.EVERYTHING:
        raise RequestUnknownKindError("A copy is of everything that is held.")
    if bool(new.attribute) != (new.kind == RequestKind.CORRECTION):
        raise RequestUnknownKindError("Of a correction say what is to be put right.")
    if new.attribute:
        correcting.check(controller_id, {new.attribute: new.value})
    planning.check_scopes(controller_id, {(new.scope_type, new.scope)})
    if new.received_at is not None and new.received_at > now:
        raise ReceivedInFutureError
    if new.identified_how and new.identified_how not in IDENTIFIED:
        raise IdentityUnknownError
    if new.acting_id and not family.kind_of(controller_id, new.acting_id, new.subject_id):
        raise ActingNotVerifiedError
