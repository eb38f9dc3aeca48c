"""Telling a person that their data will be erased because nothing was heard of them (r.8(2))."""

from datetime import timedelta
from smtplib import SMTPException
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.actors import Target
from erasure import selectors
from erasure.errors import NoticeTooLateError
from erasure.models import InactivityNotice
from erasure.services import idle
from subjects.addressing import email_of
from work.handlers import JobView, Outcome, finished, handler, retry

log = structlog.get_logger(__name__)
NOTHING, FAILED, SENT = "nothing", "failed", "sent"
LATEST: Final = timedelta(hours=50)
"""A letter that would come later than this before the end puts the end off first."""


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


@handler(idle.TELL, perform=write)
def tell(job: JobView, how: str) -> Outcome:
    """Only a letter that went out counts; somebody without an address waits for an officer."""
    if how == FAILED:
        return retry("letter_not_sent")
    if how == SENT:
        notice = UUID(job.payload["notice"])
        try:
            idle.note_delivered(by=idle.BY, controller_id=job.controller_id, notice_id=notice)
        except NoticeTooLateError:
            return retry("letter_too_late")
    return finished()


@transaction.atomic
def _letter(job: JobView) -> EmailMessage | None:
    found = InactivityNotice.objects.select_related("controller", "subject").filter(
        controller_id=job.controller_id, pk=UUID(job.payload["notice"]), ended_at=None
    )
    notice = found.first()
    if notice is None or notice.delivered_at is not None:
        return None
    if notice.purge_at - timezone.now() < LATEST:
        hours = selectors.policy_in_force(job.controller_id).terms.inactivity.notice_hours
        notice.purge_at = idle.put_off(
            by=idle.BY, controller_id=job.controller_id, notice_id=notice.pk, hours=hours + 3
        ).purge_at
    address = email_of(
        by=idle.BY, subject=notice.subject, target=Target("inactivity_notice", str(notice.pk))
    )
    return _written(notice, address) if address else None


def _written(notice: InactivityNotice, address: str) -> EmailMessage:
    company = notice.controller
    language = notice.subject.language or company.default_language
    with translation.override(language), timezone.override(company.time_zone):
        subject = _("Your data at %(company)s will be erased") % {"company": company.name}
        return EmailMessage(subject, _body(notice), to=[address])


def _body(notice: InactivityNotice) -> str:
    company = notice.controller
    return _(
        "We have not heard of you since %(heard)s. Your personal data at %(company)s will be "
        "erased on %(purge)s, as the law has us do.\n\n"
        "If you want to keep your data and your account, sign in or write to us before that day: "
        "%(pages)s or %(contact)s. If you do nothing, everything is erased that no law has us keep."
    ) % {
        "heard": date_format(timezone.localtime(notice.last_heard_at), "DATE_FORMAT"),
        "purge": date_format(timezone.localtime(notice.purge_at), "DATETIME_FORMAT"),
        "company": company.name, "contact": company.contact_email,
        "pages": settings.BASE_URL + reverse("portal:choices"),
    }  # fmt: skip
