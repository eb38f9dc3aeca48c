"""The verbs of the portal: a link to sign in, and answers to what is asked."""

from typing import Any
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from consent import services as consent
from consent.services import Choice
from consent.transitions import State
from keys import services as keys
from policies.wishes import services as wishes
from portal import limits, people
from portal.errors import TooManyRequestsError, WordsChangedError
from portal.people import Company, Person
from portal.selectors import words_now
from subjects import returning, schemes, signin
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.errors import LinkNotValidError
from work import services as work

ASK_LINK = "portal.ask_link"
OFFER_RETURN = "portal.offer_return"
LINKS_AN_HOUR = 5
"""To one address. More are not sent, and nobody is told: it would tell of the earlier ones."""
REQUESTS_A_MINUTE = 300
"""At one company, from everybody together."""


def ask_for_link(*, company: Company, email: str, language: str) -> None:
    """Note that somebody asks for a link to this address; a job finds out whether to send one.

    Known and unknown addresses cost the same and leave the same behind (POR-14). Raises
    MalformedIdentifierError, and TooManyRequestsError when everybody together asks too often.
    """
    address = schemes.normalise("email", email)
    if not limits.allowed(f"all:{company.id}", limit=REQUESTS_A_MINUTE, seconds=60):
        raise TooManyRequestsError
    digest = keys.lookup_digest(controller_id=company.id, scheme="email", value=address)
    if not limits.allowed(f"one:{digest.hex()}", limit=LINKS_AN_HOUR, seconds=3600):
        return
    with transaction.atomic():
        asked = returning.note(controller_id=company.id, address=address, language=language)
        _soon(ASK_LINK, company.id, asked)


@transaction.atomic
def issue_link(*, request_id: UUID) -> None:
    """Have a link sent to whoever has the address that was asked for.

    To sign in, in the language they chose or are known by; to come back, where they were erased;
    and to nobody else.
    """
    asked = returning.asked(request_id)
    person = subjects.find(asked.controller_id, "email", asked.address) if asked else None
    if asked and (person is None or people.is_erased(person)) and returning.erased(asked):
        _soon(OFFER_RETURN, asked.controller_id, asked.id)
        return
    returning.drop(request_id=request_id)
    if asked and person and not people.is_erased(person):
        language = asked.language or people.spoken(person.language)
        signin.request_link(subject=person, language=language)


def _soon(kind: str, controller_id: UUID, asked: UUID) -> None:
    said = {"asked": str(asked)}
    work.enqueue_many([work.NewJob(kind, controller_id, said, priority=work.SOMEBODY_WAITS)])


def sign_in(*, token: str) -> Person:
    """Use a link up. Raises LinkNotValidError (also for a person who was erased since)."""
    subject = signin.redeem(token=token)
    found = people.person(subject.controller_id, subject.id)
    if found is None:
        raise LinkNotValidError
    return found


@transaction.atomic
def begin_anew(*, token: str) -> Person:
    """Come back after an erasure, as somebody of whom nothing is known but the address.

    Raises as `returning.begin`.
    """
    subject = returning.begin(token=token)
    audit.record(
        event="subject:signed_in", by=Actor("subject", str(subject.id)),
        controller_id=subject.controller_id, target=Target("subject", str(subject.id)),
        subject=subject_services.ref(subject),
    )  # fmt: skip
    found = people.person(subject.controller_id, subject.id)
    if found is None:
        raise LinkNotValidError
    return found


@transaction.atomic
def sign_out(*, person: Person) -> None:
    """Note that the person signed out."""
    subject = subjects.subject(person.company.id, person.id)
    audit.record(
        event="subject:signed_out", by=person.actor, controller_id=person.company.id,
        target=Target("subject", str(person.id)), subject=subject_services.ref(subject),
    )  # fmt: skip


@transaction.atomic
def say_yes(*, person: Person, purpose: str, notice: str, language: str) -> UUID:
    """Record a yes to the words that were on the page; returns the id of the ledger's line.

    `notice` and `language` name those words. Raises WordsChangedError when others are in force by
    now, and what `consent.services.record` raises.
    """
    words = words_now(person.company.id, purpose, language)
    if words is None or (str(words.version_id), words.language) != (notice, language):
        raise WordsChangedError
    choice = _choice(person, purpose, State.GIVEN, language, notice_version=words.version_id)
    event = consent.record(by=person.actor, controller_id=person.company.id, choice=choice)
    return event.id


def say_no(*, person: Person, purpose: str, language: str) -> UUID:
    """Record a no, which no change of words can hold up; returns the id of the ledger's line."""
    choice = _choice(person, purpose, State.REFUSED, language)
    event = consent.record(by=person.actor, controller_id=person.company.id, choice=choice)
    return event.id


def withdraw(*, person: Person, purpose: str) -> UUID:
    """Take a yes back (DPDP s.6(4); GDPR Art 7(3)); returns the id of the ledger's line."""
    event = consent.withdraw(
        by=person.actor, controller_id=person.company.id, subject_id=person.id, purpose=purpose,
        method="portal", channel="web",
    )  # fmt: skip
    return event.id


def withdraw_all(*, person: Person) -> list[UUID]:
    """Take every yes back that runs; returns the ids of the ledger's lines."""
    events = consent.withdraw_all(
        by=person.actor, controller_id=person.company.id, subject_id=person.id,
        method="portal", channel="web",
    )  # fmt: skip
    return [event.id for event in events]


def _choice(person: Person, purpose: str, state: State, language: str, **more: Any) -> Choice:
    return Choice(
        subject_id=person.id, purpose=purpose, state=state, method="portal", channel="web",
        language=language, evidence=person.evidence, **more,
    )  # fmt: skip


def switch_personalisation(*, person: Person, off: bool) -> None:
    """Note that the person wants no personalisation at all, or wants it again."""
    switch = wishes.switch_off if off else wishes.switch_on
    switch(by=person.actor, controller_id=person.company.id, subject_id=person.id)
