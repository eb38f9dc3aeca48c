"""Companies and officers."""

import pytest

from audit.models import EntryIndex
from tests.desk import house
from tests.locking import locked_first

__all__ = ["locked_first"]


@pytest.fixture
def lotus(db):
    return house.make()


@pytest.fixture
def tulip(db):
    """Another company on the same installation."""
    return house.make("tulip", "Tulip Stores", "bela@tulip.example")


@pytest.fixture
def officer(lotus):
    """The privacy officer of Lotus."""
    return house.officer(lotus, "olga", "privacy_officer")


@pytest.fixture
def desk(officer):
    """A client signed in as that officer."""
    return house.signed_in(officer)


@pytest.fixture
def entries():
    """The entries of an event, newest first."""
    return lambda event: list(EntryIndex.objects.filter(event=event).order_by("-id"))


@pytest.fixture
def broken_log(superuser):
    """From here on nobody of the application can write an entry."""

    class Log:
        def breaks(self):
            superuser.execute("REVOKE INSERT ON audit_entryindex FROM sammati_app")

    yield Log()
    superuser.execute("GRANT INSERT ON audit_entryindex TO sammati_app")
