"""The pages of messages and of volunteered attributes are for everybody, on every screen."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from consent import services
from consent.models import Message
from tests.browser import tools
from tests.factories import policies
from tests.portal import world
from tests.portal.world import AUTHOR, OFFERS

pytestmark = [pytest.mark.browser, pytest.mark.req("POR-13")]


@pytest.fixture
def company(transactional_db):
    return world.make()


@pytest.fixture
def asha(company):
    return company.person()


@pytest.fixture
def told(company, asha):
    """A message that carries a notice, a yes that ends soon, and something to offer."""
    purpose = company.versions[OFFERS].purpose
    services.set_contact_plan(by=AUTHOR, purpose=purpose, remind_days=[30], confirms=[])
    company.yes(asha, expires_at=timezone.now() + timedelta(days=9))
    policies.in_force(
        company.id, policies.rule(unless_volunteered=True, attributes=["health.diet", "taste"])
    )
    return Message.objects.create(
        controller_id=company.id, subject=asha, purpose=purpose, kind="legacy_notice", key="k",
        state="portal", queued_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("language", tools.LANGUAGES)
def test_every_page_is_for_everybody(company, enter, told, language):
    page = enter(company)
    cookie = {"name": "django_language", "value": language, "url": page.url}
    page.context.add_cookies([cookie])
    faults, small, wide = [], [], []

    for place in ["choices/", "messages/", f"messages/{told.id}/", "attributes/"]:
        for width in (1100, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"/privacy/{place}")
            faults += tools.accessibility_faults(page) if width == 1100 else []
            small += [f"{place} {width}: {one}" for one in tools.small_targets(page)]
            wide += [f"{place} {width}"] if tools.overflows(page) else []

    assert faults == []
    assert small == []
    assert wide == []


def test_a_yes_is_said_again_by_one_button(company, asha, enter, told):
    page = enter(company)
    page.goto("/privacy/choices/")

    page.get_by_role("button", name="Say yes again").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("You said yes again")
