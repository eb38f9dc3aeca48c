"""Keys of a person in Valkey, and nobody else's."""

import asyncio
import uuid

import pytest

from registry import connectors
from registry.connectors.contract import Act, ConnectorError, Finding, Person, Verb
from registry.models import Connector
from tests.servers.valkey import PASSWORD, valkey

__all__ = ["valkey"]
KEYS = [
    {"pattern": "session:{email}", "category": "pd:Session"},
    {"pattern": "cart:{crm}:{email}", "category": "pd:Cart"},
]
MEMBERS = [
    {"key": "newsletter", "kind": "set", "pattern": "{email}", "category": "pd:EmailAddress"},
    {"key": "names", "kind": "hash", "pattern": "c-{crm}", "category": "pd:Name"},
    {"key": "seen", "kind": "sorted_set", "pattern": "{crm}", "category": "pd:Behaviour"},
]


@pytest.fixture(autouse=True)
def _this_machine(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def store(valkey):
    """Two people's keys, and some that are nobody's."""
    with valkey.client() as found:
        found.flushall()
        for email, crm in (("asha@example.in", "1"), ("ravi@example.in", "2")):
            found.set(f"session:{email}", "x")
            found.hset(f"cart:{crm}:{email}", "shoe", 1)
            found.sadd("newsletter", email)
            found.hset("names", f"c-{crm}", "x")
            found.zadd("seen", {crm: 0})
        found.set("other", "x")
        yield found


def person(number=1, key="", categories=(), **identifiers):
    said = {scheme: v if isinstance(v, tuple) else (v,) for scheme, v in identifiers.items()}
    step = uuid.UUID(int=number)
    return Person(
        step=step, subject=step, key=key or f"k{number}", identifiers=said,
        categories=frozenset(categories),
    )  # fmt: skip


ASHA = {"email": "asha@example.in", "crm": "1"}
RAVI = {"email": "ravi@example.in", "crm": "2"}


def made(valkey, secret=PASSWORD, **more):
    settings = {
        "host": "127.0.0.1", "port": valkey.port, "tls": "disable", "keys": KEYS,
        "members": MEMBERS, **more,
    }  # fmt: skip
    return connectors.factory("valkey")(Connector(kind="valkey", settings=settings), secret)


def asked(connector, ability, *values):
    async def within():
        async with connector:
            return await getattr(connector, ability)(*values)

    return asyncio.run(within())


def tell(connector, *people):
    return asked(connector, "tell", Verb.ERASE, people)


def probe(connector, *people):
    return asked(connector, "probe", Verb.ERASE, people)


def failed(question, *values):
    with pytest.raises(ConnectorError) as refused:
        question(*values)
    return refused.value.code, refused.value.retry


def test_a_persons_keys_go_and_nobody_elses(valkey, store):
    connector = made(valkey)
    assert [one.finding for one in probe(connector, person(1, **ASHA))] == [Finding.PRESENT]

    said = tell(connector, person(1, **ASHA), person(3, email="x@example.in", crm="3"))

    assert [(one.act, one.evidence) for one in said] == [
        (Act.DONE, {"keys": 5}), (Act.UNKNOWN_PERSON, {"keys": 0}),
    ]  # fmt: skip
    assert store.exists("session:ravi@example.in", "cart:2:ravi@example.in", "other") == 3
    assert store.smembers("newsletter") == {"ravi@example.in"}
    assert store.hkeys("names") == ["c-2"]
    assert store.zrange("seen", 0, -1) == ["2"]
    found = probe(connector, person(1, **ASHA), person(2, **RAVI))
    assert [one.finding for one in found] == [Finding.ABSENT, Finding.PRESENT]
    assert [one.evidence for one in found] == [{"keys": 0}, {"keys": 5}]


def test_each_of_several_identifiers_is_looked_for(valkey, store):
    store.set("session:old@example.in", "x")

    [said] = tell(made(valkey), person(1, email=("asha@example.in", "old@example.in"), crm="1"))

    assert said.evidence == {"keys": 6}


def test_only_the_categories_that_are_to_go(valkey, store):
    connector, some = made(valkey), person(1, categories=["pd:Cart"], **ASHA)
    assert connector.declaration.by_category
    assert connector.declaration.holds == (
        "pd:Behaviour", "pd:Cart", "pd:EmailAddress", "pd:Name", "pd:Session",
    )  # fmt: skip

    assert tell(connector, some)[0].evidence == {"keys": 1}

    assert probe(connector, some)[0].finding == Finding.ABSENT
    assert probe(connector, person(1, **ASHA))[0].evidence == {"keys": 4}
    bare = made(valkey, keys=[{"pattern": "session:{email}"}])
    assert tell(bare, some)[0].code == "category_inseparable"


def test_told_again_with_the_same_key_has_no_second_effect(valkey, store):
    connector = made(valkey, done="sammati:")
    assert connector.declaration.honours_key
    tell(connector, person(1, **ASHA))
    store.set("session:asha@example.in", "a new customer")

    [again] = tell(connector, person(1, **ASHA))

    assert (again.act, again.code) == (Act.DONE, "done_before")
    assert store.exists("session:asha@example.in") == 1
    assert tell(connector, person(1, key="next", **ASHA))[0].evidence == {"keys": 1}
    assert store.ttl("sammati:k1") > 86_400


@pytest.mark.parametrize("crm", ["1:x", "a\nb", ""])
def test_an_identifier_that_could_name_somebody_elses_key_is_refused(valkey, store, crm):
    [said] = tell(made(valkey), person(1, email="asha@example.in", crm=crm))
    [found] = probe(made(valkey), person(1, email="asha@example.in", crm=crm))

    assert (said.act, said.code) == (Act.REFUSED, "identifier_unsafe")
    assert (found.finding, found.code) == (Finding.UNSURE, "identifier_unsafe")
    assert store.exists("session:asha@example.in") == 1


def test_somebody_of_whom_an_identifier_is_missing(valkey, store):
    [said] = tell(made(valkey), person(1, email="asha@example.in"))

    assert (said.act, said.code) == (Act.REFUSED, "identifier_missing")
    assert store.exists("session:asha@example.in") == 1
    [said] = asked(made(valkey), "status", [person(1)])
    assert said.act == Act.REFUSED
    for ability in ("tell", "probe"):
        told = ability, Verb.CORRECT, [person(1, **ASHA)]
        assert failed(asked, made(valkey), *told) == ("verb_unknown", False)


def test_what_is_of_another_kind_than_said(valkey, store):
    store.delete("names")
    store.set("names", "x")
    connector = made(valkey, done="sammati:")

    assert asked(connector, "check") == ["member_kind:names"]
    assert failed(tell, connector, person(1, **ASHA)) == ("statement_refused", False)
    assert store.exists("sammati:k1") == 0
    assert asked(made(valkey, members=[]), "check") == []


class TestNotLetIn:
    def test_another_password_and_expired_rights(self, valkey, store):
        assert failed(tell, made(valkey, secret="old"), person(1, **ASHA)) == (
            "credentials_refused", False,
        )  # fmt: skip
        assert failed(tell, made(valkey, secret=""), person(1, **ASHA)) == (
            "credentials_refused", False,
        )  # fmt: skip
        store.execute_command("ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@read", "+ping")
        reader = made(valkey, user="reader", secret="pw")
        assert failed(tell, reader, person(1, **ASHA)) == ("permission_denied", False)
        store.execute_command("ACL", "SETUSER", "reader", "off")
        assert failed(tell, reader, person(1, **ASHA)) == ("credentials_refused", False)

    def test_nobody_there_and_nowhere_to_go(self, valkey, store, settings):
        connector = made(valkey, port=1)
        assert failed(tell, connector, person(1, **ASHA)) == ("unreachable", True)
        settings.SYSTEM_NETWORKS = []
        assert failed(tell, made(valkey), person(1, **ASHA)) == ("address_refused", False)

    def test_a_server_without_certificate(self, valkey, store):
        connector = made(valkey, tls="verify-full", timeout_seconds=1)

        code, _ = failed(tell, connector, person(1, **ASHA))

        assert code in ("tls_refused", "unreachable", "too_slow")

    def test_a_copy_proves_nothing(self, valkey, store):
        store.execute_command("REPLICAOF", "127.0.0.1", "1")
        try:
            assert failed(probe, made(valkey), person(1, **ASHA)) == ("read_only", False)
            assert failed(tell, made(valkey), person(1, **ASHA)) == ("read_only", False)
        finally:
            store.execute_command("REPLICAOF", "NO", "ONE")


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"keys": []}, "keys"),
        ({"keys": [{"pattern": "session"}]}, "keys"),
        ({"keys": [{"pattern": "{email}"}]}, "keys"),
        ({"keys": [{"pattern": "a:{}"}]}, "schemes"),
        ({"keys": [{"pattern": "a:{passport}"}]}, "schemes"),
        ({"keys": [{"pattern": "a:{email.__class__}"}]}, "keys"),
        ({"keys": [{"pattern": "a:*{email}"}]}, "keys"),
        ({"keys": [{"pattern": "a:{{email}}"}]}, "keys"),
        ({"keys": [{"pattern": "a:{email}", "category": "a b"}]}, "category"),
        ({"members": [{"key": "", "kind": "set", "pattern": "{email}"}]}, "members"),
        ({"members": [{"key": "a", "kind": "list", "pattern": "{email}"}]}, "malformed"),
        ({"more": 1}, "malformed"),
        ({"port": 0}, "host"),
        ({"done": "a{email}"}, "done"),
        ({"done": "a", "done_seconds": 1}, "done"),
        ({"batch": 0}, "batch"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"per_minute": -1}, "per_minute"),
    ],
)
def test_settings_that_are_refused(change, member):
    row = Connector(kind="valkey", settings={"host": "127.0.0.1", "keys": KEYS, **change})

    code, _ = failed(connectors.factory("valkey"), row, "")

    assert code == f"settings_{member}"
