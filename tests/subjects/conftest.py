"""Two controllers, and people of them."""

import pytest

from audit.models import EntryIndex
from tests.subjects import people


@pytest.fixture
def lotus(db):
    return people.controller("lotus", "IN")


@pytest.fixture
def tulip(db):
    return people.controller("tulip", "NL")


@pytest.fixture
def asha(lotus):
    return people.add(lotus, ("email", people.EMAIL), ("crm", people.NUMBER))


@pytest.fixture
def events():
    """The events on the log so far, oldest first."""
    rows = EntryIndex.objects.exclude(event="controller:created").order_by("id")
    return lambda: list(rows.values_list("event", flat=True))
