"""The continuous verification: what it finds, when it stops, where it goes on."""

from datetime import timedelta
from random import Random
from types import SimpleNamespace
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone

from audit import alarms, sealing, verification
from audit.health import log_health
from audit.models_watch import Alarm, Sweep, Verified
from audit.verification import sweeping, vitals, watch
from keys.errors import KeyUnavailableError
from keys.ids import SYSTEM_ID
from tests.audit import tampering, tampering_trees
from tests.audit.log import LOG, OTHER_LOG, PERSON, write
from tests.audit.tampering import flipped, run, silenced
from tests.database import connected_as
from work import handlers, leases, services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-10")]


@pytest.fixture
def settled(monkeypatch):
    """New payloads are looked at without waiting for older ones."""
    monkeypatch.setattr(sweeping, "SETTLED_SECONDS", -60)


@pytest.fixture
def log(settled):
    for count in (3, 260, 40):
        write(count, subject=PERSON, purpose="care.reminders", outcome="permit")
        sealing.seal_all()
    verification.go_on()


@pytest.fixture
def attacker(test_database, superuser):
    with (
        connected_as("postgres", test_database.name, test_database.servers),
        silenced(superuser),
    ):
        yield


def found(*logs):
    opened = alarms.open_alarms(logs or [LOG, OTHER_LOG, SYSTEM_ID])
    return {(one.kind, one.position) for one in opened}


def verified(log=LOG):
    return Verified.objects.get(controller_id=log)


class TestProgress:
    def test_a_log_nobody_touched_raises_nothing(self, log):
        verification.go_on()

        assert not Alarm.objects.exists()
        assert verified().size == 303
        assert verified().round_ended_at is not None
        assert Sweep.objects.get().round_ended_at is not None

    def test_goes_on_where_it_was(self, log, monkeypatch):
        write(500)
        sealing.seal_all()
        seen = []
        step = watch.Replay.step
        monkeypatch.setattr(
            watch.Replay, "step", lambda self: seen.append(self.number) or step(self)
        )
        monkeypatch.setattr(watch, "_round", lambda *_: None)

        verification.go_on()

        assert verified().size == 803
        assert seen == [1]  # the first bundle was complete

    def test_stops_when_its_time_is_over(self, settled, monkeypatch):
        for _ in range(6):
            write(256)
        sealing.seal_all()
        monkeypatch.setattr(watch, "CHUNK", 1)
        monkeypatch.setattr("audit.verification.tree.CHUNK", 1)
        monkeypatch.setattr(watch, "STEPS", 1)
        clock = iter(range(1000))
        monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: next(clock)))

        watch.verify_logs(until=3)
        assert verified().size == 256 * 3

        watch.verify_logs(until=1000)
        assert verified().size == 256 * 6

    def test_a_round_goes_over_everything_in_shares(self, log, monkeypatch):
        write(256 * 6)
        sealing.seal_all()
        monkeypatch.setattr(watch, "LEAST", 2)
        monkeypatch.setattr(watch, "CHUNK", 1)
        monkeypatch.setattr("audit.verification.tree.CHUNK", 1)
        ended = verified().round_ended_at
        places = []

        while verified().round_ended_at == ended:
            verification.go_on()
            places.append(verified().next)

        assert places == [2, 4, 6, 0]
        assert not found()

    def test_a_share_lets_every_entry_be_verified_within_the_days(self, settings):
        settings.AUDIT_VERIFY_DAYS = 7
        reader = type("Reader", (), {"size": 50_000_000})

        share = watch._share(reader)

        assert share * watch.WIDTH * 7 * 1440 > 50_000_000
        assert share * watch.WIDTH < 20_000

    def test_two_at_once_do_not_disturb_each_other(self, log, superuser):
        with superuser.transaction():
            superuser.execute("SELECT * FROM audit_verified FOR UPDATE")
            verification.go_on()

        assert not found()

    def test_the_keeper_has_it_done_each_minute(self, log):
        write(5)
        sealing.seal_all()
        assert handlers.schedules()["audit.verify"] == 60

        services.enqueue(kind="audit.verify", controller_id=SYSTEM_ID, payload={})
        leases.run_available(worker="test")

        assert verified().size == 308


