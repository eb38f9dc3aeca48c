import psycopg
import pytest
from django.db import connection

from config.run.provision import OWNER
from erasure.engine.closing import CLOSED
from tests.erasure import filing
from tests.erasure.engine.world import Office
from tests.factories.company import company
from work import handlers


@pytest.fixture
def office(db, tmp_path):
    return Office(company(), tmp_path)


@pytest.fixture
def asha(office):
    return office.company.person()


@pytest.fixture
def ravi(office):
    return office.company.person("ravi@people.example")


@pytest.fixture(autouse=True)
def heard_above():
    """The package above hears of closed cases; here nobody need be there."""
    if CLOSED in handlers.known_kinds():
        yield
        return
    handlers.handler(CLOSED)(lambda job: handlers.finished())
    yield
    del handlers._handlers[CLOSED]


@pytest.fixture(scope="module")
def tables(django_db_setup):
    """The tables of local systems, as an owner of such a system would have made them."""
    run(django_db_setup, filing.TABLES)
    yield
    run(django_db_setup, "DROP TABLE filing_person, filing_effect")


def run(database, statement):
    """On a connection of its own: a test may cut all that are open."""
    with psycopg.connect(database.url(OWNER), autocommit=True) as owner:
        owner.execute(statement)


@pytest.fixture
def people(tables, office):
    """Puts people into the table of local systems: `people(*subjects)`."""

    def put(*subjects, is_poison=False):
        with connection.cursor() as cursor:
            for one in subjects:
                cursor.execute("INSERT INTO filing_person VALUES (%s, %s)", [one.id, is_poison])

    return put
