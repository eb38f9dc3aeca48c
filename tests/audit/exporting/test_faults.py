"""A worker killed in the middle of an export, again and again: one whole file, finished once."""

import random
import subprocess
import sys
import time
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings as ours
from django.utils import timezone

from audit import sealing
from audit.exporting.folder import FOLDER
from audit.exporting.models import Export
from audit.models import EntryIndex
from config.places import BASE_DIR
from tests.audit.exporting import house
from tests.audit.log import write
from work import services as work
from work.models import Job, JobState

pytestmark = [
    pytest.mark.fault, pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-09"),
]  # fmt: skip

WORKER = """
import django, sys
django.setup()
from audit.exporting import entries
from work import services
entries.AT_ONCE = 40
print("ready", flush=True)
services.run_available(worker="doomed", limit=100000)
"""
MOST_KILLS = 40


@pytest.fixture
def start(test_database, settings, tmp_path):
    settings.AUDIT_EXPORT_FOLDER = str(tmp_path / "exports")
    environment = {
        **test_database.environment(), "SAMMATI_KEYS_FILE": ours.KEYS_FILE,
        "SAMMATI_AUDIT_EXPORT_FOLDER": settings.AUDIT_EXPORT_FOLDER, "SAMMATI_EMBEDDED": "test",
    }  # fmt: skip

    def worker():
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout.readline() == b"ready\n"
        return process

    return worker


def release():
    """What the sweep does once a worker has been silent for some seconds."""
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(state=JobState.LEASED).update(lease_until=past)
    work.sweep_expired()


def test_makes_one_whole_file(start):
    ids = write(1500)
    sealing.seal_all()
    export = house.asked(formats=("csv",))
    sealing.seal_all()
    r = random.Random(11)
    kills = 0
    while Export.objects.get(id=export.id).state == "making" and kills < MOST_KILLS:
        process = start()
        time.sleep(r.random() * 0.25)
        kills += process.poll() is None
        process.kill()
        process.communicate()
        release()

    found = FOLDER.finished_file(export.id)
    assert kills >= 3
    assert [UUID(one["id"]) for one in house.lines(found)] == ids
    assert [UUID(row["id"]) for row in house.table(found)] == ids
    assert house.verify(found, "--vkey", house.key()).returncode == 0
    assert EntryIndex.objects.filter(event="export:finished").count() == 1
    assert Job.objects.get(kind="audit.export").state == JobState.DONE


def test_a_sleeper_that_lost_the_job_touches_nothing(settings, tmp_path, monkeypatch):
    """It wakes up behind another worker's steps and would cut them off."""
    from audit.exporting import entries, job

    settings.AUDIT_EXPORT_FOLDER = str(tmp_path / "exports")
    monkeypatch.setattr(entries, "AT_ONCE", 10)
    ids = write(45)
    sealing.seal_all()
    export = house.asked()
    sealing.seal_all()
    work.run_available(worker="awake", limit=2)
    (asleep,) = work.claim(worker="asleep")
    release()
    work.run_available(worker="awake", limit=2)

    with pytest.raises(Exception, match="Another worker"):
        job.step(asleep)
    house.work_off()

    assert [UUID(one["id"]) for one in house.lines(FOLDER.finished_file(export.id))] == ids


def test_what_a_killed_step_had_written_is_cut_off(settings, tmp_path, monkeypatch):
    from audit.exporting import entries, job

    settings.AUDIT_EXPORT_FOLDER = str(tmp_path / "exports")
    monkeypatch.setattr(entries, "AT_ONCE", 10)
    ids = write(10)
    sealing.seal_all()
    export = house.asked()
    sealing.seal_all()
    work.run_available(worker="w", limit=2)
    with (FOLDER.workshop(export.id) / job.LINES).open("ab") as file:
        file.write(b'{"half": "a li')

    house.work_off()

    found = FOLDER.finished_file(export.id)
    assert [UUID(one["id"]) for one in house.lines(found)] == ids
    assert house.verify(found, "--vkey", house.key()).returncode == 0
