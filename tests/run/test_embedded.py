"""One set of servers: private, shared, recovered, and gone with the last who needs it."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis
from kombu import Connection

from config.places import BASE_DIR, places
from config.run import embedded, folders, postgres
from config.run.errors import RunError
from tests.run.tools import all_processes, becomes, describe, modes

HOLD = """
import sys, time
from config.run import embedded
embedded.use(sys.argv[1])
print("up", flush=True)
time.sleep(99)
"""


def processes_of(name: str) -> list[str]:
    data = str(places(name).data)
    return [line for line in map(describe, all_processes()) if data in line]


def server_pid(name: str) -> int:
    return int((places(name).postgres / "postmaster.pid").read_text().split()[0])


def answer(name: str) -> tuple | None:
    with psycopg.connect(postgres.superuser_dsn(places(name))) as connection:
        return connection.execute("SHOW fsync").fetchone()


class TestASet:
    def test_serves_while_in_use_and_leaves_no_process(self, set_name):
        with embedded.in_use(set_name) as servers:
            assert answer(set_name) == ("on",)
            assert servers.are_alive()
            assert processes_of(set_name)

        assert processes_of(set_name) == []

    def test_keeps_its_data(self, set_name):
        with embedded.in_use(set_name) as servers, psycopg.connect(servers.superuser_dsn) as first:
            first.execute("CREATE TABLE kept AS SELECT 1 AS one")

        with embedded.in_use(set_name) as servers, psycopg.connect(servers.superuser_dsn) as again:
            assert again.execute("SELECT one FROM kept").fetchone() == (1,)

    def test_outlives_the_first_of_two_who_use_it(self, set_name):
        first = embedded.use(set_name)
        second = embedded.use(set_name)

        first.release()
        time.sleep(1)

        assert second.are_alive()
        assert answer(set_name) == ("on",)
        second.release()
        assert processes_of(set_name) == []

    def test_listens_on_no_network(self, set_name):
        with embedded.in_use(set_name) as servers, psycopg.connect(servers.superuser_dsn) as found:
            assert found.execute("SHOW listen_addresses").fetchone() == ("",)
            url = f"unix://{servers.places.valkey_socket}"
            with redis.Redis.from_url(url) as valkey:
                assert valkey.config_get("port") == {"port": "0"}

    def test_carries_messages_of_celery(self, set_name):
        with embedded.in_use(set_name) as servers:
            url = f"redis+socket://{servers.places.valkey_socket}"
            with Connection(url) as broker, broker.SimpleQueue("bell") as queue:
                queue.put({"work": 1})
                message = queue.get(timeout=5)
                message.ack()

        assert message.payload == {"work": 1}


class TestFolders:
    def test_of_others_keep_their_modes(self, set_name):
        above = (Path("/var/lib"), Path(tempfile.gettempdir()), BASE_DIR, Path(sys.prefix))
        before = modes(*above)

        with embedded.in_use(set_name):
            during = modes(*above)

        assert before == during == modes(*above)

    def test_are_closed_to_others(self, set_name):
        with embedded.in_use(set_name) as servers:
            for path in (servers.places.sockets, servers.places.postgres, servers.places.valkey):
                assert stat.S_IMODE(path.stat().st_mode) == 0o700

    def test_that_are_links_are_refused(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "real")

        with pytest.raises(RunError, match="is not a folder"):
            folders.make(tmp_path / "link", mode=0o700)

    def test_that_others_may_write_to_are_refused_and_not_changed(self, tmp_path):
        shared = tmp_path / "shared"
        shared.mkdir()
        shared.chmod(0o777)

        with pytest.raises(RunError, match="chmod go-w"):
            folders.make(shared, mode=0o700)

        assert stat.S_IMODE(shared.stat().st_mode) == 0o777

    def test_of_somebody_else_are_refused(self, tmp_path):
        with pytest.raises(RunError, match="belongs to another login"):
            folders.make(tmp_path, mode=0o700, owner=os.getuid() + 1)


@pytest.mark.fault
class TestRecovery:
    def test_from_a_killed_server_process_group(self, set_name):
        servers = embedded.use(set_name)
        with psycopg.connect(servers.superuser_dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE committed AS SELECT 1 AS one")
        os.kill(server_pid(set_name), signal.SIGKILL)
        assert becomes(lambda: not servers.are_alive())
        servers.release()
        assert (places(set_name).postgres / "postmaster.pid").exists()

        with embedded.in_use(set_name) as again, psycopg.connect(again.superuser_dsn) as found:
            assert found.execute("SELECT one FROM committed").fetchone() == (1,)

    def test_when_the_old_number_now_belongs_to_another_process(self, set_name):
        with embedded.in_use(set_name):
            pid_file = places(set_name).postgres / "postmaster.pid"
            lines = pid_file.read_text().split("\n")
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
        if postgres.server_account():
            os.chown(pid_file, *postgres.server_account())

        with embedded.in_use(set_name):
            assert answer(set_name) == ("on",)

    def test_when_a_server_was_left_alone(self, set_name):
        servers = embedded.use(set_name)
        parent = int(Path(f"/proc/{server_pid(set_name)}/stat").read_text().split()[3])
        os.kill(parent, signal.SIGKILL)
        servers.release()

        with embedded.in_use(set_name):
            assert answer(set_name) == ("on",)
        assert processes_of(set_name) == []

    def test_a_killed_holder_leaves_no_process(self, set_name):
        command = [sys.executable, "-c", HOLD, set_name]
        holder = subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE)
        assert holder.stdout.readline() == b"up\n"

        holder.kill()
        holder.communicate()

        assert becomes(lambda: processes_of(set_name) == [])

    def test_a_half_made_cluster_is_made_again(self, set_name):
        folders.prepare(places(set_name), server_uid=postgres.server_uid())
        half = places(set_name).data / "postgres.new"
        half.mkdir()
        (half / "PG_VERSION").write_text("18\n")

        with embedded.in_use(set_name):
            assert answer(set_name) == ("on",)

    def test_data_of_another_version_are_left_alone(self, set_name):
        folders.prepare(places(set_name), server_uid=postgres.server_uid())
        places(set_name).postgres.mkdir()
        (places(set_name).postgres / "PG_VERSION").write_text("15\n")

        with pytest.raises(RunError, match="made by PostgreSQL 15"):
            embedded.use(set_name)

        assert (places(set_name).postgres / "PG_VERSION").read_text() == "15\n"


def test_memory_decides_the_buffers():
    found = places("none")

    small = postgres.settings(found, memory=256 * postgres.MEGABYTE, room=0)
    large = postgres.settings(found, memory=64 * 1024 * postgres.MEGABYTE, room=0)

    assert small["shared_buffers"] == "32MB"
    assert large["shared_buffers"] == "2048MB"


@pytest.mark.parametrize(("room", "log"), [(0, "1024MB"), (12, "3072MB"), (900, "8192MB")])
def test_the_disk_decides_how_much_is_logged_between_checkpoints(room, log):
    gigabyte = 1024 * postgres.MEGABYTE

    found = postgres.settings(places("none"), memory=gigabyte, room=room * gigabyte)

    assert found["max_wal_size"] == log
    assert 4 * int(found["min_wal_size"][:-2]) == int(log[:-2])


def test_refused_statements_leave_no_values_in_the_log(set_name):
    with embedded.in_use(set_name) as servers, psycopg.connect(servers.superuser_dsn) as found:
        found.execute("CREATE TABLE people (email text PRIMARY KEY)")
        found.execute("INSERT INTO people VALUES ('asha@example.invalid')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            found.execute("INSERT INTO people VALUES ('asha@example.invalid')")

    assert "asha" not in (places(set_name).data / "postgres.log").read_text()
