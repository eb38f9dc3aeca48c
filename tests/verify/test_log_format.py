"""docs/log-format.md: its example is true, and enough for the verifier."""

import re
from datetime import UTC, datetime

import pytest

from audit.actors import Actor, SubjectRef, Target
from audit.canonical import canonical, commitment
from audit.services import Draft, body
from audit.tlog import merkle, notes
from config.places import BASE_DIR
from tests.verify import example, kit

pytestmark = [pytest.mark.req("AUD-03", "AUD-04")]

TEXT = (BASE_DIR / "docs" / "log-format.md").read_text()
BLOCKS = re.findall(r"```(?:text|json)\n(.*?)```", TEXT, re.DOTALL)
VKEY, WITNESS = BLOCKS[1].splitlines()
RECORDS = BLOCKS[2].encode().splitlines()
ROOTS, BUNDLE, PROOF, OLDER, CONSISTENCY, LINE, MANIFEST, NOTE = BLOCKS[3:]


def test_every_number_in_it_is_recomputed():
    rows = [
        f"| {n} | `{example.SALTS[n].hex()}` | `{example.COMMITMENTS[n].hex()}` | "
        f"`{example.LEAVES[n].hex()}` |"
        for n in range(3)
    ]

    assert [example.LOG_KEY.vkey, example.WITNESS_KEY.vkey] == [VKEY, WITNESS]
    assert RECORDS == example.BODIES
    assert all(row in TEXT for row in rows)
    assert ROOTS.split() == [example.NODE.hex(), example.ROOT.hex()]
    assert BUNDLE.strip() == example.BUNDLE.hex()
    assert (PROOF, OLDER) == (example.PROOF, example.OLDER)
    assert CONSISTENCY.strip() == example.CONSISTENCY
    assert LINE.strip() == example.LINE
    assert MANIFEST.strip() == example.MANIFEST
    assert example.MANIFEST_NOTE == NOTE


def test_the_verifier_accepts_its_files(ask, tmp_path):
    record, proof, old, new, way = kit.write(
        tmp_path, record=RECORDS[1], proof=PROOF, old=OLDER, new=PROOF.partition("\n\n")[2],
        way=CONSISTENCY,
    )  # fmt: skip
    pins = ("--vkey", VKEY, "--witness", WITNESS)

    found = ask("proof", record, proof, *pins)
    assert found.code == kit.VERIFIED, found.message
    assert found.facts["cosignatures"] == [
        {"witness": example.WITNESS, "at": "2026-09-21T14:14:20Z"}
    ]
    assert ask("consistency", old, new, way, "--vkey", VKEY).code == kit.VERIFIED
    files = {
        "entries.ndjson": LINE, f"checkpoints/{example.LOG}": PROOF.partition("\n\n")[2],
        "manifest.json": MANIFEST.strip(), "manifest.note": NOTE,
    }  # fmt: skip
    path = kit.zipped(tmp_path / "it.zip", {name: one.encode() for name, one in files.items()})
    assert ask("export", path, *pins).code == kit.VERIFIED
    copy = {
        "checkpoint": files[f"checkpoints/{example.LOG}"].encode(), "key": VKEY.encode(),
        "tile/entries/000.p/3": bytes.fromhex(BUNDLE), "tile/0/000.p/3": b"".join(example.LEAVES),
    }  # fmt: skip
    folder = kit.unpacked(tmp_path / "copy", copy)
    assert ask("log", folder, *pins, "--since", old).code == kit.VERIFIED


def test_the_suite_writes_what_it_describes():
    """The example's second record, through the code that records."""
    said = example.RECORDS[1]
    draft = Draft(
        event=said["event"], by=Actor("subject", said["subject"]), controller_id=example.LOG,
        target=Target(**said["target"]), subject=SubjectRef(example.LOG, said["subject"]),
        purpose=said["purpose"], outcome=said["outcome"], data=said["data"],
    )  # fmt: skip
    at = datetime(2026, 9, 21, 14, 13, 21, 500_000, tzinfo=UTC)

    written = body(draft, said["id"], at)

    assert written == RECORDS[1] == canonical(said)
    assert commitment(example.SALTS[1], written) == example.COMMITMENTS[1]
    frontier = merkle.Frontier().extend(merkle.leaf_hashes(b"".join(example.COMMITMENTS)))
    assert frontier.root == example.ROOT
    assert str(notes.Proof.parse(PROOF)) == PROOF


def test_its_table_names_every_member_of_a_record():
    members = {name for said in example.RECORDS for name in said} | {"reason_code"}

    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) >= members
