"""What the sequencer does with entries, and what it refuses to do."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from audit import sealing, tasks, verification
from audit.alarms import open_alarms
from audit.models import Bundle, Checkpoint, EntryIndex, Pending, Tree
from audit.tiles import LogReader
from audit.tlog import merkle, notes
from config.places import BASE_DIR
from keys import keyfile
from keys import services as keys
from keys.errors import KeyUnavailableError
from keys.ids import SYSTEM_ID
from tests.audit.log import LOG, OTHER_LOG, write
from tests.audit.tampering import flipped, run, silenced

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-03", "AUD-11")]


def placed(log=LOG):
    """The ids of a log in its order."""
    reader = LogReader.of(log)
    ids = b"".join(reader.part(n).ids for n in range(-(-reader.size // 256)))
    return [ids[at : at + 16] for at in range(0, len(ids), 16)]


def sizes(log=LOG):
    return list(
        Checkpoint.objects.filter(controller_id=log).order_by("size").values_list("size", flat=True)
    )


def kinds(log=LOG):
    return {one.kind for one in open_alarms([log])}


class TestPlacing:
    def test_entries_are_placed_once_in_the_order_they_were_handed_over(self):
        ids = [one.bytes for count in (3, 300, 1, 256, 40) for one in write(count)]

        sealing.seal_all()

        assert placed() == ids
        assert not Pending.objects.exists()
        assert Bundle.objects.count() == 2
        assert not list(verification.verify())

    def test_order_is_the_sequencers_and_not_the_ids(self):
        first, second = write(1), write(1)
        older = Pending.objects.order_by("id").first()
        older.delete()
        run("INSERT INTO audit_pending (controller_id, ids, entries, classes) "
            "VALUES (%s, %s, %s, %s)", LOG, older.ids, older.entries, older.classes)  # fmt: skip

        sealing.seal_all()

        assert placed() == [second[0].bytes, first[0].bytes]
        assert not list(verification.verify())

    def test_each_log_has_a_tree_and_a_name_of_its_own(self, settings):
        write(2)
        write(3, controller_id=OTHER_LOG)
        write(1, controller_id=SYSTEM_ID)

        sealing.seal_all()

        start = f"{settings.AUDIT_ORIGIN}/log/v1/"
        assert {tree.origin: tree.size for tree in Tree.objects.all()} == {
            f"{start}{LOG}": 2, f"{start}{OTHER_LOG}": 3, f"{start}system": 1,
        }  # fmt: skip

    def test_a_log_keeps_its_name_when_the_address_changes(self, settings):
        write(1)
        sealing.seal_all()
        before = Tree.objects.get().origin
        settings.AUDIT_ORIGIN = "elsewhere.example"
        write(1)

        sealing.seal_all()

        assert Tree.objects.get().origin == before
        assert not list(verification.verify())

    def test_a_round_takes_a_bounded_number_of_groups(self, monkeypatch):
        monkeypatch.setattr(sealing, "GROUPS_AT_ONCE", 4)
        for _ in range(10):
            write(1)

        assert [sealing.seal() for _ in range(4)] == [4, 4, 2, 0]
        assert sizes() == [4, 8, 10]

    def test_only_a_full_round_is_followed_by_another_without_a_pause(self, monkeypatch):
        monkeypatch.setattr(sealing, "GROUPS_AT_ONCE", 4)
        for _ in range(6):
            write(1)

        assert [tasks.seal(), tasks.seal(), tasks.seal()] == [True, False, False]

    def test_entries_of_a_transaction_that_fails_are_nowhere(self):
        with transaction.atomic():
            write(3)
            transaction.set_rollback(True)

        assert sealing.seal_all() == 0
        assert not Tree.objects.exists()

    def test_where_another_is_at_it_nothing_is_done_and_nobody_waits(self, superuser):
        write(1)
        superuser.execute("SELECT pg_advisory_lock(%s)", [sealing.LOCK])

        assert sealing.seal() == 0

        superuser.execute("SELECT pg_advisory_unlock(%s)", [sealing.LOCK])
        assert sealing.seal() == 1

    def test_nothing_to_do_is_nothing_done(self):
        write(1)
        sealing.seal_all()

        assert sealing.seal() == 0
        assert sizes() == [1]


class TestSigning:
    def test_each_round_ends_with_a_checkpoint_over_all_entries(self):
        for count in (1, 254, 1, 1, 300):
            write(count)
            sealing.seal()

        assert sizes() == [1, 255, 256, 257, 557]
        reader = LogReader.of(LOG)
        for one in Checkpoint.objects.all():
            note = notes.parse_note(one.note)
            said = notes.Checkpoint.parse(note.body)
            assert note.by(sealing.log_key(reader.tree.origin))
            assert (said.size, said.root) == (one.size, reader.root(one.size))

    def test_every_two_checkpoints_are_consistent(self):
        for count in (1, 5, 250, 1, 300, 77):
            write(count)
            sealing.seal()
        reader, found = LogReader.of(LOG), list(Checkpoint.objects.order_by("size"))

        for older in found:
            for newer in [one for one in found if one.size >= older.size]:
                proof = reader.consistency(older.size, newer.size)
                roots = (bytes(older.root), bytes(newer.root))
                assert merkle.is_consistent(older.size, newer.size, roots, proof)

    def test_old_checkpoints_verify_after_the_key_was_rotated(self, monkeypatch):
        write(1)
        sealing.seal_all()
        origin = Tree.objects.get().origin

        old = sealing.log_key(origin)
        monkeypatch.setattr(keys, "public_keys", with_one_more(keys.public_keys()))

        assert sealing.log_keys(origin)[1] == old
        assert not list(verification.verify())

    def test_a_key_rotated_in_that_moment_is_named_rightly(self, monkeypatch, tmp_path, settings):
        copy = Path(shutil.copy(settings.KEYS_FILE, tmp_path))
        settings.KEYS_FILE = str(copy)
        sign = keys.sign

        def rotate_and_sign(data):
            keyfile.add_version(copy, "signing")
            keys.forget()
            return sign(data)

        monkeypatch.setattr(keys, "sign", rotate_and_sign)
        write(1)
        sealing.seal_all()

        assert not list(verification.verify())

    def test_without_keys_nothing_is_sealed_and_nothing_is_lost(self, settings, tmp_path):
        write(2)
        right, settings.KEYS_FILE = settings.KEYS_FILE, str(tmp_path / "missing.json")

        with pytest.raises(KeyUnavailableError):
            sealing.seal()

        assert Pending.objects.count() == 1
        assert not Tree.objects.exists()
        settings.KEYS_FILE = right
        assert sealing.seal() == 1
        assert not list(verification.verify())


def with_one_more(known):
    """The keys as they are after a rotation."""
    newest = known[-1]
    retired = type(newest)(newest.key_id, newest.version, newest.raw, is_active=False)
    fresh = type(newest)("fresh", newest.version + 1, bytes(32), is_active=True)
    return lambda: (*known[:-1], retired, fresh)


class TestHeartbeats:
    def test_a_silent_log_says_that_it_lives(self):
        write(1)
        sealing.seal_all()

        assert sealing.beat(older_than=timezone.now()) == 1
        sealing.seal_all()

        assert EntryIndex.objects.order_by("-id").first().event == "log:heartbeat"
        assert sizes() == [1, 2]

    def test_a_log_with_news_needs_none(self):
        write(1)
        sealing.seal_all()

        assert sealing.beat(older_than=timezone.now() - timedelta(seconds=60)) == 0

    def test_none_is_added_while_something_waits(self):
        """Without keys the queue would grow by heartbeats for ever."""
        write(1)
        sealing.seal_all()
        write(1)

        assert sealing.beat(older_than=timezone.now()) == 0


@pytest.mark.req("AUD-07")
class TestClocks:
    def test_a_clock_that_goes_back_changes_no_order_and_is_an_alarm(self):
        now = timezone.now()
        ids = []
        for seconds in (0, -3600, -7200):
            with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
                ids += write(2)
                sealing.seal_all()

        ours = {one.bytes for one in ids}  # the alarms are entries as well
        assert [one for one in placed() if one in ours] == [one.bytes for one in ids]
        assert open_alarms([LOG]).filter(kind="clock_back").count() == 2
        assert {one.problem for one in verification.verify()} == {
            "clock_went_back",
            "id_from_future",
        }
        assert all(one.is_remark for one in verification.verify())

    def test_what_two_machines_differ_by_is_no_alarm(self):
        now = timezone.now()
        for seconds in (0, -2):
            with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
                write(2)
                sealing.seal_all()

        assert not kinds()
        assert not list(verification.verify())


@pytest.mark.req("AUD-10")
class TestDamage:
    """Whoever changed the right edge must not have it signed by the sequencer."""

    @pytest.fixture
    def damaged(self, superuser):
        write(300)
        write(2, controller_id=OTHER_LOG)
        sealing.seal_all()
        with silenced(superuser):
            tree = Tree.objects.get(controller_id=LOG)
            superuser.execute(
                "UPDATE audit_tree SET entries = %s WHERE controller_id = %s",
                [flipped(Random(0), bytes(tree.entries)), LOG],
            )
        write(1)
        return bytes(tree.entries)

    def test_nothing_is_signed_and_an_alarm_raised(self, damaged):
        sealing.seal_all()

        assert sizes() == [300]
        assert kinds() == {"tampered"}
        assert Pending.objects.filter(controller_id=LOG).exists()

    def test_other_logs_go_on(self, damaged):
        write(1, controller_id=OTHER_LOG)

        sealing.seal_all()

        assert sizes(OTHER_LOG) == [2, 3]

    def test_once_repaired_it_goes_on(self, damaged, superuser, monkeypatch):
        sealing.seal_all()
        with silenced(superuser):
            superuser.execute(
                "UPDATE audit_tree SET entries = %s WHERE controller_id = %s", [damaged, LOG]
            )
        monkeypatch.setattr(sealing, "_put_aside", sealing.PutAside())  # the while is over

        sealing.seal_all()

        assert sizes()[-1] > 300
        assert not list(verification.verify())

    @pytest.mark.parametrize("change", [
        "UPDATE audit_tree SET peaks = sha256(peaks)",
        "UPDATE audit_tree SET peaks = ''",
        "DELETE FROM audit_checkpoint WHERE size = 300",
    ])  # fmt: skip
    def test_whatever_contradicts_the_last_checkpoint_is_refused(self, change, superuser):
        write(300)
        sealing.seal_all()
        with silenced(superuser):
            superuser.execute(change)
        write(1)

        sealing.seal_all()

        assert sizes() in ([300], [])
        assert kinds() == {"tampered"}


def test_the_command_verifies_what_the_sequencer_made(test_database):
    write(300)
    sealing.seal_all()

    ended = subprocess.run(
        [sys.executable, "manage.py", "audit_verify", "--from-tiles"], cwd=BASE_DIR,
        env=test_database.environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "300 entries verified" in ended.stdout
