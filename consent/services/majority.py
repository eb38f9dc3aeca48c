"""Coming of age: what a parent decided ends, and the adult is asked (DPDP s.2(f), s.6(1); CON-26).

The decision point heeds the day by itself; here it is put on record, and the person is written to.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from audit.actors import Actor
from consent.models import ConsentState
from consent.services import parents, relying
from subjects import age, family, jurisdiction
from subjects import selectors as subjects
from work import services as work

ASK_ADULT = "portal.ask_adult"
"""The kind of job that writes to somebody who came of age."""
INDIA = "IN"
REASON = "came_of_age"


def come_of_age_due(*, by: Actor, limit: int = 100) -> int:
    """Note everybody who has come of age by today; returns how many, at most `limit`.

    Each is a transaction of its own, so that one that fails holds up nobody.
    """
    due = list(family.grown_up().values_list("controller_id", "pk")[:limit])
    return sum(
        come_of_age(by=by, controller_id=controller_id, subject_id=subject_id)
        for controller_id, subject_id in due
    )


@transaction.atomic
def come_of_age(*, by: Actor, controller_id: UUID, subject_id: UUID) -> bool:
    """Note that a child's day has come; whether it had, and was not noted before.

    Under Indian law whatever was decided in childhood ends, and the adult is asked: once in the
    portal, once by a letter. What a lawful guardian decided goes on (r.11), and so does what the
    GDPR lets a parent authorise. Raises SubjectUnknownError.
    """
    if not age.come_of_age(by=by, controller_id=controller_id, subject_id=subject_id):
        return False
    person = subjects.subject(controller_id, subject_id)
    parents.outgrow(by=by, controller_id=controller_id, child_id=subject_id)
    if person.has_guardian or not _is_under_indian_law(controller_id, person.residence):
        return True
    states = relying.running(controller_id, subject_id)
    relying.ask_anew(by=by, states=_of_childhood(states, person), reason=REASON)
    work.enqueue(
        kind=ASK_ADULT, controller_id=controller_id, payload={"subject": str(subject_id)},
        dedupe_key=f"{subject_id}",
    )  # fmt: skip
    return True


def _of_childhood(states: Sequence[ConsentState], person: Any) -> list[ConsentState]:
    """What a parent or guardian gave, and what the child said before the day."""
    day: datetime = datetime.combine(person.adult_on, time(), tzinfo=UTC)
    return [one for one in states if one.given_by in family.DECIDING or one.since_at < day]


def _is_under_indian_law(controller_id: UUID, residence: str) -> bool:
    """Where nobody knows the law, the stricter one counts."""
    packs = jurisdiction.packs(residence, accounts.controller(controller_id).country)
    return INDIA in packs or not packs
