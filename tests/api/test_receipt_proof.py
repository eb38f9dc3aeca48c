"""The log's proof of a ledger line, beside its receipt."""

import hashlib
import uuid

import pytest

from audit import sealing
from audit.models import EntryIndex, Payload
from audit.selectors import payload
from audit.tiles import LogReader
from audit.tlog import merkle, notes
from tests.api.house import pointers, problem
from tests.portal.world import MAPS

pytestmark = pytest.mark.req("AUD-04", "CON-14")


def path(event):
    return f"/receipts/{event.id}/proof"


@pytest.fixture
def line(lotus, asha):
    """A line whose record has its place in the log."""
    event = lotus.yes(asha)
    sealing.seal_all()
    return event


def test_it_works(api, lotus, line):
    response = api.get(path(line))

    assert (response.status_code, response.headers["Content-Type"]) == (
        200, "text/plain; charset=utf-8",
    )  # fmt: skip
    entry = EntryIndex.objects.get(target_id=str(line.id))
    assert f'filename="{entry.id}.tlog-proof"' in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    found = notes.Proof.parse(response.content.decode())
    record = bytes(Payload.objects.get(id=entry.id).body)
    leaf = merkle.leaf_hash(hashlib.sha256(found.extra + record).digest())
    note = notes.parse_note(found.checkpoint)
    said = notes.Checkpoint.parse(note.body)
    assert note.by(sealing.log_key(LogReader.of(lotus.id).tree.origin))
    assert merkle.root_from_inclusion(found.index, said.size, leaf, found.hashes) == said.root


def test_it_holds_nothing_personal(api, asha, line):
    text = api.get(path(line)).content.decode()

    assert not [one for one in (asha.id, asha.pseudonym, line.id) if str(one) in text]


@pytest.mark.req("P11")
def test_it_is_recorded(api, asha, line, entries):
    api.get(path(line))

    (entry,) = entries("record:read")
    assert entry.subject_id == asha.id
    assert payload(entry.id)["data"] == {"what": "proof", "event": str(line.id), "shown": 1}


def test_a_line_of_this_moment_has_no_place_yet(api, asha, lotus):
    problem(api.get(path(lotus.yes(asha))), 409, "entry_pending")


@pytest.mark.req("P9")
def test_another_companys_line_is_not_there(api, tulip, bela, unchanged):
    event = tulip.yes(bela)
    sealing.seal_all()
    unchanged()

    problem(api.get(path(event)), 404, "consent_missing")


def test_a_line_about_another_services_purpose_is_not_there(api, asha, lotus, unchanged):
    event = lotus.yes(asha, MAPS)
    sealing.seal_all()
    unchanged()

    problem(api.get(path(event)), 404, "consent_missing")


def test_an_unknown_line_is_not_there(api, unchanged):
    unchanged()

    problem(api.get(f"/receipts/{uuid.UUID(int=7)}/proof"), 404, "consent_missing")


def test_it_takes_no_parameters(api, line):
    assert pointers(api.get(path(line), {"x": "1"})) == {("/x", "unknown_member")}
