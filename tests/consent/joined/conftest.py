"""Asha, the other record of her, and joining and parting the two."""

import pytest

from consent import services
from tests.consent.joined.records import GUEST
from tests.portal.world import APPROVER


@pytest.fixture
def guest(company):
    """The other record of Asha."""
    return company.person(GUEST)


@pytest.fixture
def merge(company, asha, guest):
    def run(kept=None, absorbed=None, reason="duplicate"):
        return services.merge(
            by=APPROVER, controller_id=company.id, kept_id=(kept or asha).id,
            absorbed_id=(absorbed or guest).id, reason=reason,
        )  # fmt: skip

    return run


@pytest.fixture
def split(company):
    def run(found, reason="mistake"):
        return services.split(
            by=APPROVER, controller_id=company.id, merge_id=found.id, reason=reason
        )

    return run
