"""What the product imports is what its lock installs; what is declared is used."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from config.places import BASE_DIR
from tests.guards.tree import name, packages, product_files, report

LOCK = BASE_DIR / "requirements.txt"
EMBEDDED_ONLY = "config/run/"
OPTIONAL = {"pyarrow"}  # the extra `parquet`; the product asks whether it is there


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


def test_every_import_of_the_product_is_in_its_lock():
    locked = {normal(line) for line in re.findall(r"^([\w.-]+)==", LOCK.read_text(), re.MULTILINE)}
    owners = packages_distributions()

    missing = [
        f"{name(path)}: {module}"
        for path in product_files()
        if not name(path).startswith(EMBEDDED_ONLY)
        for module in sorted(imported(path) - OPTIONAL)
        if not {normal(owner) for owner in owners.get(module, [])} & locked
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
