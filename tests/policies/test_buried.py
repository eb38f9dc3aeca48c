"""Somebody erased is asked about by an identifier: they are known to be erased, not unknown."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from audit.actors import Actor
from audit.models import EntryIndex
from keys.ids import uuid7
from policies.pdp import facts
from policies.pdp.search_record import OF_ONE
from subjects import services as subjects
from subjects import tombstones
from tests.factories.company import AUTHOR, EVALUATION, EVALUATIONS, company
from tests.policies.searches import ACTION

EMAIL = "asha.rao@example.in"
pytestmark = pytest.mark.req("ERA-16", "P8")


def named(lotus, email):
    return {**lotus.question(None), "resource": by_email(email)}


def by_email(email):
    return {"type": "customer", "id": email, "properties": {"scheme": "email"}}


@pytest.fixture
def erased(lotus, asha):
    tombstones.set_many(by=AUTHOR, controller_id=lotus.id, cases={asha.id: uuid7()})
    subjects.destroy_key(by=AUTHOR, subject=asha)
    return asha


def reason(http, lotus, email=EMAIL, **more):
    body = {**named(lotus, email), **more}
    return http.post(EVALUATION, json=body, headers=lotus.headers).json()["context"]["reason_code"]


def test_the_reason_is_that_they_are_erased(http, lotus, erased):
    assert reason(http, lotus) == "SUBJECT_ERASED"
    assert reason(http, lotus, EMAIL.upper()) == "SUBJECT_ERASED"
    assert reason(http, lotus, "nobody@example.in") == "SUBJECT_UNKNOWN"


def test_among_many_each_gets_their_own(http, lotus, erased):
    lotus.yes(lotus.person("ravi@example.in"))
    items = [{"resource": by_email(one)} for one in (EMAIL, "ravi@example.in", "nobody@example.in")]
    body = {**named(lotus, EMAIL), "evaluations": items * 3}

    found = http.post(EVALUATIONS, json=body, headers=lotus.headers).json()["evaluations"]

    assert [one["context"]["reason_code"] for one in found] == [
        "SUBJECT_ERASED", "PERMIT_IN:consent", "SUBJECT_UNKNOWN"
    ] * 3  # fmt: skip


def test_whoever_came_back_is_unknown_until_they_are_added(http, lotus, erased):
    tombstones.lift(
        by=Actor("subject", str(erased.id)), controller_id=lotus.id, pairs=[("email", EMAIL)],
        how="signed_in", acted_at=timezone.now(),
    )  # fmt: skip

    assert reason(http, lotus) == "SUBJECT_UNKNOWN"


@pytest.mark.req("P6")
def test_what_is_decided_afterwards_names_nobody(http, lotus, erased):
    """Whoever asks again by our id must not put back into the log what the erasure took out."""
    lotus.stands(erased, "erased")
    asked = lotus.question(erased)

    def ask(where, body):
        answer = http.post(where, json=body, headers=lotus.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    alone = ask(EVALUATION, asked)
    among = ask(EVALUATIONS, {**asked, "evaluations": [{}] * 3})["evaluations"]
    ask(ACTION, {key: value for key, value in asked.items() if key != "action"})

    lines = EntryIndex.objects.filter(event="decision:made")
    assert {one["context"]["reason_code"] for one in (alone, *among)} == {"SUBJECT_ERASED"}
    assert lines.count() == 4
    assert EntryIndex.objects.filter(event=OF_ONE).count() == 1
    assert not EntryIndex.objects.filter(subject_id=erased.id).exists()


def test_another_company_is_told_nothing(http, lotus, erased):
    tulip = company("tulip", country="NL", name="Tulip")

    assert reason(http, tulip) == "SUBJECT_UNKNOWN"


def test_nothing_more_is_asked_where_everybody_is_found():
    """A check about somebody who is known costs no look at the tombstones."""
    asked = [SimpleNamespace(item=SimpleNamespace(scheme=one)) for one in ("email", "", "crm")]
    nobody, somebody = (None,), (b"id",)

    assert facts.strangers(asked, [somebody] * 3) == []
    assert facts.strangers(asked, [nobody, nobody, somebody]) == [0]
