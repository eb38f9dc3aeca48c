"""What the log's read interface serves is what the verifier takes (AUD-03)."""

import pytest

from audit import sealing
from tests.audit.log import write
from tests.verify import kit

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-03", "AUD-04")]


@pytest.fixture
def get(client, log, settings):
    """The bytes at an address of the log, which is open to everybody."""
    settings.PUBLIC_LOGS = [sealing.log_name(log.id)]

    def fetch(address):
        response = client.get(f"/log/v1/{log.id}/{address}")
        assert response.status_code == 200, (address, response.content)
        return response.content

    return fetch


def test_a_log_is_copied_and_verified_by_its_addresses_alone(get, log, ask, tmp_path):
    checkpoint = get("checkpoint")
    size = int(checkpoint.split(b"\n")[1])
    names = ["key", *kit.verifier.tile_names(size)]
    files = {"checkpoint": checkpoint, **{name: get(name) for name in names}}

    found = ask("log", kit.unpacked(tmp_path / "copy", files), "--vkey", log.vkey)

    assert (found.code, found.facts["size"]) == (kit.VERIFIED, 300), found.message


def test_its_proof_of_consistency_is_taken_as_it_is(get, log, ask, tmp_path):
    old = get("checkpoint")
    write(20, controller_id=log.id)
    sealing.seal_all()
    paths = kit.write(
        tmp_path, old=old, new=get("checkpoint"), proof=get("proof/consistency?old=300&new=320")
    )

    assert ask("consistency", *paths, "--vkey", log.vkey).code == kit.VERIFIED


def test_the_keys_it_lists_can_be_pinned_as_a_file(get, log, ask, tmp_path):
    keys, record, proof = kit.write(
        tmp_path, keys=get("key"), record=log.record(7), proof=log.proof(7)
    )

    assert ask("proof", record, proof, "--keys", keys).code == kit.VERIFIED
