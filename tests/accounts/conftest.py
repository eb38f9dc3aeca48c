"""Two controllers, a service and an officer."""

import pytest

from accounts import services
from audit.models import EntryIndex
from tests.subjects.people import BY, controller


@pytest.fixture
def lotus(db):
    return controller("lotus", "IN")


@pytest.fixture
def tulip(db):
    return controller("tulip", "NL")


@pytest.fixture
def mailer(lotus):
    return services.create_service(
        by=BY, controller_id=lotus.id, code="mailer", name="Mailer", purposes=["a.b", "a.c"]
    )


@pytest.fixture
def vera(db):
    return services.create_officer(
        by=BY, username="vera", email="vera@staff.example", password="one-two-three-Aa7!"
    )


@pytest.fixture
def events():
    rows = EntryIndex.objects.exclude(event="controller:created").order_by("id")
    return lambda: list(rows.values_list("event", flat=True))
