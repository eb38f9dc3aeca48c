"""The product's settings and the fault tests' jobs, for processes that those tests start."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.work.fault"]  # noqa: F405
