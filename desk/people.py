"""What the pages about one person show, gathered from the packages that know it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from consent import catalogue as catalogues
from consent import selectors as consents
from consent.selectors import StateShown
from desk import words
from subjects import selectors as subjects
from subjects.selectors import ShownIdentifier


@dataclass(frozen=True, slots=True)
class Person:
    """Facts about somebody; nothing here identifies them."""

    id: UUID
    controller_id: UUID
    controller: str
    residence: str
    region: str
    time_zone: str
    language: str
    age: str
    adult_on: date | None
    has_guardian: bool
    created_at: datetime
    subject: Any

    @property
    def short_id(self) -> str:
        return f"…{str(self.id)[-12:]}"

    @property
    def company_zone(self) -> ZoneInfo:
        """The time zone in which the company tells times."""
        try:
            return ZoneInfo(self.subject.controller.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def facts(self) -> list[tuple[str, Any]]:
        """Labels and values, in the order an officer reads them."""
        unknown = _("unknown")
        return [
            (_("Controller"), self.controller),
            (_("Country of residence"), self.residence or unknown),
            (_("Region"), self.region or unknown),
            (_("Language"), self.language or unknown),
            (_("Time zone"), self.time_zone or unknown),
            (_("Age"), self.age),
            (_("Adult on"), self.adult_on or unknown),
            (_("Has a guardian"), _("yes") if self.has_guardian else _("no")),
            (_("Known since"), self.created_at),
        ]


@dataclass(frozen=True, slots=True)
class PersonShown:
    """The parts of a person's page besides the timeline."""

    identifiers: Sequence[ShownIdentifier]
    standings: Sequence[Any]
    provenances: Sequence[Any]
    relationships: Sequence[Any]
    states: Sequence[tuple[StateShown, str]]
    objections: Sequence[Any]


def person(controller_ids: Collection[UUID], subject_id: UUID) -> Person | None:
    """The person if they belong to one of these controllers."""
    rows = subjects.subjects(list(controller_ids)).select_related("controller")
    found = rows.filter(pk=subject_id).first()
    if found is None:
        return None
    age = f"{found.get_age_state_display()} ({found.get_age_assurance_display()})"
    return Person(
        found.id, found.controller_id, found.controller.name, found.residence, found.region,
        found.time_zone, found.language, age, found.adult_on, found.has_guardian,
        found.created_at, found,
    )  # fmt: skip


def shown(found: Person) -> PersonShown:
    """What stands about a person, with identifiers masked."""
    states = consents.states(found.controller_id, found.id)
    return PersonShown(
        identifiers=subjects.masked_many([found.subject]).get(found.id, []),
        standings=list(subjects.standings(found.subject)),
        provenances=list(subjects.provenances(found.subject)),
        relationships=list(subjects.relationships(found.subject)),
        states=[(one, words.said(words.STATES, one.state)) for one in states],
        objections=list(consents.objections(found.controller_id, found.id)),
    )


def state(found: Person, purpose: str) -> StateShown | None:
    """Where the person stands on one purpose."""
    states = consents.states(found.controller_id, found.id)
    return next((one for one in states if one.purpose == purpose), None)


def languages(controller_id: UUID, purpose: str) -> list[str]:
    """The languages in which the newest notice about a purpose has approved words."""
    known = catalogues.in_force(controller_id).purposes.get(purpose)
    return sorted(known.notices[0].languages) if known and known.notices else []
