"""Consents that the controller ends, and those that were never valid."""

from uuid import UUID

from django.db import transaction

from audit.actors import Actor
from consent.endings import InvalidBecause, RevokedBecause
from consent.errors import ConsentMissingError, EndReasonError
from consent.methods import OFFICIAL
from consent.models import ConsentEvent, ConsentState
from consent.services import choices
from consent.services.lines import Choice
from consent.transitions import State
from subjects import services as subjects


@transaction.atomic
def revoke(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purpose: str, reason: str
) -> ConsentEvent:
    """End a running consent for the controller; `reason` is a code of RevokedBecause.

    Raises EndReasonError, ConsentMissingError, IllegalTransitionError where none runs,
    SubjectUnknownError.
    """
    if reason not in RevokedBecause.values:
        raise EndReasonError
    return _end(by, controller_id, subject_id, purpose, State.REVOKED, reason)


@transaction.atomic
def invalidate(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purpose: str, reason: str
) -> ConsentEvent:
    """Find that a consent was never valid (DPDP s.6(2); GDPR Art 7(2)), also one that has ended.

    Not even a commitment rests on it then. `reason` is a code of InvalidBecause. Raises as
    `revoke`.
    """
    if reason not in InvalidBecause.values:
        raise EndReasonError
    return _end(by, controller_id, subject_id, purpose, State.INVALIDATED, reason)


def _end(  # noqa: PLR0913, PLR0917 (what an ending says)
    by: Actor, controller_id: UUID, subject_id: UUID, purpose: str, state: State, reason: str
) -> ConsentEvent:
    subjects.lock(controller_id, subject_id)
    found = ConsentState.objects.filter(
        controller_id=controller_id, subject_id=subject_id, purpose__code=purpose
    ).first()
    if found is None:
        raise ConsentMissingError
    choice = Choice(
        subject_id=subject_id, purpose=purpose, state=state, method=OFFICIAL, reason=reason,
        language=found.language, notice_version=found.notice_version_id,
    )  # fmt: skip
    return choices.record(by=by, controller_id=controller_id, choice=choice)
