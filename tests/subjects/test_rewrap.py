"""Rotation of the wrapping key, with a key file of the test's own (docs/adr/0004)."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import selectors as audit
from audit.models import EntryIndex
from config.places import BASE_DIR
from keys import rewrapping
from keys import services as keys
from keys.ids import SYSTEM_ID
from subjects import rewrap, selectors, services, tasks
from subjects.models import DataKey, Subject
from tests.subjects import people
from work import services as work
from work.models import Job

pytestmark = pytest.mark.django_db


def versions():
    return set(DataKey.objects.values_list("wrapping_version", flat=True))


def all_open(crowd):
    return all(selectors.reveal(person)[0].text == email for person, email in crowd.items())


def run(limit=1, **later):
    return work.run_available(worker="w", limit=limit, due_by=timezone.now() + timedelta(**later))


def job():
    return Job.objects.get(kind=rewrap.REWRAP)


class TestRotating:
    def test_leaves_no_data_key_under_the_old_version_and_all_open(
        self, key_copy, crowd, small_batches, capsys
    ):
        before = {row.subject_id: bytes(row.wrapped) for row in DataKey.objects.all()}
        secrets = {person.id: selectors.data_key(person) for person in crowd}

        call_command("rotate_keys", background=True)

        assert "Wrapping key 2 is active." in capsys.readouterr().out
        assert versions() == {1}
        assert all_open(crowd)
        assert run(limit=50, seconds=10) == 4
        assert job().state == "ready"  # it looks a second time, later
        assert run(limit=50, minutes=10) == 1
        assert (job().state, job().progress_done, job().progress_total) == ("done", 23, 23)
        assert versions() == {2}
        assert all(bytes(row.wrapped) != before[row.subject_id] for row in DataKey.objects.all())
        assert {person.id: selectors.data_key(person) for person in crowd} == secrets
        assert all_open(crowd)

    def test_is_on_the_systems_log(self, key_copy, lotus):
        call_command("rotate_keys", background=True)

        entry = EntryIndex.objects.get(event="keys:rotated")
        assert entry.controller_id == SYSTEM_ID
        assert audit.payload(entry.id)["data"] == {"version": 2, "resumed": False}

    def test_new_people_use_the_new_key_at_once(self, key_copy, crowd, lotus):
        call_command("rotate_keys", background=True)
        ben = people.add(lotus, ("email", "ben@example.in"))

        assert DataKey.objects.get(subject=ben).wrapping_version == 2

    def test_progress_moves_with_each_batch(self, key_copy, crowd, small_batches):
        call_command("rotate_keys", background=True)

        seen = []
        for _ in range(4):
            run(minutes=10)
            seen.append((job().progress_done, rewrapping.behind(2)))
        assert seen == [(7, 16), (14, 9), (21, 2), (23, 0)]

    def test_one_that_began_with_the_old_key_is_found_by_the_second_look(
        self, key_copy, crowd, small_batches
    ):
        late = DataKey.objects.first()
        call_command("rotate_keys", background=True)
        run(limit=4, minutes=10)
        assert versions() == {2}

        # A writer that had not noticed the rotation commits only now.
        DataKey.objects.filter(pk=late.pk).update(wrapped=late.wrapped, wrapping_version=1)
        run(limit=50, minutes=10)
        run(limit=50, minutes=20)
        run(limit=50, minutes=30)

        assert (job().state, versions()) == ("done", {2})
        assert job().progress_done == job().progress_total == 24
        assert all_open(crowd)

    def test_the_second_look_waits_for_the_slow(self, key_copy, crowd):
        call_command("rotate_keys", background=True)
        run()

        wait = job().run_at - timezone.now()
        assert timedelta(seconds=tasks.SECOND_LOOK_SECONDS - 10) < wait


class TestRepeating:
    def test_goes_on_instead_of_adding_a_key_while_some_are_behind(self, key_copy, crowd, capsys):
        call_command("rotate_keys", background=True)
        call_command("rotate_keys", background=True)

        assert "Wrapping key 2 was active already; going on." in capsys.readouterr().out
        assert Job.objects.filter(kind=rewrap.REWRAP).count() == 1
        assert EntryIndex.objects.filter(event="keys:rotated").count() == 1

    def test_finishes_a_rotation_that_died_after_the_key_file(self, key_copy, crowd):
        keys.rotate("wrapping")
        assert Job.objects.count() == 0

        call_command("rotate_keys", background=True)
        run(limit=50, minutes=10)

        assert versions() == {2}
        entry = EntryIndex.objects.get(event="keys:rotated")
        assert audit.payload(entry.id)["data"] == {"version": 2, "resumed": True}

    def test_adds_the_next_key_once_all_have_moved(self, key_copy, crowd):
        for expected in (2, 3):
            call_command("rotate_keys", background=True)
            run(limit=50, minutes=10)
            assert versions() == {expected}
        assert all_open(crowd)


class TestTrouble:
    def test_a_process_that_has_not_seen_the_new_key_moves_nothing_back(
        self, key_copy, crowd, settings, tmp_path
    ):
        old = tmp_path / "old.json"
        shutil.copy(key_copy, old)
        call_command("rotate_keys", background=True)
        settings.KEYS_FILE = str(old)

        run()

        assert (job().last_error_code, versions()) == ("key_not_seen_yet", {1})

    def test_a_key_that_does_not_open_stops_nothing_else_and_is_told(self, key_copy, crowd):
        broken = DataKey.objects.first()
        DataKey.objects.filter(pk=broken.pk).update(wrapped=b"\x01" + bytes(60))
        call_command("rotate_keys", background=True)

        run()

        assert DataKey.objects.get(wrapping_version=1).pk == broken.pk
        assert all_open({one: text for one, text in crowd.items() if one.pk != broken.pk})
        assert (job().state, job().progress_done, job().progress_total) == ("ready", 22, 23)

        run(limit=1, minutes=10)

        assert (job().state, job().last_error_code) == ("ready", "unseal_failed")
        assert DataKey.objects.get(wrapping_version=1).pk == broken.pk

    def test_a_destroyed_key_stays_destroyed(self, key_copy, crowd):
        gone = next(iter(crowd))
        call_command("rotate_keys", background=True)
        services.destroy_key(by=people.BY, subject=gone)
        run(limit=50, minutes=10)

        assert not DataKey.objects.filter(subject=gone).exists()
        assert versions() == {2}

    def test_keys_from_the_environment_are_rotated_there(self, key_copy, lotus, monkeypatch):
        monkeypatch.setenv("SAMMATI_KEYS", key_copy.read_text())
        keys.forget()

        with pytest.raises(CommandError, match="SAMMATI_KEYS"):
            call_command("rotate_keys")

        assert not EntryIndex.objects.filter(event="keys:rotated").exists()


WORKER = """
import django; django.setup()
from django.utils import timezone; from datetime import timedelta
from subjects import rewrap
rewrap.BATCH = 3
from work import services
while True:
    services.run_available(worker="doomed", due_by=timezone.now() + timedelta(minutes=5))
