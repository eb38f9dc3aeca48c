"""An officer of several companies can tell services apart that are called alike."""

import pytest

from accounts import selectors
from tests.factories.company import company

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-16")]


@pytest.fixture
def lotus():
    return company("lotus", name="Lotus")


@pytest.fixture
def neem():
    return company("neem", name="Neem")


def test_of_one_company_the_name_is_enough(lotus, neem):
    assert selectors.service_names([lotus.id]) == {str(lotus.service.id): lotus.service.name}


def test_of_several_each_says_whose_it_is(lotus, neem):
    assert lotus.service.name == neem.service.name

    found = selectors.service_names([lotus.id, neem.id])

    assert found == {
        str(lotus.service.id): f"{lotus.service.name} · Lotus",
        str(neem.service.id): f"{neem.service.name} · Neem",
    }


def test_of_none_there_are_none():
    assert selectors.service_names([]) == {}
