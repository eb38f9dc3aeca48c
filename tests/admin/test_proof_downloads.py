"""An officer takes away the proof of an entry and its record; both are recorded first."""

import hashlib
from uuid import UUID

import pytest
from django.urls import reverse

from audit import door, sealing
from audit.models import EntryIndex, Payload
from audit.selectors import payload
from audit.tiles import LogReader
from audit.tlog import merkle, notes
from tests.audit.log import unguarded
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-04")]

FILES = ("proof", "record")


def page(entry_id):
    return reverse("admin:audit_entryindex_change", args=[entry_id])


def file(what, entry_id):
    return reverse(f"admin:audit_entryindex_{what}", args=[entry_id])


@pytest.fixture
def entry(lotus):
    """An entry about a person, waiting for its place."""
    return house.decide(lotus)


@pytest.fixture
def placed(entry):
    sealing.seal_all()
    return entry


def test_both_files_together_prove_the_record(desk, lotus, placed):
    proof, record = (desk.get(file(what, placed)) for what in FILES)

    found = notes.Proof.parse(proof.content.decode())
    note = notes.parse_note(found.checkpoint)
    said = notes.Checkpoint.parse(note.body)
    leaf = merkle.leaf_hash(hashlib.sha256(found.extra + record.content).digest())
    assert merkle.root_from_inclusion(found.index, said.size, leaf, found.hashes) == said.root
    assert note.by(sealing.log_key(LogReader.of(lotus.id).tree.origin))


def test_are_files_that_no_browser_keeps(desk, placed):
    proof, record = (desk.get(file(what, placed)) for what in FILES)

    assert proof.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert record.headers["Content-Type"] == "application/json"
    assert f'filename="{placed}.tlog-proof"' in proof.headers["Content-Disposition"]
    assert f'filename="{placed}.json"' in record.headers["Content-Disposition"]
    assert "no-store" in proof.headers["Cache-Control"]
    assert "no-store" in record.headers["Cache-Control"]


def test_the_page_says_how_far_the_log_can_prove_it(desk, lotus, placed):
    reader = LogReader.of(lotus.id)

    shown = desk.get(page(placed)).content.decode()

    assert f"Place {reader.position(placed)} in the log" in shown
    assert f"the checkpoint of {reader.size} entries" in shown
    assert "Signed by 0 witnesses" in shown
    for what in FILES:
        assert f'href="{file(what, placed)}"' in shown


def test_while_it_waits_the_page_says_so_and_there_is_no_proof(desk, lotus, entry, entries):
    shown = desk.get(page(entry)).content.decode()
    before = len(entries("record:viewed"))

    answer = desk.get(file("proof", entry))

    assert "It waits for its place in the log." in shown
    assert file("proof", entry) not in shown
    assert (answer.status_code, answer.headers["Location"]) == (302, page(entry))
    assert len(entries("record:viewed")) == before


@pytest.mark.req("P11")
@pytest.mark.parametrize("what", FILES)
class TestEachFile:
    def test_is_recorded(self, desk, lotus, placed, entries, what):
        desk.get(file(what, placed))

        (seen,) = entries("record:viewed")
        said = payload(seen.id)
        assert (seen.controller_id, seen.subject_id) == (lotus.id, lotus.person.id)
        assert said["target"] == {"type": "entry", "id": str(placed)}
        assert said["data"]["what"] == what

    def test_is_kept_back_when_that_fails(self, desk, placed, broken_log, what):
        broken_log.breaks()

        answer = desk.get(file(what, placed))

        assert answer.status_code == 503
        assert "Content-Disposition" not in answer.headers

    @pytest.mark.req("P9")
    def test_of_another_company_does_not_exist(self, desk, tulip, what):
        foreign = house.decide(tulip)
        sealing.seal_all()

        assert desk.get(file(what, foreign)).status_code == 404

    def test_needs_the_permission_to_view_the_audit(self, lotus, placed, what):
        operator = house.signed_in(house.officer(lotus, "otto", "operator"))

        assert operator.get(file(what, placed)).status_code in {403, 404}

    def test_is_open_to_auditors(self, auditor, placed, what):
        assert auditor.get(file(what, placed)).status_code == 200

    def test_is_only_read(self, desk, placed, what):
        assert desk.post(file(what, placed)).status_code == 405

    def test_of_nothing_does_not_exist(self, desk, placed, what):
        unknown = "01900000-0000-7000-8000-00000000dead"

        assert desk.get(file(what, unknown)).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("P6")
def test_the_proof_outlives_the_record(desk, placed, superuser):
    with unguarded(superuser, "audit_payload"):
        superuser.execute("DELETE FROM audit_payload WHERE id = %s", [placed])

    shown = desk.get(page(placed)).content.decode()

    assert not Payload.objects.filter(id=placed).exists()
    assert EntryIndex.objects.filter(id=placed).exists()
    assert notes.Proof.parse(desk.get(file("proof", placed)).content.decode()).extra == b""
    assert desk.get(file("record", placed)).status_code == 404
    assert file("record", placed) not in shown


@pytest.mark.req("AUD-02")
class TestTheDoor:
    TRACE = "0192f0c1-1234-7123-8123-123456789012"

    def test_is_on_the_page_with_request_and_network(self, desk, lotus):
        door.enter(door.Door(self.TRACE, "203.0.113.0/24"))
        entry = house.decide(lotus)
        door.leave()

        text = desk.get(page(entry)).content.decode()

        assert "Id of the request or job" in text
        assert f'<code dir="ltr">{self.TRACE}</code>' in text
        assert "Network it came from" in text
        assert '<code dir="ltr">203.0.113.0/24</code>' in text

    def test_of_a_job_has_no_network(self, desk, lotus):
        with door.through_job(UUID(self.TRACE)):
            entry = house.decide(lotus)

        text = desk.get(page(entry)).content.decode()

        assert f'<code dir="ltr">{self.TRACE}</code>' in text
        assert "Network it came from" not in text

    def test_is_not_there_where_nobody_knows(self, desk, entry):
        text = desk.get(page(entry)).content.decode()

        assert "Id of the request or job" not in text
        assert "Network it came from" not in text
