"""The portal's page on which a person has their data put right."""

import pytest

from registry import services as registry
from rights import services
from rights.models import Request
from rights.references import reference
from tests.portal import world

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-06", "ERA-17")]
PAGE = "/privacy/corrections/"
RIGHT = "asha.r@example.in"


def send(client, attribute="email", value=RIGHT):
    return client.post(PAGE, {"attribute": attribute, "value": value})


def test_one_step_asks_and_the_page_says_how_far_it_is(asha_in, asha):
    assert 'value="email"' in asha_in.get(PAGE).content.decode()

    answer = send(asha_in)

    found = Request.objects.get(subject_id=asha.id)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/privacy/requests/{found.id}/"
    assert (found.kind, found.attribute, found.state) == ("correction", "email", "working")
    page = asha_in.get(PAGE).content.decode()
    assert f"/privacy/requests/{found.id}/" in page
    assert RIGHT not in page
    assert "put data right" in asha_in.get(answer.headers["Location"]).content.decode()


def test_who_asked_sees_what_is_stored_beside_it_and_nobody_else_does(asha_in, asha, client):
    where = send(asha_in).headers["Location"]
    code = reference(Request.objects.get(subject_id=asha.id))

    own = asha_in.get(where).content.decode()
    followed = asha_in.get(f"/privacy/followed/{code}/").content.decode()

    assert own.index("What is stored about you") < own.index("<bdi>asha@example.in</bdi>")
    assert own.index("What is right") < own.index(f"<bdi>{RIGHT}</bdi>")
    assert RIGHT not in followed
    assert "<bdi>asha@example.in</bdi>" not in followed
    assert client.get(where).headers["Location"] == "/privacy/sign-in/"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "yes"), (7, "7"), ("Pune", "Pune"),
        ({"country": "IN", "lines": "4 Lake Road"}, "4 Lake Road, IN"),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_it_is_read(asha_in, asha, company, monkeypatch, value, shown):
    where = send(asha_in).headers["Location"]
    both = services.Compared("Home", (value,), value)
    monkeypatch.setattr(services, "compare", lambda **_: both)

    assert asha_in.get(where).content.decode().count(f"<bdi>{shown}</bdi>") == 2


@pytest.mark.parametrize(
    ("attribute", "value"), [("email", "nobody"), ("email", ""), ("shoe", "42"), ("crm", "7")]
)
def test_what_cannot_be_asked_for_is_said_and_asked_again(asha_in, asha, attribute, value):
    answer = send(asha_in, attribute, value)

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not Request.objects.filter(subject_id=asha.id).exists()


def test_what_is_being_put_right_is_said_and_not_asked_for_twice(asha_in, asha, company):
    send(asha_in)
    (found,) = Request.objects.filter(subject_id=asha.id)
    services.accept(by=world.AUTHOR, controller_id=company.id, request_id=found.id)

    answer = send(asha_in, value="asha.rao2@example.in")

    assert answer.status_code == 409
    assert "This is being put right already." in answer.content.decode()


def test_so_much_is_asked_for_in_a_day_and_no_more(asha_in):
    for _ in range(20):
        assert send(asha_in).status_code == 303

    assert send(asha_in).status_code == 429


def test_data_are_called_what_people_call_them(asha_in, asha, company, client):
    registry.record_category(
        by=world.AUTHOR, controller_id=company.id, code="pd:EmailAddress", name="Your address"
    )
    own = asha_in.get(send(asha_in).headers["Location"]).content.decode()
    code = reference(Request.objects.get(subject_id=asha.id))
    followed = client.get(f"/privacy/followed/{code}/").content.decode()
    listed = asha_in.get("/privacy/requests/").content.decode()

    assert "<dt>Data</dt><dd>Your address</dd>" in followed
    assert "<bdi>Your address</bdi>" in listed
    assert "pd:EmailAddress" not in own + followed + listed


def test_only_who_is_signed_in_sees_it(client):
    assert client.get(PAGE).headers["Location"] == "/privacy/sign-in/"
