"""The newest signed size and root, who signed it, and with which keys."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import proofs, sealing
from audit.models import Checkpoint
from audit.tiles import LogReader
from audit.tlog import merkle, notes
from audit.witnesses.models import Cosignature
from keys import services as keys
from tests.audit.log import write
from tests.audit.log_api.kit import of, signed

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-03")]


class TestCheckpoint:
    def test_is_the_newest_signed_size_and_root(self, reader, log):
        response = reader.get("checkpoint")

        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        said = signed(response, log)
        assert (said.origin, said.size) == (log.tree.origin, log.size)
        assert said.root == log.root(log.size)

    def test_moves_with_the_log(self, reader, lotus, log):
        write(controller_id=lotus.id)
        before = signed(reader.get("checkpoint"), log).size

        sealing.seal_all()

        assert signed(reader.get("checkpoint"), log).size == before + 1

    def test_can_be_asked_for_without_its_body(self, reader):
        response = reader.client.head(f"/log/v1/{reader.log}/checkpoint", headers=reader.headers)

        assert (response.status_code, response.content) == (200, b"")


class TestKey:
    def test_verifies_the_checkpoint(self, reader, log):
        response = reader.get("key")

        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        keys = [notes.Vkey.parse(line) for line in response.content.decode().splitlines()]
        note = notes.parse_note(reader.get("checkpoint").content.decode())
        assert note.by(keys[0])
        assert [key.name for key in keys] == [log.tree.origin] * len(keys)
        assert keys == sealing.log_keys(log.tree.origin)

    def test_comes_with_those_before_it(self, reader, lotus, log, own_keys):
        before = reader.get("checkpoint").content.decode()

        keys.rotate("signing")
        write(controller_id=lotus.id)
        sealing.seal_all()

        new, old = map(notes.Vkey.parse, reader.get("key").content.decode().splitlines()[:2])
        after = reader.get("checkpoint").content.decode()
        assert notes.parse_note(after).by(new)
        assert notes.parse_note(before).by(old)
        assert not notes.parse_note(after).by(old)


@pytest.mark.req("AUD-04")
class TestWitnesses:
    @pytest.fixture
    def cosign(self, lotus):
        """Stores what a witness said of the log's checkpoint of that size."""
        secret = Ed25519PrivateKey.from_private_bytes(bytes(32))
        key = notes.Vkey(
            "witness.example", notes.COSIGNATURE, secret.public_key().public_bytes_raw()
        )

        def sign(size):
            found = Checkpoint.objects.get(controller_id=lotus.id, size=size)
            body = notes.parse_note(found.note).body
            seconds = int(found.at.timestamp())
            line = notes.signature_line(
                key, secret.sign(notes.cosigned(body, seconds)), seconds=seconds
            )
            Cosignature.objects.create(
                controller_id=lotus.id, size=size, witness="w1", line=line, at=found.at
            )
            return key

        return sign

    def test_lines_stand_under_the_checkpoint(self, reader, log, cosign):
        key = cosign(log.size)

        note = notes.parse_note(reader.get("checkpoint").content.decode())

        assert note.by(key)
        assert note.by(sealing.log_key(log.tree.origin))

    def test_proofs_lead_to_the_newest_checkpoint_with_a_witness(
        self, reader, lotus, log, ids, cosign
    ):
        key = cosign(log.size)
        (later,) = write(controller_id=lotus.id)
        sealing.seal_all()

        known = notes.Proof.parse(reader.get(f"proof/entry/{ids[0]}").content.decode())
        new = notes.Proof.parse(reader.get(f"proof/entry/{later}").content.decode())

        first, second = (notes.parse_note(one.checkpoint) for one in (known, new))
        assert first.by(key)
        assert notes.Checkpoint.parse(first.body).size == log.size
        assert not second.by(key)
        assert notes.Checkpoint.parse(second.body).size > log.size

    def test_never_lead_beyond_what_the_reader_has_seen(self, lotus, log, cosign):
        write(controller_id=lotus.id)
        sealing.seal_all()
        cosign(LogReader.of(lotus.id).size)

        found = proofs.best(log, covering=1)

        assert found.size == log.size


def test_checkpoints_of_many_rounds_are_all_consistent(reader, lotus):
    for _ in range(3):
        write(7, controller_id=lotus.id)
        sealing.seal_all()
    rows = Checkpoint.objects.filter(controller_id=lotus.id).order_by("size")
    sizes = list(rows.values_list("size", "root"))

    for (old, before), (new, after) in zip(sizes, sizes[1:], strict=False):
        found = reader.get("proof/consistency", {"old": old, "new": new}).json()
        hashes = [of(one) for one in found["hashes"]]
        assert merkle.is_consistent(old, new, (bytes(before), bytes(after)), hashes)
