import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import sealing, verification
from audit.actors import Actor, Target
from audit.models import Checkpoint
from audit.services import FEW
from audit.verification.bar import Bar
from audit.verification.entries import Entries
from config.places import BASE_DIR
from keys.ids import SYSTEM_ID, uuid7
from tests.audit.log import LOG, OTHER_LOG, PERSON, unguarded, write
from tests.audit.tampering import silenced

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-10", "P5")]

EDITS = {
    # what is edited: the table, the statement, the problem that is named
    "a word of the payload": (
        "audit_payload",
        "UPDATE audit_payload SET body = convert_to("
        "replace(convert_from(body, 'UTF8'), 'permit', 'denied'), 'UTF8') WHERE id = %s",
        "edited",
    ),
    "the whole payload": (
        "audit_payload", "UPDATE audit_payload SET body = '' WHERE id = %s", "edited",
    ),
    "the salt": (
        "audit_payload",
        "UPDATE audit_payload SET salt = substr(sha256(salt), 1, 16) WHERE id = %s",
        "edited",
    ),
    "the payload's existence": (
        "audit_payload", "DELETE FROM audit_payload WHERE id = %s", "payload_missing",
    ),
    "the index's event": (
        "", "UPDATE audit_entryindex SET event = 'list:viewed' WHERE id = %s", "index_disagrees",
    ),
    "the index's outcome": (
        "", "UPDATE audit_entryindex SET outcome = 'deny' WHERE id = %s", "index_disagrees",
    ),
    "the index's reason": (
        "", "UPDATE audit_entryindex SET reason_code = 'X' WHERE id = %s", "index_disagrees",
    ),
    "the index's purpose": (
        "", "UPDATE audit_entryindex SET purpose = 'x' WHERE id = %s", "index_disagrees",
    ),
    "the index's time": (
        "", "UPDATE audit_entryindex SET at = at - interval '1 day' WHERE id = %s",
        "index_disagrees",
    ),
    "the index's actor": (
        "", "UPDATE audit_entryindex SET actor_id = 'another' WHERE id = %s", "index_disagrees",
    ),
    "the index's kind of actor": (
        "", "UPDATE audit_entryindex SET actor_type = 'system' WHERE id = %s", "index_disagrees",
    ),
    "the index's target's id": (
        "", "UPDATE audit_entryindex SET target_id = 'x' WHERE id = %s", "index_disagrees",
    ),
    "the index's target": (
        "", "UPDATE audit_entryindex SET target_type = 'other' WHERE id = %s", "index_disagrees",
    ),
    "the index's log": (
        "", "UPDATE audit_entryindex SET controller_id = id WHERE id = %s", "index_disagrees",
    ),
}  # fmt: skip


@pytest.fixture
def entries():
    ids = write(
        FEW + 5, event="decision:made", subject=PERSON, purpose="a.b", outcome="permit",
        reason_code="OK",
    )  # fmt: skip
    sealing.seal_all()
    return ids


def edit(superuser, table, statement, entry_id):
    if not table:
        superuser.execute(statement, [entry_id])
        return
    # `replica` silences ordinary triggers; ours stay awake until they are disabled by name.
    superuser.execute("SET session_replication_role = replica")
    with unguarded(superuser, table):
        changed = superuser.execute(statement, [entry_id]).rowcount
    assert changed == 1


@pytest.mark.req("BRD-LG3")
def test_entries_nobody_touched_verify(entries, capsys):
    call_command("audit_verify")

    assert f"{len(entries)} entries verified" in capsys.readouterr().out


def test_an_empty_log_verifies(capsys):
    call_command("audit_verify")

    assert "0 entries verified" in capsys.readouterr().out


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_entry_is_named_and_no_other(what, entries, superuser, capsys):
    table, statement, problem = EDITS[what]
    victim = entries[7]
    edit(superuser, table, statement, victim)

    with pytest.raises(CommandError, match=f"{len(entries)} entries replayed, findings: 1"):
        call_command("audit_verify")

    said = capsys.readouterr().out
    assert said == f"log {LOG} position 7 entry {victim}: {problem}\n"


