"""Coming back: whoever was erased and shows that an address is theirs may begin anew (P8).

Only a link to that very address, asked for after the erasure, lets them; docs/adr/0028.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from keys import services as keys
from keys.ids import uuid7
from subjects import tombstones
from subjects.errors import IdentifierTakenError, LinkNotValidError
from subjects.making import Looked, Made, NewSubject, store
from subjects.models import LinkRequest, Subject
from subjects.selectors import find

__all__ = [
    "Asked", "Erased", "asked", "begin", "drop", "end_old", "erased", "note", "returned", "send",
]  # fmt: skip

EMAIL: Final = "email"
USE: Final = "subjects.link_request"
LINK_FOLLOWED: Final = "link_followed"
RETURNED: Final = "subject:returned"


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked for a link to this address."""

    id: UUID
    controller_id: UUID
    address: str
    language: str
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Erased:
    """What there is of the erased person whose address it was: when and by which case they went.

    `is_kept`: a law has the suite keep the address itself, so that nobody new can have it yet.
    """

    asked: Asked
    since: datetime
    case_id: UUID
    is_kept: bool


@transaction.atomic
def note(*, controller_id: UUID, address: str, language: str) -> UUID:
    """Keep, sealed, that somebody asks for a link to this (normalised) address; returns its id.

    The same whether the address is known, erased or neither (POR-14).
    """
    now, request_id = timezone.now(), uuid7()
    key = keys.derived_key(use=USE, owner=request_id.bytes)
    LinkRequest.objects.create(
        id=request_id, controller_id=controller_id, key_version=key.version, language=language,
        sealed=keys.seal(key.value, address.encode(), context=request_id.bytes), asked_at=now,
        expires_at=now + timedelta(minutes=settings.SIGN_IN_LINK_MINUTES),
    )  # fmt: skip
    return request_id


def asked(request_id: UUID) -> Asked | None:
    """What was asked, while its time is not over."""
    row = LinkRequest.objects.filter(pk=request_id, expires_at__gt=timezone.now()).first()
    return _opened(row) if row else None


def erased(found: Asked) -> Erased | None:
    """Who was erased and had this address, if they were before somebody asked for the link.

    A link that was asked for earlier shows nothing about what the person wants now; and whose
    address alone was erased is here still, and must not become a second subject.
    """
    rows = tombstones.standing(found.controller_id, [(EMAIL, found.address)])
    if not rows or any(row.owner_stays or row.set_at >= found.asked_at for row in rows):
        return None
    newest = max(rows, key=lambda row: row.set_at)
    is_kept = find(found.controller_id, EMAIL, found.address) is not None
    return Erased(found, newest.set_at, newest.case_id, is_kept)


@transaction.atomic
def send(*, request_id: UUID) -> tuple[Erased, str] | None:
    """A fresh token for the letter (an earlier one of it stops working); None if too late."""
    found = asked(request_id)
    met = erased(found) if found else None
    if found is None or met is None:
        return None
    token = secrets.token_urlsafe(32)
    LinkRequest.objects.filter(pk=request_id).update(token_digest=_digest(token))
    audit.record(
        event="link:offered", by=Actor.system("portal"), controller_id=found.controller_id,
        target=Target("erasure_case", str(met.case_id)), data={"request": str(request_id)},
    )  # fmt: skip
    return met, token


def look(*, token: str) -> Erased:
    """What the link of this token leads to; it is not used up. Raises LinkNotValidError."""
    row = _rows(token).first()
    met = erased(_opened(row)) if row else None
    if met is None:
        raise LinkNotValidError
    return met


@transaction.atomic
def begin(*, token: str) -> Subject:
    """Use the link up and begin anew: a new subject, of whom nothing but the address is known.

    The tombstones of that address are lifted, by the person. What the old record was stays erased.
    Raises LinkNotValidError; IdentifierTakenError where a law has the address kept: then nothing
    changed.
    """
    row = _rows(token).select_for_update().first()
    met = erased(_opened(row)) if row else None
    if row is None or met is None:
        raise LinkNotValidError
    made = _made(met.asked)
    by = Actor("subject", str(made.subject.id))
    lifted = tombstones.lift(
        by=by, controller_id=row.controller_id, pairs=[(EMAIL, met.asked.address)],
        how=LINK_FOLLOWED, acted_at=row.asked_at,
    )  # fmt: skip
    row.delete()
    _store(by, made)
    audit.record(
        event=RETURNED, by=by, controller_id=met.asked.controller_id,
        target=Target("subject", str(made.subject.id)), subject=made.ref(),
        data={"how": LINK_FOLLOWED, "lifted": lifted, "request": str(met.asked.id)},
    )  # fmt: skip
    return Subject.objects.get(pk=made.subject.id)


def returned(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Who of these came back after an erasure, and when; nothing from before counts again."""
    back = Subject.objects.filter(returned_at__isnull=False)
    rows = back.filter(controller_id=controller_id, id__in=ids)
    return {one: at for one, at in rows.values_list("id", "returned_at") if at}


def drop(*, request_id: UUID) -> None:
    """Forget that somebody asked."""
    LinkRequest.objects.filter(pk=request_id).delete()


def end_old() -> int:
    """Forget whatever was asked and not used in time; returns how many."""
    return LinkRequest.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _rows(token: str) -> QuerySet[LinkRequest]:
    return LinkRequest.objects.filter(token_digest=_digest(token), expires_at__gt=timezone.now())


def _opened(row: LinkRequest) -> Asked:
    key = keys.derived_key(use=USE, owner=row.id.bytes, version=row.key_version)
    address = keys.open_sealed(key.value, bytes(row.sealed), context=row.id.bytes).decode()
    return Asked(
        row.id, row.controller_id, address, row.language, row.asked_at, row.expires_at
    )  # fmt: skip


def _made(found: Asked) -> Made:
    now = timezone.now()
    new = NewSubject(identifiers=((EMAIL, found.address),), language=found.language)
    looked = [Looked.of(found.controller_id, *pair) for pair in new.identifiers]
    made = Made.having(found.controller_id, new, looked, now)
    return made._replace(subject=made.subject._replace(returned_at=now))


def _store(by: Actor, made: Made) -> None:
    try:
        with transaction.atomic():
            store(by, [made])
    except IntegrityError:
        raise IdentifierTakenError from None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
