"""Who looks at the portal and whose portal it is: what the pages know of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from accounts import selectors as accounts
from audit.actors import Actor
from subjects import jurisdiction
from subjects import selectors as subjects
from subjects.errors import SubjectUnknownError

UI_VERSION = "portal-1"
"""Of these pages, in the evidence of what is answered on them."""


@dataclass(frozen=True, slots=True)
class Company:
    """A controller as a visitor meets it."""

    id: UUID
    slug: str
    name: str
    country: str
    language: str
    time_zone: str
    contact_name: str
    contact_email: str


@dataclass(frozen=True, slots=True)
class Person:
    """The person who is signed in, at one company alone."""

    id: UUID
    company: Company
    language: str
    time_zone: str
    packs: tuple[str, ...]
    session: str = ""
    """Names this sign-in among the person's: evidence of how an answer came about (CON-13)."""

    @property
    def actor(self) -> Actor:
        return Actor("subject", str(self.id))

    @property
    def evidence(self) -> dict[str, str]:
        """What shows how an answer on these pages was taken."""
        found = {"ui_version": UI_VERSION}
        return {**found, "session": self.session} if self.session else found


def companies() -> list[Company]:
    """All of them, by name."""
    return [_company(row) for row in accounts.controllers()]


def company(slug: str) -> Company | None:
    found = accounts.controller_by_slug(slug)
    return _company(found) if found else None


def company_of(controller_id: UUID) -> Company:
    """The company of an id."""
    return _company(accounts.controller(controller_id))


def person(controller_id: UUID, subject_id: UUID) -> Person | None:
    """The subject of this controller; None for nobody, another controller's, an erased one.

    None too for a record that was joined to another: the person signs in to that one.
    """
    try:
        subject = subjects.subject(controller_id, subject_id)
    except SubjectUnknownError:
        return None
    if subject.merged_into or is_erased(subject):
        return None
    where = _company(accounts.controller(controller_id))
    packs = jurisdiction.packs(subject.residence, where.country)
    zone = subject.time_zone or where.time_zone
    return Person(subject.id, where, subject.language, zone, packs)


def is_erased(subject: Any) -> bool:
    """Whether nothing of the person is left to show: all was erased, or their key is gone."""
    standings = subjects.standings(subject).filter(state="erased", scope_type="everything")
    return subject.pseudonym is None or standings.exists()


def _company(row: Any) -> Company:
    return Company(
        row.id, row.slug, row.name, row.country, row.default_language, row.time_zone,
        row.contact_name, row.contact_email,
    )  # fmt: skip


def spoken(language: str) -> str:
    """The language of the pages for somebody of this language; empty where there is none."""
    plain = language.partition("-")[0]
    return plain if plain in dict(settings.LANGUAGES) else ""
