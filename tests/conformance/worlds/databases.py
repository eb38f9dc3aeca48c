"""Connectors of real databases: PostgreSQL, MariaDB and Valkey."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis

from config.run.embedded import Servers
from registry import connectors
from registry.connectors.contract import Act, Connector
from registry.models import Connector as Row
from tests.registry.connectors.sql.bases import Base
from tests.registry.connectors.sql.conftest import maria, mariadb, postgres

__all__ = ["maria", "mariadb", "postgres"]
TABLES = """
CREATE TABLE customers (id integer PRIMARY KEY, no varchar(40), email varchar(200));
CREATE TABLE orders (id integer PRIMARY KEY, customer integer NOT NULL,
  CONSTRAINT by_customer FOREIGN KEY (customer) REFERENCES customers (id));
CREATE TABLE sammati_erasures (`key` varchar(200) PRIMARY KEY)
"""
MAPPING = {
    "customers": {"match": {"email": "email", "crm": "no"}},
    "orders": {"through": {"table": "customers", "column": "customer", "to": "id"}},
}  # fmt: skip


@dataclass
class BaseWorld:
    """A database of shops' customers; it leaves the keys of erasures in a table."""

    base: Base
    accepted: str | None = None  # the shape, as an officer accepted it
    more: dict[str, Any] = field(default_factory=dict)

    def connector(self) -> Any:
        made = self.base.connector(
            MAPPING, keys="sammati_erasures", fingerprint=self.accepted, **self.more
        )
        self.accepted = made._fingerprint
        return made

    def put(self, numbers: Sequence[int]) -> None:
        for n in numbers:
            values = f"({n}, 'C-{n}', 'person{n}@people.example')"
            self.base.say(f"INSERT INTO customers (id, no, email) VALUES {values}")
            self.base.say(f"INSERT INTO orders (id, customer) VALUES ({n * 10}, {n})")

    def identifiers(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"email": (f"person{number}@people.example",), "crm": (f"C-{number}",)}

    def left(self) -> set[int]:
        rows = self.base.say("SELECT id FROM customers UNION SELECT customer FROM orders")
        return {row[0] for row in rows}

    def effects(self) -> dict[int, int] | None:
        return None

    def wait(self) -> None:
        """It is done when it says so."""

    def trouble(self, kind: str) -> tuple[Act, str] | None:
        self.connector()
        if kind == "expired":
            self.more = {"user": "nobody_here"}
            return Act.REFUSED, "credentials_refused"
        if kind == "dead":
            self.more = {"host": "127.0.0.1", "port": 1}
            return Act.RETRY, "unreachable"
        return None

    def at(self, host: str) -> Connector | None:
        more = {"host": host.strip("[]"), "port": 5432}
        return self.base.connector(MAPPING, fingerprint="0" * 64, **more)

    def fail(self) -> str | None:
        """A column is called by another name: what is mapped is not what is there."""
        self.connector()
        self.base.say("ALTER TABLE customers RENAME COLUMN email TO mail")
        return "column_missing"

    def mend(self) -> None:
        self.base.say("ALTER TABLE customers RENAME COLUMN mail TO email")


@pytest.fixture
def postgres_world(postgres: Base) -> BaseWorld:
    return _filled(postgres)


@pytest.fixture
def mariadb_world(maria: Base) -> BaseWorld:
    return _filled(maria)


def _filled(base: Base) -> BaseWorld:
    for statement in TABLES.split(";"):
        base.say(statement)
    return BaseWorld(base)


PREFIX = "conformance:"


@dataclass
class ValkeyWorld:
    """Sessions and a shared set, in the suite's own Valkey."""

    client: Any
    settings: dict[str, Any]
    secret: str = ""

    def connector(self) -> Connector:
        return connectors.factory("valkey")(Row(kind="valkey", settings=self.settings), self.secret)

    def put(self, numbers: Sequence[int]) -> None:
        for n in numbers:
            self.client.set(f"{PREFIX}session:person{n}@people.example", "x")
            self.client.sadd(f"{PREFIX}fans", f"C-{n}")

    def identifiers(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"email": (f"person{number}@people.example",), "crm": (f"C-{number}",)}

    def left(self) -> set[int]:
        sessions = self.client.keys(f"{PREFIX}session:*")
        kept = {one.decode().split("person")[1].split("@")[0] for one in sessions}
        fans = self.client.smembers(f"{PREFIX}fans")
        return {int(one) for one in kept | {fan.decode()[2:] for fan in fans}}

    def effects(self) -> dict[int, int] | None:
        return None

    def wait(self) -> None:
        """It is done when it says so."""

    def trouble(self, kind: str) -> tuple[Act, str] | None:
        if kind == "expired":
            self.settings |= {"user": "nobody"}
            self.secret = "wrong"
            return Act.REFUSED, "credentials_refused"
        if kind == "dead":
            self.settings |= {"host": "127.0.0.1", "port": 1}
            return Act.RETRY, "unreachable"
        return None

    def at(self, host: str) -> Connector | None:
        self.settings |= {"host": host.strip("[]")}
        return self.connector()

    def fail(self) -> str | None:
        return None

    def mend(self) -> None:
        """It never failed."""


@pytest.fixture
def valkey_world(servers: Servers) -> Iterator[ValkeyWorld]:
    socket = str(servers.places.valkey_socket)
    client = redis.Redis(unix_socket_path=socket)
    settings = {
        "host": socket, "tls": "disable", "done": f"{PREFIX}done:",
        "keys": [{"pattern": PREFIX + "session:{email}"}],
        "members": [{"key": f"{PREFIX}fans", "kind": "set", "pattern": "{crm}"}],
    }  # fmt: skip
    yield ValkeyWorld(client, settings)
    for one in client.keys(f"{PREFIX}*"):
        client.delete(one)
    client.close()
