"""Builds the profiles of an invented company, by the services that its systems and officers use."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import selectors as accounts
from audit.actors import Actor
from consent import services as consent
from consent.services.choices import record_many as record_choices
from consent.transitions import State
from desk.demo import people
from desk.demo.companies import Company
from desk.demo.people import Person
from desk.demo.profiles import readers, values
from keys.problems import DomainError
from profiles.documents import Observed
from profiles.examples import sector as sectors
from profiles.examples.entering import enter
from profiles.services import grant_seat
from profiles.services.ingesting import Given, record_many
from registry.selectors_systems import system_by_code
from registry.services_systems import change_system
from subjects import relations, selectors

PROFILED = 1500
"""So many people of each company have a profile at most: a fresh clone is up in half a minute."""
HOUSEHOLDS = 20
AT_ONCE = 500
BY = Actor.system("demo")
ASKED_AT_THE_DESK = 0.85


@transaction.atomic
def build(  # noqa: PLR0913 (whose, by whom, and how much)
    *,
    company: Company,
    controller_id: UUID,
    author: Actor,
    approver: Actor,
    total: int,
    today: date,
) -> None:
    """The matrix, who reads by it, and what is known of some of the people; all or nothing."""
    folder = Path(settings.BASE_DIR) / "examples" / "profiles" / readers.SECTORS[company.slug]
    enter(
        author=author, approver=approver, controller_id=controller_id, sector=sectors.read(folder)
    )
    _hand_in(company, controller_id, author)
    _seat(company, controller_id, approver)
    known = _known(company, controller_id, total)
    if company.pack == "IN":
        _agree(controller_id, known, today)
    _take_in(company, controller_id, known, today)
    _relate(company, controller_id, known)


def _hand_in(company: Company, controller_id: UUID, officer: Actor) -> None:
    """A service may hand in what one of the systems knows: the API can be tried with its key."""
    service = accounts.services_of(controller_id).get(code=readers.HANDS_IN)
    change_system(
        by=officer, system=system_by_code(controller_id, readers.HANDED_IN[company.slug]),
        service_id=service.pk,
    )  # fmt: skip


def _seat(company: Company, controller_id: UUID, officer: Actor) -> None:
    services = {one.code: str(one.pk) for one in accounts.services_of(controller_id)}
    reader = _reader(company, controller_id)
    plans = [
        *(("service", services[code], plan)
          for code, plan in readers.SERVICES[company.slug].items()),
        *(("officer", holder, plan)
          for holder in (reader, officer.id) for plan in readers.STAFF[company.slug]),
    ]  # fmt: skip
    for holder_type, holder, plan in plans:
        grant_seat(
            by=BY, controller_id=controller_id, role=plan.role, holder_type=holder_type,
            holder_id=holder, unit=plan.unit,
        )  # fmt: skip


def _reader(company: Company, controller_id: UUID) -> str:
    staff = accounts.officers_of([controller_id])
    return str(staff.get(username=readers.reader_name(company.slug)).pk)


def _known(company: Company, controller_id: UUID, total: int) -> list[tuple[int, UUID]]:
    """The first people of the company who are grown up, by their number."""
    everybody: Sequence[Person] = list(
        islice((*people.special(company), *people.crowd(company, total)), PROFILED)
    )
    ids = selectors.find_many(controller_id, "email", [one.email for one in everybody])
    return [
        (number, ids[one.email]) for number, one in enumerate(everybody)
        if one.email in ids and one.facts["age_state"] != "child"
    ]  # fmt: skip


def _agree(controller_id: UUID, known: Sequence[tuple[int, UUID]], today: date) -> None:
    """Most people said yes when they first came to a desk."""
    at = datetime.combine(today, time(10), tzinfo=UTC) - timedelta(days=1)
    choices = [
        consent.Choice(
            subject_id=person, purpose=readers.DESK, state=_answer(number), method="button",
            channel="in_person", language="en", event_at=at,
        )
        for number, person in known
    ]  # fmt: skip
    for start in range(0, len(choices), AT_ONCE):
        record_choices(by=BY, controller_id=controller_id, choices=choices[start : start + AT_ONCE])


def _answer(number: int) -> State:
    return State.GIVEN if number % 20 < 20 * ASKED_AT_THE_DESK else State.REFUSED


def _take_in(
    company: Company, controller_id: UUID, known: Sequence[tuple[int, UUID]], today: date
) -> None:
    given: dict[str, list[Given]] = defaultdict(list)
    for number, person in known:
        for said in values.of_person(company.slug, company.pack, number, today):
            at = datetime.combine(today, time(6), tzinfo=UTC) - timedelta(days=said.days_ago + 1)
            observed = {
                code: Observed(value, at, said.verified_by) for code, value in said.values.items()
            }
            given[said.source].append(Given(person, observed))
    for source, some in given.items():
        for start in range(0, len(some), AT_ONCE):
            part = some[start : start + AT_ONCE]
            _check(record_many(by=BY, controller_id=controller_id, source=source, given=part))


def _check(told: Sequence[Any]) -> None:
    """Who is being erased is kept out, as in real life; anything else is a mistake in the demo."""
    for one in told:
        if isinstance(one, DomainError) and one.code not in {"subject_erased", "subject_unknown"}:
            raise one


def _relate(company: Company, controller_id: UUID, known: Sequence[tuple[int, UUID]]) -> None:
    """Neighbours in the file share a household with each other, and an account."""
    first = len(people.cases_of(company))
    pairs = zip(known[first::2], known[first + 1 :: 2], strict=False)
    for (_, one), (_, other) in islice(pairs, HOUSEHOLDS):
        relations.confirm(
            by=BY, subject=selectors.subject(controller_id, one), related_id=other,
            kind="household", unit="", verified_by="same-address",
        )  # fmt: skip
