"""Messages to a person: their words, the letter that carries them, and the page that shows them.

What a message says is made here from the ledger and the notices, in the person's language. A
letter that cannot go out leaves the message for the person in the portal (POR-13).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import selectors as accounts
from audit.actors import Actor, Target
from consent import messages as selectors
from consent import selectors as consent
from consent.selectors import NoticeWords
from consent.services import messages as services
from consent.versions.languages import is_same
from portal import people, sentences, texts
from portal.people import Person
from portal.selectors import titles
from portal.texts import Text
from subjects import selectors as subjects
from subjects.addressing import addresses_of
from subjects.suppression import channels

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

log = structlog.get_logger(__name__)
SENT, PORTAL, DROPPED, FAILED = "sent", "portal", "dropped", "mail_failed"
TEXT_FAILED = "text_failed"
LEGACY, REMINDER = "legacy_notice", "expiry_reminder"
RECONSENT, CONFIRMATION = "reconsent_request", "confirmation"
GONE = frozenset({"erasing", "erased", "deceased"})
BY = Actor.system("portal")
EMAIL, EVERY = "email", "*"

HEADINGS: "dict[str, StrPromise]" = {
    LEGACY: gettext_lazy("What your data are used for"),
    REMINDER: gettext_lazy("Your yes ends soon"),
    RECONSENT: gettext_lazy("What you agreed to has changed"),
    CONFIRMATION: gettext_lazy("Your choice was recorded"),
}
"""Also the subject of the letter: it names no purpose, for others may see it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message ready to read. `words` is the notice it carries, if it carries one."""

    id: UUID
    kind: str
    heading: str
    sentence: str
    queued_at: datetime
    seen_at: datetime | None
    purpose: str
    words: NoticeWords | None

    @property
    def asks(self) -> bool:
        """Whether the person may want to answer."""
        return self.kind in {REMINDER, RECONSENT}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one attempt went, and the notice that went with it."""

    outcome: str
    reason: str = ""
    words: NoticeWords | None = None
    channel: str = ""


def listed(person: Person, language: str) -> list[Told]:
    """The person's messages, newest first."""
    called = titles(person.company.id, language)
    found = selectors.messages(person.company.id, person.id)[:100]
    return [_told(one, called, language, with_words=False) for one in found]


def opened(person: Person, message_id: UUID, language: str) -> Told | None:
    """One message of this person's own, and the note that they opened it; None: there is none."""
    found = selectors.messages(person.company.id, person.id).filter(pk=message_id).first()
    if found is None:
        return None
    told = _told(found, titles(person.company.id, language), language, with_words=True)
    services.see(by=person.actor, message=found, words=told.words)
    return told


def deliver(message_id: UUID) -> Delivery:
    """Write to the person of a message, if it is still to be written and may be."""
    letter = _letter(message_id)
    if isinstance(letter, Delivery):
        return letter
    if isinstance(letter, Text):
        went = texts.send(letter)
        return Delivery(SENT, channel=texts.CHANNEL) if went else Delivery(FAILED, TEXT_FAILED)
    mail, words = letter
    try:
        mail.send()
    except (SMTPException, OSError) as error:  # their words may hold the address
        log.warning("letter_not_sent", error=type(error).__name__)
        return Delivery(FAILED, FAILED)
    return Delivery(SENT, words=words, channel=EMAIL)


def note(message_id: UUID, went: Delivery) -> None:
    """Record how it went; what failed for good waits in the portal."""
    state = PORTAL if went.outcome == FAILED else went.outcome
    services.settle(
        message_id=message_id, state=state, reason=went.reason, channel=went.channel,
        words=went.words,
    )  # fmt: skip


@transaction.atomic
def _letter(message_id: UUID) -> Delivery | Text | tuple[EmailMessage, NoticeWords | None]:
    """The letter or the text message, or why there is neither."""
    message = selectors.waiting(message_id)
    if message is None or not selectors.is_due(message):
        return Delivery(DROPPED, "not_due")
    subject = subjects.subject(message.controller_id, message.subject_id)
    if subjects.standings(subject).filter(state__in=GONE, scope_type="everything").exists():
        return Delivery(DROPPED, "person_gone")
    return _reaching(message, subject)


