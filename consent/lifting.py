"""Telling a person that a restriction of theirs is about to end (GDPR Art 18(3))."""

from smtplib import SMTPException
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.actors import Actor, Target
from consent import selectors, services
from consent.services.restrictions import TELL, stamp
from subjects.addressing import email_of
from work.handlers import JobView, Outcome, finished, handler, retry

log = structlog.get_logger(__name__)
NOTHING, FAILED, SENT = "nothing", "failed", "sent"
BY = Actor.system("restrictions")


def write(job: JobView) -> str:
    """Write to the person; says how it went. What failed is tried again."""
    letter = _letter(job)
    if letter is None:
        return NOTHING
    try:
        letter.send()
    except (SMTPException, OSError) as error:  # their words may hold the address
        log.warning("letter_not_sent", error=type(error).__name__)
        return FAILED
    return SENT


@handler(TELL, perform=write)
def tell(job: JobView, how: str) -> Outcome:
    """Only a letter that went out counts; somebody without an address is told by an officer."""
    if how == FAILED:
        return retry("letter_not_sent")
    found = _announced(job)
    if how == SENT and found is not None:
        services.note_told(by=BY, restriction=found, through="email")
    return finished()


def _announced(job: JobView) -> Any:
    """The restriction, while what the job was noted for still stands; else None."""
    found = selectors.restriction(job.controller_id, UUID(job.payload["restriction"]))
    if found is None or found.lifted_at is not None:
        return None
    return found if stamp(found) == job.payload["announced"] else None


@transaction.atomic
def _letter(job: JobView) -> EmailMessage | None:
    found = _announced(job)
    if found is None or found.told_at is not None:
        return None
    address = email_of(by=BY, subject=found.subject, target=Target("restriction", str(found.pk)))
    company = found.controller
    language = found.subject.language or company.default_language
    with translation.override(language), timezone.override(company.time_zone):
        subject = _("The restriction of your data at %(company)s is to end")
        text = _body(found)
        letter = EmailMessage(subject % {"company": company.name}, text, to=[address])
    return letter if address else None


def _body(found: Any) -> str:
    return _(
        "On %(asked)s you had the use of your personal data at %(company)s restricted. From "
        "%(lifts)s on the restriction is to be lifted, and the data may then be used again as far "
        "as you agreed and the law allows.\n\n"
        "If you do not agree, answer before that day: write to %(contact)s. You can see the "
        "restriction on your own pages: %(pages)s"
    ) % {
        "asked": date_format(timezone.localtime(found.asked_at), "DATE_FORMAT"),
        "lifts": date_format(timezone.localtime(found.lifts_at), "DATE_FORMAT"),
        "company": found.controller.name, "contact": found.controller.contact_email,
        "pages": settings.BASE_URL + reverse("portal:choices"),
    }  # fmt: skip
