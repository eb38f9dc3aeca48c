"""The image's scripts: entry points that the real programs accept, health checks, secrets."""

import http.server
import importlib.util
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def script(name):
    spec = importlib.util.spec_from_file_location(f"docker_{name}", ROOT / "docker" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


entry, healthcheck, make_secrets = map(script, ("entry", "healthcheck", "make_secrets"))


class TestEntry:
    def test_knows_every_part_of_the_composition(self):
        services = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())["services"]
        parts = {s["command"][0] for s in services.values() if "build" in s} - {"migrate"}

        for part in parts:
            assert entry.command(part, [])

    def test_an_unknown_part_is_one_sentence(self, capsys):
        assert entry.main(["wbe"]) == 2
        assert capsys.readouterr().err.startswith("There is no part 'wbe': web, pdp,")

    def test_gunicorn_accepts_what_the_web_is_started_with(self):
        from gunicorn.app.wsgiapp import WSGIApplication
        from gunicorn.config import Config

        _, *line = entry.command("web", [])
        config = Config(prog="gunicorn")
        chosen = config.parser().parse_args(line)

        assert chosen.args == ["config.wsgi:application"]
        assert chosen.worker_class == "gthread"
        assert WSGIApplication

    def test_uvicorn_accepts_what_the_decision_point_is_started_with(self):
        from uvicorn.main import main

        _, *line = entry.command("pdp", [])
        chosen = main.make_context("uvicorn", list(line)).params

        assert chosen["app"] == "config.asgi:application"
        assert (chosen["proxy_headers"], chosen["access_log"]) == (False, False)

    def test_celery_accepts_what_the_worker_is_started_with(self):
        from celery.bin.worker import worker

        line = entry.command("worker", [])[5:]
        chosen = worker.make_context("worker", list(line), resilient_parsing=True).params

        assert chosen["queues"] == ["sammati"]

    def test_the_number_of_processes_can_be_chosen(self, monkeypatch):
        monkeypatch.setenv("SAMMATI_PROCESSES", "5")

        assert entry.command("web", [])[-2:] == ["--workers", "5"]
        assert entry.command("worker", [])[-2:] == ["--concurrency", "5"]

    def test_becomes_the_part_so_that_signals_reach_it(self, tmp_path):
        done = subprocess.run(
            [sys.executable, "docker/entry.py", "manage", "--version"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("5.2")

    def test_passwords_come_from_files(self, tmp_path, monkeypatch):
        (tmp_path / "password").write_text("from-a-file\n")
        monkeypatch.setenv("SAMMATI_APP_PASSWORD_FILE", str(tmp_path / "password"))
        monkeypatch.delenv("SAMMATI_APP_PASSWORD", raising=False)

        entry.read_secrets(("SAMMATI_APP_PASSWORD", "SAMMATI_OWNER_PASSWORD"))

        assert os.environ.pop("SAMMATI_APP_PASSWORD") == "from-a-file"


@contextmanager
def answering(status, seen):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_args):
            """Keeps quiet."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TestHealthcheck:
    @pytest.mark.parametrize(("status", "code"), [(200, 0), (301, 1), (503, 1)])
    @pytest.mark.parametrize("part", ["web", "pdp"])
    def test_only_a_plain_yes_is_well(self, monkeypatch, part, status, code):
        seen = []
        monkeypatch.setenv("ALLOWED_HOSTS", "privacy.example.com,other")
        with answering(status, seen) as port:
            monkeypatch.setattr(healthcheck, "PORTS", {part: port})

            assert healthcheck.main([part]) == code

        assert seen == [("/-/ready", "privacy.example.com", "https")]

    def test_nobody_there_is_not_well(self, monkeypatch):
        monkeypatch.setattr(healthcheck, "PORTS", {"web": 1})

        assert healthcheck.main(["web"]) == 1

    def test_a_process_without_a_database_is_not_well(self, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        monkeypatch.delenv("DATABASE_URL_FILE", raising=False)

        assert healthcheck.main(["keeper"]) == 1

    def test_the_ports_are_those_the_parts_listen_on(self):
        assert {name: str(port) for name, port in healthcheck.PORTS.items()} == {
            "web": entry.WEB_PORT,
            "pdp": entry.PDP_PORT,
        }


class TestSecrets:
    def test_makes_every_file_of_the_composition(self, tmp_path):
        compose = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())

        written = make_secrets.make(tmp_path / "s", "privacy.example.com")

        assert set(written) == set(compose["secrets"])
        assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700

    def test_what_belongs_together_agrees(self, tmp_path):
        make_secrets.make(tmp_path, "localhost")
        read = {path.name: path.read_text() for path in tmp_path.iterdir()}

        assert f":{read['app_password']}@database" in read["database_url"]
        assert f":{read['owner_password']}@database" in read["database_owner_url"]
        assert f":{read['broker_config'].split()[1]}@broker" in read["redis_url"]
        assert set(json.loads(read["keys"])["purposes"]) == {"wrapping", "lookup", "signing"}
        assert len(read["secret_key"]) >= 50

    def test_replaces_nothing(self, tmp_path):
        make_secrets.make(tmp_path, "localhost")
        before = {path.name: path.read_text() for path in tmp_path.iterdir()}

        assert make_secrets.make(tmp_path, "localhost") == []
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before

    def test_the_key_file_is_one_the_suite_accepts_when_it_owns_it(self, tmp_path):
        from keys import keyfile

        make_secrets.make(tmp_path, "localhost")
        assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
        os.chown(tmp_path / "keys", os.geteuid(), os.getegid())

        assert keyfile.read(tmp_path / "keys").active["wrapping"] == 1
