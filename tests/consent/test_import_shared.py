"""Files that several processes import together."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from audit.models import EntryIndex, Payload
from config.places import BASE_DIR
from consent.importing import parallel, runner
from consent.importing.errors import Fault
from consent.importing.mapping import Mapping
from consent.importing.shares import Share
from consent.importing.sources import Place, items
from consent.models import ConsentEvent, ConsentState
from subjects.models import Subject
from tests.consent.importing import LATER, WHEN, bring, row, write_csv
from tests.factories.company import company
from work.models import Job

PEOPLE, BAD = 900, 97
PATIENCE = 60


@pytest.fixture
def lotus(transactional_db):
    return company()


@pytest.fixture
def two_rows_each(tmp_path):
    """Each person has a row now and one far behind, and every so-manyth row is bad."""
    rows = [
        row(email=f"p{n % PEOPLE}@example.in", event_at=f"2025-0{1 + n // PEOPLE}-01T00:00:00Z",
            state="nonsense" if n % BAD == 0 else "given")
        for n in range(2 * PEOPLE)
    ]  # fmt: skip
    return write_csv(tmp_path / "people.csv", *rows)


def start(path, database, *more):
    """The command in a process of its own, by two processes."""
    errors = path.with_suffix(".errors.csv")
    command = [
        sys.executable, "manage.py", "import_consents", str(path), "--controller", "lotus",
        "--batch", "50", "--errors", str(errors), "--processes", "2", *more,
    ]  # fmt: skip
    environment = {**database.environment(), "SAMMATI_KEYS_FILE": settings.KEYS_FILE}
    return subprocess.Popen(
        command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip


def imported(path, database, *more):
    process = start(path, database, *more)
    said, _ = process.communicate(timeout=PATIENCE * 3)
    return process.returncode, said


def wait_for_progress(process, number):
    """Until so many rows are recorded."""
    for _ in range(PATIENCE * 50):
        if (done := ConsentEvent.objects.count()) > number:
            return done
        assert process.poll() is None, "the import ended before it could be killed"
        time.sleep(0.02)
    raise AssertionError("the import did not move")


def bad_lines(path):
    errors = path.with_suffix(".errors.csv").read_text().splitlines()[1:]
    return [int(line.split(",")[0]) for line in errors]


class TestShares:
    @given(st.lists(st.text(max_size=8), min_size=1, max_size=3), st.integers(1, 8))
    def test_each_row_is_of_exactly_one_share(self, texts, of):
        assert sum(Share(number, of).has(texts) for number in range(of)) == 1

    @given(st.integers(0, 10_000), st.integers(1, 8))
    def test_each_line_that_names_nobody_is_of_exactly_one_share(self, line, of):
        assert sum(Share(number, of).has_line(line) for number in range(of)) == 1

    def test_a_person_is_one_however_they_are_written(self):
        of = [Share(number, 7) for number in range(7)]
        written = ["asha@example.in", " Asha@Example.IN "]

        (first,), (second,) = ([one for one in of if one.has([text])] for text in written)

        assert first == second

    @pytest.mark.parametrize("kind", ["csv", "ndjson"])
    def test_the_shares_of_a_file_are_its_rows_each_once_and_in_order(self, tmp_path, kind):
        path = tmp_path / f"people.{kind}"
        path.write_text(MIXED[kind], encoding="utf-8")
        whole = list(items(path, kind, Mapping(), Place()))

        shares = [list(items(path, kind, Mapping(), Place(), Share(n, 3))) for n in range(3)]

        assert sorted(item.after for share in shares for item in share) == [
            item.after for item in whole
        ]
        assert all(share == sorted(share, key=lambda item: item.after) for share in shares)
        assert sum(isinstance(item.content, Fault) for share in shares for item in share) == 2
        assert all(share for share in shares)

    def test_a_small_file_and_a_dry_run_have_one_process(self, tmp_path, monkeypatch):
        path = write_csv(tmp_path / "people.csv", row())
        order = runner.Order(path=path, controller_id=None)
        assert parallel.processes_for(order) == 1

        monkeypatch.setattr(parallel, "SHARE_BYTES", 1)
        monkeypatch.setattr(parallel.os, "sched_getaffinity", lambda pid: {0, 1, 2})

        assert parallel.processes_for(order) == 3
        assert (
            parallel.processes_for(runner.Order(path=path, controller_id=None, dry_run=True)) == 1
        )


MIXED = {
    "csv": "email,crm,purpose,state,event_at\n"
    + "".join(f"p{n}@example.in,,offers,given,{WHEN}\n" for n in range(20))
    + "".join(f",C-{n},offers,given,{WHEN}\n" for n in range(20))
    + '"broken"x,\ntoo,few\n',
    "ndjson": "".join(
        f'{{"email": "p{n}@example.in", "purpose": "offers", "state": "given",'
        f' "event_at": "{WHEN}"}}\n'
        for n in range(40)
    )
    + "[1]\n{not json\n",
}


@pytest.mark.fault
class TestTogether:
    def test_two_processes_bring_what_one_brings(self, lotus, two_rows_each, test_database):
        code, said = imported(two_rows_each, test_database)

        bad = len(range(0, 2 * PEOPLE, BAD))
        assert code == 1, said
        assert f"{2 * PEOPLE:,} rows: {2 * PEOPLE - bad:,} recorded, 0 already there" in said
        assert f"{PEOPLE:,} new people" in said
        assert ConsentEvent.objects.count() == 2 * PEOPLE - bad
        assert Subject.objects.count() == ConsentState.objects.count() == PEOPLE
        assert bad_lines(two_rows_each) == [n + 2 for n in range(0, 2 * PEOPLE, BAD)]
        assert [path.name for path in two_rows_each.parent.glob("*errors*")] == [
            "people.errors.csv"
        ]
        shares = [job.cursor["rows"] for job in Job.objects.filter(kind=runner.KIND, state="done")]
        assert len(shares) == 2
        assert sum(shares) == 2 * PEOPLE
        assert EntryIndex.objects.filter(event="import:finished").count() == 2
        again = bring(two_rows_each)
        assert f"0 recorded, {2 * PEOPLE - bad:,} already there" in again.text

    @pytest.mark.req("P7")
    def test_killed_it_goes_on_behind_the_last_batch_of_each(
        self, lotus, two_rows_each, test_database
    ):
        process = start(two_rows_each, test_database)
        wait_for_progress(process, 200)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        _until_they_have_ended()
        done = ConsentEvent.objects.count()

        code, said = imported(two_rows_each, test_database, "--resume")

        bad = len(range(0, 2 * PEOPLE, BAD))
        assert done < 2 * PEOPLE - bad, "it had ended"
        assert code == 1
        assert f"{2 * PEOPLE:,} rows: {2 * PEOPLE - bad:,} recorded, 0 already there" in said
        assert ConsentEvent.objects.count() == 2 * PEOPLE - bad
        assert bad_lines(two_rows_each) == [n + 2 for n in range(0, 2 * PEOPLE, BAD)]
        assert Payload.objects.count() == EntryIndex.objects.count()

    def test_one_that_is_killed_stops_the_others_and_says_so(
        self, lotus, two_rows_each, test_database
    ):
        process = start(two_rows_each, test_database)
        wait_for_progress(process, 100)
        sharer = next(pid for pid in _children(process.pid) if "spawn_main" in _command(pid))
        os.kill(sharer, signal.SIGKILL)
        said, _ = process.communicate(timeout=PATIENCE)

        assert process.returncode == 3
        assert "A process of the import was stopped. Run the command again with --resume." in said
        assert imported(two_rows_each, test_database, "--resume")[0] == 1

    def test_the_order_of_a_persons_rows_is_kept(self, lotus, tmp_path, test_database):
        steps = (("given", WHEN), ("withdrawn", LATER), ("renewed", "2025-06-01T00:00:00Z"))
        rows = [
            row(email=f"p{n}@example.in", state=state, event_at=at)
            for state, at in steps for n in range(60)
        ]  # fmt: skip

        code, said = imported(write_csv(tmp_path / "people.csv", *rows), test_database)

        assert code == 1
        assert "illegal_transition: 60" in said
        assert set(ConsentState.objects.values_list("state", flat=True)) == {"withdrawn"}


class TestBadInput:
    @pytest.mark.parametrize("number", [0, -1, 9])
    def test_so_many_processes_are_refused(self, lotus, tmp_path, number):
        result = bring(write_csv(tmp_path / "people.csv", row()), processes=number)

        assert (result.code, result.text) == (2, "A file is shared by 1 to 8 processes.")
        assert not ConsentEvent.objects.exists()

    def test_a_dry_run_is_not_shared(self, lotus, tmp_path):
        result = bring(write_csv(tmp_path / "people.csv", row()), processes=2, dry_run=True)

        assert (result.code, result.text) == (2, "A dry run has one process.")

    def test_what_is_wrong_with_the_file_is_said_before_any_begins(self, lotus, tmp_path):
        path = tmp_path / "people.csv"
        path.write_text("name\nasha\n")

        result = bring(path, processes=2)

        assert result.code == 2
        assert "Not known: column 1." in result.text
        assert not Job.objects.filter(kind=runner.KIND).exists()


def test_a_batch_that_met_a_deadlock_is_recorded_again(lotus, tmp_path, monkeypatch):
    record, met = runner._record, []

    def meet(*args):
        found = record(*args)
        if not met:
            met.append(True)
            raise OperationalError from psycopg.errors.DeadlockDetected()
        return found

    monkeypatch.setattr(runner, "_record", meet)

    result = bring(write_csv(tmp_path / "people.csv", row()))

    assert (result.code, ConsentEvent.objects.count()) == (0, 1)


def test_a_lost_database_is_no_deadlock(lotus, tmp_path, monkeypatch):
    def lose(*args):
        raise OperationalError

    monkeypatch.setattr(runner, "_record", lose)

    result = bring(write_csv(tmp_path / "people.csv", row()))

    assert result.code == 3
    assert "The database was lost" in result.text


def _children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in listed.split()]


def _command(pid):
    return Path(f"/proc/{pid}/cmdline").read_text()


def _until_they_have_ended():
    """Those whom the killed process had started end with their next batch."""
    before = -1
    while (now := ConsentEvent.objects.count()) != before:
        before = now
        time.sleep(1)
