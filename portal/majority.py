"""The letter to somebody who came of age: now they decide, and are asked (CON-26)."""

from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any
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
from portal import people
from subjects import family
from subjects import selectors as subjects
from subjects.addressing import email_of
from subjects.errors import SubjectUnknownError
from subjects.suppression import channels

log = structlog.get_logger(__name__)
GONE = ("erasing", "erased", "deceased")
BY = Actor.system("portal")
EMAIL, EVERY = "email", "*"


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    body: str


def write(controller_id: UUID, subject_id: UUID) -> bool:
    """Write to the person; whether that is done (nobody to write to is done, too)."""
    letter = _letter(controller_id, subject_id)
    if letter is None:
        return True
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.to]).send()
    except (SMTPException, OSError) as error:  # their words may hold the address
        log.warning("letter_not_sent", error=type(error).__name__)
        return False
    return True


@transaction.atomic
def _letter(controller_id: UUID, subject_id: UUID) -> Letter | None:
    try:
        subject = subjects.subject(controller_id, subject_id)
    except SubjectUnknownError:
        return None
    if not _may_be_written_to(subject):
        return None
    address = email_of(by=BY, subject=subject, target=Target("subject", str(subject.pk)))
    company = accounts.controller(controller_id)
    if not address:
        return None
    language = people.spoken(subject.language) or company.default_language
    with translation.override(language), timezone.override(company.time_zone):
        url = settings.BASE_URL + reverse("portal:company", args=[company.slug])
        body = render_to_string("portal/mail/majority.txt", {"company": company, "url": url})
        heading = _("Now you decide about your data at %(company)s") % {"company": company.name}
        return Letter(address, heading, body)


def _may_be_written_to(subject: Any) -> bool:
    gone = subjects.standings(subject).filter(state__in=GONE, scope_type="everything")
    closed = {EMAIL, EVERY} & set(channels(subject.suppressed))
    return family.is_adult(subject) and not closed and not gone.exists()
