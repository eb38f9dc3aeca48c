"""A certificate of erasure, checked by somebody who trusts neither us nor our database (ERA-09)."""

import json

import pytest
from django.utils import timezone

from audit import sealing
from audit.canonical import canonical
from erasure.certificates import selectors
from erasure.certificates.issuing import issue_many
from tests.erasure.ended import KEPT, case, party, step, system, world
from tests.verify import kit
from tests.verify.kit import UNREADABLE, UNTRUSTED, VERIFIED, WRONG, Signer

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-09", "AUD-04")]


@pytest.fixture
def company():
    return world.make()


@pytest.fixture
def certificate(company):
    found = case(company, company.person())
    step(found, system=system(company, "crm", "Customer files"), evidence={"rows": 3})
    step(found, system=system(company, "ledger", "Accounts"), ends="exempt", kept=[KEPT])
    step(
        found, system=system(company, "mail", "Newsletter"), ends="excepted",
        excepted_reason="The vendor was wound up.",
    )  # fmt: skip
    step(found, party=party(company, "courier", "Swift Couriers"), ends="informed")
    issue_many(case_ids=[found.id], at=timezone.now())
    sealing.seal_all()
    return selectors.newest(company.id, found.id)


@pytest.fixture
def vkey(certificate):
    proof = json.loads(selectors.file(certificate).body)["log"]["proof"]
    return str(sealing.log_key(proof.split("\n\n")[1].split("\n", maxsplit=1)[0]))


@pytest.fixture
def given(certificate, tmp_path):
    """Writes the file as it is handed out, changed if asked."""

    def write(change=lambda said: said):
        path = tmp_path / "certificate.json"
        said = change(json.loads(selectors.file(certificate).body))
        path.write_bytes(said if isinstance(said, bytes) else json.dumps(said).encode())
        return path

    return write


def signed_anew(said, **changes):
    """Other words under the company's own key, as a company that lies could sign them."""
    content = {name: one for name, one in said.items() if name not in ("signature", "log")}
    content |= changes
    value = kit.text64(kit.keys.sign(canonical(content)).value)
    log = {"log": said["log"]} if "log" in said else {}
    return {**content, "signature": {"key_id": "x", "ed25519": value}, **log}


def test_it_verifies_and_tells_how_each_system_ended(given, ask, vkey, certificate):
    found = ask("certificate", given(), "--vkey", vkey)

    assert found.code == VERIFIED, found.message
    assert found.facts["certificate"] == str(certificate.id)
    assert found.facts["systems"] == {"absent": 1, "exempt": 1, "excepted": 1, "informed": 1}
    assert found.facts["in_log"] is True
    assert len(found.facts["exceptions"]) == 2


def test_it_needs_nothing_of_the_suite(given, vkey, only_cryptography):
    ended = kit.alone(only_cryptography, "certificate", given(), "--vkey", vkey)

    assert ended.returncode == VERIFIED, ended.stderr


def test_without_a_proof_the_signature_alone_counts_and_it_says_so(given, ask, vkey):
    def bare(said):
        return {name: one for name, one in said.items() if name != "log"}

    found = ask("certificate", given(bare), "--vkey", vkey)

    assert (found.code, found.facts["in_log"]) == (VERIFIED, False)
    assert "not checked" in found.message


@pytest.mark.parametrize("name", [
    "certificate_id", "number", "replaces", "issued_at", "controller", "case", "systems", "stays",
    "exceptions", "counts", "statement",
])  # fmt: skip
def test_no_part_of_it_can_change(name, given, ask, vkey):
    def change(said):
        old = said[name]
        new = {dict: lambda: {**old, "x": 1}, list: lambda: [*old, *old], int: lambda: old + 1}
        return {**said, name: new.get(type(old), lambda: f"{old}0")()}

    found = ask("certificate", given(change), "--vkey", vkey)

    assert (found.code, "not signed" in found.message) == (WRONG, True)


def test_what_we_sign_later_is_not_what_the_log_says(given, ask, vkey):
    found = ask("certificate", given(lambda said: signed_anew(said, number=2)), "--vkey", vkey)

    assert (found.code, "number" in found.message) == (WRONG, True)
    found = ask("certificate", given(lambda said: signed_anew(said, stays=[])), "--vkey", vkey)
    assert (found.code, "sha256" in found.message) == (WRONG, True)


@pytest.mark.parametrize(("place", "part", "words"), [
    (0, {"outcome": "exempt"}, "counts"), (0, {"outcome": ""}, "counts"),
    (1, {"kept": []}, "exempt"), (2, {"exception": ""}, "excepted"),
])  # fmt: skip
def test_one_that_contradicts_itself_does_not_verify(place, part, words, given, ask, vkey):
    def change(said):
        systems = [dict(one) for one in said["systems"]]
        systems[place] |= part
        return signed_anew(said, systems=systems)

    found = ask("certificate", given(change), "--vkey", vkey)

    assert (found.code, words in found.message) == (WRONG, True)


def test_an_unended_system_does_not_verify_whatever_the_counts_say(given, ask, vkey):
    def change(said):
        systems = [dict(one) for one in said["systems"]]
        systems[0]["outcome"] = "sent"
        return signed_anew(said, systems=systems, counts={**said["counts"], "absent": 0})

    found = ask("certificate", given(change), "--vkey", vkey)

    assert (found.code, "not ended" in found.message) == (WRONG, True)


def test_another_companys_key_does_not_count(given, ask, vkey):
    eve = Signer(vkey.split("+")[0], seed=b"\x66" * 32)
    other = Signer("log.example/log/v1/01900000-0000-7000-8000-000000000001")

    assert ask("certificate", given(), "--vkey", eve.vkey).code == WRONG
    assert ask("certificate", given(), "--vkey", other.vkey).code == UNTRUSTED
    assert ask("certificate", given()).code == UNTRUSTED


@pytest.mark.parametrize("said", [
    b"", b"{}", b"[]", b"null", b"\xff", b"[" * 99_999,
    b'{"schema_version": "sammati-erasure-certificate-1"}',
    b'{"schema_version": "sammati-erasure-certificate-1", "signature": {"ed25519": 1}}',
    b'{"schema_version": "sammati-erasure-certificate-1", "signature": {"ed25519": "AAAA"}}',
    b'{"schema_version": "sammati-receipt-1", "signature": {}}',
])  # fmt: skip
def test_what_is_no_certificate_cannot_be_read(said, given, ask, vkey):
    assert ask("certificate", given(lambda _: said), "--vkey", vkey).code == UNREADABLE


@pytest.mark.parametrize("log", [
    {}, [], "x", {"proof": "x"}, {"proof": 1, "record": ""}, {"proof": "x", "record": "!"},
])  # fmt: skip
def test_a_proof_that_is_none_cannot_be_read(log, given, ask, vkey):
    found = ask("certificate", given(lambda said: {**said, "log": log}), "--vkey", vkey)

    assert found.code == UNREADABLE
