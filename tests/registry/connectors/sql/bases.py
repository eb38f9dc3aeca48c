"""Two real databases with the same people in them, and connectors of them as a test wants them."""

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any

from registry import connectors
from registry.connectors.contract import ConnectorError, Person, Verb
from registry.models import Connector

SCHEMA = "shop"
TABLES = """
CREATE TABLE customers (id integer PRIMARY KEY, no varchar(40), email varchar(200),
  phone varchar(40), name varchar(100), blocked boolean NOT NULL DEFAULT false);
CREATE TABLE orders (id integer PRIMARY KEY, customer integer NOT NULL, town varchar(100),
  total integer NOT NULL, CONSTRAINT by_customer FOREIGN KEY (customer) REFERENCES customers (id));
CREATE TABLE items (id integer PRIMARY KEY, order_id integer NOT NULL, gift varchar(100),
  CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES orders (id));
CREATE TABLE sammati_erasures (`key` varchar(200) PRIMARY KEY)
"""
PEOPLE = """
INSERT INTO customers (id, no, email, phone, name) VALUES
  (1, 'C-1', 'Asha@Example.in', '+91 98 1000-0001', 'Asha'),
  (2, 'C-2', 'ravi@example.in', '+919810000002', 'Ravi'),
  (3, 'C-3', 'jose@example.in', NULL, 'Jose'),
  (4, 'C-4', 'josé@example.in', NULL, 'José');
INSERT INTO orders VALUES (10, 1, 'Pune', 5), (11, 1, 'Goa', 7), (20, 2, 'Delhi', 9);
INSERT INTO items VALUES (100, 10, 'for Mum'), (101, 10, NULL), (200, 20, 'x')
"""
MAPPING = {
    "customers": {"match": {"email": "email", "crm": "no"}, "category": "pd:Contact"},
    "orders": {"through": {"table": "customers", "column": "customer", "to": "id"}},
    "items": {"through": {"table": "orders", "column": "order_id", "to": "id"}},
}  # fmt: skip


@dataclass
class Base:
    """A database: `run` says something to it as its master; `settings` let a connector in."""

    kind: str
    run: Any
    settings: dict[str, Any]
    secret: str = ""
    fingerprints: dict[str, str] = field(default_factory=dict)

    def fill(self) -> None:
        for statement in f"{TABLES};{PEOPLE}".split(";"):
            self.say(statement)

    def say(self, statement: str) -> Any:
        return self.run(statement if self.kind == "mysql" else statement.replace("`", '"'))

    def number(self, table: str, where: str = "1 = 1") -> int:
        return self.say(f"SELECT count(*) FROM {table} WHERE {where}")[0][0]

    def connector(self, tables=None, *, secret=None, fingerprint=None, **more):
        """As the mapping says, with the shape as it is now, if that fits."""
        settings = {**self.settings, "tables": MAPPING if tables is None else tables, **more}
        row = Connector(kind=self.kind, settings=settings)
        secret = self.secret if secret is None else secret
        make = connectors.factory(self.kind)
        if fingerprint is None:
            found = make(row, secret)
            fingerprint = asyncio.run(within(found, found.shape))
        row.fingerprint = fingerprint
        return make(row, secret)


async def within(connector, question, *values):
    async with connector:
        return await question(*values)


def tell(connector, *people, verb=Verb.ERASE):
    return asyncio.run(within(connector, connector.tell, verb, people))


def probe(connector, *people, verb=Verb.ERASE):
    return asyncio.run(within(connector, connector.probe, verb, people))


def check(connector):
    return asyncio.run(within(connector, connector.check))


def failed(question, *values, **more):
    """The code it failed with, and whether it may go better later."""
    try:
        question(*values, **more)
    except ConnectorError as error:
        return error.code, error.retry
    raise AssertionError("It did not fail.")


def person(number=1, key="", **identifiers):
    said = {scheme: (v if isinstance(v, tuple) else (v,)) for scheme, v in identifiers.items()}
    more = {name: said.pop(name)[0] for name in ("categories", "values") if name in said}
    step = uuid.UUID(int=number)
    return Person(step=step, subject=step, key=key or f"k{number}", identifiers=said, **more)


def asha(**more):
    return person(1, email="asha@example.in", crm="C-1", **more)


def ravi(**more):
    return person(2, email="ravi@example.in", crm="C-2", **more)
