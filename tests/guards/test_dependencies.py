"""What the product imports is what its lock installs; what is declared is used."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from config.places import BASE_DIR
from tests.guards.tree import name, packages, product_files, report

EMBEDDED_ONLY = "config/run/"
# Of extras; the product asks whether they are there.
OPTIONAL = {"pyarrow", "fpdf", "fontTools", "pkcs11", "pymysql", "boto3", "botocore"}


def normal(distribution):
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(path):
    """Top-level modules a file needs when it runs; imports for type checkers do not count."""
    found = set()
    waiting = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
        waiting += ast.iter_child_nodes(node)
    return found - sys.stdlib_module_names - set(packages()) - {"manage"}


def locked(path):
    """The distributions which the lock of this file's part of the product installs."""
    lock = "requirements-run.txt" if name(path).startswith(EMBEDDED_ONLY) else "requirements.txt"
    lines = re.findall(r"^([\w.-]+)==", (BASE_DIR / lock).read_text(), re.MULTILINE)
    return {normal(line) for line in lines}


def test_every_import_of_the_product_is_in_its_lock():
    owners = packages_distributions()

    missing = [
        f"{name(path)}: {module}"
        for path in product_files()
        for module in sorted(imported(path) - OPTIONAL)
        if not {normal(owner) for owner in owners.get(module, [])} & locked(path)
    ]

    assert not missing, report(
        missing, "Add it to pyproject.toml with its reason, and `make lock`."
    )


def test_every_dependency_says_why():
    text = (BASE_DIR / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    declared = [*project["dependencies"], *sum(project["optional-dependencies"].values(), [])]

    silent = [
        line for line in declared if not re.search(re.escape(f'"{line}"') + r",\s+# \w", text)
    ]

    assert not silent, report(silent, "Add a comment behind it: what we need it for.")


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-run.txt"])
def test_the_product_loads_with_nothing_but_its_lock(lock):
    """What a library imports without asking for it: no file of ours shows that."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.guards.bare", lock],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, report(
        run.stdout.splitlines() or [run.stderr],
        "Add it to pyproject.toml with its reason, and `make lock`.",
    )


def test_a_lock_names_no_address():
    named = [lock.name for lock in BASE_DIR.glob("requirements*.txt") if "://" in lock.read_text()]

    assert not named, report(named, "Run `make lock`: packages come from whichever index is set.")
