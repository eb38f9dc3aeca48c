import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from audit import sealing, verification
from audit.actors import Actor, Target
from audit.services import FEW
from config.places import BASE_DIR
from tests.audit.log import LOG, PERSON, unguarded, write

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
