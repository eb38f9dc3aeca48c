"""A copy of a whole log replays offline, grows with the log, and is recorded."""

import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit import sealing
from audit.models import EntryIndex
from audit.selectors import payload
from tests.audit.exporting import house
from tests.audit.log import LOG, OTHER_LOG, write

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-03", "P5")]


def copied(folder, log=LOG, **options):
    said = StringIO()
    call_command("audit_export", log=str(log), out=folder, stdout=said, **options)
    return said.getvalue()


def replay(folder, *options):
    command = [sys.executable, str(house.VERIFIER), "log", str(folder), "--vkey", house.key()]
    return subprocess.run(
        [*command, *options], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("count", [1, 255, 256, 257, 700])
def test_replays_offline(count, tmp_path):
    write(count)
    sealing.seal_all()

    said = copied(tmp_path / "copy")

    answer = replay(tmp_path / "copy")
    assert answer.returncode == 0, answer
    assert f"{count} entries" in said
    assert f"{count} entries" in answer.stdout


def test_has_the_higher_levels_too(tmp_path, monkeypatch):
    from audit.services import Draft, record_many
    from tests.audit.log import BY, Target

    drafts = [Draft(event="consent:given", by=BY, controller_id=LOG, target=Target("t", "1"))]
    for _ in range(5):
        record_many(drafts * 13_200)
        sealing.seal_all()

    copied(tmp_path / "copy")

    assert (tmp_path / "copy" / "tile" / "1" / "000").is_file()
    assert (tmp_path / "copy" / "tile" / "2" / "000.p" / "1").is_file()
    assert replay(tmp_path / "copy").returncode == 0


def test_is_brought_up_to_date_in_place(tmp_path):
    write(300)
    sealing.seal_all()
    copied(tmp_path / "copy")
    old = (tmp_path / "copy" / "checkpoint").read_text()
    whole = tmp_path / "copy" / "tile" / "entries" / "000"
    before = whole.stat().st_mtime_ns
    write(500)
    sealing.seal_all()

    copied(tmp_path / "copy")

    (tmp_path / "old").write_text(old)
    answer = replay(tmp_path / "copy", "--since", str(tmp_path / "old"))
    assert answer.returncode == 0, answer
    assert whole.stat().st_mtime_ns == before


@pytest.mark.req("P11")
def test_is_recorded_with_its_reason(tmp_path):
    write(3)
    sealing.seal_all()

    copied(tmp_path / "copy", reason="Yearly audit")

    (entry,) = EntryIndex.objects.filter(event="export:taken", controller_id=LOG)
    assert payload(entry.id)["data"] == {"reason": "Yearly audit", "size": 3}


class TestRefusals:
    def test_of_names_that_are_no_log(self, tmp_path):
        for name in ("nobody", "../..", str(OTHER_LOG)):
            with pytest.raises(CommandError, match="log"):
                copied(tmp_path / "copy", log=name)
        assert not (tmp_path / "copy").exists()

    def test_of_folders_with_other_things(self, tmp_path):
        write(1)
        write(1, controller_id=OTHER_LOG)
        sealing.seal_all()
        (tmp_path / "letter.txt").write_text("mine")
        copied(tmp_path / "other", log=OTHER_LOG)

        for folder in (tmp_path, tmp_path / "other"):
            with pytest.raises(CommandError, match="something else"):
                copied(folder)
