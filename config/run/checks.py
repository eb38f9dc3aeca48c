"""`make check`: every static check in order, each named, stopping at the first that fails."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.places import BASE_DIR

BIN = Path(sys.executable).parent
SCHEMA = BASE_DIR / "docs" / "openapi.yaml"
PRODUCTION = {
    "SAMMATI_PRODUCTION": "true",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "ALLOWED_HOSTS": "privacy.example.invalid",
    "CSRF_TRUSTED_ORIGINS": "https://privacy.example.invalid",
    "SAMMATI_BASE_URL": "https://privacy.example.invalid",
    "DATABASE_URL": "postgresql://sammati_app:check@database.example.invalid/sammati",
    "DATABASE_RETENTION_URL": "postgresql://sammati_retention:check@database.example.invalid/sammati",
    "REDIS_URL": "rediss://broker.example.invalid/0",
    "SAMMATI_AUDIT_EXPORT_FOLDER": "/var/lib/sammati/exports",
    "SAMMATI_CONSENT_EXPORT_FOLDER": "/var/lib/sammati/consent-exports",
    "SAMMATI_PROFILE_EXPORT_FOLDER": "/var/lib/sammati/profile-exports",
    "SAMMATI_ERASURE_EVIDENCE_FOLDER": "/var/lib/sammati/erasure-evidence",
    "SAMMATI_ERASURE_JOURNAL": "/var/lib/sammati/erasures",
}

MAKE_KEYS = """
import os, pathlib, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from keys.services import ensure_key_file
ensure_key_file(pathlib.Path(sys.argv[1]))
"""  # without a database: these keys must not be registered in anybody's


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def passes(words: str, command: list[str], variables: dict[str, str] | None = None) -> bool:
    """Announce, run, and say how long it took."""
    print(f"== {words}", flush=True)
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=BASE_DIR, env={**os.environ, **(variables or {})}, check=False
    )
    took = f"{time.monotonic() - began:.1f} s"
    print(f"   {'passed' if done.returncode == 0 else 'FAILED'} in {took}", flush=True)
    return done.returncode == 0


def schema_command(target: Path) -> list[str]:
    options = ("--validate", "--fail-on-warn", "--file", str(target))
    return python("manage.py", "spectacular", *options)


def schema_is_fresh() -> bool:
    """The published document says what the code does."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "openapi.yaml"
        if not passes("the API's document can be made", schema_command(made)):
            return False
        if SCHEMA.exists() and SCHEMA.read_bytes() == made.read_bytes():
            return True
    print(f"   FAILED: {SCHEMA.relative_to(BASE_DIR)} is stale; renew it: make schema", flush=True)
    return False


def production_settings_pass() -> bool:
    """Django's and our own system checks, as they would run in production."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys.json"
        variables = {**PRODUCTION, "SAMMATI_KEYS_FILE": str(keys)}
        if not passes("a key file can be made", python("-c", MAKE_KEYS, str(keys))):
            return False
        command = python("manage.py", "check", "--deploy", "--fail-level", "WARNING")
        return passes("system checks with production settings", command, variables)


def templates() -> list[str]:
    return [str(path.relative_to(BASE_DIR)) for path in sorted(BASE_DIR.glob("*/templates"))]


def main() -> int:
    quiet = ("-W", "ignore::RuntimeWarning")  # no server is needed to compare models and files
    migrations = python(*quiet, "manage.py", "makemigrations", "--check", "--dry-run")
    everything = (
        passes("format", tool("ruff", "format", "--check", "."))
        and passes("lint", tool("ruff", "check", "."))
        and passes("templates", tool("djlint", "--lint", "--quiet", *templates()))
        and passes("import contracts", tool("lint-imports"))
        and passes("types", tool("mypy", "."))
        and production_settings_pass()
        and passes("migrations are complete", migrations)
        and schema_is_fresh()
    )
    print("All checks passed." if everything else "Stopped at the first check that failed.")
    return 0 if everything else 1


if __name__ == "__main__":
    sys.exit(main())
