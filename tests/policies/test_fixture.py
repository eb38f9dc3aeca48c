"""AuthZEN's certification scenario, asked over HTTP of its own tenant and of one beside it."""

import json

import pytest
from django.core.management import call_command

from accounts.models import Controller
from audit.models import EntryIndex
from policies.pdp import fixture
from tests.factories.company import EVALUATION, EVALUATIONS
from tests.policies.searches import ACTION, RESOURCE, SUBJECT

pytestmark = pytest.mark.req("POL-06")

ALICE, BOB = {"type": "user", "id": "alice"}, {"type": "user", "id": "bob"}
ADMIN = {**BOB, "properties": {"role": "admin"}}
ACTIVE, SECOND = {"type": "record", "id": "record-1"}, {"type": "record", "id": "record-2"}
ARCHIVED = {**SECOND, "properties": {"status": "archived"}}
READ, WRITE = {"name": "read"}, {"name": "write"}
SOFT, HARD = ({"name": "delete", "properties": {"soft": one}} for one in (True, False))
DECISIONS = [
    (ALICE, READ, ACTIVE, True), (ALICE, WRITE, ACTIVE, True), (BOB, READ, ACTIVE, True),
    (BOB, WRITE, ACTIVE, False), (ALICE, WRITE, ARCHIVED, False), (ADMIN, WRITE, ARCHIVED, True),
    (ALICE, SOFT, ACTIVE, True), (ALICE, HARD, ACTIVE, False),
]  # fmt: skip
CONTEXT = {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}


def question(subject, action, resource):
    return {"subject": subject, "action": action, "resource": resource}


@pytest.fixture
def key(transactional_db, capsys):
    """What the harness asks with."""
    call_command("seed_authzen")
    return {"Authorization": f"Bearer {capsys.readouterr().out.strip()}"}


@pytest.fixture
def asks(http, key):
    def ask(path, body, headers=key):
        answer = http.post(path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def test_has_its_eight_decisions_with_and_without_context(asks):
    for *who, expected in DECISIONS:
        body = question(*who)
        assert asks(EVALUATION, body)["decision"] is expected, body
        assert asks(EVALUATION, {**body, "context": CONTEXT})["decision"] is expected


def test_has_them_in_a_batch_that_takes_what_is_absent_from_the_top(asks):
    items = [{**question(*who), "context": CONTEXT} for *who, _ in DECISIONS]
    shared = {"subject": ALICE, "action": READ, "evaluations": [{"resource": ACTIVE}]}
    stopped = {"evaluations": items, "options": {"evaluations_semantic": "deny_on_first_deny"}}

    found = asks(EVALUATIONS, {"evaluations": items})["evaluations"]

    assert [one["decision"] for one in found] == [expected for *_, expected in DECISIONS]
    assert [one["decision"] for one in asks(EVALUATIONS, shared)["evaluations"]] == [True]
    assert [one["decision"] for one in asks(EVALUATIONS, stopped)["evaluations"]] == [
        True, True, True, False,
    ]  # fmt: skip


@pytest.mark.req("POL-06", "POL-03")
@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (SUBJECT, question({"type": "user"}, READ, ACTIVE), {"alice", "bob"}),
        (SUBJECT, question(ALICE, READ, ACTIVE), {"alice", "bob"}),
        (RESOURCE, question(ALICE, READ, {"type": "record"}), {"record-1", "record-2"}),
        (RESOURCE, question(ALICE, WRITE, ACTIVE), {"record-1"}),
        (ACTION, {"subject": ALICE, "resource": ACTIVE}, {"read", "write"}),
        (SUBJECT, question({"type": "user"}, WRITE, ARCHIVED), {"bob"}),
        (RESOURCE, question(ADMIN, WRITE, {"type": "record"}), {"record-2"}),
        (ACTION, {"subject": ADMIN, "resource": ARCHIVED}, {"read", "write"}),
        (ACTION, {"subject": {"type": "user", "id": "nobody"}, "resource": ACTIVE}, set()),
        (SUBJECT, question({"type": "spaceship"}, READ, ACTIVE), set()),
        (RESOURCE, question(ALICE, READ, {"type": "spaceship"}), set()),
    ],
)
def test_is_searched(asks, path, body, expected):
    found = asks(path, {**body, "context": CONTEXT})

    assert {one.get("id") or one["name"] for one in found["results"]} == expected


@pytest.mark.req("POL-06", "POL-03")
def test_is_searched_in_pages(asks):
    body = question({"type": "user"}, READ, ACTIVE)
    first = asks(SUBJECT, {**body, "page": {"limit": 1}})
    rest = asks(SUBJECT, {**body, "page": {"token": first["page"]["next_token"]}})

    found = [*first["results"], *rest["results"]]
    assert sorted(one["id"] for one in found) == ["alice", "bob"]
    assert rest["page"]["next_token"] == ""


def test_decides_by_registrations_and_consents_as_any_company(asks):
    found = asks(EVALUATION, question(ALICE, WRITE, ACTIVE))["context"]
    denied = asks(EVALUATION, question(BOB, WRITE, ACTIVE))["context"]

    assert found["basis"] == {"IN": "consent"}
    assert found["consent_record"]
    assert denied["reason_code"] == "CALLER_NOT_AUTHORISED"
    house = Controller.objects.get(slug="authzen-fixture")
    assert set(EntryIndex.objects.filter(event="decision:made").values_list(
        "controller_id", flat=True)) == {house.id}  # fmt: skip


@pytest.mark.req("POL-06", "P9")
class TestACompanyBesideIt:
    def test_knows_neither_its_users_nor_its_records(self, lotus, asks):
        for *who, _ in DECISIONS:
            answer = asks(EVALUATION, question(*who), lotus.headers)
            assert answer["decision"] is False
        found = asks(RESOURCE, question(ALICE, READ, {"type": "record"}), lotus.headers)
        assert found["results"] == []

    def test_decides_what_it_decided_before(self, lotus, http, transactional_db, ask, capsys):
        asha = lotus.person()
        lotus.yes(asha)
        before = ask(lotus, asha)["context"]

        call_command("seed_authzen")

        after = ask(lotus, asha)["context"]
        changing = ("decision_id", "valid_until")
        assert {k: v for k, v in before.items() if k not in changing} == {
            k: v for k, v in after.items() if k not in changing
        }
        assert "exercise" not in json.dumps(after)

    def test_is_not_opened_by_the_fixtures_key(self, lotus, asks):
        asha = lotus.person()
        lotus.yes(asha)

        assert asks(EVALUATION, lotus.question(asha))["decision"] is False


def test_the_command_gives_a_new_key_and_builds_once(key, asks, capsys):
    call_command("seed_authzen")
    second = {"Authorization": f"Bearer {capsys.readouterr().out.strip()}"}

    assert second != key
    assert asks(EVALUATION, question(ALICE, READ, ACTIVE), second)["decision"] is True
    assert Controller.objects.filter(slug="authzen-fixture").count() == 1
    assert set(fixture.RECORDS) == {"record-1", "record-2"}
