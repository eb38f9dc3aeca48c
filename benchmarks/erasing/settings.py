"""The product's settings, with the benchmark's systems; this very machine may be called."""

from config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.erasing"]  # noqa: F405
SYSTEM_NETWORKS = ["127.0.0.0/8"]
