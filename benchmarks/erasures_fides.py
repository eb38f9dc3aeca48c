"""Fides beside ours: the same people in one table of PostgreSQL, each erased at his own request.

`FIDES=` is the folder of its programs (`fides`, installed apart: `pip install ethyca-fides`), and
`FIDES_POSTGRES=` that of a PostgreSQL with the extension pgcrypto, which the embedded one lacks.
Its own web server and worker run as its manual says. It looks the rows up and overwrites them; that
they are gone it does not look at afterwards, nor does it certify or log in a way one can verify.
"""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from benchmarks import erasures_house as house
from benchmarks.erasures_six import LOGIN, MAPPING, TABLES
from config import env
from config.run import processes
from tests.servers import valkey
from tests.servers.mariadb import free_port

ROOT = ("root", "rootsecret")
POLICY = "gone"
PATIENCE = 300.0
ABSENT = (
    "Fides: not run. Install ethyca-fides in an environment of its own, name the folder of its"
    " programs in FIDES= and that of a PostgreSQL with pgcrypto in FIDES_POSTGRES=."
)


def measured(superuser: psycopg.Connection[Any]) -> dict[str, float]:
    """People a second, theirs and ours; empty where it is not here."""
    number, programs = env.integer("FIDES_PEOPLE", default=100), env.text("FIDES", "")
    bins = env.text("FIDES_POSTGRES", "")
    if not (Path(programs) / "fides").exists() or not (Path(bins) / "postgres").exists():
        print(ABSENT)
        return {}
    theirs = _theirs(Path(programs), Path(bins), number)
    ours = _ours(number, superuser)
    return {
        "people": number, "theirs": round(theirs, 2), "ours": round(ours, 1),
        "times": round(ours / theirs, 1),
    }  # fmt: skip


def _ours(number: int, superuser: psycopg.Connection[Any]) -> float:
    company = house.company("besides")
    if not superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone():
        superuser.execute(f"CREATE ROLE {LOGIN} LOGIN")
    superuser.execute(
        f"CREATE SCHEMA besides; SET search_path = besides; {TABLES.replace('`', '')};"
        f"GRANT CONNECT ON DATABASE {superuser.info.dbname} TO {LOGIN};"
        f"GRANT USAGE ON SCHEMA besides TO {LOGIN};"
        f"GRANT ALL ON ALL TABLES IN SCHEMA besides TO {LOGIN}; {FILL % number}"
    )
    house.system(
        company, "crm", "postgresql", host=superuser.info.host, port=5432, schema="besides",
        database=superuser.info.dbname, tables=MAPPING, keys="sammati_erasures", user=LOGIN,
        tls="disable",
    )  # fmt: skip
    ids = house.people(company, number)
    with house.crew():
        time.sleep(6.0)
        began = time.perf_counter()
        house.opened(company, ids, ref="besides")
        house.wait(lambda: not house.unclosed(company), seconds=PATIENCE)
        return number / (time.perf_counter() - began)


FILL = """INSERT INTO customers SELECT 'p' || n, 'p' || n || '@people.example', 'Person ' || n
FROM generate_series(0, %d - 1) n"""


def _theirs(programs: Path, bins: Path, number: int) -> float:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)
        port = stack.enter_context(_postgres(bins, folder))
        cache = stack.enter_context(valkey.running(folder))
        with psycopg.connect(_dsn(port, "postgres"), autocommit=True) as made:
            made.execute("CREATE DATABASE fides")
            made.execute("CREATE DATABASE shop")
        shop = stack.enter_context(psycopg.connect(_dsn(port, "shop"), autocommit=True))
        shop.execute(
            TABLES.replace("`", "") + "; CREATE INDEX ON customers (email);" + FILL % number
        )
        web = free_port()
        environment = _environment(port, cache.port, folder)
        fides = str(programs / "fides")
        stack.enter_context(_process([fides, "webserver", "--port", str(web)], environment, folder))
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{web}", timeout=60))
        house.wait(lambda: _answers(client), seconds=PATIENCE)
        _prepare(client, port)
        stack.enter_context(_process([fides, "worker"], environment, folder))
        _ask(client, ["p0@people.example"])  # the first one waits for the worker to be up
        house.wait(lambda: _gone(shop) == 1, seconds=PATIENCE)
        began = time.perf_counter()
        _ask(client, [f"p{n}@people.example" for n in range(1, number)])
        house.wait(lambda: _gone(shop) == number, seconds=PATIENCE)
        return (number - 1) / (time.perf_counter() - began)


@contextmanager
def _postgres(bins: Path, folder: Path) -> Iterator[int]:
    """On a port, for anybody of this machine; durable as ours."""
    port, data = free_port(), folder / "pg"
    data.mkdir()
    uid, gid = (65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())
    account = (uid, gid)
    os.chown(data, *account)
    given = {"environment": {"PATH": os.defpath, "LC_ALL": "C"}, "folder": data}
    given |= {"account": account if os.getuid() == 0 else None, "output": subprocess.DEVNULL}
    made = processes.start(
        [bins / "initdb", "-D", data / "d", "-U", "postgres", "-A", "trust"],
        **given,  # type: ignore[arg-type]
    )
    if made.wait():
        raise RuntimeError("The PostgreSQL named in FIDES_POSTGRES makes no cluster.")
    server = processes.start(
        [bins / "postgres", "-D", data / "d", "-p", str(port), "-k", data,
         "-c", "listen_addresses=127.0.0.1"], **given,  # type: ignore[arg-type]
    )  # fmt: skip
    try:
        house.wait(lambda: _is_up(port), seconds=60)
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def _is_up(port: int) -> bool:
    try:
        psycopg.connect(_dsn(port, "postgres")).close()
    except psycopg.OperationalError:
        return False
    return True


