"""Services search the log for what concerns their purposes, and nobody else's."""

import pytest
from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from audit.selectors import payload
from subjects.services import ref
from tests.api import house
from tests.api.house import pointers, problem
from tests.portal.world import MAPS, OFFERS, SURVEYS

PATH = "/audit"
pytestmark = pytest.mark.req("AUD-09")


def decide(company, person=None, **parts):
    """An entry such as the decision point leaves; its id as text."""
    parts = {
        "event": "decision:made", "by": Actor("service", "svc"), "purpose": OFFERS,
        "target": Target("decision", "d"), "outcome": "deny", "reason_code": "CONSENT_WITHDRAWN",
        "subject": ref(person) if person else None, **parts,
    }  # fmt: skip
    with transaction.atomic():
        return str(audit.record(controller_id=company.id, **parts))


def ids(response):
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["items"]]


@pytest.mark.req("P11")
def test_it_works(api, asha, lotus, entries):
    entry = decide(lotus, asha)

    response = api.get(PATH, {"outcome": "deny"})

    assert response.json() == {
        "items": [
            {
                "id": entry, "at": response.json()["items"][0]["at"], "event": "decision:made",
                "actor": {"type": "service", "id": "svc"},
                "target": {"type": "decision", "id": "d"},
                "subject": str(asha.id), "purpose": OFFERS, "outcome": "deny",
                "reason_code": "CONSENT_WITHDRAWN",
            }
        ],
        "next_cursor": None, "looked_back_to": None,
    }  # fmt: skip
    (read,) = entries("record:read")
    assert read.subject_id == asha.id
    said = payload(read.id)
    assert said["subject"] == str(asha.pseudonym)
    assert said["data"] == {"what": "audit", "filters": ["outcome"], "shown": 1}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"subject": True}, [0]), ({"purpose": SURVEYS, "outcome": "permit"}, [1]),
        ({"event": "consent:given"}, []),
        ({"actor": "other"}, [1]), ({"actor_type": "officer"}, []), ({"target": "x"}, [1]),
        ({"outcome": "permit"}, [1]), ({"reason": "CONSENT_WITHDRAWN"}, [0]),
        ({"reason": "withdrawn"}, [0]), ({"reason": "OUR_OWN"}, [1]), ({"reason": "nowhere"}, []),
        ({"since": "2000-01-01T00:00:00Z"}, [1, 0]), ({"until": "2000-01-01T00:00:00Z"}, []),
        ({"event": "decision:made", "outcome": "deny"}, [0]),
        ({"event": "decision:made", "outcome": "deny", "actor": "other"}, []),
    ],
)  # fmt: skip
def test_every_filter_filters(api, asha, lotus, asked, found):
    made = [
        decide(lotus, asha),
        decide(lotus, purpose=SURVEYS, by=Actor("service", "other"), target=Target("t", "x"),
               outcome="permit", reason_code="OUR_OWN"),
    ]  # fmt: skip
    if "subject" in asked:
        asked = {"subject": asha.id, "event": "decision:made"}
    elif {"since", "until"} & asked.keys():
        asked = {**asked, "event": "decision:made"}

    assert ids(api.get(PATH, asked)) == [made[number] for number in found]


def test_pages_give_every_entry_once_whatever_is_written_meanwhile(api, lotus):
    made = [decide(lotus) for _ in range(5)]
    seen, cursor = [], {}

    while cursor is not None:
        response = api.get(PATH, {"event": "decision:made", "limit": 2, **cursor})
        seen += ids(response)
        decide(lotus)
        following = response.json()["next_cursor"]
        cursor = {"cursor": following} if following else None

    assert seen == made[::-1]


@pytest.mark.req("P9")
class TestScope:
    def test_is_the_purposes_of_the_service(self, api, asha, lotus):
        mine = decide(lotus)
        decide(lotus, purpose=MAPS)
        decide(lotus, purpose="")

        assert ids(api.get(PATH, {"event": "decision:made"})) == [mine]
        problem(api.get(PATH, {"purpose": MAPS}), 403, "purpose_not_registered")

    def test_of_a_service_without_purposes_is_nothing(self, lotus):
        decide(lotus)
        idle = house.caller(lotus, code="idle", purposes=())

        assert ids(idle.get(PATH)) == []

    def test_ends_at_the_controller(self, api, lotus, tulip, bela):
        decide(tulip, bela)

        assert ids(api.get(PATH, {"event": "decision:made"})) == []
        assert ids(api.get(PATH, {"subject": bela.id})) == []

    def test_of_another_service_or_company_takes_no_cursor_of_ours(self, api, lotus, tulip):
        for _ in range(3):
            decide(lotus)
            decide(tulip)
        cursor = api.get(PATH, {"limit": 1}).json()["next_cursor"]
        asked = {"limit": 1, "cursor": cursor}

        for other in (
            house.caller(tulip), house.caller(lotus, code="narrow", purposes=(OFFERS,)),
        ):  # fmt: skip
            body = problem(other.get(PATH, asked), 422, "cursor_invalid")
            assert "another search" in body["detail"]
        assert api.get(PATH, asked).status_code == 200

    def test_needs_a_key(self, db):
        problem(house.Api(None).get(PATH), 401, "not_authenticated")


class TestBadInput:
    @pytest.mark.parametrize(
        ("asked", "pointer"),
        [
            ({"subject": "asha"}, "/subject"), ({"event": "no:such"}, "/event"),
            ({"actor_type": "robot"}, "/actor_type"), ({"purpose": "A B"}, "/purpose"),
            ({"since": "yesterday"}, "/since"), ({"limit": "0"}, "/limit"),
            ({"limit": "201"}, "/limit"), ({"offset": "1"}, "/offset"),
            ({"outcome": "D'); --"}, "/outcome"), ({"actor": "x" * 81}, "/actor"),
            ({"cursor": "x" * 201}, "/cursor"), ({"actor": "a\0b"}, "/actor"),
        ],
    )  # fmt: skip
    def test_is_named_and_not_repeated(self, api, asked, pointer):
        assert pointer in {one for one, _ in pointers(api.get(PATH, asked))}

    def test_of_a_made_up_cursor_is_refused(self, api, lotus):
        for cursor in ("x", "AAAA", "x" * 200, "%00"):
            problem(api.get(PATH, {"cursor": cursor}), 422, "cursor_invalid")

    def test_of_a_cursor_with_changed_filters_is_refused(self, api, lotus):
        decide(lotus)
        decide(lotus)
        cursor = api.get(PATH, {"limit": 1}).json()["next_cursor"]

        changed = api.get(PATH, {"limit": 1, "cursor": cursor, "outcome": "deny"})

        assert "another search" in problem(changed, 422, "cursor_invalid")["detail"]


@pytest.mark.req("P11")
def test_what_cannot_be_recorded_is_not_shown(api, asha, lotus, broken_log):
    decide(lotus, asha)

    with broken_log:
        response = api.get(PATH)

    body = problem(response, 503, "read_not_recorded")
    assert str(asha.id) not in str(body)
