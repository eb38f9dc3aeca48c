"""What may be kept on a device: asked without a script, and carried over at sign-in."""

import pytest
from django.test import Client

from consent import selectors as consent
from consent.models import DeviceChoice
from tests.portal import world

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-32")]
NO = dict.fromkeys(("functional", "analytics", "advertising"), "no")
YES = dict.fromkeys(NO, "yes")


@pytest.fixture
def other(db):
    return world.make("tulip", "Tulip", "NL")


def path(company):
    return f"/privacy/{company.slug}/device/"


def allowed(client, company):
    """The categories that the page shows as on."""
    shown = client.get(path(company)).context["categories"]
    return {code for code, _, _, is_on in shown if is_on}


def opted_out(company, person):
    return [one.method for one in consent.objections(company.id, person.id)]


@pytest.mark.req("BRD-CK1")
def test_nothing_is_on_and_nothing_is_kept_before_an_answer(client, company):
    assert allowed(client, company) == set()
    assert "device" not in client.cookies
    assert not DeviceChoice.objects.exists()


def test_an_answer_is_kept_under_a_random_key(client, company):
    answer = client.post(path(company), {**NO, "analytics": "yes"})

    assert answer.status_code == 303
    cookie = answer.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/privacy/")
    assert allowed(client, company) == {"analytics"}
    assert DeviceChoice.objects.count() == 3


@pytest.mark.req("BRD-CK1")
def test_one_button_refuses_everything(client, company):
    client.post(path(company), YES)

    client.post(path(company), {**YES, "all": "no"})

    assert allowed(client, company) == set()


@pytest.mark.parametrize("said", [{}, {**NO, "analytics": "on"}, {"functional": "yes"}])
def test_what_is_unclear_changes_nothing(client, company, said):
    answer = client.post(path(company), said)

    assert answer.status_code == 422
    assert not DeviceChoice.objects.exists()


def test_a_key_of_another_form_is_not_taken(client, company):
    client.cookies["device"] = "my-own-key"

    client.post(path(company), NO)

    assert client.cookies["device"].value != "my-own-key"


@pytest.mark.req("POL-20")
def test_a_signal_keeps_advertising_off(client, company):
    client.post(path(company), YES, headers={"Sec-GPC": "1"})

    assert allowed(client, company) == {"functional", "analytics"}


def test_a_refusal_becomes_the_persons_at_sign_in(company, asha, ask_link):
    client = Client()
    client.post(path(company), {**YES, "advertising": "no", "analytics": "no"})

    client.post(ask_link(company, client=client))

    own = DeviceChoice.objects.filter(subject=asha).values_list("category", "is_allowed")
    assert set(own) == {("analytics", False), ("advertising", False)}
    assert opted_out(company, asha) == ["device"]


def test_a_refusal_elsewhere_counts_here_once_somebody_is_signed_in(company, asha, ask_link):
    first, second = Client(), Client()
    first.post(path(company), {**YES, "analytics": "no"})
    first.post(ask_link(company, client=first))
    second.post(path(company), YES)
    assert allowed(second, company) == set(YES)

    second.post(ask_link(company, client=second))

    assert allowed(second, company) == {"functional", "advertising"}


def test_who_is_signed_in_may_allow_it_again(asha_in, company, asha):
    asha_in.post(path(company), NO)
    asha_in.post(path(company), YES)

    assert allowed(asha_in, company) == {"functional", "analytics"}
    assert opted_out(company, asha) == ["portal"]  # the opt-out is taken back by itself


@pytest.mark.req("P9")
def test_an_answer_to_one_company_is_none_to_another(client, company, other):
    client.post(path(company), YES)

    assert allowed(client, other) == set()