class TestFindings:
    def test_a_touched_entry_is_named_and_cleared_once_it_is_as_before(self, log, attacker):
        entry = run("SELECT id FROM audit_payload ORDER BY id OFFSET 7 LIMIT 1")[0][0]
        _, salt, _ = tampering.payload(entry)
        run("UPDATE audit_payload SET salt = %s WHERE id = %s", flipped(Random(0), salt), entry)

        verification.go_on()
        verification.go_on()

        alarm = alarms.open_alarms([LOG]).get()
        assert (alarm.kind, alarm.position, alarm.detail) == ("tampered", 7, f"edited {entry}")
        assert alarm.count == 2
        run("UPDATE audit_payload SET salt = %s WHERE id = %s", salt, entry)
        verification.go_on()
        assert not found(LOG)

    def test_what_is_missing_is_a_gap(self, log, attacker):
        (entry,) = run("SELECT id FROM audit_payload ORDER BY id LIMIT 1")[0]
        run("DELETE FROM audit_payload WHERE id = %s", entry)

        verification.go_on()

        assert found() == {("gap", 0)}

    def test_a_damaged_bundle_does_not_hide_what_comes_later(self, log, attacker):
        run("DELETE FROM audit_bundle WHERE number = 0")
        write(300)
        sealing.seal_all()
        verification.go_on()
        assert ("gap", 0) in found()
        run(
            "UPDATE audit_entryindex SET outcome = 'deny' WHERE id = "
            "(SELECT max(id::text)::uuid FROM audit_entryindex WHERE event <> 'alarm:raised')"
        )

        verification.go_on()

        assert ("tampered", 602) in found()

    def test_what_no_log_knows_is_an_alarm(self, log, attacker):
        struck = tampering.insert_an_entry_behind_the_logs_back(Random(0), None)

        verification.go_on()

        alarm = alarms.open_alarms([LOG]).get()
        assert (alarm.kind, alarm.detail) == ("unplaced", f"unlogged {struck.entry}")

    def test_what_has_two_places_is_an_alarm(self, log):
        (entry, retention, entries) = run(
            "SELECT substr(ids, 1, 16), substr(classes, 1, 1), substr(entries, 1, 32) "
            "FROM audit_bundle"
        )[0]
        run("INSERT INTO audit_pending (controller_id, ids, entries, classes) "
            "VALUES (%s, %s, %s, %s)", LOG, entry, entries, retention)  # fmt: skip

        verification.go_on()

        alarm = alarms.open_alarms([LOG]).get()
        assert (alarm.kind, alarm.detail) == (
            "unplaced", f"placed_twice {UUID(bytes=bytes(entry))}",
        )  # fmt: skip

    def test_what_is_in_doubt_changes_no_memory(self, log, attacker):
        """So that a repaired log agrees with it."""
        write(300)
        sealing.seal_all()
        run("CREATE TEMPORARY TABLE kept AS SELECT * FROM audit_bundle WHERE number = 1")
        run("DELETE FROM audit_bundle WHERE number = 1")
        verification.go_on()
        assert ("gap", 256) in found()
        assert verified().size == 303

        run("INSERT INTO audit_bundle SELECT * FROM kept")
        sealing.seal_all()
        verification.go_on()
        verification.go_on()

        assert not found()
        assert verified().size > 600

    def test_a_log_signed_anew_contradicts_what_was_verified(self, settled, attacker):
        world = tampering.build(Random(0), size=300, rounds=3)
        verification.go_on()
        tampering_trees.rewrite_an_entry(Random(0), world)
        for _ in range(2):
            verification.go_on()

        assert found(LOG) == {("fork", 299)}
        assert verified().size == 300

    def test_a_log_set_back_is_shorter_than_what_was_verified(self, settled, attacker):
        world = tampering.build(Random(0), size=300, rounds=3)
        verification.go_on()
        tampering_trees.set_the_log_back(Random(0), world)
        verification.go_on()

        assert found(LOG) == {("shrink", 300)}

    def test_so_many_alarms_and_no_more(self, log, attacker, monkeypatch):
        monkeypatch.setattr(watch, "MOST_ALARMS", 10)
        run("UPDATE audit_entryindex SET outcome = 'deny'")

        verification.go_on()
        verification.go_on()

        opened = alarms.open_alarms([LOG])
        assert opened.count() == 10
        assert min(one.count for one in opened) >= 2


