"""What becomes of some people after the import, by the same services as in real life."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from consent import selectors as consents
from consent import services as consent
from consent.transitions import State
from desk.demo import people
from desk.demo.companies import CLOSED, EMAIL, ORDERS, Company
from subjects import selectors as subject_selectors
from subjects import services as subjects


class Turn(NamedTuple):
    """One person whose story goes on. `number` is their place among the cases."""

    by: Actor
    company: Company
    controller_id: UUID
    subject_id: UUID
    number: int


@transaction.atomic
def go_on(*, by: Actor, company: Company, controller_id: UUID, total: int) -> list[UUID]:
    """Let every story go on, and close the closed purpose; all of it or nothing.

    Returns the ids of the people of the cases, in their order.
    """
    special = people.special(company)
    others = [person for person in people.crowd(company, total) if person.then]
    everyone = [person.email for person in (*special, *others)]
    ids = subject_selectors.find_many(controller_id, "email", everyone)
    for number, person in enumerate((*special, *others)):
        if person.then:
            turn = Turn(by, company, controller_id, ids[person.email], number)
            TURNS[person.then](turn)
    purpose = consents.purposes([controller_id]).get(code=CLOSED)
    consent.close_purpose(by=by, purpose=purpose)
    return [ids[person.email] for person in special]


def _standing(state: str, ago: int) -> Callable[[Turn], None]:
    def turn(one: Turn) -> None:
        subject = subject_selectors.subject(one.controller_id, one.subject_id)
        since = timezone.now() - timedelta(days=ago)
        subjects.set_standing(by=one.by, subject=subject, state=state, since_at=since)

    return turn


def _erased(one: Turn) -> None:
    subject = subject_selectors.subject(one.controller_id, one.subject_id)
    subjects.set_standing(by=one.by, subject=subject, state="erased", reason="request_fulfilled")
    subjects.destroy_key(by=one.by, subject=subject)


def _restricted(one: Turn) -> None:
    consent.restrict(
        by=one.by, controller_id=one.controller_id, subject_id=one.subject_id, ground="accuracy",
        method="email",
    )  # fmt: skip


def _objected(one: Turn) -> None:
    consent.object_to(by=one.by, controller_id=one.controller_id, subject_id=one.subject_id)


def _objected_then_agreed(one: Turn) -> None:
    """An explicit yes that is later than the objection outweighs it."""
    _objected(one)
    choice = consent.Choice(
        subject_id=one.subject_id, purpose=EMAIL, state=State.GIVEN, method="web_form",
        channel="web", language="en", is_explicit=True,
    )  # fmt: skip
    consent.record(by=one.by, controller_id=one.controller_id, choice=choice)


def _has_order(one: Turn) -> None:
    """Ordered before the withdrawal: a question that names this order is permitted."""
    now = timezone.now()
    consent.record_commitment(
        by=one.by, controller_id=one.controller_id, subject_id=one.subject_id, purpose=ORDERS,
        reference=f"ORDER-{one.number:05}", started_at=now - timedelta(days=5),
        ends_at=now + timedelta(days=60),
    )  # fmt: skip


def _has_parent(one: Turn) -> None:
    parent = subject_selectors.find(
        one.controller_id, "email", people.parent_of(one.company, one.number)
    )
    if parent is not None:
        named = consent.name_parent(
            by=one.by, controller_id=one.controller_id, child_id=one.subject_id,
            parent_id=parent.id, begun_by="child", is_registered=True,
        )  # fmt: skip
        consent.check_parent(
            by=one.by, controller_id=one.controller_id, check_id=named.id,
            method="existing_details",
        )  # fmt: skip


TURNS: dict[str, Callable[[Turn], None]] = {
    "restricted": _restricted,
    "erasing": _standing("erasing", 2),
    "deceased": _standing("deceased", 50),
    "erased": _erased,
    "objected": _objected,
    "objected_then_agreed": _objected_then_agreed,
    "has_order": _has_order,
    "has_parent": _has_parent,
}