"""


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_time_it_goes_on(key_copy, lotus, test_database):
    crowd = {
        people.add(lotus, ("email", f"k{n}@example.in")): f"k{n}@example.in" for n in range(60)
    }
    call_command("rotate_keys", background=True)
    environment = {**test_database.environment(), "SAMMATI_KEYS_FILE": str(key_copy)}

    for _ in range(3):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=BASE_DIR,
            env={**environment, "PYTHONPATH": str(BASE_DIR), "SAMMATI_EMBEDDED": "test"},
        )  # fmt: skip
        kill_after_some(worker, rewrapping.behind(2))
        assert all_open(crowd)
        Job.objects.filter(state="leased").update(lease_until=timezone.now())
        work.sweep_expired()
    assert run(limit=50, minutes=10)
    run(limit=50, minutes=20)

    assert (job().state, job().progress_done, versions()) == ("done", 60, {2})
    assert all_open(crowd)
    assert Subject.objects.count() == 60


def kill_after_some(worker, before):
    ends = time.monotonic() + 20
    while rewrapping.behind(2) == before and before and time.monotonic() < ends:
        assert worker.poll() is None, "the worker ended by itself"
        time.sleep(0.002)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


def test_the_file_of_the_suite_is_untouched(key_file):
    assert keys.current_provider().active_version("wrapping") == 1
    assert Path(key_file).exists()