def _dsn(port: int, name: str) -> str:
    return f"host=127.0.0.1 port={port} user=postgres dbname={name}"


def _environment(port: int, cache: int, folder: Path) -> dict[str, str]:
    (folder / "fides.toml").touch()
    said = {
        "DATABASE__SERVER": "127.0.0.1", "DATABASE__PORT": str(port), "DATABASE__DB": "fides",
        "DATABASE__USER": "postgres", "DATABASE__PASSWORD": "none", "REDIS__HOST": "127.0.0.1",
        "REDIS__PORT": str(cache), "REDIS__PASSWORD": valkey.PASSWORD,
        "SECURITY__APP_ENCRYPTION_KEY": "k" * 32, "SECURITY__OAUTH_ROOT_CLIENT_ID": ROOT[0],
        "SECURITY__OAUTH_ROOT_CLIENT_SECRET": ROOT[1], "SECURITY__DRP_JWT_SECRET": "secret",
        "SECURITY__ENV": "dev", "USER__ANALYTICS_OPT_OUT": "true", "LOGGING__LEVEL": "WARNING",
        "EXECUTION__REQUIRE_MANUAL_REQUEST_APPROVAL": "false",
        "EXECUTION__SUBJECT_IDENTITY_VERIFICATION_REQUIRED": "false",
        "CONFIG_PATH": str(folder / "fides.toml"),
    }  # fmt: skip
    known = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return known | {f"FIDES__{name}": value for name, value in said.items()}


@contextmanager
def _process(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[None]:
    child = processes.start(
        command, output=subprocess.DEVNULL, environment=environment, folder=folder
    )
    try:
        yield
    finally:
        processes.signal_group(child, signal.SIGKILL)
        child.wait()


def _answers(client: httpx.Client) -> bool:
    try:
        said = client.post("/api/v1/oauth/token", data={
            "grant_type": "client_credentials", "client_id": ROOT[0], "client_secret": ROOT[1],
        })  # fmt: skip
    except httpx.HTTPError:
        return False
    if said.is_success:
        client.headers["Authorization"] = f"Bearer {said.json()['access_token']}"
    return said.is_success


def _prepare(client: httpx.Client, port: int) -> None:
    """What an operator enters: the table, the way to it, and what erasing means."""
    fields = [
        {"name": "no", "data_categories": ["system.operations"],
         "fides_meta": {"primary_key": True}},
        {"name": "email", "data_categories": ["user.contact.email"],
         "fides_meta": {"identity": "email", "data_type": "string"}},
        {"name": "name", "data_categories": ["user.name"], "fides_meta": {"data_type": "string"}},
    ]  # fmt: skip
    shop = {"fides_key": "shop", "name": "shop", "description": "",
            "collections": [{"name": "customers", "fields": fields}]}  # fmt: skip
    secret = {"host": "127.0.0.1", "port": port, "dbname": "shop", "username": "postgres",
              "password": "none", "db_schema": "public"}  # fmt: skip
    way = {"name": "shop", "key": "shop", "connection_type": "postgres", "access": "write"}
    rule = {"name": POLICY, "key": POLICY, "action_type": "erasure",
            "masking_strategy": {"strategy": "null_rewrite", "configuration": {}}}  # fmt: skip
    goals = [{"data_category": "user.name"}, {"data_category": "user.contact.email"}]
    rules = f"/dsr/policy/{POLICY}/rule"
    for method, path, said in (
        ("POST", "/dataset", shop), ("PATCH", "/connection", [way]),
        ("PUT", "/connection/shop/secret?verify=false", secret),
        ("PATCH", "/connection/shop/datasetconfig",
         [{"fides_key": "shop", "ctl_dataset_fides_key": "shop"}]),
        ("PATCH", "/dsr/policy", [{"name": POLICY, "key": POLICY}]), ("PATCH", rules, [rule]),
        ("PATCH", f"{rules}/{POLICY}/target", goals),
    ):  # fmt: skip
        client.request(method, f"/api/v1{path}", json=said).raise_for_status()


def _ask(client: httpx.Client, emails: list[str]) -> None:
    for start in range(0, len(emails), 50):
        asked = [
            {"policy_key": POLICY, "identity": {"email": one}} for one in emails[start : start + 50]
        ]
        client.post("/api/v1/privacy-request", json=asked).raise_for_status()


def _gone(shop: psycopg.Connection[Any]) -> int:
    found = shop.execute("SELECT count(*) FROM customers WHERE email IS NULL").fetchone()
    return int(found[0]) if found else 0