def _reaching(
    message: Any, subject: Any
) -> Delivery | Text | tuple[EmailMessage, NoticeWords | None]:
    if subject.age_state == "child":
        return Delivery(PORTAL, "child")
    if not (schemes := _open(subject)):
        return Delivery(PORTAL, "suppressed")
    found = addresses_of(by=BY, subject=subject, target=Target("message", str(message.id)))
    scheme = next((one for one in schemes if found.get(one)), "")
    if not scheme:
        return Delivery(PORTAL, "no_address")
    if scheme == texts.SCHEME:
        return _text(message, subject, found[scheme])
    return _written(message, subject, found[scheme])


def _open(subject: Any) -> list[str]:
    """By which identifiers the person may be reached, best first: none over a closed channel."""
    ways = [(EMAIL, EMAIL), *([(texts.CHANNEL, texts.SCHEME)] if texts.is_possible() else [])]
    closed = set(channels(subject.suppressed))
    return [] if EVERY in closed else [scheme for channel, scheme in ways if channel not in closed]


def _text(message: Any, subject: Any, number: str) -> Text:
    """Says that there is something to read and where; a notice is given when it is read there."""
    company = accounts.controller(message.controller_id)
    language = people.spoken(subject.language) or company.default_language
    with translation.override(language):
        url = settings.BASE_URL + reverse("portal:messages")
        words = f"{company.name} · {HEADINGS[message.kind]} · {url}"
    return Text(number, words, message.kind, language)


def _written(
    message: Any, subject: Any, address: str
) -> Delivery | tuple[EmailMessage, NoticeWords | None]:
    company = accounts.controller(message.controller_id)
    language = people.spoken(subject.language) or company.default_language
    with translation.override(language), timezone.override(company.time_zone):
        called = titles(company.id, subject.language or language)
        told = _told(message, called, subject.language or language, with_words=True)
        context = {
            "company": company, "told": told,
            "url": settings.BASE_URL + reverse("portal:messages"),
            "wished": subject.language or language,
            "is_fallback": _is_fallback(told.words, subject.language or language),
        }  # fmt: skip
        body = render_to_string("portal/mail/message.txt", context)
        if message.kind == LEGACY and told.words is None:
            return Delivery(PORTAL, "no_notice")
        heading = f"{told.heading} · {company.name}"
        spoken = list(dict.fromkeys([language, *([told.words.language] if told.words else [])]))
        headers = {"Content-Language": ", ".join(spoken)}
        return EmailMessage(heading, body, to=[address], headers=headers), told.words


def _is_fallback(words: NoticeWords | None, wished: str) -> bool:
    """Whether the notice in the letter is in another language than the person's."""
    return words is not None and not is_same(words.language, wished)


def _told(message: Any, called: Mapping[str, str], language: str, *, with_words: bool) -> Told:
    code = message.purpose.code
    words = None
    if with_words and message.kind in {LEGACY, RECONSENT}:
        words = consent.words_in_force(message.controller_id, code, language)
    return Told(
        message.id, message.kind, str(HEADINGS[message.kind]),
        _sentence(message, called.get(code, code)), message.queued_at, message.seen_at,
        called.get(code, code), words,
    )  # fmt: skip


def _sentence(message: Any, title: str) -> str:
    if message.kind == LEGACY:
        return _(
            "You agreed to “%(purpose)s” before the data protection law began. It asks us to tell"
            " you what your data are used for and what you can do. You can withdraw at any time."
        ) % {"purpose": title}
    if message.kind == RECONSENT:
        return _(
            "What you agreed to under “%(purpose)s” has changed. Your yes does not count for the"
            " new words, so your data are not used for it unless you say yes to them."
        ) % {"purpose": title}
    return _of_the_ledger(message, title)


def _of_the_ledger(message: Any, title: str) -> str:
    """What a line of the ledger says: that a yes ends, or what was chosen."""
    event = consent.event(message.controller_id, message.event_id)
    if event is None:
        return title
    if message.kind == REMINDER:
        ends = sentences.day(event.expires_at) if event.expires_at else ""
        return _(
            "Your yes to “%(purpose)s” ends on %(date)s. Do nothing if you want it to end. If you"
            " want it to go on, say yes again."
        ) % {"purpose": title, "date": ends}
    return sentences.line(event, {event.purpose.code: title}).sentence
