"""Letters about a person's request: it was received, doubted, extended, refused or answered.

Each names the contact and the remedies (GDPR 12(3)-(4); DPDP Rules r.14), and the page on which the
request can be followed without signing in: also when nothing else of the person is left.
"""

from collections.abc import Mapping
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts import selectors as accounts
from audit.actors import Actor, Target
from portal import people
from rights import selectors as rights
from rights.errors import RequestMissingError
from rights.references import reference
from subjects import selectors as subjects
from subjects.addressing import email_of
from subjects.errors import SubjectUnknownError

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

log = structlog.get_logger(__name__)
BY = Actor.system("portal")
HEADINGS: "Final[dict[str, StrPromise]]" = {
    "received": gettext_lazy("We have received your request"),
    "paused": gettext_lazy("We must be sure who asks"),
    "extended": gettext_lazy("Your request takes longer"),
    "refused": gettext_lazy("Your request was refused"),
    "answered": gettext_lazy("Your request was answered"),
}
"""Also the subject of the letter: it says nothing about what was asked for."""


def write(request_id: UUID, controller_id: UUID, what: str) -> bool:
    """Write to the person of a request; False where it failed and may be tried again.

    Who has no address left, or is a child, is not written to: the portal says the same.
    """
    letter = _letter(request_id, controller_id, what.partition(":")[0])
    if letter is None:
        return True
    try:
        letter.send()
    except (SMTPException, OSError) as error:  # their words may hold the address
        log.warning("letter_not_sent", error=type(error).__name__)
        return False
    return True


@transaction.atomic
def _letter(request_id: UUID, controller_id: UUID, what: str) -> EmailMessage | None:
    try:
        request = rights.request(controller_id, request_id)
        subject = subjects.subject(controller_id, request.subject_id)
    except (RequestMissingError, SubjectUnknownError):
        return None
    if subject.age_state == "child":
        return None
    address = email_of(by=BY, subject=subject, target=Target("rights_request", str(request.id)))
    return _written(request, subject, address, what) if address else None


def _written(request: Any, subject: Any, address: str, what: str) -> EmailMessage:
    company = accounts.controller(request.controller_id)
    language = people.spoken(subject.language) or company.default_language
    with translation.override(language), timezone.override(company.time_zone):
        body = render_to_string("portal/mail/request.txt", _words(request, company, what))
        heading = f"{HEADINGS[what]} · {company.name}"
        return EmailMessage(heading, body, to=[address], headers={"Content-Language": language})


def _words(request: Any, company: Any, what: str) -> Mapping[str, Any]:
    pause = rights.pauses(request).filter(ended_at=None).first()
    return {
        "what": what, "heading": HEADINGS[what], "company": company, "request": request,
        "kind": request.get_kind_display(), "doubt": pause.reason if pause else "",
        "url": settings.BASE_URL + reverse("portal:followed", args=[reference(request)]),
    }  # fmt: skip
