"""`python -m tests.guards.bare LOCK`: load the whole product with only what that lock installs.

A development environment has more than the product is given; what a library imports without asking
for it is there by chance. Names what is missing, one line each, and ends with 1.
"""

import importlib
import os
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent.parent
OURS = {path.name for path in HOUSE.iterdir() if path.is_dir()}
# Loaded by name when they are needed: Celery's transport, Django's backends, the servers.
BY_NAME = ("config.asgi", "config.wsgi", "config.celery", "config.urls", "work.transport",
           "kombu.transport.redis", "django.core.cache.backends.redis",
           "django.db.backends.postgresql.base", "uvicorn", "celery.bin.worker",
           "celery.concurrency.prefork")  # fmt: skip


class OnlyTheLock:
    """Finds nothing of a distribution that the lock does not install."""

    def __init__(self, lock: Path) -> None:
        lines = re.findall(r"^([\w.-]+)==", lock.read_text(), re.MULTILINE)
        locked = {_plain(line) for line in lines}
        self._absent = {
            module
            for module, owners in packages_distributions().items()
            if not {_plain(owner) for owner in owners} & locked and module not in OURS
        }

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in self._absent - sys.stdlib_module_names:
            raise ModuleNotFoundError(f"No module named {name!r} in the lock", name=name)


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def modules() -> list[str]:
    """Everything of ours that may be loaded when the suite runs."""
    from django.apps import apps  # noqa: PLC0415 (after the lock is in force)

    rooms = [HOUSE / one.name for one in apps.get_app_configs() if Path(one.path).parent == HOUSE]
    found = [path for room in rooms for path in sorted(room.rglob("*.py"))]
    names = [".".join(path.relative_to(HOUSE).with_suffix("").parts) for path in found]
    return [one.removesuffix(".__init__") for one in names if not one.endswith("__main__")]


def main(lock: Path) -> int:
    sys.meta_path.insert(0, OnlyTheLock(lock))  # type: ignore[arg-type]
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django  # noqa: PLC0415

    django.setup()
    missing = set()
    for name in [*BY_NAME, *modules()]:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing.add(f"{name}: {error}")
    sys.stdout.write("".join(f"{one}\n" for one in sorted(missing)))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(HOUSE / sys.argv[1]))
