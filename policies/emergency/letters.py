"""The two notices of an emergency use: to the protection officer, and to the person."""

from smtplib import SMTPException
from uuid import UUID

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.actors import Actor, Target
from policies.emergency.models import EmergencyUse
from policies.emergency.services import OFFICER
from subjects import selectors as subjects
from subjects.addressing import email_of
from subjects.errors import SubjectUnknownError

log = structlog.get_logger(__name__)
NO_ADDRESS, FAILED, SENT = "no_address", "failed", "sent"


def send(emergency_id: UUID, whom: str) -> str:
    """Write to one of the two; says how it went. What failed may be tried again."""
    letter = _letter(emergency_id, whom)
    if letter is None:
        return NO_ADDRESS
    try:
        letter.send()
    except (SMTPException, OSError) as error:  # their words may hold the address
        log.warning("notice_not_sent", error=type(error).__name__)
        return FAILED
    return SENT


@transaction.atomic
def _letter(emergency_id: UUID, whom: str) -> EmailMessage | None:
    use = EmergencyUse.objects.select_related("controller", "service").get(pk=emergency_id)
    if whom == OFFICER:
        language, address = use.controller.default_language, use.controller.contact_email
    else:
        language, address = _person(use)
    if not address:
        return None
    with translation.override(language), timezone.override(use.controller.time_zone):
        subject = _("Emergency use of personal data at %(company)s")
        body = _for_officer(use) if whom == OFFICER else _for_person(use)
        return EmailMessage(subject % {"company": use.controller.name}, body, to=[address])


def _for_officer(use: EmergencyUse) -> str:
    """Names nobody: the page behind it does, and reading that is recorded."""
    return _(
        "An officer opened an emergency use for the service %(service)s at %(opened)s, until "
        "%(ends)s. Ground: %(ground)s. Case: %(case)s.\n\n"
        "A second person must review it within 24 hours; otherwise an alarm is raised."
    ) % _particulars(use)


def _for_person(use: EmergencyUse) -> str:
    return _(
        "At %(opened)s %(company)s allowed its service %(service)s to use your personal data in an "
        "emergency, until %(ends)s. Ground: %(ground)s.\n\n"
        "It is reviewed within 24 hours. If you have questions or want to complain, write to "
        "%(contact)s. Please name the case: %(case)s."
    ) % _particulars(use)


def _particulars(use: EmergencyUse) -> dict[str, str]:
    return {
        "service": use.service.name, "company": use.controller.name, "case": str(use.id),
        "ground": use.get_ground_display(), "contact": use.controller.contact_email,
        "opened": date_format(timezone.localtime(use.opened_at), "DATETIME_FORMAT"),
        "ends": date_format(timezone.localtime(use.ends_at), "DATETIME_FORMAT"),
    }  # fmt: skip


def _person(use: EmergencyUse) -> tuple[str, str]:
    """The person's language and address, once it is on record that it was read (P11)."""
    try:
        person = subjects.subject(use.controller_id, use.subject_id)
    except SubjectUnknownError:
        return "", ""
    target = Target("emergency", str(use.id))
    address = email_of(by=Actor.system("emergency"), subject=person, target=target)
    return person.language or use.controller.default_language, address
