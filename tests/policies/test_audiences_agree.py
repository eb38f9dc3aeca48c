"""Audiences agree with the decision point's own answers in random worlds, guardrails included."""

import random
from collections import Counter
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.utils import timezone

from policies.audiences import job, results, selectors, services
from policies.audiences.deciding import Asking
from policies.pdp.model import Question
from tests.factories.company import AUTHOR, EVALUATIONS, OFFERS
from tests.factories.policies import in_force, rule
from tests.policies.audience_worlds import populate
from work.services import run_available

PEOPLE = 40
NOON = timezone.now().astimezone(ZoneInfo("Asia/Kolkata"))
QUIET = {
    "starts": f"{NOON - timedelta(hours=1):%H:%M}", "ends": f"{NOON + timedelta(hours=1):%H:%M}",
}  # fmt: skip
RULES = (
    [],
    [rule("no_letters", channels=["letter"]), rule("not_there", regions=["DE"])],
    [rule("night", "quiet", channels=["email"], **QUIET)],
)
QUESTIONS = (
    {}, {"channel": "email"}, {"channel": "letter"}, {"destination": "US"},
    {"data": ("pd:EmailAddress", "pd:Location")}, {"recipients": ("post",)}, {"action": "sell"},
)  # fmt: skip
CAP = rule("once", "cap", limit=1, seconds=86_400, per=["purpose"])


def made(company, **asked):
    question = Question(purpose=OFFERS, caller="mailer", caller_type="service", **asked)
    audience = services.request(
        by=AUTHOR, controller_id=company.id, service_id=company.service.id, question=question
    )
    run_available(worker="test")
    audience.refresh_from_db()
    assert audience.state == "ready"
    return audience


def permitted(audience):
    return {
        str(UUID(bytes=raw)) for one in selectors.permits(audience, set()) for raw in one.ids
    }  # fmt: skip


def evaluated(http, company, people, **asked):
    """What the decision point says of each person, by id."""
    top = company.question(
        "anybody", **{name: one for name, one in asked.items() if name != "action"}
    )
    top["action"]["name"] = asked.get("action", "activate")
    items = [{"resource": {"type": "customer", "id": str(one.id)}} for one in people]
    body = {**top, "evaluations": items}
    answer = http.post(EVALUATIONS, json=body, headers=company.headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()["evaluations"]
    return {str(one.id): said for one, said in zip(people, found, strict=True)}


@pytest.mark.req("POL-19")
@pytest.mark.parametrize("seed", range(8))
def test_an_audience_holds_whom_evaluations_permit_and_counts_their_reasons(
    lotus, http, settings, seed
):
    settings.AUDIENCE_VALID_SECONDS = 60
    dice = random.Random(seed)  # noqa: S311 (repeatable, nothing secret)
    people = populate(lotus, seed, PEOPLE)
    rules, asked = dice.choice(RULES), dice.choice(QUESTIONS)
    if rules:
        in_force(lotus.id, *rules)

    audience = made(lotus, **asked)
    said = evaluated(http, lotus, people, **asked)

    assert permitted(audience) == {one for one, answer in said.items() if answer["decision"]}
    denied = [one["context"]["reason_code"] for one in said.values() if not one["decision"]]
    assert audience.excluded == Counter(denied)


@pytest.mark.req("POL-08")
def test_a_cap_counts_the_permits_of_an_audience(lotus, http, monkeypatch):
    monkeypatch.setattr(job, "COUNTED_STEP", 3)
    people = [lotus.person(f"{n}@example.in") for n in range(8)]
    for one in people:
        lotus.yes(one)
    in_force(lotus.id, CAP)
    assert evaluated(http, lotus, people[:1])[str(people[0].id)]["decision"]

    first, second = made(lotus), made(lotus)
    named = services.Named(frozenset(one.id.bytes for one in people), 0)
    question = Question(purpose=OFFERS, caller="mailer", caller_type="service")
    third = services.request(
        by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, question=question,
        people=named,
    )  # fmt: skip
    run_available(worker="test")
    third.refresh_from_db()

    assert permitted(first) == {str(one.id) for one in people[1:]}
    assert (second.permitted, third.permitted) == (0, 0)
    assert list(second.excluded.values()) == list(third.excluded.values()) == [8]
    assert not any(one["decision"] for one in evaluated(http, lotus, people).values())


def test_nobody_is_counted_where_the_record_fails(lotus, monkeypatch):
    person = lotus.person()
    lotus.yes(person)
    in_force(lotus.id, CAP)
    real = services.add
    monkeypatch.setattr(services, "add", broken)
    question = Question(purpose=OFFERS, caller="mailer", caller_type="service")
    audience = services.request(
        by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, question=question
    )
    run_available(worker="test")

    monkeypatch.setattr(services, "add", real)
    run_available(worker="test", due_by=timezone.now() + timedelta(hours=1))
    audience.refresh_from_db()

    assert permitted(audience) == {str(person.id)}


def test_sets_decide_where_no_guardrail_asks_for_more(lotus):
    """Or the measured path is not the one that runs."""
    compiled = job.catalogues.compiled()
    (caller,) = [one for one in compiled.callers.values() if one.id == str(lotus.service.id)]
    question = Question(purpose=OFFERS, caller="mailer", caller_type="service")

    assert Asking(question, caller, compiled, 60).is_for_sets(0)


def broken(audience, chunks):
    raise RuntimeError("the disk is full")


@pytest.mark.req("POL-11")
def test_the_obligations_of_a_permit_go_with_each_row(lotus, http):
    people = [lotus.person(f"{n}@example.in") for n in range(3)]
    for one in people:
        lotus.yes(one)
    in_force(lotus.id, rule("say_why", "require", obligation="why_am_i_seeing_this"))

    audience = made(lotus)
    said = evaluated(http, lotus, people)

    rows = b"".join(results.pieces("ndjson", selectors.permits(audience, set()))).splitlines()
    told = {row["id"]: row["obligations"] for row in map(msgspec.json.decode, rows)}
    expected = {
        one: [{"id": each["id"], "properties": each.get("properties", {})}
              for each in answer["context"]["obligations"]]
        for one, answer in said.items()
    }  # fmt: skip
    assert told == expected
    assert all(told.values())
