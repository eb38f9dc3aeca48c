import pytest

from subjects import selectors
from subjects.models import Subject
from tests.api import house
from tests.api.house import pointers, problem

PATH = "/subjects"
LEAST = {"identifiers": [{"scheme": "crm", "value": "CRM-20417"}]}


def test_it_works(api, lotus, entries):
    response = api.post(PATH, LEAST)

    assert response.status_code == 201
    person = Subject.objects.get()
    assert response.json() == {"id": str(person.id)}
    assert response.headers["Location"] == f"/api/v1/subjects/{person.id}"
    assert selectors.find(lotus.id, "crm", "CRM-20417") == person
    assert (person.controller_id, person.residence, person.age_state) == (lotus.id, "", "unknown")
    (entry,) = entries("subject:created")
    assert (entry.actor_type, entry.subject_id) == ("service", person.id)


def test_all_facts_can_be_given(api):
    facts = {
        "residence": "IN", "region": "IN-KA", "time_zone": "Asia/Kolkata", "language": "kn",
        "age_state": "child", "age_assurance": "verified", "adult_on": "2031-05-06",
        "has_guardian": True,
    }  # fmt: skip

    made = api.post(PATH, {**LEAST, **facts}).json()

    shown = api.get(f"/subjects/{made['id']}").json()
    assert {name: shown[name] for name in facts} == facts


def test_a_taken_identifier_is_refused(api, asha):
    before = house.everything()
    taken = [{"scheme": "crm", "value": "CRM-1"}, {"scheme": "email", "value": "ASHA@example.in"}]

    problem(api.post(PATH, {"identifiers": taken}), 409, "identifier_taken")

    assert house.everything() == before


def test_the_same_identifier_twice_is_refused(api, unchanged):
    unchanged()

    problem(api.post(PATH, {"identifiers": LEAST["identifiers"] * 2}), 409, "identifier_taken")


@pytest.mark.parametrize(
    ("scheme", "value", "code"),
    [
        ("mind", "asha", "unknown_scheme"),
        ("email", "asha", "malformed_identifier"),
        ("phone", "99999", "malformed_identifier"),
    ],
)
def test_a_wrong_identifier_is_refused(api, scheme, value, code, unchanged):
    unchanged()

    problem(api.post(PATH, {"identifiers": [{"scheme": scheme, "value": value}]}), 422, code)


WRONG = [
    ({"identifiers": []}, ("/identifiers", "min_length")),
    ({"identifiers": "CRM-20417"}, ("/identifiers", "not_a_list")),
    ({"identifiers": ["CRM-20417"]}, ("/identifiers/0", "invalid")),
    ({"identifiers": [{"scheme": "crm"}]}, ("/identifiers/0/value", "required")),
    ({"identifiers": [{"scheme": "crm", "value": 99999}]}, ("/identifiers/0/value", "invalid")),
    (
        {"identifiers": [{"scheme": "crm", "value": "1", "asha x": 1}]},
        ("/identifiers/0/-", "unknown_member"),
    ),
    ({"identifiers": LEAST["identifiers"] * 21}, ("/identifiers", "max_length")),
    ({"residence": "India"}, ("/residence", "invalid")),
    ({"residence": "in"}, ("/residence", "invalid")),
    ({"region": "Asha Nagar 7"}, ("/region", "invalid")),
    ({"time_zone": "Asia/Asha"}, ("/time_zone", "time_zone")),
    ({"time_zone": "../../etc/passwd"}, ("/time_zone", "invalid")),
    ({"language": "Asha!"}, ("/language", "invalid")),
    ({"age_state": "Asha"}, ("/age_state", "invalid_choice")),
    ({"age_state": "child"}, ("/age_assurance", "age_pair")),
    ({"age_assurance": "verified"}, ("/age_assurance", "age_pair")),
    ({"adult_on": "2031-5-6"}, ("/adult_on", "form")),
    ({"adult_on": "2031-02-30"}, ("/adult_on", "form")),
    ({"adult_on": 20310506}, ("/adult_on", "form")),
    ({"adult_on": "9999-01-01"}, ("/adult_on", "form")),
    ({"has_guardian": "yes"}, ("/has_guardian", "invalid")),
    ({"pseudonym": "asha"}, ("/pseudonym", "unknown_member")),
]


def test_a_wrong_body_is_refused(api, unchanged, subtests):
    unchanged()

    for wrong, fault in WRONG:
        with subtests.test(wrong=wrong):
            assert fault in pointers(api.post(PATH, {**LEAST, **wrong}))
