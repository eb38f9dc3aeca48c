"""Inclusion, consistency, and the proof file of one record."""

import hashlib

import pytest

from audit import sealing
from audit.models import EntryIndex, Payload
from audit.selectors import payload
from audit.tlog import merkle
from tests.api import house
from tests.audit.log import PERSON, unguarded, write
from tests.audit.log_api.kit import UNKNOWN, of, signed, verified

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-04")]


NOT_NUMBERS = (
    "", "-1", "+1", "01", "1.0", "1e3", " 1", "0x1", "1_000", "\u0661", "a", "1\0",
)  # fmt: skip


class TestInclusion:
    @pytest.mark.parametrize("index", [0, 255, 256, 300, 599])
    def test_leads_from_the_leaf_to_the_root(self, reader, log, index):
        size = signed(reader.get("checkpoint"), log)

        response = reader.get("proof/inclusion", {"index": index, "size": size.size})

        found = response.json()
        assert set(found) == {"index", "size", "root", "hashes"}
        assert (found["index"], found["size"], of(found["root"])) == (index, size.size, size.root)
        leaf = reader.get(f"tile/0/{index // 256:03d}.p/{index % 256 + 1}" if index % 256 < 255
                          else f"tile/0/{index // 256:03d}").content[-32:]  # fmt: skip
        hashes = [of(one) for one in found["hashes"]]
        assert merkle.root_from_inclusion(index, size.size, leaf, hashes) == size.root

    @pytest.mark.parametrize(
        ("index", "size"),
        [(600, 600), (5, 5), (0, 0), (7, 3), (0, 10**6), (0, 10**18), (10**18, 5)],
    )
    def test_out_of_range_is_refused(self, reader, index, size):
        query = {"index": index, "size": size}

        house.problem(reader.get("proof/inclusion", query), 400, "out_of_range")

    @pytest.mark.parametrize("digits", [19, 23, 5_000])
    def test_a_number_longer_than_any_log_is_a_number_out_of_range(self, reader, digits):
        """Not one that was written wrongly, which is what an auditor would then look for."""
        query = {"index": 5, "size": "9" * digits}

        house.problem(reader.get("proof/inclusion", query), 400, "out_of_range")


class TestConsistency:
    @pytest.mark.parametrize("old", [1, 255, 256, 257, 512, 599])
    def test_leads_from_the_old_root_to_the_new(self, reader, log, old):
        new = log.size

        found = reader.get("proof/consistency", {"old": old, "new": new}).json()

        roots = of(found["old_root"]), of(found["new_root"])
        assert roots == (log.root(old), log.root(new))
        assert merkle.is_consistent(old, new, roots, [of(one) for one in found["hashes"]])

    def test_of_a_size_with_itself_needs_no_hashes(self, reader, log):
        found = reader.get("proof/consistency", {"old": log.size, "new": log.size}).json()

        assert found["hashes"] == []
        assert found["old_root"] == found["new_root"]

    @pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (1, 10**6), (10**18, 10**18)])
    def test_out_of_range_is_refused(self, reader, old, new):
        query = {"old": old, "new": new}

        house.problem(reader.get("proof/consistency", query), 400, "out_of_range")


@pytest.mark.parametrize(
    ("path", "names"),
    [("proof/inclusion", ("index", "size")), ("proof/consistency", ("old", "new"))],
)
class TestParameters:
    def test_are_whole_numbers_in_one_spelling(self, reader, path, names):
        for value in NOT_NUMBERS:
            response = reader.get(path, {names[0]: value, names[1]: "5"})
            assert house.pointers(response) == {(f"/{names[0]}", "invalid")}

    def test_are_all_required(self, reader, path, names):
        found = house.pointers(reader.get(path))

        assert found == {(f"/{name}", "required") for name in names}

    def test_are_given_once_and_no_other_is(self, reader, path, names):
        first, second = names
        query = {first: ["1", "1"], second: "5", "email": "asha@example.in"}

        found = house.pointers(reader.get(path, query))

        assert found == {(f"/{first}", "repeated"), ("/email", "unknown_member")}


