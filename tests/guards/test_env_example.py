"""`.env.example` names every variable that the settings read, and no other."""

import ast
import re

from config.places import BASE_DIR

READERS = {"text", "boolean", "integer", "words", "networks"}


def read_by_settings():
    """Every name in the first argument of `env.text(...)` and its like."""
    tree = ast.parse((BASE_DIR / "config" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {name for call in calls if reads_environment(call.func) for name in names(call.args[0])}


def reads_environment(function):
    return (
        isinstance(function, ast.Attribute)
        and function.attr in READERS
        and getattr(function.value, "id", "") == "env"
    )


def names(expression):
    """The string, or both strings of a choice between two; what it is chosen by does not count."""
    if isinstance(expression, ast.IfExp):
        return names(expression.body) | names(expression.orelse)
    assert isinstance(expression, ast.Constant), "name environment variables by plain strings"
    return {expression.value}


def listed():
    lines = (BASE_DIR / ".env.example").read_text().splitlines()
    return [found.group(1) for line in lines if (found := re.match(r"([A-Z][A-Z0-9_]*)=", line))]


def test_every_variable_of_the_settings_is_in_the_example():
    missing = sorted(read_by_settings() - set(listed()))

    assert not missing, f"add to .env.example, with its default and a sentence: {missing}"


def test_the_example_has_no_variable_that_the_settings_do_not_read():
    extra = sorted(set(listed()) - read_by_settings())

    assert not extra, f"remove from .env.example: {extra}"


def test_every_variable_is_listed_once():
    assert sorted(listed()) == sorted(set(listed()))


def test_the_settings_read_the_environment_by_typed_helpers_alone():
    source = (BASE_DIR / "config" / "settings.py").read_text()

    assert "os.environ" not in source, "read the environment through config/env.py"
