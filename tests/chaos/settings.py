"""The product's settings for processes to disturb, whose systems are on this very machine."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos"]  # noqa: F405
SYSTEM_NETWORKS = ["127.0.0.0/8"]
ERASURE_JOURNAL = ""
