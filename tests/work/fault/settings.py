"""The product's settings and the fault tests' jobs, for processes that those tests start."""

import os

from config.settings import *  # noqa: F403

if "FAULT_UNRUNG_SECONDS" in os.environ:
    WORK_UNRUNG_SECONDS = float(os.environ["FAULT_UNRUNG_SECONDS"])
INSTALLED_APPS = [*INSTALLED_APPS, "tests.work.fault"]  # noqa: F405