@pytest.mark.req("BRD-LG3")
def test_a_second_line_in_another_log_is_named(entries, superuser, capsys):
    """The database lets each log have a line of an entry; one of them is a stranger's."""
    columns = (
        "retention_class, at, event, actor_type, actor_id, target_type, target_id, subject_id, "
        "purpose, outcome, reason_code"
    )
    other, victim = uuid7(), entries[7]
    superuser.execute(
        f"INSERT INTO audit_entryindex (id, controller_id, {columns}) "  # noqa: S608 (constants)
        f"SELECT id, %s, {columns} FROM audit_entryindex WHERE id = %s",
        [other, victim],
    )

    with pytest.raises(CommandError, match="findings: 1"):
        call_command("audit_verify")

    assert f"log {other}" in (said := capsys.readouterr().out)
    assert f"entry {victim}: index_disagrees" in said


def test_entries_of_a_person_about_themselves_verify():
    write(2, subject=PERSON, by=Actor("subject", str(PERSON.id)),
          target=Target("subject", str(PERSON.id)))  # fmt: skip

    assert not list(verification.verify())


@pytest.mark.req("P6")
def test_the_index_may_go_with_the_person(entries, superuser):
    superuser.execute("DELETE FROM audit_entryindex WHERE subject_id = %s", [PERSON.id])

    assert not list(verification.verify())


def test_only_so_many_findings_are_named(entries, superuser, capsys):
    superuser.execute("UPDATE audit_entryindex SET outcome = 'deny'")

    with pytest.raises(CommandError, match=f"findings: {len(entries)}"):
        call_command("audit_verify", most=3)

    assert capsys.readouterr().out.count("index_disagrees") == 3


