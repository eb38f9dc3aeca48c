"""The proxy's own configuration, run by a real nginx where there is one."""

import http.client
import http.server
import importlib.util
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from erasure.manual.media import MOST_BYTES

ROOT = Path(__file__).resolve().parents[2]
CONFIG = (ROOT / "docker" / "nginx.conf").read_text()


def test_logs_hold_no_path_query_or_address():
    logged = re.search(r"log_format plain (.*?);\n", CONFIG, re.DOTALL).group(1)

    for name in ("request_uri", "$uri", '$request"', "args", "remote_addr", "http_referer"):
        assert name not in logged
    assert "error_log /dev/stderr crit;" in CONFIG


def test_what_a_client_claims_about_its_connection_is_replaced():
    for name in ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"):
        assert re.search(rf"proxy_set_header {name} ", CONFIG)
    assert "$proxy_add_x_forwarded_for" not in CONFIG


@contextmanager
def echo(name):
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = {"who": name, "path": self.path, "headers": dict(self.headers.items())}
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.answer()

        def do_POST(self):
            self.answer()

        def log_message(self, *_args):
            """Keeps quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_secrets(folder):
    spec = importlib.util.spec_from_file_location("secrets_", ROOT / "docker" / "make_secrets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(folder, "localhost")


def moved(folder, places):
    """The configuration with other addresses and folders, and nothing else changed."""
    changes = {
        "/tmp/": f"{folder}/",
        "/run/secrets/": f"{folder}/secrets/",
        "include /etc/nginx/mime.types;": "",
        "server web:8000;": f"server 127.0.0.1:{places['web']};",
        "server pdp:8001;": f"server 127.0.0.1:{places['pdp']};",
        "listen 8443": f"listen 127.0.0.1:{places['https']}",
        "listen 8080": f"listen 127.0.0.1:{places['http']}",
        "access_log /dev/stdout": f"access_log {folder}/access.log",
    }
    found = f"user root;\n{CONFIG}" if os.geteuid() == 0 else CONFIG
    for old, new in changes.items():
        assert old in found
        found = found.replace(old, new)
    return found


@pytest.fixture
def proxy(tmp_path):
    nginx = shutil.which("nginx")
    if nginx is None:
        pytest.skip("there is no nginx here")
    folder = tmp_path / "proxy"
    folder.mkdir()
    folder.chmod(0o755)
    make_secrets(folder / "secrets")
    with ExitStack() as stack:
        places = {name: stack.enter_context(echo(name)) for name in ("web", "pdp")}
        places |= {"https": free_port(), "http": free_port()}
        config = folder / "nginx.conf"
        config.write_text(moved(folder, places) + "\ndaemon off;\n")
        line = [nginx, "-c", str(config), "-p", str(folder), "-e", str(folder / "error.log")]
        child = subprocess.Popen(line)
        stack.callback(child.wait, 10)
        stack.callback(child.terminate)
        wait_for(places["https"])
        yield places, folder


def wait_for(port):
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


def ask(port, method, path, body=None, headers=None, *, secure=True):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if secure:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "who"),
    [
        ("POST", "/access/v1/evaluation", "pdp"),
        ("POST", "/access/v1/evaluations", "pdp"),
        ("GET", "/.well-known/authzen-configuration", "pdp"),
        ("GET", "/.well-known/authzen-configuration/tenant", "pdp"),
        ("GET", "/.well-known/security.txt", "web"),
        ("GET", "/privacy/", "web"),
        ("POST", "/api/v1/consents", "web"),
        ("GET", "/admin/", "web"),
        ("GET", "/accessory", "web"),
        ("GET", "/privacy/../access/v1/evaluation", "pdp"),
    ],
)
def test_paths_are_split(proxy, method, path, who):
    status, body, _ = ask(proxy[0]["https"], method, path)

    assert status == 200
    assert json.loads(body)["who"] == who


def test_forwarded_headers_are_the_proxys_own(proxy):
    forged = {
        "X-Forwarded-For": "10.9.9.9",
        "X-Forwarded-Proto": "http",
        "Forwarded": "for=10.9.9.9",
        "X-Request-ID": "c-123",
    }
    _, body, _ = ask(proxy[0]["https"], "GET", "/privacy/", headers=forged)
    seen = json.loads(body)["headers"]

    assert seen["X-Forwarded-For"] == "127.0.0.1"
    assert seen["X-Forwarded-Proto"] == "https"
    assert "Forwarded" not in seen
    assert seen["X-Request-ID"] == "c-123"


def test_bodies_are_bounded(proxy):
    port = proxy[0]["https"]

    assert ask(port, "POST", "/access/v1/evaluations", b"x" * 15_000_000)[0] == 200
    assert ask(port, "POST", "/access/v1/evaluations", b"x" * 18_000_000)[0] == 413
    assert ask(port, "POST", "/privacy/", b"x" * 1_500_000)[0] == 413


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/v1/audiences", settings.AUDIENCE_LIST_BYTES),
        ("/admin/erasure/step/", MOST_BYTES),
        ("/errand/one-time-token/", MOST_BYTES),
    ],
)
def test_the_largest_that_the_suite_takes_gets_through(proxy, path, most):
    status, body, _ = ask(proxy[0]["https"], "POST", path, b"x" * most)

    assert status == 200
    assert json.loads(body)["who"] == "web"


def test_plain_http_leads_people_on_and_refuses_keys(proxy):
    port = proxy[0]["http"]
    status, _, headers = ask(port, "GET", "/privacy/", secure=False)

    assert (status, headers["Location"]) == (308, "https://127.0.0.1/privacy/")
    assert ask(port, "POST", "/access/v1/evaluation", secure=False)[0] == 403
    assert ask(port, "POST", "/api/v1/consents", secure=False)[0] == 403


def test_the_log_tells_nothing_about_a_person(proxy):
    places, folder = proxy
    ask(places["https"], "GET", "/privacy/sign-in/one-time-token?mail=a@example.invalid")

    logged = (folder / "access.log").read_text()

    assert json.loads(logged.splitlines()[-1])["status"] == 200
    for word in ("one-time-token", "example.invalid", '127.0.0.1"'):
        assert word not in logged
