"""Another company's ids are ids of nothing, in every place an id can be given."""

import uuid

import pytest

from tests.api import house
from tests.api.house import least, problem
from tests.portal.world import OFFERS

pytestmark = pytest.mark.req("P9")


@pytest.fixture
def theirs(tulip, bela):
    """The other company's person and the line of her yes."""
    return tulip.yes(bela)


def unknown(path):
    """The path with an id of nothing at all."""
    return path.format(uuid.UUID(int=7))


@pytest.mark.parametrize(
    ("path", "code"),
    [("/consents/{}", "consent_missing"), ("/receipts/{}", "consent_missing")],
)
def test_their_lines(api, theirs, path, code, unchanged):
    unchanged()

    foreign = problem(api.get(path.format(theirs.id)), 404, code)
    nothing = problem(api.get(unknown(path)), 404, code)

    assert {**foreign, "request_id": ""} == {**nothing, "request_id": ""}


@pytest.mark.parametrize(
    ("path", "query"),
    [("/consents", {}), ("/consents", {"purpose": OFFERS}), ("/consents/history", {})],
)
def test_what_their_people_chose(api, bela, theirs, path, query, unchanged):
    unchanged()

    problem(api.get(path, {"subject": bela.id, **query}), 404, "subject_unknown")


def test_the_facts_about_their_people(api, bela, unchanged):
    unchanged()

    problem(api.get(f"/subjects/{bela.id}"), 404, "subject_unknown")


def test_their_people_by_identifier(api, bela, entries):
    response = api.post("/subjects/find", {"scheme": "email", "value": "bela@example.in"})

    problem(response, 404, "subject_unknown")
    assert [entry.subject_id for entry in entries("person:searched")] == [None]


@pytest.mark.parametrize("path", ["/consents", "/consents/withdraw"])
@pytest.mark.parametrize("by_identifier", [False, True])
def test_choices_of_their_people(api, bela, theirs, path, by_identifier, unchanged):
    named = {"subject": "bela@example.in", "scheme": "email"} if by_identifier else {}
    unchanged()

    problem(api.post(path, {**least(bela), **named}), 404, "subject_unknown")


@pytest.mark.parametrize("state", ["given", "refused", "requested"])
def test_their_notices(api, asha, tulip, state, unchanged):
    unchanged()

    for notice in (tulip.notice.id, uuid.UUID(int=7)):
        response = api.post("/consents", least(asha, state=state, notice=str(notice)))
        problem(response, 422, "notice_not_in_force")


@pytest.mark.parametrize("giver", ["parent", "guardian", "agent"])
def test_their_people_as_guardians(api, asha, bela, giver, unchanged):
    unchanged()

    response = api.post("/consents", least(asha, given_by=giver, guardian=str(bela.id)))

    assert response.status_code == (400 if giver == "agent" else 422)


def test_their_lines_as_cursors(api, asha, lotus, theirs):
    lotus.yes(asha)

    response = api.get("/consents/history", {"subject": asha.id, "cursor": theirs.id})

    problem(response, 400, "cursor_unknown")


def test_their_purposes_and_words(api, tulip, lotus):
    tulip.republish(introduction="Words of Tulip.")

    codes = api.get("/purposes").json()["items"]
    words = api.get("/notices", {"purpose": OFFERS}).json()

    assert len(codes) == 4
    assert words["version"] == str(lotus.notice.id)


def test_the_same_identifier_may_be_known_to_both(api, tulip, bela, lotus):
    body = {"identifiers": [{"scheme": "email", "value": "bela@example.in"}]}

    made = api.post("/subjects", body)

    assert made.status_code == 201
    assert made.json()["id"] != str(bela.id)


def test_one_key_of_theirs_is_no_key_of_ours(tulip, api, asha, lotus):
    other = house.caller(tulip)
    api.post("/consents", least(asha), Idempotency_Key="case-7")

    response = other.post("/consents", least(asha), Idempotency_Key="case-7")

    problem(response, 404, "subject_unknown")
