"""The settings of the test suite: the project's own, on servers of the suite's own."""

import os

for name in (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_RETENTION_URL",
    "REDIS_URL",
    "SAMMATI_PRODUCTION",
    "SAMMATI_KEYS",
    "SAMMATI_KEYS_COMMAND",
):
    os.environ.pop(
        name, None
    )  # a developer's shell may point at something that must not be flushed
os.environ["SAMMATI_EMBEDDED"] = "test"

from config.settings import *  # noqa: E402, F403 (the environment first)

# Each worker of a parallel run has a database of its own on the one Valkey, and so has a run of one
# process, most likely: `cache.clear()` empties a whole database, whatever the prefix of its keys.
# Processes that a test starts use the same.
_ALONE = os.environ.setdefault("SAMMATI_TESTS_ALONE", str(4 + os.getpid() % 11))
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", f"gw{_ALONE}").removeprefix("gw")
CACHES["default"]["LOCATION"] += f"?db={(int(_WORKER) + 1) % 16}"  # noqa: F405
# Argon2 is slow on purpose; what is tested about passwords is who may use them.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each client of a test has middleware of its own, which would list all static files first: like
# this it looks for one when it is asked for.
WHITENOISE_AUTOREFRESH = True
# Tests share their servers, and one's journal of erasures is nothing to another's database.
ERASURE_JOURNAL = ""
