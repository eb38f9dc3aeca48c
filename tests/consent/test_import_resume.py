"""Imports that are killed, overtaken or disturbed: nothing is lost, nothing is repeated."""

import signal
import subprocess
import sys
import time
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection, transaction

from audit.actors import Actor
from audit.models import EntryIndex, Payload
from config.places import BASE_DIR
from consent.importing import runner
from consent.models import ConsentEvent, ConsentState
from subjects import matching
from subjects import services as subjects
from subjects.models import Identifier, Subject
from tests.consent.importing import LATER, bring, row, write_csv
from tests.factories.company import AUTHOR, company
from work.errors import LeaseLostError
from work.models import Job

PEOPLE = 6000
BAD = 97  # every so-manyth row is left out
PATIENCE = 60


@pytest.fixture
def lotus(transactional_db):
    return company()


@pytest.fixture
def long_file(tmp_path):
    rows = [
        row(email=f"p{n // 2}@example.in", event_at=f"2025-0{1 + n % 2}-01T00:00:00Z",
            state="nonsense" if n % BAD == 0 else "given")
        for n in range(PEOPLE)
    ]  # fmt: skip
    return write_csv(tmp_path / "people.csv", *rows)


def start(path, database):
    """The command in a process of its own."""
    errors = path.with_suffix(".errors.csv")
    command = [
        sys.executable, "manage.py", "import_consents", str(path), "--controller", "lotus",
        "--batch", "100", "--errors", str(errors),
    ]  # fmt: skip
    environment = {**database.environment(), "SAMMATI_KEYS_FILE": settings.KEYS_FILE}
    return subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=subprocess.DEVNULL)


def wait_for_progress(process, share):
    """Until so much of the file is recorded."""
    for _ in range(PATIENCE * 50):
        job = Job.objects.filter(kind=runner.KIND).first()
        if job and job.progress_done > job.progress_total * share:
            return
        assert process.poll() is None, "the import ended before it could be killed"
        time.sleep(0.02)
    raise AssertionError("the import did not move")


@pytest.mark.fault
@pytest.mark.req("P7")
def test_a_killed_import_goes_on_behind_its_last_batch(lotus, long_file, test_database):
    process = start(long_file, test_database)
    wait_for_progress(process, 0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = ConsentEvent.objects.count()
    kept = Job.objects.get(kind=runner.KIND).cursor

    result = bring(long_file, resume=True)

    bad = len(range(0, PEOPLE, BAD))
    assert 0 < done < PEOPLE - bad
    assert kept["recorded"] == done
    assert ConsentEvent.objects.count() == PEOPLE - bad
    assert f"{PEOPLE:,} rows: {PEOPLE - bad:,} recorded, 0 already there" in result.text
    assert [int(line.split(",")[0]) for line in result.errors] == [
        n + 2 for n in range(0, PEOPLE, BAD)
    ]
    started = EntryIndex.objects.filter(event="import:started").count()
    given = EntryIndex.objects.filter(event__startswith="consent:").count()
    assert (started, given) == (2, PEOPLE - bad)
    assert Payload.objects.count() == EntryIndex.objects.count()


@pytest.mark.fault
def test_without_resume_it_begins_again_and_adds_nothing_twice(lotus, long_file, test_database):
    process = start(long_file, test_database)
    wait_for_progress(process, 0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = ConsentEvent.objects.count()

    result = bring(long_file)

    bad = len(range(0, PEOPLE, BAD))
    assert f"{PEOPLE - bad - done:,} recorded, {done:,} already there" in result.text
    assert len(result.errors) == bad


def test_of_two_processes_only_the_later_records(lotus, tmp_path, monkeypatch):
    path = write_csv(tmp_path / "people.csv", *(row(email=f"p{n}@example.in") for n in range(6)))
    order = runner.Order(path=path, controller_id=lotus.id, batch=2)
    record, overtaken = runner._record, []

    def overtake(*args):
        if not overtaken:
            overtaken.append(True)
            with transaction.atomic():
                Job.objects.update(fence=99)  # as whoever takes the job over does
        return record(*args)

    monkeypatch.setattr(runner, "_record", overtake)
    with pytest.raises(LeaseLostError):
        runner.run(by=Actor.system("test"), order=order)

    assert not ConsentEvent.objects.exists()
    assert not Subject.objects.exists()


def test_somebody_who_appears_meanwhile_is_found_and_not_added_twice(lotus, tmp_path, monkeypatch):
    path = write_csv(tmp_path / "people.csv", row(crm="C-1"), row(crm="C-1", event_at=LATER))
    store, met = matching.store, []

    def late(by, made):
        if not met:
            met.append(True)
            add_elsewhere(lotus)
        store(by, made)

    monkeypatch.setattr(matching, "store", late)

    result = bring(path)

    assert result.code == 0
    assert Subject.objects.count() == 1
    assert set(Identifier.objects.values_list("scheme", flat=True)) == {"crm", "email"}
    assert ConsentState.objects.get().sequence == 2


def add_elsewhere(lotus):
    """The same person by another connection, committed."""

    def add():
        new = subjects.NewSubject(identifiers=(("crm", "C-1"),), residence="IN")
        subjects.create(by=AUTHOR, controller_id=lotus.id, new=new)
        connection.close()

    thread = Thread(target=add)
    thread.start()
    thread.join()
