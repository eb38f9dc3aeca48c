"""Writing to a person: the link to sign in, or to come back after an erasure."""

from dataclasses import dataclass
from smtplib import SMTPException
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import selectors as accounts
from audit.actors import Actor, Target
from subjects import returning, signin
from subjects.addressing import email_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go: the link is in its text, so it is never logged or stored."""

    to: str
    subject: str
    body: str


def send_link(link_id: UUID) -> bool:
    """Write to the person of a link; whether that is done (nothing to do is done, too)."""
    return _send(_letter(link_id))


def offer_return(request_id: UUID) -> bool:
    """Write to the address of somebody who was erased and asked for a link; as `send_link`."""
    return _send(_offer(request_id))


def _send(letter: Letter | None) -> bool:
    if letter is None:
        return True
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.to]).send()
    except (SMTPException, OSError) as error:  # their words may hold the address
        log.warning("letter_not_sent", error=type(error).__name__)
        return False
    return True


@transaction.atomic
def _letter(link_id: UUID) -> Letter | None:
    made = signin.make_token(link_id=link_id)
    if made is None:
        return None
    link, token = made
    address = email_of(
        by=Actor.system("portal"), subject=link.subject, target=Target("sign_in_link", str(link.id))
    )
    if not address:
        return None
    with translation.override(link.language), timezone.override(link.controller.time_zone):
        context = {
            "company": link.controller, "expires_at": link.expires_at,
            "url": settings.BASE_URL + reverse("portal:redeem", args=[token]),
        }  # fmt: skip
        subject = _("Your link to your privacy choices at %(company)s")
        body = render_to_string("portal/mail/sign_in.txt", context)
        return Letter(address, subject % {"company": link.controller.name}, body)


def _offer(request_id: UUID) -> Letter | None:
    sent = returning.send(request_id=request_id)
    if sent is None:
        return None
    met, token = sent
    company = accounts.controller(met.asked.controller_id)
    language = met.asked.language or company.default_language
    with translation.override(language), timezone.override(company.time_zone):
        context = {
            "company": company, "expires_at": met.asked.expires_at,
            "url": settings.BASE_URL + reverse("portal:return", args=[token]),
        }  # fmt: skip
        subject = _("Your link to your privacy choices at %(company)s")
        body = render_to_string("portal/mail/return.txt", context)
        return Letter(met.asked.address, subject % {"company": company.name}, body)
