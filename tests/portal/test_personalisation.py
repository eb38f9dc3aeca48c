"""The switch that ends personalisation entirely, where the company's rules heed it."""

import re

import pytest

from audit.models import EntryIndex
from policies.wishes import selectors as wishes
from tests.factories import policies

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-14", "POR-05")]
CHOICES, SWITCH = "/privacy/choices/", "/privacy/personalisation/"
RULE = {
    "code": "off", "title": "Whoever wants none gets none", "match": {},
    "effect": {"kind": "off", "whom": "whoever_asked"},
    "text": {"en": "The person switched personalisation off."},
    "person": {"en": "You switched personalisation off."},
}  # fmt: skip


@pytest.fixture
def heeded(company):
    policies.in_force(company.id, RULE)


def section(client):
    page = client.get(CHOICES).content.decode()
    found = re.search(r'<section id="personalisation".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def buttons(text):
    return re.findall(r'<button name="to" value="(\w+)"', text)


def is_off(company, asha):
    return wishes.is_switched_off(company.id, asha.id)


def test_is_offered_only_where_a_rule_heeds_it(asha_in, company):
    assert not section(asha_in)

    everybody = {
        "effect": {"kind": "off", "whom": "everybody"},
        "match": {"purposes": ["marketing.*"]},
    }
    policies.in_force(company.id, {**RULE, **everybody})

    assert not section(asha_in)


def test_is_switched_off_and_on_again(asha_in, company, asha, heeded):
    assert buttons(section(asha_in)) == ["off"]

    answer = asha_in.post(SWITCH, {"to": "off"})

    assert (answer.status_code, answer["Location"]) == (303, f"{CHOICES}#personalisation")
    assert is_off(company, asha)
    assert buttons(section(asha_in)) == ["on"]
    asha_in.post(SWITCH, {"to": "on"})
    assert not is_off(company, asha)
    events = EntryIndex.objects.filter(event__startswith="personalisation:").order_by("id")
    assert list(events.values_list("event", "actor_type")) == [
        ("personalisation:switched_off", "subject"), ("personalisation:switched_on", "subject"),
    ]  # fmt: skip


@pytest.mark.parametrize("sent", [{}, {"to": ""}, {"to": "ON"}, {"to": "on off"}])
def test_what_is_unclear_switches_it_off(asha_in, company, asha, heeded, sent):
    asha_in.post(SWITCH, sent)

    assert is_off(company, asha)


def test_whoever_switched_it_off_still_sees_so_without_a_rule(asha_in, company, asha):
    asha_in.post(SWITCH, {"to": "off"})

    assert buttons(section(asha_in)) == ["on"]


def test_nobody_switches_it_by_following_a_link_or_signed_out(
    client, asha_in, company, asha, heeded
):
    assert asha_in.get(SWITCH).status_code == 405
    assert client.post(SWITCH, {"to": "off"}).status_code in {302, 303}
    assert not is_off(company, asha)
