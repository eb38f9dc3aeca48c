"""Telling parties without a system: one letter for many people, to the address they gave (GDPR 19).

The letter names nobody: its link leads to a page that does, opens once, and is recorded. Who
decides for themselves is informed when the letter was taken; who works on the controller's behalf
is told by it, and is done when evidence was shown and accepted. Without an address an officer does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import selectors as accounts
from erasure.engine import changes, settling, taking, waking
from erasure.engine.changes import Change, Due
from keys import statements
from registry import selectors as registry
from registry.connectors import errands
from registry.connectors.contract import ConnectorError
from work import services as work
from work.handlers import JobView, Outcome, finished, handler

__all__ = ["LINK_SECONDS", "begin_due", "end_links"]

KIND: Final = "erasure.tell_party"
AT_ONCE: Final = 200
LINK_SECONDS: Final = float(errands.DAYS * 86_400)
"""So long the link can be opened, and the case keeps whom it is about."""
log = structlog.get_logger(__name__)

_DUE: Final = """
SELECT controller_id, party_id, min(next_at) FROM erasure_step
WHERE system_id IS NULL AND next_at <= %s AND state IN ('planned', 'sent')
GROUP BY controller_id, party_id ORDER BY party_id
"""
_END_LINKS: Final = """
UPDATE erasure_step SET next_at = NULL
WHERE system_id IS NULL AND next_at <= %s AND state = 'confirmed' AND ended_at IS NOT NULL
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Letter:
    """What is told in one letter, and to whom; `to` is empty where there is no address any more."""

    to: str
    party_id: UUID
    controller_id: UUID
    told: Sequence[Due]


def begin_due(now: datetime) -> int:
    """Note a job for each party that is to be told something, once for each time it falls due."""
    rows = statements.rows(_DUE, [now])
    for controller_id, party_id, at in rows:
        work.enqueue(
            kind=KIND, controller_id=controller_id, payload={"party": str(party_id)},
            dedupe_key=f"{party_id}:{at.isoformat()}", ordering_key=f"erasure.party:{party_id}",
        )  # fmt: skip
    return len(rows)


def end_links(now: datetime) -> int:
    """End the time of links whose letter was taken: their cases may forget whom they are about."""
    return len(statements.rows(_END_LINKS, [now]))


def write(job: JobView) -> list[Change]:
    """Write the letter; what follows for each step."""
    letter = _taken(job)
    if not letter.told:
        return []
    if not letter.to:
        return _after_error(letter, ConnectorError("contact_missing", retry=False))
    try:
        _written(letter).send()
    except (SMTPException, OSError) as error:  # their words may hold the address
        log.warning("letter_not_sent", error=type(error).__name__)
        return _after_error(letter, ConnectorError("letter_not_sent", retry=True))
    return [_after_letter(one) for one in letter.told]


@handler(KIND, perform=write)
def tell(job: JobView, done: list[Change]) -> Outcome:
    """Only a letter that was taken counts."""
    now, party_id = timezone.now(), UUID(job.payload["party"])
    settled = settling.settle(
        controller_id=job.controller_id, about=party_id, changes=done, now=now
    )
    waking.begin(settled.woken, now)
    return finished()


@transaction.atomic
def _taken(job: JobView) -> _Letter:
    party_id = UUID(job.payload["party"])
    work.renew(job)
    due = taking.due_at_party(party_id, AT_ONCE)
    sent = taking.mark_sent(due, honours_key=False, now=timezone.now())
    to = registry.contacts([party_id]).get(party_id, "")
    return _Letter(to, party_id, job.controller_id, list(sent.values()))


def _after_error(letter: _Letter, error: ConnectorError) -> list[Change]:
    return [changes.after_error(one, error) for one in letter.told]


def _after_letter(due: Due) -> Change:
    evidence = {"said": {"act": "told", "code": "letter_taken"}}
    if due.duty == "inform":
        return Change(
            due=due, state="confirmed", marks=("confirmed",), wait=LINK_SECONDS, evidence=evidence
        )
    return Change(due=due, state="accepted", marks=("accepted",), code="by_hand", evidence=evidence)


def _written(letter: _Letter) -> EmailMessage:
    company = accounts.controller(letter.controller_id)
    token = errands.made(letter.party_id, [one.key for one in letter.told])
    with translation.override(company.default_language):
        subject = _("%(company)s: about people whose data you were given") % {
            "company": company.name
        }
        return EmailMessage(subject, _body(letter, company, token), to=[letter.to])


def _body(letter: _Letter, company: Any, token: str) -> str:
    number = len(letter.told)
    what = ngettext(
        "You were given data of %(number)s person by %(company)s that were erased, corrected or "
        "restricted there.",
        "You were given data of %(number)s people by %(company)s that were erased, corrected or "
        "restricted there.",
        number,
    ) % {"number": number, "company": company.name}
    how = _(
        "The law has us tell you (GDPR Art 17(2), 19, 28; DPDP Act s.8(7), 12). Open this page to "
        "see who, and what is asked of you. It opens once, for eight hours, within two weeks, and "
        "every look is recorded:"
    )
    whom = _("Questions: %(contact)s") % {"contact": company.contact_email}
    return f"{what}\n\n{how}\n\n{settings.BASE_URL}/errand/{token}/\n\n{whom}\n"
