"""`python -m config.run.browser`: the system's Chromium for the browser tests, or how to get it."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")
HOW = (
    "The browser tests need Chromium; install it as root (apt-get install chromium), "
    "or leave them out: make test-fast"
)


def found() -> str | None:
    """The path of a Chromium on this machine, or none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def main() -> int:
    if found():
        return 0
    if os.getuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests...", flush=True)
        variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (("apt-get", "update"), INSTALL):
            quiet = subprocess.run(command, env=variables, stdout=subprocess.DEVNULL, check=False)
            if quiet.returncode != 0:
                break
    if found():
        return 0
    sys.stderr.write(f"{HOW}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
