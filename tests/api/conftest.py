"""Two companies, people of each, and services that call."""

import pytest
from django.core.cache import cache
from psycopg import sql

from accounts.models import ServiceClient
from audit.models import EntryIndex
from tests.api import house
from tests.factories.decisions import recorded
from tests.portal import world


@pytest.fixture
def lotus(db):
    return world.make()


@pytest.fixture
def tulip(db):
    """Another company on the same installation."""
    return world.make("tulip", "Tulip Stores")


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def bela(tulip):
    """A person of the other company."""
    return tulip.person("bela@example.in")


@pytest.fixture
def api(lotus):
    """Calls as a service of Lotus that is registered for offers and surveys."""
    return house.caller(lotus)


@pytest.fixture
def service(api):
    """The service that calls."""
    return ServiceClient.objects.get(code="email-activator")


@pytest.fixture
def permit(lotus, asha, service):
    """A decision that permits offers to Asha."""
    return recorded(lotus.id, service.id, asha)


@pytest.fixture(autouse=True)
def _fresh_pace(key_file):
    cache.clear()


@pytest.fixture
def unchanged(db):
    """Asserts at the end that nothing was written since `unchanged()` was called."""
    before = {}
    yield lambda: before.update(house.everything())
    assert house.everything() == before


@pytest.fixture
def entries():
    """The entries of an event, newest first."""
    return lambda event: list(EntryIndex.objects.filter(event=event).order_by("-id"))


@pytest.fixture
def broken_log(superuser):
    """While inside, the database refuses new entries of the log, as a real fault would."""

    class Log:
        def __enter__(self):
            self._grant("REVOKE INSERT ON audit_payload FROM sammati_app")

        def __exit__(self, *_):
            self._grant("GRANT INSERT ON audit_payload TO sammati_app")

        def _grant(self, statement):
            superuser.execute(sql.SQL(statement))

    return Log()
