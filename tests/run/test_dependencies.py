"""What the product imports is what a bare machine installs."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

from config.places import BASE_DIR

NOT_THE_PRODUCT = {"examples", "tests", "benchmarks", "clients", "docs"}
EMBEDDED_ONLY = {"config/run": "requirements-run.txt"}
OPTIONAL = {"pyarrow"}  # the extra `parquet`: exports ask whether it is there


def product_files() -> list[Path]:
    found = (path.relative_to(BASE_DIR) for path in BASE_DIR.glob("*/**/*.py"))
    return [
        path
        for path in found
        if not path.parts[0].startswith(".") and path.parts[0] not in NOT_THE_PRODUCT
    ]


def imported(path: Path) -> set[str]:
    """The top-level packages that a file needs when it runs; type checking is another matter."""
    tree = ast.parse((BASE_DIR / path).read_text())
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    names = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def locked(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", (BASE_DIR / lock).read_text(), re.M))


def test_the_product_imports_only_what_its_lock_installs():
    homes = importlib.metadata.packages_distributions()
    ours = {path.name for path in BASE_DIR.iterdir()} | {"manage"}
    missing = set()
    for path in product_files():
        lock = locked(EMBEDDED_ONLY.get(str(path.parent), "requirements.txt"))
        for name in imported(path) - sys.stdlib_module_names - ours - OPTIONAL:
            distributions = {re.sub(r"[._]", "-", home).lower() for home in homes.get(name, [name])}
            if not distributions & lock:
                missing.add(f"{path} imports {name}: put it in pyproject.toml's dependencies")

    assert missing == set()


def test_a_lock_names_no_address():
    for lock in BASE_DIR.glob("requirements*.txt"):
        assert "://" not in lock.read_text(), f"{lock.name} names a package index"
