"""The letter to the protection officer about what a service was never to ask."""

from smtplib import SMTPException
from uuid import UUID

import structlog
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import selectors as accounts
from policies import texts

log = structlog.get_logger(__name__)


def send(controller_id: UUID, codes: list[str]) -> bool:
    """Write to the company's officer, in its language; False: try again. Names nobody."""
    company = accounts.controllers().get(pk=controller_id)
    with translation.override(company.default_language):
        said = [texts.reason_text(one, language=company.default_language) for one in codes]
        letter = EmailMessage(
            _("A service of %(company)s asked for what no service may do")
            % {"company": company.name},
            _(
                "It was refused:\n\n%(reasons)s\n\nThe overview has an alarm about it, and the "
                "decisions are listed by reason in the log."
            )
            % {"reasons": "\n".join(f"- {one}" for one in said)},
            to=[company.contact_email],
        )
    try:
        letter.send()
    except (SMTPException, OSError) as error:  # their words may hold the address
        log.warning("notice_not_sent", error=type(error).__name__)
        return False
    return True
