"""A company with people, connected systems, and a worker."""

import pytest

from audit.models import EntryIndex
from tests.desk.conftest import broken_log
from tests.portal import world
from work import services as work

__all__ = ["broken_log"]


@pytest.fixture
def company(db):
    return world.make()


@pytest.fixture
def european(db):
    return world.make(slug="rose", name="Rosenhaus", country="DE")


@pytest.fixture
def asha(company):
    return company.person()


@pytest.fixture
def run_jobs():
    """Does what is due, as a worker would."""
    return lambda: work.run_available(worker="test")


@pytest.fixture
def events():
    """The events about requests on a company's log, in order."""

    def of(company, prefix="request:"):
        rows = EntryIndex.objects.filter(controller_id=company.id, event__startswith=prefix)
        return list(rows.order_by("id").values_list("event", flat=True))

    return of
