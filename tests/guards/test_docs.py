import re

from django.core.management import get_commands

from config.places import BASE_DIR
from tests.guards import alarms
from tests.guards.tree import files, name, report

COMMAND = re.compile(r"manage\.py\s+([a-z][a-z0-9_]*)")
TARGET = re.compile(r"\bmake\s+([a-z][a-z-]*)\b")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)")
MODULE = re.compile(r"python3? -m ([a-z_.]+)")
TEST = re.compile(r"`(tests/[\w/]+\.py)((?:::\w+)*)`")
README_LINES = 120
ADR_LINES = 60


def documents():
    return files(".md")


def test_documents_name_only_commands_that_exist():
    known = set(get_commands())

    wrong = [
        f"{name(path)}: manage.py {command}"
        for path in documents()
        for command in COMMAND.findall(path.read_text())
        if command not in known
    ]

    assert not wrong, report(wrong, "Name a command of `manage.py help`, or add it.")


def test_documents_name_only_targets_that_exist():
    known = set(re.findall(r"^([a-z][a-z-]*):", (BASE_DIR / "Makefile").read_text(), re.MULTILINE))

    wrong = [
        f"{name(path)}: make {target}"
        for path in documents()
        for code in CODE.findall(path.read_text())
        for target in TARGET.findall(code)
        if target not in known
    ]

    assert not wrong, report(wrong, "Name a target of the Makefile, or add it.")


def test_documents_name_only_modules_that_exist():
    wrong = [
        f"{name(path)}: python -m {module}"
        for path in documents()
        for module in MODULE.findall(path.read_text())
        if module.split(".")[0] in {"config", "tests", "benchmarks"} and not is_module(module)
    ]

    assert not wrong, report(wrong, "Correct the module's name.")


def test_documents_name_only_tests_that_exist():
    wrong = [
        f"{name(path)}: {file}{where}"
        for path in documents()
        for file, where in TEST.findall(path.read_text())
        if not is_test(file, where)
    ]

    assert not wrong, report(wrong, "Correct the test's name.")


def is_test(file, where):
    path = BASE_DIR / file
    defined = path.read_text() if path.exists() else ""
    parts = [part for part in where.split("::") if part]
    found = (re.search(rf"^ *(class|def|async def) {part}\b", defined, re.M) for part in parts)
    return path.exists() and all(found)


def is_module(dotted):
    path = BASE_DIR / dotted.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{name(path)}: {target}"
        for path in documents()
        for target in LINK.findall(path.read_text())
        if not (path.parent / target).exists()
    ]

    assert not broken, report(broken, "Correct the link.")


def test_every_document_is_in_the_list_of_documents():
    folder = BASE_DIR / "docs"
    listed = set(re.findall(r"\]\(([\w.-]+)\)", (folder / "README.md").read_text()))
    there = {one.name for one in folder.iterdir() if one.is_file()} - {"README.md"}

    assert listed == there


def test_the_readme_stays_short():
    assert len((BASE_DIR / "README.md").read_text().splitlines()) <= README_LINES


def test_decisions_are_short_numbered_and_listed():
    folder = BASE_DIR / "docs" / "adr"
    index = (folder / "README.md").read_text()
    records = sorted(folder.glob("[0-9]*.md"))

    numbers = [int(path.name[:4]) for path in records]
    faults = [path.name for path in records if len(path.read_text().splitlines()) > ADR_LINES]
    faults += [path.name for path in records if f"]({path.name})" not in index]

    assert numbers == list(range(1, len(numbers) + 1))
    assert not faults, report(
        faults, f"At most {ADR_LINES} lines, and a row in docs/adr/README.md."
    )


def test_code_cites_only_decisions_that_exist():
    known = {path.name[:4] for path in (BASE_DIR / "docs" / "adr").glob("[0-9]*.md")}

    wrong = [
        f"{name(path)}: docs/adr/{number}"
        for path in files(".py", ".md", ".html")
        for number in re.findall(r"docs/adr/(\d{4})", path.read_text())
        if number not in known
    ]

    assert not wrong, report(wrong, "Correct the number.")


def test_the_table_of_alarms_says_what_officers_read():
    found = alarms.SECTION.search(alarms.TARGET.read_text())

    assert found is not None
    assert found.group() == alarms.section(), "Renew it: python -m tests.guards.alarms"
