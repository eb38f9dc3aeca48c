"""Who was found by a search and then says no is recalled from the service that searched."""

from datetime import timedelta

import pytest

from audit.models import EntryIndex
from policies.recalls import endpoints
from tests.factories.company import AUTHOR, OFFERS
from tests.policies.hearing import listening, work_off

pytestmark = pytest.mark.req("POL-03", "POL-10")


@pytest.fixture
def ear(lotus):
    """What hears the recalls of the company's service."""
    with listening() as found:
        endpoints.add_endpoint(
            by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, url=found.url
        )
        yield found


@pytest.fixture
def ravi(lotus):
    person = lotus.person("ravi@example.in")
    lotus.yes(person)
    return person


def test_the_service_hears_of_the_one_who_withdrew_and_of_the_page(lotus, asha, ravi, search, ear):
    found = search(lotus)

    lotus.withdraws(asha)
    work_off()

    (heard,) = ear.heard
    assert (heard.data["subject"], heard.data["purpose"]) == (str(asha.id), OFFERS)
    assert heard.data["decisions"] == [found["context"]["search_id"]]


def test_two_on_one_page_are_each_recalled(lotus, asha, ravi, search, ear):
    search(lotus)

    for person in (asha, ravi):
        lotus.withdraws(person)
        work_off()

    assert {one.data["subject"] for one in ear.heard} == {str(asha.id), str(ravi.id)}


def test_nobody_hears_of_a_page_that_is_over(lotus, asha, search, ear, superuser):
    entry_id = search(lotus)["context"]["search_id"]
    past = EntryIndex.objects.get(id=entry_id).at - timedelta(days=1)
    EntryIndex.objects.filter(id=entry_id).update(at=past)

    lotus.withdraws(asha)
    work_off()

    assert ear.heard == []


def test_nobody_hears_of_who_was_not_found(lotus, asha, search, ear):
    stranger = lotus.person("other@example.in")
    search(lotus)

    lotus.stands(stranger, "restricted")
    work_off()

    assert ear.heard == []
