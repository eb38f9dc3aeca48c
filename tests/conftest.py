"""Plumbing of the whole suite. Fixtures of one package live beside its tests."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from config.places import places
from config.run import embedded, folders, postgres
from config.run.embedded import Servers
from config.run.provision import APP, OWNER, provision
from keys.services import ensure_key_file, register_versions
from tests import database
from tests.database import TestDatabase
from tests.worlds import worlds


def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers tell of each test by two short messages, of which TCP held up the second by 40 ms."""
    told = getattr(session.config, "failures_db", None)  # of pytest-rerunfailures
    if (line := getattr(told, "sock", None)) is not None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@pytest.fixture(scope="session", autouse=True)
def key_file() -> Path:
    """The suite's own key file, made once and kept."""
    folders.prepare(places("test"), server_uid=postgres.server_uid())
    path = Path(settings.KEYS_FILE)
    ensure_key_file(path)
    return path


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The suite's PostgreSQL and Valkey; shared with other runs, gone with the last of them."""
    with embedded.in_use("test") as found:
        provision(found.superuser_dsn)
        yield found


@pytest.fixture(scope="session")
def django_db_setup(
    servers: Servers,
    key_file: Path,
    worker_id: str,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[TestDatabase]:
    """Instead of pytest-django's: a migrated database of this worker, used as `sammati_app`."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            found = stack.enter_context(database.fresh_database(servers, worker_id))
            stack.enter_context(database.connected_as(APP, found.name, servers))
            register_versions()
        stack.callback(connection.close)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: found.flush())
        patch.setattr(worlds, "is_ready", True)
        yield found


@pytest.fixture(autouse=True)
def _no_world_stands() -> None:
    worlds.begin()


@pytest.fixture(autouse=True)
def _english_is_spoken() -> Iterator[None]:
    """A page in another language leaves its thread in that language."""
    yield
    translation.deactivate()


@pytest.fixture
def test_database(django_db_setup: TestDatabase) -> TestDatabase:
    """This worker's database: its name, its addresses, the environment of processes on it."""
    return django_db_setup


@pytest.fixture
def superuser(test_database: TestDatabase) -> Iterator[psycopg.Connection]:
    """A connection past every right and, on request, every trigger: the attacker within."""
    with psycopg.connect(test_database.superuser_dsn, autocommit=True) as found:
        yield found


@pytest.fixture
def owner(test_database: TestDatabase) -> Iterator[psycopg.Connection]:
    """A connection as the login that migrates."""
    with psycopg.connect(test_database.url(OWNER), autocommit=True) as found:
        yield found


@pytest.fixture
def durable_commits(superuser: psycopg.Connection, test_database: TestDatabase) -> Iterator[None]:
    """New connections of this test commit as in production: on disk before they answer."""
    statement = sql.SQL("ALTER DATABASE {} SET synchronous_commit = {}")
    name = sql.Identifier(test_database.name)
    superuser.execute(statement.format(name, sql.SQL("on")))
    yield
    superuser.execute(statement.format(name, sql.SQL("off")))
