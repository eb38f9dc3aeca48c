import subprocess
import sys

import pytest

from config.places import BASE_DIR

FAULTS = ("server killed", "database killed", "server and database killed", "database frozen")


@pytest.mark.fault
@pytest.mark.slow
def test_no_answer_lacks_its_record_and_nobody_waits_for_a_dead_database():
    """On servers of its own: what is killed here would take other tests along."""
    command = [sys.executable, "-m", "config.run.with_servers", "--set", "faults"]
    command += [sys.executable, "-m", "benchmarks.kill", "500", "1"]

    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    for fault in FAULTS:
        assert f"\n{fault} " in f"\n{done.stdout}"
