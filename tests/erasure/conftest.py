"""Backups of the whole database, and the journal of erasures beside it."""

import subprocess
from datetime import UTC, datetime

import pytest
from django.db import connection

from config.run.binaries import postgres_install
from config.run.provision import provision
from tests.database import APP, connected_as, copy, drop, make
from tests.subjects.conftest import key_copy
from work import serving

__all__ = ["backup", "journal", "key_copy"]


@pytest.fixture
def journal(settings, tmp_path):
    place = tmp_path / "erasures"
    settings.ERASURE_JOURNAL = str(place)
    yield place
    serving.forget()


@pytest.fixture
def backup(request, superuser, test_database, tmp_path):
    """Takes one of the whole database; connects to it as it was, as a restore would.

    By a copy of the database, which is quick; or, as `dump`, by the programs of PostgreSQL.
    """
    kind = _Dump if getattr(request, "param", "") == "dump" else _Copy
    made = kind(superuser, test_database, tmp_path)
    yield made
    connection.close()
    drop(superuser, made.name)


class _Backup:
    def __init__(self, superuser, database, folder):
        self.superuser, self.database, self.folder = superuser, database, folder
        self.name = f"{database.name}_restored"

    def restored(self):
        self.put_back()
        provision(self.database.servers.superuser_dsn, database=self.name)
        serving.forget()
        return connected_as(APP, self.name, self.database.servers)


class _Copy(_Backup):
    def take(self):
        connection.close()
        copy(self.superuser, self.name, self.database.name)
        self.at = datetime.now(UTC)

    def put_back(self):
        pass


class _Dump(_Backup):
    """`pg_dump`, and `pg_restore` into an empty database once the backup is needed."""

    @property
    def file(self):
        return self.folder / "backup.dump"

    def take(self):
        self._run("pg_dump", "--format=custom", f"--file={self.file}", self.database.name)
        self.at = datetime.now(UTC)

    def put_back(self):
        make(self.superuser, self.name, "template0")
        self._run("pg_restore", "--exit-on-error", f"--dbname={self.name}", str(self.file))

    def _run(self, program, *given):
        whole = postgres_install(for_another_login=False) / "bin" / program
        where = (f"--host={self.database.servers.places.sockets}", "--username=postgres")
        subprocess.run([whole, *where, *given], check=True, timeout=120)
