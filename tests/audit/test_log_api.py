"""The read interface of the logs: who may read them, their exact bytes, and what is refused."""

import base64
import hashlib
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import services as accounts
from audit import sealing
from audit.models import Checkpoint, EntryIndex, Payload
from audit.selectors import payload
from audit.tiles import LogReader
from audit.tlog import merkle, notes
from keys.ids import SYSTEM_ID
from tests.api import house
from tests.audit.log import PERSON, unguarded, write
from tests.desk import house as desk
from tests.portal import world

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-02")]

ENTRIES = 600
FOREVER = "max-age=31536000, immutable"
UNKNOWN = UUID("01900000-0000-7000-8000-00000000dead")


ABSENT = (
    "0/003", "0/999", "1/001", "1/000", "2/000.p/1", "63/000", "entries/003", "0/x001/x234/067",
    "0/x999/x999/x999/x999/x999/x999/999", "entries/x999/x999/x999/x999/x999/x999/999",
)  # fmt: skip
MALFORMED = (
    "0/000.p/0", "0/000.p/256", "0/000.p/1000", "0/000.p/01", "0/000.p/", "0/000.p/-1",
    "0/000.p/x", "0/000.p/7/", "0/00", "0/0000", "0/0", "0/x000/001", "0/x001", "0/000/001",
    "0/001/x001", "00/000", "01/000", "64/000", "-1/000", "100/000", "entry/000",
    "entries/000.p/0", "entries/000.p/256", "entries", "0", "0/", "x/000", "0/%00", "0/ 00",
    "0/000%3F", "0/\u0660\u0660\u0660", "0/..%2f000", "0/x" + "999/x" * 7 + "999/999",
)  # fmt: skip
PATHS = (
    "checkpoint", "key", "tile/0/000", "tile/entries/000", "proof/inclusion?index=0&size=1",
    "proof/consistency?old=1&new=2", f"proof/entry/{UNKNOWN}",
)  # fmt: skip
NOTHINGS = ("nothing", "", "tile", "tile/", "proof/entry/x", "checkpoint/")
NOT_NUMBERS = (
    "", "-1", "+1", "01", "1.0", "1e3", " 1", "0x1", "1_000", "\u0661", "a", "1\0", "9" * 20,
)  # fmt: skip


class Reader:
    """Asks one log, as whoever has the key or the session; a stranger has neither."""

    def __init__(self, log, key="", client=None):
        self.log = log
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.client = client or Client(raise_request_exception=False)

    def get(self, path, query=None, *, log=None):
        address = f"/log/v1/{log or self.log}/{path}"
        return self.client.get(address, query or {}, headers=self.headers)


@pytest.fixture(autouse=True)
def _fresh_pace(key_file):
    cache.clear()


@pytest.fixture
def lotus(db):
    return world.make()


@pytest.fixture
def tulip(db):
    return world.make("tulip", "Tulip Stores")


@pytest.fixture
def key(lotus):
    """Of a service of Lotus."""
    return house.caller(lotus).key


@pytest.fixture
def ids(lotus, key):
    """The records of Lotus, placed in its log: those of its founding, and 600 more."""
    found = write(ENTRIES, controller_id=lotus.id, event="decision:made", subject=PERSON)
    sealing.seal_all()
    return found


@pytest.fixture
def reader(lotus, ids, key):
    """A service of Lotus."""
    return Reader(lotus.id, key)


@pytest.fixture
def stranger(lotus, ids):
    return Reader(lotus.id)


@pytest.fixture
def log(lotus, ids):
    """The log as the suite itself reads it."""
    return LogReader.of(lotus.id)


def of(text):
    return base64.b64decode(text, validate=True)


def signed(response, log):
    """The checkpoint of an answer, its signature verified."""
    note = notes.parse_note(response.content.decode())
    assert note.by(sealing.log_key(log.tree.origin))
    return notes.Checkpoint.parse(note.body)


def verified(text, leaf, log):
    """The parsed proof file, which leads from the leaf to a signed root."""
    found = notes.Proof.parse(text)
    note = notes.parse_note(found.checkpoint)
    assert note.by(sealing.log_key(log.tree.origin))
    said = notes.Checkpoint.parse(note.body)
    assert merkle.root_from_inclusion(found.index, said.size, leaf, found.hashes) == said.root
    return found


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


