"""What is sent is a CloudEvent 1.0, small, and names nobody."""

import json
import re
from datetime import UTC, datetime
from uuid import UUID

import jsonschema
import pytest

from consent.feed import bodies
from consent.services import outgoing
from tests.consent.feed.telling import tell

pytestmark = pytest.mark.req("INT-01")

TEXT = {"type": "string", "minLength": 1}
CLOUD_EVENT = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "source", "specversion", "type"],
    "properties": {
        "id": TEXT, "source": {**TEXT, "format": "uri-reference"}, "specversion": {"const": "1.0"},
        "type": TEXT, "subject": TEXT, "time": {**TEXT, "format": "date-time"},
        "datacontenttype": TEXT, "dataschema": {**TEXT, "format": "uri"}, "data": {},
    },
    "propertyNames": {"pattern": "^[a-z0-9]{1,20}$"},
    "not": {"required": ["data", "data_base64"]},
}  # fmt: skip
"""The attributes of CloudEvents 1.0.2 and of its JSON format."""
CHECKER = jsonschema.FormatChecker()
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
LETTER = bodies.Letter(
    UUID(int=1), UUID(int=2), 12, UUID(int=3), "consent.withdrawn", "marketing.email.offers", "",
    UUID(int=4), datetime(2026, 11, 2, 9, 14, 7, tzinfo=UTC),
    datetime(2026, 11, 2, 9, 14, 8, tzinfo=UTC),
)  # fmt: skip


def is_valid(event):
    jsonschema.validate(event, CLOUD_EVENT, format_checker=CHECKER)
    return True


@pytest.mark.parametrize("kind", outgoing.KINDS)
def test_every_kind_is_a_cloud_event(kind):
    event = json.loads(bodies.body(LETTER._replace(kind=kind)))

    assert is_valid(event)
    assert event["type"] == f"org.sammati.{kind}"
    assert RFC_3339.fullmatch(event["time"])


@pytest.mark.parametrize("change", [{"specversion": "0.3"}, {"id": ""}, {"Bad-Name": 1}])
def test_the_schema_can_refuse(change):
    with pytest.raises(jsonschema.ValidationError):
        is_valid({**bodies.event(LETTER), **change})


def test_what_is_sent_is_one_too_and_says_nothing_more(lotus, asha, ear, mailer):
    lotus.yes(asha)
    tell()

    (heard,) = ear.heard
    assert is_valid(heard.event)
    assert heard.headers["content-type"] == "application/cloudevents+json"
    assert heard.headers["webhook-id"] == heard.event["id"]
    assert heard.event["source"] == f"urn:uuid:{lotus.id}"
    assert set(heard.event["data"]) == {"subject", "kind", "purpose", "record", "recorded_at"}
    assert heard.event["data"]["subject"] == str(asha.id)
    assert b"asha" not in heard.raw
    assert len(heard.raw) < 1024


def test_the_same_letter_has_the_same_bytes():
    assert bodies.body(LETTER) == bodies.body(LETTER._replace())


def test_sequences_sort_as_text():
    written = [bodies.event(LETTER._replace(position=n))["sequence"] for n in (1, 2, 10, 10**18)]

    assert written == sorted(written)