def test_the_process_ends_with_an_error(entries, superuser, test_database):
    edit(superuser, *EDITS["a word of the payload"][:2], entries[0])

    ended = subprocess.run(
        [sys.executable, "manage.py", "audit_verify"], cwd=BASE_DIR,
        env=test_database.environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert ended.returncode == 1
    assert str(entries[0]) in ended.stdout


class TestFastPath:
    """What the index repeats to the letter is compared as text; nothing is decoded for it."""

    @pytest.fixture
    def never_decoded(self, monkeypatch):
        def look_closer(self, *parts):
            raise AssertionError(parts)

        monkeypatch.setattr(Entries, "_look_closer", look_closer)

    @pytest.mark.parametrize("parts", [
        {},
        {"subject": PERSON, "purpose": "a.b", "outcome": "permit", "reason_code": "OK"},
        {"subject": PERSON, "by": Actor("subject", str(PERSON.id))},
        {"subject": PERSON, "target": Target("subject", str(PERSON.id))},
        {"subject": PERSON, "by": Actor("subject", str(PERSON.id)),
         "target": Target("subject", str(PERSON.id)), "outcome": "deny"},
        {"reason_code": "X", "data": {"a": {"event": "consent:given", "at": 1}}},
        {"purpose": "बिक्री"},
    ])  # fmt: skip
    @pytest.mark.parametrize("count", [3, 600])
    def test_takes_whatever_the_suite_records(self, never_decoded, parts, count):
        write(count, **parts)
        sealing.seal_all()

        assert not list(verification.verify())

    @pytest.mark.parametrize("parts", [
        {"target": Target("file", 'a"b\\c\n')},
        {"purpose": 'a "quoted" purpose'},
        {"by": Actor("officer", "ünïcode \u2028")},
    ])  # fmt: skip
    def test_what_is_written_otherwise_is_decoded_and_verifies(self, parts):
        write(3, **parts)
        sealing.seal_all()

        assert not list(verification.verify())

    def test_a_purpose_that_the_index_cuts_verifies(self, superuser):
        write(1, event="decision:made", purpose="p" * 100)
        sealing.seal_all()

        assert not list(verification.verify())


class TestLogs:
    def test_one_log_is_verified_alone(self, entries, superuser, capsys):
        write(4, controller_id=OTHER_LOG)
        sealing.seal_all()
        edit(superuser, *EDITS["a word of the payload"][:2], entries[0])

        call_command("audit_verify", log=OTHER_LOG)

        assert "4 entries verified" in capsys.readouterr().out

    def test_a_log_between_many_others_is_verified(self):
        """Few of the payloads of its time are its own: they are looked up one by one."""
        for _ in range(4):
            write(300, controller_id=OTHER_LOG)
            write(40)
        write(3, controller_id=SYSTEM_ID)
        sealing.seal_all()

        assert not list(verification.verify())

    @pytest.mark.parametrize("name", ["x", "01900000"])
    def test_a_log_that_is_no_log_is_refused(self, name):
        with pytest.raises(CommandError, match="a controller's id, or `system`"):
            call_command("audit_verify", "--log", name)

    def test_from_tiles_payloads_are_not_looked_at(self, entries, superuser, capsys):
        edit(superuser, *EDITS["the whole payload"][:2], entries[0])

        call_command("audit_verify", "--from-tiles")

        assert "25 entries verified" in capsys.readouterr().out

    def test_what_waits_is_verified_as_well(self, entries, superuser):
        (waits,) = write(1, event="decision:made", outcome="permit")
        edit(superuser, *EDITS["a word of the payload"][:2], waits)

        (found,) = verification.verify()

        assert (found.problem, found.position, found.entry_id) == ("edited", None, waits)

    def test_a_clock_that_went_back_is_told_and_no_fault(self, entries, capsys):
        with time_machine.travel(timezone.now() - timedelta(hours=1), tick=False):
            write(1)
            sealing.seal()

        call_command("audit_verify")

        said = capsys.readouterr().out
        assert "clock_went_back" in said
        assert "27 entries verified" in said  # the alarm is one


class TestKnown:
    """What somebody wrote down of the log once."""

    @pytest.fixture
    def memory(self, entries, tmp_path):
        """Two checkpoints in one file, as a witness appends them."""
        write(5)
        sealing.seal_all()
        file = tmp_path / f"{LOG}.checkpoints"
        notes = Checkpoint.objects.order_by("size").values_list("note", flat=True)
        file.write_text("\n".join(notes))
        return file

    def test_a_log_that_grew_agrees_with_it(self, memory, capsys):
        write(300)
        sealing.seal_all()

        call_command("audit_verify", known=[memory])

        assert "330 entries verified" in capsys.readouterr().out

    def test_a_checkpoint_of_ours_that_is_gone_is_named(self, memory, superuser, capsys):
        with silenced(superuser):
            superuser.execute("DELETE FROM audit_checkpoint WHERE size = 25")

        with pytest.raises(CommandError, match="findings: 1"):
            call_command("audit_verify", known=[memory])

        assert "position 24: checkpoint_missing" in capsys.readouterr().out

    def test_a_log_that_is_gone_is_named(self, memory, superuser, capsys):
        tables = ("tree", "bundle", "checkpoint", "payload", "entryindex", "pending")
        with silenced(superuser):
            for table in tables:
                superuser.execute(f"DELETE FROM audit_{table}")

        with pytest.raises(CommandError, match="findings: 1"):
            call_command("audit_verify", known=[memory])

        assert f"log {LOG} position 0: shrunk" in capsys.readouterr().out

    def test_a_note_that_nobody_of_ours_signed_is_named(self, memory, capsys):
        memory.write_text(memory.read_text().replace("\n25\n", "\n26\n"))

        with pytest.raises(CommandError, match="findings: 1"):
            call_command("audit_verify", known=[memory])

        assert "position 25: note_wrong" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "text", ["", "hello", "a\n\n\u2014 b c\n", "\xff", "a\nb\nc\n\n\u2014 x AAAAAAAA\n"]
    )
    def test_what_is_no_checkpoint_is_refused(self, text, entries, tmp_path):
        file = tmp_path / "notes"
        file.write_bytes(text.encode("latin-1" if text == "\xff" else "utf-8"))

        with pytest.raises(CommandError, match="known checkpoints cannot be read"):
            call_command("audit_verify", known=[file])

    def test_a_file_that_is_not_there_is_refused(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("audit_verify", known=[tmp_path / "none"])


class Terminal(StringIO):
    def isatty(self):
        return True


class TestBar:
    def test_moves_on_a_terminal_and_stays_at_the_end(self):
        screen = Terminal()
        bar = Bar(2000, screen)

        bar.move(500)
        bar.move(1500)
        bar.end()

        assert "25 %  500 entries" in screen.getvalue()
        assert screen.getvalue().endswith("entries/s\n")
        assert "100 %  2,000 entries" in screen.getvalue()

    def test_makes_room_for_a_finding(self):
        screen = Terminal()
        bar = Bar(2, screen)
        bar.move(1)

        bar.clear()

        assert screen.getvalue().endswith("\r\x1b[K")

    def test_says_nothing_where_nobody_watches(self):
        screen = StringIO()
        bar = Bar(2, screen)

        bar.move(2)
        bar.clear()
        bar.end()

        assert screen.getvalue() == ""
