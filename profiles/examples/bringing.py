"""Bringing a sector's invented people: who they are, what they chose, what sources say of them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from consent import services as consent
from consent.transitions import State
from keys.problems import DomainError
from profiles.documents import Observed
from profiles.examples.sector import Person, Record, Sector, SectorError, Tie
from profiles.services.ingesting import Given, record_many
from subjects import relations, selectors
from subjects import services as subjects

SCHEME = "crm"
HOW, CHANNEL, LANGUAGE = "checkbox", "web", "en"
Ids = Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class Brought:
    """How much came in."""

    people: int
    records: int
    relationships: int


@transaction.atomic
def bring(*, by: Actor, controller_id: UUID, sector: Sector) -> Brought:
    """Bring the people of the sector, or nobody; people who are there already stay the same.

    Raises SectorError where a line speaks of somebody who is not in the example, and what the
    services raise.
    """
    now = timezone.now()
    ids = _people(by, controller_id, sector, now)
    for one in sector.people:
        _choices(by, controller_id, ids[one.crm], one, now)
    for tie in sector.ties:
        _relate(by, controller_id, ids, tie)
    return Brought(len(ids), _records(by, controller_id, ids, sector, now), len(sector.ties))


def _people(by: Actor, controller_id: UUID, sector: Sector, now: datetime) -> Ids:
    matches = subjects.match_or_create(
        by=by, controller_id=controller_id, people=[_new(one, now) for one in sector.people]
    )
    for found in matches.outcomes:
        if isinstance(found, DomainError):
            raise found
    outcomes = [found for found in matches.outcomes if not isinstance(found, DomainError)]
    return dict(zip((one.crm for one in sector.people), outcomes, strict=True))


def _new(one: Person, now: datetime) -> subjects.NewSubject:
    days = one.adult_in_days
    return subjects.NewSubject(
        identifiers=((SCHEME, one.crm), ("email", one.email)), residence=one.residence,
        region=one.region, language=one.language, age_state=one.age_state,
        age_assurance=one.age_assurance,
        adult_on=None if days is None else (now + timedelta(days=days)).date(),
    )  # fmt: skip


def _choices(by: Actor, controller_id: UUID, person: UUID, one: Person, now: datetime) -> None:
    """Their yes, and what they took back; the same again is the same event."""
    for purpose in one.given:
        choice = consent.Choice(
            subject_id=person, purpose=purpose, state=State.GIVEN, method=HOW, channel=CHANNEL,
            language=LANGUAGE, is_explicit=True, event_at=now,
        )  # fmt: skip
        consent.record(by=by, controller_id=controller_id, choice=choice)
    for purpose in one.withdrawn:
        consent.withdraw(
            by=by, controller_id=controller_id, subject_id=person, purpose=purpose, method=HOW
        )


def _relate(by: Actor, controller_id: UUID, ids: Ids, tie: Tie) -> None:
    someone, other = _somebody(ids, tie.crm), _somebody(ids, tie.of)
    relations.confirm(
        by=by, subject=selectors.subject(controller_id, someone), related_id=other, kind=tie.kind,
        unit=tie.unit, verified_by=tie.verified_by,
    )  # fmt: skip


def _records(by: Actor, controller_id: UUID, ids: Ids, sector: Sector, now: datetime) -> int:
    """As if the newest had been observed now, so that an example is as fresh as it was written."""
    by_source: dict[str, list[Given]] = defaultdict(list)
    later = now - max((one.observed_at for one in sector.records), default=now)
    for one in sector.records:
        by_source[one.source].append(Given(_somebody(ids, one.crm), _observed(one, later)))
    for source, given in by_source.items():
        told = record_many(by=by, controller_id=controller_id, source=source, given=given)
        for outcome in told:
            if isinstance(outcome, DomainError):
                raise outcome
    return len(sector.records)


def _observed(one: Record, later: timedelta) -> dict[str, Observed]:
    at = one.observed_at + later
    return {code: Observed(value, at, one.verified_by) for code, value in one.values.items()}


def _somebody(ids: Ids, crm: str) -> UUID:
    if crm not in ids:
        raise SectorError("A line speaks of somebody who is not among the people.")
    return ids[crm]
