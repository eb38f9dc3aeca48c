"""An import of profiles that is killed with no chance to tidy up: nothing is lost or told twice."""

import json
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from audit.models import EntryIndex, Payload
from config.places import BASE_DIR
from profiles.importing import runner
from profiles.models import FormerRecord, ProfileRecord
from subjects.models import Subject
from tests.profiles.files import bring, csv, ndjson, person
from tests.profiles.intake_world import make
from work.models import Job

PEOPLE = 3000
BAD = 97  # every so-manyth row is left out
PATIENCE_SECONDS = 60

pytestmark = [pytest.mark.fault, pytest.mark.req("P7")]


@pytest.fixture
def lotus(transactional_db):
    return make()


def rows():
    """One person each, but for the rows whose attribute is of the wrong type."""
    return [
        {
            "id.crm": f"CRM-{n}", "observed_at": "2026-03-01T10:00:00Z",
            "points": "many" if n % BAD == 0 else n, "city": f"City {n}",
        }
        for n in range(PEOPLE)
    ]  # fmt: skip


def written(folder, form):
    if form == "ndjson":
        return ndjson(folder, *rows())
    lines = [",".join(map(str, one.values())) for one in rows()]
    return csv(folder, "\n".join(["id.crm,observed_at,points,city", *lines]) + "\n")


def start(path, database):
    """The command in a process of its own, over the test's database."""
    command = [
        sys.executable, "manage.py", "import_profiles", str(path), "--controller", "lotus",
        "--source", "crm", "--batch", "100", "--errors", str(path.with_suffix(".errors.csv")),
    ]  # fmt: skip
    environment = {**database.environment(), "SAMMATI_KEYS_FILE": settings.KEYS_FILE}
    return subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=subprocess.DEVNULL)


def kill_at(process, share):
    """Kill it with SIGKILL once so much of the file is recorded."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        job = Job.objects.filter(kind=runner.KIND).first()
        if job and job.progress_done > job.progress_total * share:
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            return
        assert process.poll() is None, "the import ended before it could be killed"
        time.sleep(0.01)
    raise AssertionError("the import did not move")


GOOD = PEOPLE - len(range(0, PEOPLE, BAD))


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_a_killed_import_goes_on_behind_its_last_batch(lotus, tmp_path, test_database, form):
    path = written(tmp_path, form)
    kill_at(start(path, test_database), 0.2)
    done = ProfileRecord.objects.count()
    kept = Job.objects.get(kind=runner.KIND).cursor

    result = bring(path, resume=True)

    assert 0 < done < GOOD
    assert kept["recorded"] == done  # progress and what it stands for are one
    assert f"{PEOPLE:,} rows: {GOOD:,} taken in, 0 without news" in result.text
    first = 2 if form == "csv" else 1
    assert [int(line.split(",")[0]) for line in result.errors] == [
        n + first for n in range(0, PEOPLE, BAD)
    ]
    assert_all_is_there_once(lotus)


def test_without_resume_it_begins_again_and_takes_nothing_in_twice(lotus, tmp_path, test_database):
    path = written(tmp_path, "ndjson")
    kill_at(start(path, test_database), 0.1)
    done = ProfileRecord.objects.count()

    result = bring(path)

    assert 0 < done < GOOD
    assert f"{GOOD - done:,} taken in, {done:,} without news" in result.text
    assert_all_is_there_once(lotus)


def assert_all_is_there_once(lotus):
    """Every person with what the file says, one entry of the log for each, and readable."""
    assert Subject.objects.count() >= ProfileRecord.objects.count() == GOOD
    assert not FormerRecord.objects.exists()
    assert EntryIndex.objects.filter(event="profile:recorded").count() == GOOD
    assert Payload.objects.count() == EntryIndex.objects.count()
    assert lotus.known(person("CRM-98")) == {"points": 98, "city": "City 98"}
    last = lotus.known(person(f"CRM-{PEOPLE - 1}"))
    assert json.loads(json.dumps(last)) == {"points": PEOPLE - 1, "city": f"City {PEOPLE - 1}"}
