"""The pages of parents and of children in a real browser: for everybody, in every language."""

import pytest
from playwright.sync_api import expect

from tests.browser import tools
from tests.consent.families import house
from tests.portal import world

pytestmark = [pytest.mark.browser, pytest.mark.req("CON-22", "POR-12")]


@pytest.fixture
def company(transactional_db):
    return world.make()


@pytest.fixture
def kid(company):
    return house.child(company)


@pytest.fixture
def mira(company, kid):
    """The verified mother of one child, whom another names."""
    found = house.mother(company)
    house.verified(company, kid, found)
    house.name(company, house.child(company, "second@example.in"), found)
    return found


def faults(page, places):
    found = []
    for place in places:
        for width in (1100, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"/privacy/{place}")
            found += tools.accessibility_faults(page) if width == 1100 else []
            found += [f"{place} {width}: {one}" for one in tools.small_targets(page)]
            found += [f"{place} {width}: wide"] if tools.overflows(page) else []
    return found


@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_every_page_is_for_everybody(company, kid, mira, enter, language):
    page = enter(company, "mira@example.in")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])

    assert faults(page, ["choices/", "children/", f"children/{kid.id}/"]) == []


def test_a_childs_pages_are_too(company, kid, enter):
    page = enter(company, "chitra@example.in")

    assert faults(page, ["choices/", "parents/"]) == []


def test_a_mother_says_yes_and_takes_it_back(company, kid, mira, enter):
    page = enter(company, "mira@example.in")
    page.goto(f"/privacy/children/{kid.id}/")

    given = page.locator("form.card button[value=withdraw]")
    page.locator("form.card button[value=yes]").first.click()
    expect(given).to_have_count(1)
    given.click()
    expect(given).to_have_count(0)
