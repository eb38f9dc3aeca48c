"""No code that an officer or a person may see lacks its sentence."""

import ast
from collections.abc import Iterator

import pytest

from config.places import BASE_DIR
from erasure.planning import plans
from erasure.services import opening
from erasure.words import BECAUSE, CASE_CODES, FATES, INSEPARABLE, case_text, citation_text
from registry.connectors.contract import Finding
from registry.connectors.troubles import FAMILIES, TROUBLES, trouble_text

FOLDERS = (
    "registry/adapters", "registry/connectors", "erasure/engine", "erasure/manual",
    "erasure/opendsr", "erasure/ourselves",
)  # fmt: skip
PLACES = {
    "ConnectorError": 0, "SystemUnavailableError": 0, "Refusal": 0, "Heard": 1, "_failed": 1,
    "_later": 1, "_unseen": 1,
}  # fmt: skip
"""Which argument of a call is the code."""
NAMED = {"Said", "Probed", "Change", "Heard", "Answer", "_failed"}
"""Calls whose `code` is one."""
TABLES = {"NAMED", "CODES", "_NAMED"}
"""Tables from what a library says to codes."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((BASE_DIR / folder).rglob("*.py")):
            yield str(path.relative_to(BASE_DIR)), ast.parse(path.read_text())


def given(tree: ast.Module) -> Iterator[ast.expr]:
    """What stands where a code stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rsplit(".", 1)[-1]
            place = PLACES.get(name)
            if place is not None and len(node.args) > place:
                yield node.args[place]
            yield from (one.value for one in node.keywords if one.arg == "code" and name in NAMED)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id in TABLES:
                yield from said(node.value)


def said(table: ast.expr) -> Iterator[ast.expr]:
    """The values of a table, not its keys."""
    if isinstance(table, ast.Dict):
        for key, value in zip(table.keys, table.values, strict=True):
            yield from said(value) if key is None else [value]
    elif isinstance(table, ast.Call) and ast.unparse(table.func) == "dict.fromkeys":
        yield table.args[1]
    elif isinstance(table, ast.Tuple):
        yield from (one for row in table.elts for one in getattr(row, "elts", [row]))


def texts(value: ast.expr, named: dict[str, str]) -> Iterator[str]:
    """The codes that an expression may be; of one that is put together, how it begins."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.Name) and value.id in named:
        yield named[value.id]
    elif isinstance(value, ast.IfExp):
        yield from texts(value.body, named)
        yield from texts(value.orelse, named)
    elif isinstance(value, ast.BoolOp):
        for one in value.values:
            yield from texts(one, named)
    elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
        yield f"{value.values[0].value}*"
    elif isinstance(value, ast.Subscript):
        yield from texts(value.value, named)


def constants(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in tree.body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        target = node.targets[0] if isinstance(node, ast.Assign) else target
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
            found[target.id] = value.value
    return {name: value for name, value in found.items() if isinstance(value, str)}


def codes() -> set[str]:
    """Every code of connectors and of the engine, as they stand in the source."""
    found = set()
    for _path, tree in trees():
        named = constants(tree)
        for one in given(tree):
            found.update(text for text in texts(one, named) if text and " " not in text)
    return found


PUT_TOGETHER = {
    "only_*": {f"only_{one.value}" for one in (Finding.SUPPRESSED, Finding.ARCHIVED)},
    "found_*": {
        f"found_{one.value}" for one in Finding if one not in {Finding.ABSENT, Finding.UNSURE}
    },
    "shown_*": {"shown_done", "shown_nobody", "shown_refused"},
}  # fmt: skip
"""Codes that are put together from a few words."""


def known(code: str) -> bool:
    if code in PUT_TOGETHER:
        return PUT_TOGETHER[code] <= TROUBLES.keys()
    if code.endswith("*"):
        return any(code.removesuffix("*").startswith(one) for one in FAMILIES)
    return code in TROUBLES or any(code.startswith(one) for one in FAMILIES)


def test_no_code_of_a_connector_lacks_its_sentence():
    lacking = sorted(one for one in codes() if not known(one))

    assert not lacking, f"Give these sentences in registry/connectors/troubles.py: {lacking}"


def test_the_codes_of_the_vendors_files_have_theirs():
    folder = BASE_DIR / "registry/connectors/declared"
    said = {
        word.strip(" ,}").removesuffix("}")
        for path in folder.glob("*.yaml")
        for line in path.read_text().splitlines() if "code:" in line
        for word in [line.split("code:")[1].split(",")[0].split("}")[0].strip()]
    }  # fmt: skip

    assert said
    assert sorted(one for one in said if one not in TROUBLES) == []


def test_the_scan_finds_codes_at_all():
    assert {"unreachable", "still_there", "identifier_missing", "table_missing", "status_*",
            "no_identifier", "answer_says_error"} <= codes()  # fmt: skip


def test_a_code_after_this_version_is_shown_as_a_word_of_the_system():
    assert trouble_text("strange_word") == "The system says “strange_word”."
    assert trouble_text("status_418") == "The system answered with the status 418."
    assert trouble_text("settings_to") == "The connector’s settings are wrong at “to”."
    assert trouble_text("") == ""


@pytest.mark.parametrize(
    "code", [plans.LEGAL_CONFLICT, plans.LAW_UNKNOWN, plans.NOT_BY_CATEGORY, opening.JOINED,
             "approval"],
)  # fmt: skip
def test_why_a_case_waits_or_has_ended_is_a_sentence(code):
    assert case_text(code) == str(CASE_CODES[code])


def test_what_a_system_cannot_part_with_is_no_law():
    assert plans.NOT_BY_CATEGORY == INSEPARABLE
    assert citation_text(INSEPARABLE) == "A system cannot part with one thing and keep another."
    assert citation_text("CPC s.1") == "CPC s.1"


def test_every_fate_and_every_reason_to_stay_has_its_words():
    tree = ast.parse((BASE_DIR / "erasure/planning/fates.py").read_text())
    tree.body += ast.parse((BASE_DIR / "erasure/planning/plans.py").read_text()).body
    calls = [
        one for one in ast.walk(tree)
        if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("Stays")
    ]  # fmt: skip
    words = {"fate": set(), "because": set()}
    for call in calls:
        for one in call.keywords:
            if one.arg in words:
                words[one.arg].update(texts(one.value, {}))

    assert words["fate"]
    assert words["fate"] <= FATES.keys()
    assert words["because"] <= BECAUSE.keys()
