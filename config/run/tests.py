"""`python -m config.run.tests [PATH...]`: every test, browser tests in processes of their own.

Playwright keeps an event loop running in the process that drives the browser, where code that
starts a loop of its own cannot be tested.
"""

import subprocess
import sys

RUNS = ("not browser and not soak", "browser and not soak")
NO_TESTS = 5  # pytest's code for a run that collected none, as with a narrow path


def main(paths: list[str]) -> int:
    codes = [
        subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "2", "-m", marker, *paths], check=False
        ).returncode
        for marker in RUNS
    ]
    if all(code == NO_TESTS for code in codes):
        return NO_TESTS
    return max(code for code in codes if code != NO_TESTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
