import re

import pytest

from config.places import BASE_DIR
from tests.guards.tree import files, name, report

MAX_LINES = 400
LONG_FILES = {
    # path: why it may be long
    "clients/verify/sammati_verify.py": "one file that an auditor can read, copy and run alone",
    "erasure/migrations/0001_initial.py": "the tables of a package, as they were made at once",
    "erasure/migrations/0010_labels.py": "what officers read beside each field, told to Django",
    "profiles/migrations/0001_initial.py": "the tables of a package, as they were made at once",
    "tests/consent/test_import_command.py": "one command, told as one story",
}
TEXT = (".py", ".md", ".html", ".txt", ".toml", ".yaml", ".yml", ".css", ".sh", ".conf", "")
FORBIDDEN = {
    # In pieces, so that this file does not find itself.
    "a path of somebody's machine": re.compile(
        r"(?<![\w.*})])/(?:work|root|home/\w+|Users/\w+)" + r"/\w"
    ),
    "a local package index": re.compile(r"--(?:extra-)?index" + r"-url|--find" + r"-links"),
    "an unfinished thought": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
    "a generated mark": re.compile(
        r"(?i)generated (?:by|with) (?:an? )?" + r"(?:ai|llm|assistant)\b"
    ),
}
MAY_NAME = {
    # path: why it may hold such a word
    "requirements.txt": "made by uv",
    "requirements-run.txt": "made by uv",
    "requirements-dev.txt": "made by uv",
}


def test_no_python_file_is_longer_than_people_can_hold_in_mind():
    lengths = {name(p): p.read_text().count("\n") for p in files(".py")}

    long = [
        f"{path}: {lines} lines"
        for path, lines in lengths.items()
        if lines > MAX_LINES and path not in LONG_FILES
    ]

    assert not long, report(long, f"Split it by meaning below {MAX_LINES} lines, or give a reason.")


def test_the_list_of_long_files_is_no_longer_than_needed():
    needless = [
        path
        for path in LONG_FILES
        if not (BASE_DIR / path).exists() or (BASE_DIR / path).read_text().count("\n") <= MAX_LINES
    ]

    assert not needless, report(needless, "Remove it from LONG_FILES.")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_speaks_of_itself_alone(what):
    found = [
        f"{name(path)}:{number}: {line.strip()[:120]}"
        for path in files(*TEXT)
        if name(path) not in MAY_NAME
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]

    assert not found, report(found, f"Take {what} out: it means nothing on another machine.")


def text_of(path):
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def test_nothing_large_or_secret_is_committed():
    large = [f"{name(p)}: {p.stat().st_size}" for p in files() if p.stat().st_size > 1_000_000]
    secret = [name(p) for p in files() if p.name in {".env", "keys.json", "demo.json"}]

    assert not large + secret, report(large + secret, "Put it into .gitignore.")
