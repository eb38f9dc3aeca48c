"""`python -m config.run.browser`: Chromium and fonts for the tests, or how to get them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FONTS, FONT = Path("/usr/share/fonts"), "NotoSansDevanagari-Regular.ttf"
CHROMIUM_PACKAGE, FONTS_PACKAGE = "chromium", "fonts-noto-core"
INSTALL = ("apt-get", "install", "-y", "--no-install-recommends")
HOW = (
    "The browser tests need Chromium; install it as root (apt-get install chromium), "
    "or leave them out: make test-fast"
)
PLAINLY = (
    "Without fonts of India's scripts (apt-get install fonts-noto-core) pages in Hindi are drawn "
    "without their letters, and receipts as PDF are not tested."
)


def found() -> str | None:
    """The path of a Chromium on this machine, or none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def has_fonts() -> bool:
    """Whether Hindi can be drawn, by a browser and in a PDF."""
    return next(FONTS.rglob(FONT), None) is not None


def missing() -> list[str]:
    """The Debian packages that are not there."""
    wanted = ((CHROMIUM_PACKAGE, bool(found())), (FONTS_PACKAGE, has_fonts()))
    return [package for package, is_here in wanted if not is_here]


def install(packages: list[str]) -> None:
    """Ask Debian for them; whether they came is seen afterwards."""
    print(f"Installing {' and '.join(packages)} for the tests...", flush=True)
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update"), (*INSTALL, *packages)):
        quiet = subprocess.run(command, env=variables, stdout=subprocess.DEVNULL, check=False)
        if quiet.returncode != 0:
            return


def main() -> int:
    if (packages := missing()) and os.getuid() == 0 and shutil.which("apt-get"):
        install(packages)
    if not found():
        sys.stderr.write(f"{HOW}\n")
        return 1
    if not has_fonts():
        sys.stderr.write(f"{PLAINLY}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
