"""Every entry has the published form, whoever wrote it and through whichever door."""

import uuid

import jsonschema
import pytest

from tests.api import house as api
from tests.audit.schema import SCHEMA, VALIDATOR, entries
from tests.desk import house
from tests.portal import world

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-02")]
HERE = {"REMOTE_ADDR": "203.0.113.77"}
ENTRY = {
    "id": "019a0000-0000-7000-8000-000000000001", "at": 1, "event": "purpose:approved",
    "actor": {"type": "officer", "id": "o"}, "target": {"type": "purpose", "id": "p"}, "data": {},
}  # fmt: skip


@pytest.mark.req("BRD-LG2")
def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(ENTRY)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "1"}, {"at": "now"}, {"event": "approved"}, {"actor": {"type": "robot", "id": "r"}},
        {"target": {"type": "purpose"}}, {"data": None}, {"subject": "asha@example.in"},
        {"purpose": ""}, {"more": 1}, {"event": "consent:given"}, {"door": {}},
        {"door": {"request": "order-77"}}, {"door": {"network": "203.0.113.77"}},
        {"door": {"network": "203.0.113.77/24"}}, {"door": {"network": "2001:db8::1"}},
        {"actor": {"type": "officer", "id": "o", "name": "Olga"}},
    ],
)  # fmt: skip
def test_the_schema_can_refuse(change):
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**ENTRY, **change})


def test_everything_that_a_company_has_recorded_has_this_form():
    house.make()

    found = entries()

    assert len({entry["event"] for entry in found}) > 40
    assert {entry["actor"]["type"] for entry in found} >= {"service", "system"}
    assert not any("door" in entry for entry in found)  # no request and no job wrote these


def test_an_officers_look_says_request_and_network():
    lotus = house.make()
    desk = house.signed_in(house.officer(lotus, "ada", "auditor"))
    before = len(entries())

    answer = desk.get("/admin/audit/entryindex/", **HERE)

    *_, entry = entries()
    assert len(entries()) > before
    assert entry["actor"]["type"] == "officer"
    assert entry["door"] == {
        "request": answer.headers["X-Request-ID"], "network": "203.0.113.0/24",
    }  # fmt: skip


def test_a_services_call_says_its_own_request_id():
    company = world.make()
    caller = api.caller(company)
    person, mine = company.person(), uuid.uuid4().hex
    caller.client.defaults.update(HERE)

    answer = caller.post(
        "/subjects/find", {"scheme": "email", "value": "asha@example.in"}, X_Request_ID=mine
    )

    assert answer.json() == {"id": str(person.id)}
    *_, entry = entries()
    assert entry["actor"]["type"] == "service"
    assert entry["door"] == {"request": mine, "network": "203.0.113.0/24"}