@pytest.mark.parametrize("path", ["checkpoint", "key", "tile/0/000", f"proof/entry/{UNKNOWN}"])
def test_addresses_without_parameters_take_none(reader, path):
    assert house.pointers(reader.get(path, {"x": "1"})) == {("/x", "unknown_member")}


class TestEntryProof:
    def path(self, entry_id):
        return f"proof/entry/{entry_id}"

    def test_proves_the_record(self, reader, log, ids):
        response = reader.get(self.path(ids[300]))

        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert f'filename="{ids[300]}.tlog-proof"' in response.headers["Content-Disposition"]
        assert response.headers["Cache-Control"] == "no-store, private"
        kept = Payload.objects.get(id=ids[300])
        leaf = merkle.leaf_hash(hashlib.sha256(bytes(kept.salt) + bytes(kept.body)).digest())
        found = verified(response.content.decode(), leaf, log)
        assert found.extra == bytes(kept.salt)
        assert found.index == log.position(ids[300])

    def test_of_a_changed_record_does_not_verify(self, reader, log, ids):
        found = reader.get(self.path(ids[300])).content.decode()

        with pytest.raises(AssertionError):
            verified(found, merkle.leaf_hash(bytes(32)), log)

    @pytest.mark.req("P6")
    @pytest.mark.django_db(transaction=True)
    def test_outlives_the_record_but_its_salt_does_not(self, reader, log, ids, superuser):
        place = log.position(ids[0])
        leaf = reader.get("tile/0/000").content[32 * place : 32 * place + 32]
        with unguarded(superuser, "audit_payload"):
            superuser.execute("DELETE FROM audit_payload WHERE id = %s", [ids[0]])

        found = verified(reader.get(self.path(ids[0])).content.decode(), leaf, log)

        assert (found.index, found.extra) == (place, b"")

    @pytest.mark.req("P11")
    def test_is_recorded_with_the_pseudonym_alone(self, reader, lotus, ids):
        reader.get(self.path(ids[3]))

        entry = EntryIndex.objects.filter(event="record:read").get()
        said = payload(entry.id)
        assert (entry.controller_id, entry.subject_id) == (lotus.id, PERSON.id)
        assert said["subject"] == str(PERSON.pseudonym)
        assert said["target"] == {"type": "entry", "id": str(ids[3])}
        assert said["data"] == {"what": "proof", "shown": 1}

    @pytest.mark.req("P11")
    def test_is_not_shown_when_that_fails(self, reader, ids, superuser):
        superuser.execute("REVOKE INSERT ON audit_payload FROM sammati_app")
        try:
            response = reader.get(self.path(ids[3]))
        finally:
            superuser.execute("GRANT INSERT ON audit_payload TO sammati_app")

        house.problem(response, 503, "read_not_recorded")

    def test_of_an_entry_that_waits_comes_later(self, reader, lotus):
        (waiting,) = write(controller_id=lotus.id)
        before = reader.get(self.path(waiting))

        sealing.seal_all()

        house.problem(before, 409, "entry_pending")
        assert reader.get(self.path(waiting)).status_code == 200

    @pytest.mark.req("P9")
    def test_of_another_controllers_entry_is_not_there(self, reader, tulip):
        foreign = write(controller_id=tulip.id)
        placed = reader.get(self.path(foreign[0]))
        sealing.seal_all()

        answers = [placed, reader.get(self.path(foreign[0])), reader.get(self.path(UNKNOWN))]

        for answer in answers:
            house.problem(answer, 404, "entry_missing")
        assert not EntryIndex.objects.filter(event="record:read").exists()

    @pytest.mark.parametrize("name", ["x", "0", str(UNKNOWN).upper(), f"{UNKNOWN}/", ""])
    def test_of_what_is_no_id_is_not_there(self, reader, name):
        house.problem(reader.get(self.path(name)), 404, "not_found")
