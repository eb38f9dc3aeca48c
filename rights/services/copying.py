"""The copy of a person's data: made by a job, kept under their own key for some days (GDPR 15)."""

import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from rights import selectors
from rights.errors import CopyMissingError, RequestStateError
from rights.grounds import GIVEN
from rights.models import AccessBundle, Request, RequestState
from rights.services.writing import locked, record, tell
from subjects import sealing
from subjects.errors import KeyDestroyedError

LIFE: Final = timedelta(days=14)
MAKER: Final = Actor.system("rights")


@transaction.atomic
def keep_copy(*, copy_id: UUID, controller_id: UUID, body: bytes) -> AccessBundle | None:
    """Keep a copy that was made, sealed, and answer its request; once.

    None where it is not wanted any more: the request was taken back, or the person's key is gone.
    """
    wanted = AccessBundle.objects.filter(
        controller_id=controller_id, pk=copy_id, made_at=None, ended_at=None
    )
    request_id = wanted.values_list("request_id", flat=True).first()
    if request_id is None:
        return None
    try:
        request = locked(controller_id, request_id, RequestState.WORKING)
    except RequestStateError:
        return None
    found = wanted.select_for_update(of=("self",)).get()
    (sealed,) = sealing.seal_many(
        controller_id, [(found.subject_id, body)], context=_context(found.id)
    )
    if sealed is None:
        return None
    now = timezone.now()
    found.sealed, found.size, found.sha256 = sealed, len(body), hashlib.sha256(body).hexdigest()
    found.made_at, found.expires_at = now, now + LIFE
    found.save()
    _answer(found, request)
    return found


@transaction.atomic
def take_copy(*, by: Actor, controller_id: UUID, request_id: UUID) -> bytes:
    """The copy's bytes, once its taking is on record (P11). Raises CopyMissingError."""
    found = selectors.copy_of(controller_id, request_id)
    record("copy:taken", by, found.request, {"sha256": found.sha256})
    try:
        body = sealing.unseal(
            controller_id, found.subject_id, bytes(found.sealed or b""), context=_context(found.id)
        )
    except KeyDestroyedError:
        raise CopyMissingError from None
    found.taken_at = found.taken_at or timezone.now()
    found.save(update_fields=["taken_at"])
    return body


@transaction.atomic
def end_copies(*, at_most: int = 500) -> int:
    """Delete copies whose time is over; returns how many."""
    over = AccessBundle.objects.select_for_update(skip_locked=True).filter(
        sealed__isnull=False, expires_at__lte=timezone.now()
    )
    found = list(over.select_related("request").order_by("expires_at")[:at_most])
    for one in found:
        _end(one)
        record("copy:ended", MAKER, one.request)
    return len(found)


def drop_copy(request: Request) -> None:
    """Nobody wants the copy of this request any more; in the caller's transaction."""
    for one in AccessBundle.objects.select_for_update().filter(request=request, ended_at=None):
        _end(one)


def _end(found: AccessBundle) -> None:
    found.sealed, found.ended_at = None, timezone.now()
    found.save(update_fields=["sealed", "ended_at"])


def _answer(found: AccessBundle, request: Request) -> None:
    request.state, request.answer_code = RequestState.ANSWERED, GIVEN
    request.answered_at, request.handled_by = timezone.now(), MAKER.id
    request.save()
    record("copy:made", MAKER, request, {"sha256": found.sha256, "bytes": found.size})
    record("request:answered", MAKER, request, {"how": GIVEN})
    tell(request, "answered")


def _context(copy_id: UUID) -> bytes:
    return b"rights.copy:" + copy_id.bytes
