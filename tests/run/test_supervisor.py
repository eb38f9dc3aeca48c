"""`make run`, started and ended in every way a person or a machine may end it."""

import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from config.run import stages
from config.run.errors import RunError
from config.run.welcome import welcome
from tests.run.tools import Checkout, becomes, free_port, modes, status

soak = functools.partial(pytest.param, marks=pytest.mark.soak)
SECONDS = re.compile(r"Sammati is up after ([\d.]+) s")
OTHER_ENDS = [
    *(soak(signal.SIGKILL, line) for line in ("Sammati starts", "Port", "Roles", "Tables")),
    *(soak(signal.SIGINT, line) for line in ("Sammati starts", "Port", "PostgreSQL", "Tables")),
]


@pytest.mark.fault
@pytest.mark.slow
class TestTheGroup:
    def test_starts_stops_and_starts_again_quickly(self, first, begun, capsys):
        assert first["ready"] == 200
        assert "/admin/" in first["address"]
        assert first["code"] == 0
        assert "Stopped; the data are kept." in first["rest"]
        assert first["left"] == []

        second = begun.start()
        again = begun.until_up(second)
        with capsys.disabled():
            took = [SECONDS.search(words)[1] for words in (first["said"], again)]
            sys.stdout.write(f"\nfirst start {took[0]} s, second {took[1]} s\n")
        assert float(SECONDS.search(again)[1]) < 30

    @pytest.mark.parametrize("ending", [soak(signal.SIGTERM), soak(signal.SIGHUP), signal.SIGKILL])
    def test_leaves_no_process(self, begun, ending):
        supervisor = begun.start()
        begun.until_up(supervisor)
        assert len(begun.processes()) > 8

        supervisor.send_signal(ending)
        supervisor.communicate(timeout=180)

        assert becomes(lambda: begun.processes() == [], seconds=20), begun.processes()

    @pytest.mark.parametrize("ending", [soak(signal.SIGTERM), signal.SIGKILL])
    def test_leaves_no_process_when_make_is_ended(self, begun, ending):
        recipe = f"run:\n\t@exec {sys.executable} -m config.run\n"
        (begun.folder / "trial.mk").write_text(recipe)
        python, begun.python = begun.python, shutil.which("make")
        make = begun.start("-f", "trial.mk", "run")
        begun.python = python
        begun.until_up(make)

        make.send_signal(ending)
        make.communicate(timeout=180)

        assert becomes(lambda: begun.processes() == [], seconds=20), begun.processes()

    @pytest.mark.parametrize(
        ("ending", "line"), [(signal.SIGKILL, "PostgreSQL"), (signal.SIGINT, "Roles"), *OTHER_ENDS]
    )
    def test_leaves_no_process_when_ended_on_the_way(self, checkout, ending, line):
        supervisor = checkout.start()
        assert any(line in said for said in supervisor.stdout)

        supervisor.send_signal(ending)
        supervisor.communicate(timeout=180)

        assert becomes(lambda: checkout.processes() == [], seconds=20), checkout.processes()

    @pytest.mark.parametrize(
        "part", ["worker", "postgres", soak("web"), soak("keeper"), soak("valkey")]
    )
    def test_stops_whole_when_one_part_dies(self, begun, part):
        marks = {
            "web": "uvicorn", "worker": "celery", "keeper": "manage.py keeper",
            "postgres": "bin/postgres -D", "valkey": "valkey-server",
        }  # fmt: skip
        supervisor = begun.start()
        begun.until_up(supervisor)
        victims = [line for line in begun.processes() if marks[part] in line]

        os.kill(min(int(line.split('"')[1]) for line in victims), signal.SIGKILL)
        said, _ = supervisor.communicate(timeout=180)

        assert supervisor.returncode == 1
        assert "so everything was stopped" in said
        assert begun.processes() == []

    def test_refuses_a_second_of_the_same_folder(self, begun):
        supervisor = begun.start()
        begun.until_up(supervisor)
        begun.port = free_port()

        code, said = begun.run("-m", "config.run")

        assert code == 1
        assert f"already runs from this folder (process {supervisor.pid})" in said
        assert supervisor.poll() is None

    def test_makes_its_servers_as_an_ordinary_login(self, checkout, other_login):
        lend(checkout, other_login)
        above = [checkout.folder.parent, Path(tempfile.gettempdir()), Path("/var/lib")]
        before = modes(*above)

        supervisor = checkout.start()
        assert any("Roles" in said for said in supervisor.stdout)

        assert modes(*above) == before
        supervisor.send_signal(signal.SIGINT)
        supervisor.communicate(timeout=180)
        assert checkout.processes() == []

    @pytest.mark.soak
    def test_runs_as_an_ordinary_login(self, checkout, other_login):
        lend(checkout, other_login)
        above = [checkout.folder.parent, Path(tempfile.gettempdir()), Path("/var/lib")]
        before = modes(*above)

        supervisor = checkout.start()
        checkout.until_up(supervisor)

        assert status(checkout.port, "/-/ready") == 200
        assert modes(*above) == before
        supervisor.send_signal(signal.SIGINT)
        supervisor.communicate(timeout=180)
        assert checkout.processes() == []

    def test_says_when_the_folder_cannot_be_written(self, checkout, other_login):
        lend(checkout, other_login)
        os.chown(checkout.folder, 0, 0)

        code, said = checkout.run("-m", "config.run")

        assert code == 1
        assert "cannot be written" in said
        assert "Traceback" not in said


