import pytest

from consent import services as consent
from consent.services.choices import record_many
from consent.transitions import State
from tests.api.house import pointers, problem
from tests.portal.world import AUTHOR, MAPS, OFFERS, SURVEYS

PATH = "/consents/history"


@pytest.mark.req("P11")
def test_it_works(api, asha, lotus, entries):
    first = lotus.yes(asha)
    second = lotus.yes(asha)

    response = api.get(PATH, {"subject": asha.id})

    assert response.status_code == 200
    body = response.json()
    assert [one["id"] for one in body["items"]] == [str(second.id), str(first.id)]
    assert [one["state"] for one in body["items"]] == ["renewed", "given"]
    assert body["next_cursor"] is None
    (entry,) = entries("record:read")
    assert entry.subject_id == asha.id


def test_pages_give_every_line_once_whatever_is_written_meanwhile(api, asha, lotus):
    lines = [str(lotus.yes(asha).id) for _ in range(5)]
    seen, cursor = [], {}

    while cursor is not None:
        page = api.get(PATH, {"subject": asha.id, "limit": 2, **cursor}).json()
        seen += [one["id"] for one in page["items"]]
        lotus.yes(asha)
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None

    assert seen == lines[::-1]


def test_lines_of_one_transaction_have_an_order(api, asha, lotus):
    choice = consent.Choice(
        subject_id=asha.id, purpose=OFFERS, state=State.GIVEN, method="button", language="en"
    )
    record_many(by=AUTHOR, controller_id=lotus.id, choices=[choice] * 3)
    whole = api.get(PATH, {"subject": asha.id}).json()["items"]

    paged = []
    cursor = {}
    while cursor is not None:
        page = api.get(PATH, {"subject": asha.id, "limit": 1, **cursor}).json()
        paged += page["items"]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None

    assert paged == whole


def test_one_purpose_can_be_asked_for_and_others_are_not_shown(api, asha, lotus):
    for purpose in (OFFERS, SURVEYS, MAPS):
        lotus.yes(asha, purpose)

    def purposes(**query):
        found = api.get(PATH, {"subject": asha.id, **query}).json()["items"]
        return [one["purpose"] for one in found]

    assert purposes() == [SURVEYS, OFFERS]
    assert purposes(purpose=OFFERS) == [OFFERS]
    response = api.get(PATH, {"subject": asha.id, "purpose": MAPS})
    problem(response, 403, "purpose_not_registered")


def test_a_cursor_of_another_list_is_refused(api, asha, lotus):
    maps = lotus.yes(asha, MAPS)
    ravi = lotus.yes(lotus.person("ravi@example.in"))

    for cursor in (maps.id, ravi.id):
        response = api.get(PATH, {"subject": asha.id, "cursor": cursor})
        problem(response, 400, "cursor_unknown")


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"limit": 0}, ("/limit", "min_value")),
        ({"limit": 101}, ("/limit", "max_value")),
        ({"limit": "many"}, ("/limit", "invalid")),
        ({"cursor": "asha"}, ("/cursor", "invalid")),
        ({"purpose": "Asha!"}, ("/purpose", "invalid")),
        ({"purpose": "a\x00b"}, ("/purpose", "null_characters_not_allowed")),
    ],
)
def test_a_wrong_query_is_refused(api, asha, query, fault):
    assert fault in pointers(api.get(PATH, {"subject": asha.id, **query}))