class TestTile:
    def test_of_level_0_holds_leaf_hashes(self, reader, log):
        response = reader.get("tile/0/001")

        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.content == b"".join(merkle.leaf_hashes(log.part(1).entries))
        assert len(response.content) == 8192

    def test_of_level_1_holds_the_roots_of_whole_tiles(self, reader, log):
        whole = log.size // 256

        content = reader.get(f"tile/1/000.p/{whole}").content

        roots = [merkle.complete_root(merkle.leaf_hashes(log.part(n).entries))
                 for n in range(whole)]  # fmt: skip
        assert content == b"".join(roots)

    @pytest.mark.parametrize("width", [1, 7, 255])
    def test_is_served_in_part_also_when_it_is_whole(self, reader, width):
        whole = reader.get("tile/0/000").content

        assert reader.get(f"tile/0/000.p/{width}").content == whole[: 32 * width]

    def test_at_the_edge_is_served_up_to_what_there_is(self, reader, log):
        edge = log.size % 256

        widths = {width: reader.get(f"tile/0/002.p/{width}") for width in (1, edge, edge + 1)}

        assert [found.status_code for found in widths.values()] == [200, 200, 404]
        assert len(widths[edge].content) == 32 * edge
        house.problem(widths[edge + 1], 404, "tile_missing")
        house.problem(reader.get("tile/0/002"), 404, "tile_missing")

    @pytest.mark.parametrize("path", ["tile/0/000", "tile/0/000.p/5", "tile/entries/000"])
    def test_may_be_kept_for_ever_by_whoever_may_read_it(self, reader, path):
        assert reader.get(path).headers["Cache-Control"] == f"private, {FOREVER}"

    def test_that_is_not_there_is_not_found(self, reader):
        for place in ABSENT:
            house.problem(reader.get(f"tile/{place}"), 404, "tile_missing")

    def test_with_a_malformed_address_is_refused(self, reader):
        for place in MALFORMED:
            house.problem(reader.get(f"tile/{place}"), 400, "path_malformed")


class TestEntries:
    def test_are_length_prefixed_and_hash_to_the_tile(self, reader):
        bundle = reader.get("tile/entries/001").content

        entries = [bundle[at : at + 34] for at in range(0, len(bundle), 34)]
        assert {entry[:2] for entry in entries} == {b"\x00\x20"}
        assert len(entries) == 256
        hashes = b"".join(merkle.leaf_hash(entry[2:]) for entry in entries)
        assert hashes == reader.get("tile/0/001").content

    def test_commit_to_salt_and_record(self, reader, log, ids):
        place = log.position(ids[0])
        number, offset = divmod(place, 256)
        bundle = reader.get(f"tile/entries/{number:03d}").content

        kept = Payload.objects.get(id=ids[0])

        expected = hashlib.sha256(bytes(kept.salt) + bytes(kept.body)).digest()
        assert bundle[34 * offset + 2 : 34 * offset + 34] == expected

    def test_at_the_edge_come_in_part(self, reader, log):
        edge = log.size % 256

        content = reader.get(f"tile/entries/002.p/{edge}").content

        assert len(content) == 34 * edge
        house.problem(reader.get("tile/entries/002"), 404, "tile_missing")
        house.problem(reader.get(f"tile/entries/002.p/{edge + 1}"), 404, "tile_missing")


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


@pytest.mark.req("P9")
class TestAccess:
    def test_a_stranger_is_asked_who_is_there(self, stranger, tulip):
        for log in (stranger.log, tulip.id, UNKNOWN, "system", "x", "%00"):
            for path in PATHS + NOTHINGS:
                response = stranger.get(path, log=log)
                house.problem(response, 401, "not_authenticated")
                assert response.headers["WWW-Authenticate"].startswith("Bearer")

    def test_a_wrong_key_opens_nothing(self, stranger):
        for path in PATHS + NOTHINGS:
            response = Reader(stranger.log, "smt_wrong").get(path)
            house.problem(response, 401, "authentication_failed")

    def test_another_controllers_log_answers_as_one_that_does_not_exist(self, reader, tulip):
        write(controller_id=tulip.id)
        write(controller_id=SYSTEM_ID)
        sealing.seal_all()
        others = [tulip.id, UNKNOWN, "system", SYSTEM_ID, "x", f"{reader.log}".upper()]

        answers = [house.problem(reader.get(path, log=log), 404, "not_found")
                   for log in others for path in PATHS]  # fmt: skip

        assert len({str({**one, "request_id": ""}) for one in answers}) == 1

    def test_what_is_no_address_is_not_there(self, reader):
        for path in NOTHINGS:
            house.problem(reader.get(path), 404, "not_found")

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
    def test_nothing_but_reading_is_possible(self, reader, method):
        ask = getattr(reader.client, method)

        for path in PATHS:
            response = ask(f"/log/v1/{reader.log}/{path}", headers=reader.headers)
            house.problem(response, 405, "method_not_allowed")
            assert response.headers["Allow"] == "GET, HEAD"


