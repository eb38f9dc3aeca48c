"""What a connector needs of a database, whichever it is, and what their words have in common."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

from registry.connectors.sql.settings import Match, Scalar
from registry.connectors.sql.shape import ColumnShape, Shape

__all__ = ["LOCK_SECONDS", "Database", "wanted"]

LOCK_SECONDS: Final = 10
LARGEST: Final = 2**63 - 1
_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_OTHER: Final = re.compile(r"[^0-9]")


class Database(Protocol):
    """One connection, and how its database says things. Whatever fails raises ConnectorError.

    Names are in a statement only as `name` and `table` quote them; values never are.
    """

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def begin(self, tables: Sequence[str], *, writes: bool) -> None:
        """A transaction in which these tables keep their shape."""

    async def commit(self) -> None: ...

    async def rollback(self) -> None: ...

    async def rows(self, text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]: ...

    async def run(self, text: str, values: Sequence[Any]) -> None: ...

    async def shape(self, tables: Sequence[str]) -> Shape: ...

    def name(self, text: str) -> str: ...

    def table(self, text: str) -> str: ...

    def key(self, column: str, match: Match, shape: ColumnShape) -> str:
        """The expression by which a row says whose it is."""

    def holds(self, column: str, match: Match, shape: ColumnShape) -> tuple[str, int]:
        """The condition that it is somebody's of a list, and how often the list stands in it."""

    def among(self, values: Sequence[Any]) -> Any:
        """A list, as `holds` and `is_among` take it."""

    def is_among(self, column: str) -> str: ...

    def scalar(self, value: Scalar) -> Any: ...

    def differs(self, column: str) -> str: ...

    def begins_otherwise(self, column: str) -> str:
        """That a text does not begin so; of its length and the beginning."""

    def unknowable(self) -> str:
        """An expression for a text that nobody can know, after the beginning it takes."""

    def delete(self, tables: Sequence[str], ways: Sequence[str], where: str) -> str: ...

    def update(
        self, tables: Sequence[str], sets: Sequence[str], ways: Sequence[str], where: str
    ) -> str: ...


def wanted(values: Iterable[str], match: Match, shape: ColumnShape) -> list[Any]:
    """The values in the column's own form. What cannot stand in such a column finds nothing: no
    database is left to guess what a text is as a number.
    """
    match shape.family:
        case "integer":
            return [int(v) for v in values if _INTEGER.fullmatch(v) and abs(int(v)) <= LARGEST]
        case "uuid":
            return [found for v in values if (found := _uuid(v)) is not None]
    match match.how:
        case "fold":
            return [form for v in values if "\x00" not in v for form in _folded(v)]
        case "digits":
            return [digits for v in values if (digits := _OTHER.sub("", v))]
    return [v for v in values if "\x00" not in v]


def _folded(text: str) -> list[str]:
    """In lower case; and as databases write it that fold the letters of ASCII only."""
    lower = text.lower()
    other = "".join(one if one.isascii() else one.upper() for one in lower)
    return [lower] if other == lower else [lower, other]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