def lend(checkout: Checkout, login: tuple[int, int]) -> None:
    """Give the copy to another login, with a Python which that login may reach."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    system = shutil.which("python3", path="/usr/bin")
    probe = [system or "false", "-c", "import sys; sys.path.append(sys.argv[1]); import psycopg"]
    done = subprocess.run(
        [*probe, packages], user=login[0], group=login[1], extra_groups=[], capture_output=True,
        cwd="/", check=False, env={"PATH": os.defpath},
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip("another login cannot reach this environment's packages")
    folder = Path(tempfile.mkdtemp(prefix="sammati-copy-")) / "sammati"
    folder.parent.chmod(0o755)
    checkout.folder.rename(folder)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, *login, follow_symlinks=False)
    checkout.folder, checkout.python, checkout.login = folder, system, login
    checkout.variables = {"PYTHONPATH": packages, "HOME": str(folder)}


@pytest.mark.fault
def test_a_taken_port_gets_one_sentence(checkout):
    with socket.socket() as other:
        other.bind(("127.0.0.1", checkout.port))
        other.listen()

        code, said = checkout.run("-m", "config.run")

    assert code == 1
    assert f"Port {checkout.port} on 127.0.0.1 is taken by another program" in said
    assert "Traceback" not in said
    assert checkout.processes() == []


@pytest.mark.parametrize("raw", ["0", "65536", "-1", "http", "８０００"])
def test_a_port_that_is_none_gets_one_sentence(monkeypatch, raw):
    monkeypatch.setenv("PORT", raw)

    with pytest.raises(RunError, match="PORT must be a number"):
        stages.chosen_port()


def test_a_command_that_fails_shows_nothing_of_an_earlier_start(tmp_path, monkeypatch):
    monkeypatch.setattr(stages.folders, "logs", lambda: tmp_path)
    (tmp_path / "nonsense.log").write_text("of yesterday\n")

    with pytest.raises(RunError, match="Unknown command") as found:
        stages.manage(["nonsense"], variables=stages.environment(8000, "run"))

    assert "of yesterday" not in str(found.value)


def test_a_stage_shows_how_long_it_took(capsys):
    with stages.stage("Port 8000"):
        time.sleep(0.11)

    assert re.fullmatch(r"  Port 8000 +0\.1 s\n", capsys.readouterr().out)


class TestTheWelcome:
    def test_shows_the_addresses_without_a_demo(self, tmp_path):
        said = welcome(8000, 4.2, tmp_path / "none.json")

        assert "up after 4.2 s" in said
        assert "http://127.0.0.1:8000/privacy/" in said

    def test_shows_the_sign_ins_and_a_call_to_try(self, tmp_path):
        demo = tmp_path / "demo.json"
        demo.write_text(
            '{"officer": {"username": "officer", "password": "pw"}, "services":'
            ' [{"id": "s1", "controller": "c1", "key": "sk_1", "purposes": ["p1"]}],'
            ' "subjects": [{"controller": "c1", "id": "u1", "identifier": "a@example.invalid",'
            ' "purpose": "p1"}]}'
        )

        said = welcome(8001, 1.0, demo)

        assert "officer   officer / pw" in said
        assert "Authorization: Bearer sk_1" in said
        assert '"properties": {"purpose": "p1"}' in said

    def test_survives_a_broken_demo_file(self, tmp_path):
        (tmp_path / "demo.json").write_text("{")

        assert "Sammati is up" in welcome(8000, 1.0, tmp_path / "demo.json")
