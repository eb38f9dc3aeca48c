"""Answers that people give on a company's site: one line of the ledger for each purpose."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from consent import services as consent
from consent.capture_errors import TicketError
from consent.services import Choice
from consent.sites.selectors import Visit
from consent.transitions import State
from portal.errors import WordsChangedError
from portal.selectors import words_now

UI_VERSION = "collect-1"
METHOD, CHANNEL = "button", "web"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody pressed about one purpose, and the words that stood there."""

    purpose: str
    answer: str
    notice: str = ""
    language: str = ""


@transaction.atomic
def take_all(*, visit: Visit, answers: Iterable[Answer]) -> list[UUID]:
    """Record each answer as a line of its own, or none of them; returns the lines' ids.

    Raises TicketError for a purpose the ticket is not about, WordsChangedError for a yes to words
    that are not in force, and what `consent.services.record` and `withdraw` raise.
    """
    return [_take(visit, one) for one in answers]


@transaction.atomic
def hear_opt_out(*, visit: Visit) -> None:
    """Heed the signal of a browser that nothing is to be sold or shared (CON-32)."""
    consent.hear_signal(
        by=visit.actor, controller_id=visit.controller_id, subject_id=visit.subject_id
    )


def _take(visit: Visit, said: Answer) -> UUID:
    if said.purpose not in visit.purposes:
        raise TicketError(field="purpose")
    if said.answer == "withdraw":
        event = consent.withdraw(
            by=visit.actor, controller_id=visit.controller_id, subject_id=visit.subject_id,
            purpose=said.purpose, method=METHOD, channel=CHANNEL,
        )  # fmt: skip
        return event.id
    state = State.REFUSED if said.answer == "no" else State.GIVEN
    words = _agreed(visit, said) if state is State.GIVEN else None
    choice = Choice(
        subject_id=visit.subject_id, purpose=said.purpose, state=state, method=METHOD,
        channel=CHANNEL, language=said.language, notice_version=words,
        evidence={
            "ui_version": UI_VERSION, "source": visit.origin, "session": visit.reference,
        },
    )  # fmt: skip
    event = consent.record(by=visit.actor, controller_id=visit.controller_id, choice=choice)
    return event.id


def _agreed(visit: Visit, said: Answer) -> UUID:
    """The version of the words that were shown. Raises WordsChangedError for any but those now."""
    words = words_now(visit.controller_id, said.purpose, said.language)
    if words is None or (str(words.version_id), words.language) != (said.notice, said.language):
        raise WordsChangedError
    return words.version_id
