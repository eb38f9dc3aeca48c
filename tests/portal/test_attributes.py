"""The portal's page of volunteered attributes: offered by the person alone, and taken back."""

import re

import pytest

from audit.models import EntryIndex
from policies.wishes import selectors as wishes
from policies.wishes import services
from tests.factories import policies
from tests.portal.world import AUTHOR, OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-14", "CON-21")]
PAGE, CHOICES = "/privacy/attributes/", "/privacy/choices/"


@pytest.fixture
def spared(company):
    """A rule that spares one attribute for offers, where the person volunteered it."""
    policies.in_force(
        company.id,
        policies.rule(
            "no_diet", unless_volunteered=True, purposes=[OFFERS],
            attributes=["health.diet", "health.heart.*"],
        ),
    )  # fmt: skip


def held(company, asha):
    return wishes.volunteered(company.id, asha.id)


def buttons(client):
    return re.findall(r'name="do" value="(\w+)"', client.get(PAGE).content.decode())


def send(client, do, attribute="health.diet", purpose=OFFERS):
    return client.post(PAGE, {"do": do, "purpose": purpose, "attribute": attribute})


def test_is_offered_and_taken_back_in_one_step_each(asha_in, company, asha, spared):
    assert buttons(asha_in) == ["offer"]

    assert send(asha_in, "offer").status_code == 303
    assert held(company, asha) == [(OFFERS, "health.diet")]
    assert buttons(asha_in) == ["take_back"]

    assert send(asha_in, "take_back").status_code == 303
    assert held(company, asha) == []
    assert EntryIndex.objects.filter(event="attribute:volunteered", actor_type="subject").exists()


def test_is_spoken_of_only_where_a_rule_spares_something(asha_in, company):
    assert PAGE not in asha_in.get(CHOICES).content.decode()

    policies.in_force(company.id, policies.rule(unless_volunteered=True, attributes=["taste"]))

    assert PAGE in asha_in.get(CHOICES).content.decode()


@pytest.mark.parametrize("attribute", ["health.heart.rate", "anything", "", "a b"])
def test_what_no_rule_names_is_not_taken(asha_in, company, asha, spared, attribute):
    send(asha_in, "offer", attribute)

    assert held(company, asha) == []


def test_what_a_rule_spares_for_one_purpose_is_not_taken_for_another(
    asha_in, company, asha, spared
):
    send(asha_in, "offer", purpose=SURVEYS)

    assert held(company, asha) == []


def test_what_was_offered_elsewhere_is_seen_and_taken_back_though_no_rule_spares_it(
    asha_in, company, asha
):
    services.volunteer(
        by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS,
        attributes=["taste"],
    )  # fmt: skip

    assert buttons(asha_in) == ["take_back"]
    send(asha_in, "take_back", "taste")
    assert held(company, asha) == []


def test_anything_unclear_takes_back(asha_in, company, asha, spared):
    send(asha_in, "offer")

    send(asha_in, "perhaps")

    assert held(company, asha) == []


def test_an_unknown_purpose_is_told_of_and_nothing_is_written(asha_in, spared):
    answer = send(asha_in, "take_back", purpose="no.such")

    assert answer.status_code == 422
    assert "could not be recorded" in answer.content.decode()
