"""Random worlds of people, made with a seed, and what the decision point says of each."""

import random
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from audit.actors import Actor
from consent import services as consent
from consent.transitions import State
from policies.audiences.deciding import Asking
from policies.pdp import catalogue as catalogues
from policies.pdp.model import Question
from registry import selectors as known
from registry import services as registry
from subjects import provenance
from subjects import services as subjects
from tests.factories.company import OFFERS

BY = Actor.system("world")
NOW = datetime.now(UTC)
STATES = (
    State.GIVEN, State.GIVEN, State.GIVEN, State.REFUSED, State.REQUESTED, State.WITHDRAWN, None,
)  # fmt: skip
EMAIL = "pd:EmailAddress"
STANDINGS = ("restricted", "erasing", "erased", "deceased", "hold")


def asking(company, purpose=OFFERS, *, valid_seconds=None, **more):
    """The company's service asks about its purpose."""
    compiled = catalogues.compiled()
    (caller,) = [one for one in compiled.callers.values() if one.id == str(company.service.id)]
    question = Question(
        purpose=purpose, caller=company.service.code, caller_type="service", **more
    )  # fmt: skip
    return Asking(question, caller, compiled, valid_seconds or settings.DECISION_VALID_SECONDS)


def populate(company, seed, count=60):
    """People of every sort, told through the services. The same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 (repeatable, nothing secret)
    if EMAIL not in known.category_codes(company.id):
        registry.record_category(by=BY, controller_id=company.id, code=EMAIL, name="E-mail")
    return [_person(company, dice, f"{seed}.{n}@example.in") for n in range(count)]


def _person(company, dice, email):
    age = dice.choice(["adult", "adult", "adult", "child", "unknown"])
    facts = {
        "residence": dice.choice(["IN", "IN", "DE", "FR", "US", ""]), "age_state": age,
        "age_assurance": "unknown" if age == "unknown" else dice.choice(["declared", "verified"]),
        "has_guardian": dice.random() < 0.1,
    }  # fmt: skip
    if age == "child":
        facts["adult_on"] = dice.choice([date(2026, 1, 1), date(2031, 1, 1), None])
    person = company.person(email, **facts)
    _choice(company, dice, person)
    if dice.random() < 0.3:
        scope = dice.choice([{}, {"scope_type": "purpose", "scope": OFFERS},
                             {"scope_type": "category", "scope": "pd:Location"}])  # fmt: skip
        standing = company.stands(person, dice.choice(STANDINGS), **scope)
        if dice.random() < 0.3:
            subjects.end_standing(by=BY, standing=standing)
    if dice.random() < 0.2:
        consent.object_to(by=BY, controller_id=company.id, subject_id=person.id)
    if dice.random() < 0.3:
        _flag(dice, person)
    return person


def _flag(dice, person):
    """Where the person's data come from; of a few it is said no more, or until today."""
    kind = "published" if person.residence == "IN" else dice.choice(["outsourced", "published"])
    category = EMAIL if kind == "published" else ""
    provenance.set_flag(
        by=BY, subject=person, kind=kind, category=category, reference="R-1",
        valid_until=dice.choice([None, NOW.date() + timedelta(days=3)]),
    )  # fmt: skip
    if dice.random() < 0.2:
        provenance.end_flag(by=BY, subject=person, kind=kind, category=category)


def _choice(company, dice, person):
    state = dice.choice(STATES)
    if state is None:
        return
    more = {
        "is_explicit": dice.random() < 0.5,
        "event_at": NOW - timedelta(days=dice.randint(0, 9)),
    }
    if state is State.GIVEN:
        days = dice.choice([None, -0.01, 0.0005, 0.002, 1, 30])
        if days is not None:
            more["event_at"] = NOW - timedelta(days=9)
            more["expires_at"] = NOW + timedelta(days=days)
    if state is State.WITHDRAWN:
        company.yes(person, event_at=NOW - timedelta(days=20))
        more = {"method": "portal"}
    company.records(person, state, **more)