class TestOfficers:
    @pytest.fixture
    def signed_in(self, lotus, ids):
        def enter(*roles, **facts):
            officer = accounts.create_officer(
                by=world.AUTHOR, username="ada", email="ada@staff.example", password=desk.PASSWORD
            )
            for role in roles:
                accounts.assign_role(
                    by=world.AUTHOR, officer=officer, controller=lotus.controller, role=role
                )
            for name, value in facts.items():
                setattr(officer, name, value)
            officer.save()
            return Reader(lotus.id, client=desk.signed_in(officer))

        return enter

    def test_who_may_view_the_audit_read_the_log(self, signed_in, ids):
        auditor = signed_in("auditor")

        answers = [auditor.get(path) for path in ("checkpoint", "key", f"proof/entry/{ids[0]}")]

        assert [answer.status_code for answer in answers] == [200] * 3
        seen = EntryIndex.objects.filter(event="record:viewed").get()
        assert (seen.actor_type, seen.target_id) == ("officer", str(ids[0]))

    def test_who_may_not_do_not(self, signed_in):
        house.problem(signed_in("operator").get("checkpoint"), 404, "not_found")

    def test_of_another_company_do_not(self, signed_in, tulip):
        write(controller_id=tulip.id)
        sealing.seal_all()

        response = signed_in("privacy_officer").get("checkpoint", log=tulip.id)

        house.problem(response, 404, "not_found")

    def test_only_superusers_read_the_systems_log(self, signed_in):
        write(controller_id=SYSTEM_ID)
        sealing.seal_all()
        reader = signed_in("auditor")

        before = reader.get("checkpoint", log="system")
        reader.client.force_login(make_superuser("ada"))
        after = reader.get("checkpoint", log="system")

        house.problem(before, 404, "not_found")
        assert signed(after, LogReader.of(SYSTEM_ID)).origin.endswith("/log/v1/system")

    def test_superusers_without_a_role_read_no_companys_log(self, signed_in):
        reader = signed_in(is_superuser=True)

        house.problem(reader.get("checkpoint"), 404, "not_found")


def make_superuser(username):
    user = desk.User.objects.get(username=username)
    user.is_superuser = True
    user.save()
    user.backend = "django.contrib.auth.backends.ModelBackend"
    return user


class TestPublicLogs:
    @pytest.mark.parametrize("path", ["checkpoint", "key", "tile/0/000", "tile/entries/000"])
    def test_are_open_to_everybody(self, stranger, lotus, settings, path):
        settings.PUBLIC_LOGS = [str(lotus.id)]

        assert stranger.get(path).status_code == 200

    def test_may_be_kept_by_shared_caches(self, stranger, settings):
        settings.PUBLIC_LOGS = ["*"]

        assert stranger.get("tile/0/000").headers["Cache-Control"] == f"public, {FOREVER}"

    def test_open_no_other_log(self, stranger, lotus, tulip, settings):
        write(controller_id=tulip.id)
        sealing.seal_all()
        settings.PUBLIC_LOGS = [str(lotus.id)]

        for log in (tulip.id, "system", UNKNOWN):
            house.problem(stranger.get("checkpoint", log=log), 401, "not_authenticated")

    def test_may_be_all_and_then_the_systems_too(self, stranger, settings):
        write(controller_id=SYSTEM_ID)
        sealing.seal_all()
        settings.PUBLIC_LOGS = ["*"]

        assert stranger.get("checkpoint", log="system").status_code == 200
        house.problem(stranger.get("checkpoint", log=UNKNOWN), 404, "not_found")

    @pytest.mark.req("P10")
    def test_still_prove_no_record_to_strangers(self, stranger, settings, ids):
        settings.PUBLIC_LOGS = ["*"]

        house.problem(stranger.get(f"proof/entry/{ids[0]}"), 401, "not_authenticated")


def test_a_log_without_an_entry_does_not_exist_yet(tulip):
    reader = Reader(tulip.id, house.caller(tulip).key)

    for path in PATHS[:6]:
        house.problem(reader.get(path), 404, "not_found")


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


def test_a_service_gone_wild_is_slowed_down(reader, monkeypatch):
    monkeypatch.setattr("accounts.pace.READS_PER_SECOND", 0)

    house.problem(reader.get("checkpoint"), 429, "throttled")
