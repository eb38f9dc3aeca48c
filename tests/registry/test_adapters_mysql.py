"""Live reads from MySQL and MariaDB: the opening of the connectors, one query, read only."""

import pytest

from registry import services_systems
from registry.adapters import resting
from registry.models import System
from tests.factories.company import company
from tests.registry.test_adapters import asked, why
from tests.servers.mariadb import mariadb
from tests.subjects.people import BY

__all__ = ["mariadb"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("PRO-01")]
LOGIN, BASE = "reader", "live"
READS = (
    "SELECT city, points AS spent, born AS born_on, changed AS observed_at FROM people"
    " WHERE no = %(crm)s"
)


@pytest.fixture(autouse=True)
def _this_machine(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]
    resting.forget()
    yield
    resting.forget()


@pytest.fixture
def warehouse(mariadb):
    mariadb.run_all(
        f"DROP DATABASE IF EXISTS {BASE}; CREATE DATABASE {BASE} CHARACTER SET utf8mb4;"
        f"CREATE OR REPLACE USER {LOGIN} IDENTIFIED BY 's3cret';"
        f"GRANT ALL ON {BASE}.* TO {LOGIN};"
        f"CREATE TABLE {BASE}.people (no varchar(20), city varchar(40), points decimal(8,2),"
        " born date, changed datetime);"
        f"INSERT INTO {BASE}.people VALUES ('CRM-1', 'Pune', 12.50, '1990-02-28',"
        " '2026-03-01 10:00'), ('CRM-2', 'A', 1, NULL, NULL), ('CRM-2', 'B', 1, NULL, NULL)"
    )
    return mariadb


@pytest.fixture
def read(db, warehouse):
    lotus = company()

    def system(query=READS, **more):
        settings = {
            "engine": "mysql", "host": "127.0.0.1", "port": warehouse.port, "database": BASE,
            "user": LOGIN, "query": query, "identify_by": ["crm"], "tls": "disable", **more,
        }  # fmt: skip
        new = services_systems.NewSystem(code="dwh", name="DWH", kind="sql", settings=settings)
        return services_systems.record_system(
            by=BY, controller_id=lotus.id, new=new, secret="s3cret"
        )

    return system


def test_columns_bear_the_codes_of_attributes(read):
    found = asked(read(), codes=["city", "spent", "born_on", "tier"])

    assert dict(found.values) == {"city": "Pune", "spent": "12.50", "born_on": "1990-02-28"}
    assert found.observed_at.isoformat() == "2026-03-01T10:00:00+00:00"


def test_nobody_too_many_and_words_that_would_escape(read):
    system = read()

    assert dict(asked(system, wanted={"crm": "CRM-9"}).values) == {}
    assert why(system, wanted={"crm": "CRM-2"}) == "ambiguous"
    assert dict(asked(system, wanted={"crm": "' OR 1=1 -- "}).values) == {}
    assert dict(asked(system, wanted={"crm": "\\' OR 1=1 -- "}).values) == {}


def test_it_only_reads(read, warehouse):
    warehouse.run(
        f"CREATE FUNCTION {BASE}.wiped(no varchar(20)) RETURNS varchar(20) MODIFIES SQL DATA"
        f" BEGIN DELETE FROM {BASE}.people; RETURN no; END"
    )

    assert why(read("SELECT wiped(%(crm)s) AS city")) == "unreachable"
    assert warehouse.run(f"SELECT count(*) FROM {BASE}.people")[0][0] == 3


def test_its_time_is_bounded(read):
    system = read("SELECT sleep(5) AS city WHERE %(crm)s <> ''")
    System.objects.filter(pk=system.pk).update(timeout_ms=300)

    assert why(system) in {"slow", "unreachable"}


def test_an_address_inside_is_refused(read, settings):
    system = read()
    settings.SYSTEM_NETWORKS = []

    assert why(system) == "address_refused"
