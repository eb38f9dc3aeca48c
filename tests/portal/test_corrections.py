"""The portal's page on which a person has their data put right."""

import pytest

from rights.models import Request

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


@pytest.mark.parametrize(
    ("attribute", "value"), [("email", "nobody"), ("email", ""), ("shoe", "42"), ("crm", "7")]
)
def test_what_cannot_be_asked_for_is_said_and_asked_again(asha_in, asha, attribute, value):
    answer = send(asha_in, attribute, value)

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not Request.objects.filter(subject_id=asha.id).exists()


def test_so_much_is_asked_for_in_a_day_and_no_more(asha_in):
    for _ in range(20):
        assert send(asha_in).status_code == 303

    assert send(asha_in).status_code == 429


def test_only_who_is_signed_in_sees_it(client):
    assert client.get(PAGE).headers["Location"] == "/privacy/sign-in/"
