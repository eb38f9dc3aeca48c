"""The files and packages that the guards walk. New packages are found by themselves."""

import subprocess
from pathlib import Path

from django.apps import apps
from django.db.models import Model

from config.places import BASE_DIR

NOT_OURS = {".git", ".venv", ".venv-tools", ".local", "__pycache__", "staticfiles", "node_modules"}


def files(*suffixes: str) -> list[Path]:
    """Every file that is or would be committed, by its ending."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=BASE_DIR, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        found = [BASE_DIR / name for name in listed.stdout.decode().split("\0") if name]
    else:  # an exported tree has no repository
        found = [path for path in BASE_DIR.rglob("*") if NOT_OURS.isdisjoint(path.parts)]
    return sorted(p for p in found if p.is_file() and (not suffixes or p.suffix in suffixes))


def name(path: Path) -> str:
    return path.relative_to(BASE_DIR).as_posix()


def packages() -> list[str]:
    """Our own applications, by package name."""
    return sorted(
        config.name for config in apps.get_app_configs() if Path(config.path).parent == BASE_DIR
    )


def product_files() -> list[Path]:
    """Python files of the product itself."""
    tops = {*packages(), "manage.py"}
    return [path for path in files(".py") if path.relative_to(BASE_DIR).parts[0] in tops]


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in packages()]


def report(faults: list[str], remedy: str) -> str:
    """What a failing guard prints: every finding, then what to do."""
    return "\n".join([f"{len(faults)} found:", *(f"  {fault}" for fault in faults), remedy])
