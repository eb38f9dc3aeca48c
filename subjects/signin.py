"""One-time sign-in links: how a person reaches the portal without being a user (docs/adr/0005)."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from subjects.errors import LinkNotValidError
from subjects.models import SignInLink, Subject
from subjects.services import ref
from work import services as work

SEND_LINK = "portal.send_link"


@transaction.atomic
def request_link(*, subject: Subject, language: str) -> SignInLink:
    """Ask for a link to be sent. The token is made only when the message is written."""
    minutes = settings.SIGN_IN_LINK_MINUTES
    link = SignInLink.objects.create(
        controller_id=subject.controller_id, subject=subject, language=language,
        expires_at=timezone.now() + timedelta(minutes=minutes),
    )  # fmt: skip
    audit.record(
        event="link:issued", by=Actor.system("portal"), controller_id=subject.controller_id,
        target=Target("sign_in_link", str(link.id)), subject=ref(subject),
    )  # fmt: skip
    said = {"link": str(link.id)}
    job = work.NewJob(SEND_LINK, subject.controller_id, said, priority=work.SOMEBODY_WAITS)
    work.enqueue_many([job])
    return link


@transaction.atomic
def make_token(*, link_id: UUID) -> tuple[SignInLink, str] | None:
    """A fresh token for an unused link (an earlier one of it stops working); None if too late."""
    link = (
        SignInLink.objects.select_for_update()
        .select_related("subject", "controller")
        .filter(pk=link_id, used_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if link is None:
        return None
    token = secrets.token_urlsafe(32)
    link.token_digest = _digest(token)
    link.save(update_fields=["token_digest"])
    return link, token


@transaction.atomic
def redeem(*, token: str) -> Subject:
    """Use a link up and sign its person in. Raises LinkNotValidError."""
    link = (
        SignInLink.objects.select_for_update(of=("self",))
        .select_related("subject")
        .filter(token_digest=_digest(token), used_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if link is None:
        raise LinkNotValidError
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    person = link.subject
    audit.record(
        event="subject:signed_in", by=Actor("subject", str(person.id)),
        controller_id=person.controller_id, target=Target("subject", str(person.id)),
        subject=ref(person),
    )  # fmt: skip
    return person


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