@pytest.mark.req("AUD-07")
class TestVitals:
    def test_a_sequencer_that_is_dead_is_silence_until_it_lives(self, log, settings):
        later = timezone.now() + timedelta(seconds=3 * settings.AUDIT_HEARTBEAT_SECONDS + 1)
        with time_machine.travel(later, tick=True):
            assert log_health(LOG).is_silent
            vitals.judge()
            assert ("silent", None) in found(LOG)
            write(1)
            sealing.seal_all()
            vitals.judge()

            assert ("silent", None) not in found(LOG)
            assert not log_health(LOG).is_silent

    def test_entries_that_wait_too_long_are_stuck_until_they_are_placed(self, log, settings):
        settings.AUDIT_PENDING_SECONDS = 0
        write(1)

        verification.go_on()

        assert found(LOG) == {("pending_stuck", None)}
        assert log_health(LOG).is_stuck
        sealing.seal_all()
        verification.go_on()
        assert not found(LOG)

    def test_what_is_placed_within_a_moment_was_not_stuck(self, log, settings, monkeypatch):
        settings.AUDIT_PENDING_SECONDS = 0
        write(1)
        monkeypatch.setattr(vitals.time, "sleep", lambda seconds: sealing.seal_all())

        verification.go_on()

        assert not found(LOG)

    def test_without_keys_the_queue_is_watched_still(self, log, settings, tmp_path):
        settings.AUDIT_PENDING_SECONDS = 0
        write(1)
        right, settings.KEYS_FILE = settings.KEYS_FILE, str(tmp_path / "missing.json")

        with pytest.raises(KeyUnavailableError):
            verification.go_on()

        settings.KEYS_FILE = right
        assert found(LOG) == {("pending_stuck", None)}

    @pytest.mark.parametrize("seconds", [-60, 60])
    def test_clocks_that_disagree_are_an_alarm_while_they_do(self, log, seconds):
        with time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True):
            vitals.judge()
        assert found(SYSTEM_ID) == {("clock_skew", None)}
        assert Alarm.objects.get().detail.startswith(f"{-seconds:+d}"[:2])

        vitals.judge()

        assert not found(SYSTEM_ID)

    def test_clocks_that_agree_differ_by_nothing(self, log):
        assert abs(vitals.clock_skew_seconds()) < 1


class TestHealth:
    def test_a_log_that_grows_is_well(self, log):
        health = log_health(LOG)

        assert health.is_well
        assert (health.size, health.verified_size, health.waiting_since) == (303, 303, None)

    def test_a_log_that_is_not_there_is_well(self):
        assert log_health(OTHER_LOG).is_well

    def test_an_open_alarm_is_no_health(self, log):
        alarms.raise_alarm(controller_id=LOG, kind="fork", position=1)

        assert not log_health(LOG).is_well

    def test_what_waits_has_a_time(self, log):
        write(1)

        assert timezone.now() - log_health(LOG).waiting_since < timedelta(seconds=30)

    def test_an_id_without_a_time_counts_as_stuck(self, attacker):
        run("INSERT INTO audit_pending (controller_id, ids, entries, classes) "
            "VALUES (%s, %s, %s, %s)", LOG, b"\xff" * 16, bytes(32), b"\1")  # fmt: skip

        assert log_health(LOG).is_stuck
