"""Texts of statements, of names that we wrote ourselves. Pure."""

from collections.abc import Mapping, Sequence


def insertion(table: str, columns: Sequence[str]) -> str:
    """The statement that adds one row."""
    names, values = ", ".join(columns), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608 (names of ours)


def together(steps: Mapping[str, str]) -> str:
    """One statement of several that add or change rows, each under a name of its own."""
    parts = ", ".join(f"{name} AS ({step})" for name, step in steps.items())
    return f"WITH {parts} SELECT 1"  # noqa: S608 (statements of ours)
