"""Reports as a service sends them, and what became of them."""

import pytest

from audit.models import EntryIndex
from tests.factories.decisions import soon
from tests.portal.world import OFFERS

PROCESSING, AI = "/processing", "/ai-decisions"
BOTH = pytest.mark.parametrize("path", [PROCESSING, AI])


def use(path, person, permit=None, **more):
    """The least report of that kind."""
    decided = {"model": "propensity", "model_version": "2026.3", "output": "send_offer_12",
               "automation_level": "full_automation"}  # fmt: skip
    return {
        "subject": str(getattr(person, "id", person)), "purpose": OFFERS, "started_at": soon(),
        **({"decision_id": str(permit)} if permit else {}), **(decided if path == AI else {}),
        **more,
    }  # fmt: skip


def told(response):
    assert response.status_code == 201, response.content
    return response.json()


def entry(response):
    return EntryIndex.objects.get(id=told(response)["id"])
