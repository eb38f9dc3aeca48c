import subprocess
import sys

import pytest

from config.places import BASE_DIR

TOGETHER = """
import sys
from benchmarks import kill
kill.FAULTS = (kill.kill_both,)
sys.exit(kill.main(500, 1))
"""
FAULTS = ("server killed", "database killed", "server and database killed", "database frozen")


def said_by(*program):
    """On servers of its own: what is killed there would take other tests along."""
    command = [sys.executable, "-m", "config.run.with_servers", "--set", "faults"]
    command += [sys.executable, *program]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return f"\n{done.stdout}"


@pytest.mark.fault
@pytest.mark.slow
def test_killed_together_they_leave_no_answer_without_its_record():
    said = said_by("-c", TOGETHER)

    assert "\nserver and database killed " in said


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.soak
def test_no_answer_lacks_its_record_and_nobody_waits_for_a_dead_database():
    said = said_by("-m", "benchmarks.kill", "500", "1")

    for fault in FAULTS:
        assert f"\n{fault} " in said
