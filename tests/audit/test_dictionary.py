"""Whoever holds every permanent table and knows everything but the salts can match no leaf (P6)."""

import hashlib
import itertools
import struct

import pytest

from audit import sealing
from audit.models import EntryIndex, Payload
from keys import services as keys
from subjects import services as subjects
from tests.audit.log import unguarded
from tests.audit.tampering import run
from tests.factories.company import EVALUATION, OFFERS, company
from tests.factories.point import asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-05", "P6")]

EMAIL = "asha.rao@example.in"
PERMANENT = ("audit_bundle", "audit_tile", "audit_checkpoint", "audit_tree")


@pytest.fixture
def lotus():
    return company()


@pytest.fixture
def asha(lotus):
    """A person whose e-mail address the attacker knows, and a log that tells much about her."""
    person = lotus.person(EMAIL)
    lotus.yes(person)
    lotus.withdraws(person)
    for _ in range(3):
        asked(lambda client, point: client.post(
            EVALUATION, json=lotus.question(person), headers=lotus.headers
        ))  # fmt: skip
    sealing.seal_all()
    return person


def permanent():
    """Every 32 bytes that stand anywhere in what is kept for ever."""
    found = set()
    for table in PERMANENT:
        for row in run(f"SELECT * FROM {table}"):
            for value in row:
                raw = bytes(value) if isinstance(value, bytes | memoryview) else b""
                found |= {raw[at : at + 32] for at in range(0, len(raw) - 31, 16)}
    return found


def guesses(lotus, asha):
    """What may have been hashed: every payload to the letter, and all that is known of her."""
    known = {bytes(one.body) for one in Payload.objects.all()}
    for line in EntryIndex.objects.values_list():
        known |= {str(value).encode() for value in line if value}
        known.add("|".join(str(value) for value in line).encode())
    for text in (EMAIL, EMAIL.upper(), EMAIL.split("@", maxsplit=1)[0], OFFERS, str(lotus.id)):
        known |= {text.encode(), f"mailto:{text}".encode(), f"email:{text}".encode()}
    for one in (asha.id, lotus.id, subjects.ref(asha).pseudonym):
        known |= {one.bytes, str(one).encode(), one.hex.encode()}
    known.add(keys.lookup_digest(controller_id=lotus.id, scheme="email", value=EMAIL))
    return known


def weak_salts(lotus, asha):
    """Salts that somebody might have thought were random enough."""
    times = [line.at.timestamp() for line in EntryIndex.objects.all()]
    return {
        b"", bytes(16), b"\xff" * 16, asha.id.bytes, lotus.id.bytes, EMAIL.encode()[:16],
        hashlib.sha256(EMAIL.encode()).digest()[:16], hashlib.md5(EMAIL.encode()).digest(),
        *(line.bytes for line in EntryIndex.objects.values_list("id", flat=True)),
        *(struct.pack(">QQ", 0, int(at * scale)) for at in times for scale in (1, 1e3, 1e6)),
        *(struct.pack(">QQ", 0, number) for number in range(256)),
    }  # fmt: skip


def matched(leaves, bodies, salts):
    """The guesses that some leaf betrays, in whichever way salt and payload may be joined."""
    found = set()
    for body, salt in itertools.product(bodies, salts):
        for joined in (salt + body, body + salt):
            once = hashlib.sha256(joined).digest()
            twice = hashlib.sha256(once).digest()
            leaf = hashlib.sha256(b"\0" + once).digest()
            plain = hashlib.sha256(b"\0" + joined).digest()
            if not leaves.isdisjoint((once, twice, leaf, plain)):
                found.add(body)
    return found


def test_no_known_payload_or_identifier_matches_a_leaf(lotus, asha):
    leaves, bodies = permanent(), guesses(lotus, asha)

    assert len(bodies) > 60
    assert not matched(leaves, bodies, weak_salts(lotus, asha))


def test_with_the_salts_the_same_attack_finds_every_payload(lotus, asha):
    """So that it is the salt that protects, and the attack is one."""
    payloads = list(Payload.objects.all())
    leaves = permanent()

    for one in payloads:
        assert matched(leaves, {bytes(one.body)}, {bytes(one.salt)}) == {bytes(one.body)}


def test_no_salt_is_used_twice(lotus, asha):
    salts = [bytes(one.salt) for one in Payload.objects.all()]

    assert {len(one) for one in salts} == {16}
    assert len(set(salts)) == len(salts)


def test_nothing_permanent_names_the_person(lotus, asha):
    pseudonym = subjects.ref(asha).pseudonym
    names = [EMAIL.encode(), asha.id.bytes, str(asha.id).encode(), pseudonym.bytes,
             str(pseudonym).encode()]  # fmt: skip

    for table in PERMANENT:
        for row in run(f"SELECT * FROM {table}"):
            kept = b"".join(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for value in row
            )
            assert not [one for one in names if one in kept]


def test_once_the_payloads_are_gone_no_table_has_what_would_match(lotus, asha, superuser):
    bodies = guesses(lotus, asha)
    with unguarded(superuser, "audit_payload"):
        superuser.execute("DELETE FROM audit_payload")
    superuser.execute("DELETE FROM audit_entryindex")
    values = {
        bytes(value)[at : at + 16]
        for (table,) in run("SELECT relname FROM pg_class WHERE relkind = 'r' AND "
                            "relnamespace = 'public'::regnamespace")
        for row in (run(f'SELECT * FROM "{table}"') if has_right(table) else [])
        for value in row if isinstance(value, bytes | memoryview)
        for at in range(0, max(1, len(bytes(value)) - 15), 16)
    }  # fmt: skip

    assert not matched(permanent(), bodies, values)


def has_right(table):
    return run("SELECT has_table_privilege(%s, 'SELECT')", f'"{table}"')[0][0]
