"""The servers of the disturbed: in a long run a PostgreSQL that may be killed, else the suite's."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from config.places import places
from config.run import folders, postgres
from config.run.postgres import Postgres
from config.run.provision import provision
from config.run.valkey import Valkey
from tests.laboratory.using import running as laboratory_running
from tests.servers.mariadb import free_port
from tests.servers.valkey import running as valkey_running

IS_LONG = "CHAOS_PEOPLE" in os.environ


@dataclass
class House:
    """A database, and its server where it may be killed."""

    database: Any
    places: Any
    postgres: Postgres | None = None

    @property
    def name(self) -> str:
        return self.database.name

    @property
    def superuser_dsn(self) -> str:
        return self.database.superuser_dsn

    @property
    def login(self) -> str:
        """Of the systems that are a schema of this database."""
        return f"eraser_{self.name}"

    def superuser(self):
        return psycopg.connect(self.superuser_dsn, autocommit=True)


@dataclass
class Killable:
    """As `embedded.Servers` to whoever makes databases."""

    places: Any
    postgres: Postgres

    @property
    def superuser_dsn(self) -> str:
        return postgres.superuser_dsn(self.places)


if IS_LONG:

    @pytest.fixture(scope="session")
    def servers():
        """Instead of the suite's; its files are kept, so that only the first run migrates."""
        found = places("chaos")
        folders.prepare(found, server_uid=postgres.server_uid())
        server = Postgres(found)
        server.start()
        try:
            provision(postgres.superuser_dsn(found))
            yield Killable(found, server)
        finally:
            server.stop()


@pytest.fixture(scope="module")
def house(django_db_setup, servers):
    """Its commits are on disk before they answer, as in production."""
    found = House(django_db_setup, servers.places, getattr(servers, "postgres", None))
    with found.superuser() as superuser:
        superuser.execute(f"ALTER DATABASE {found.name} SET synchronous_commit = on")
        superuser.execute(f"CREATE ROLE {found.login} LOGIN")
        superuser.execute(f"GRANT CONNECT ON DATABASE {found.name} TO {found.login}")
    yield found
    with found.superuser() as superuser:
        superuser.execute(f"ALTER DATABASE {found.name} SET synchronous_commit = off")
        superuser.execute("DROP SCHEMA IF EXISTS calm, wild CASCADE")
        superuser.execute(f"DROP OWNED BY {found.login}; DROP ROLE {found.login}")


@pytest.fixture(scope="module")
def broker():
    with tempfile.TemporaryDirectory() as folder:
        found = Valkey(database_places(folder))
        found.places.valkey.mkdir()
        found.start()
        yield found
        found.stop()


def database_places(folder):
    return type(places())(data=Path(folder), sockets=Path(folder))


@pytest.fixture(scope="module")
def laboratory():
    with laboratory_running() as found:
        yield found


@pytest.fixture(scope="module")
def valkey():
    with tempfile.TemporaryDirectory() as folder, valkey_running(Path(folder)) as found:
        yield found


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture
def environment(house, broker, port):
    return {
        **house.database.environment(), "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
        "REDIS_URL": f"redis+socket://{broker.places.valkey_socket}", "PORT": str(port),
        "SAMMATI_KEYS_FILE": settings.KEYS_FILE,
    }  # fmt: skip
