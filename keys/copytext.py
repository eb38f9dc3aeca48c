"""Rows as the text that COPY reads. Pure.

Made column by column: most columns of an import hold one object in all its rows, and a million of
these values are made a second.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import repeat
from operator import is_
from typing import Any
from uuid import UUID

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}

_QUOTED = '"{}"'

Convert = Callable[[Any], str]


def text_of(rows: Iterable[Sequence[Any]]) -> bytes:
    """The rows, one a line. Raises TypeError for a value of a kind that no column of ours takes."""
    columns = map(_column, zip(*rows, strict=True))
    return "\n".join([*map("\t".join, zip(*columns, strict=True)), ""]).encode()


def _column(values: Sequence[Any]) -> list[str]:
    """The texts of one column's values."""
    first, converts = values[0], _CONVERTS
    if all(map(is_, values, repeat(first))):
        return [converts[first.__class__](first)] * len(values)
    return [converts[value.__class__](value) for value in values]


@lru_cache(maxsize=4096)
def _word(value: str) -> str:
    """A text that thousands of rows share, mostly."""
    if _SPECIAL.search(value):
        return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], value)
    return value


def _array(values: Sequence[Any]) -> str:
    """An array, each of its values in quotes, so that none is taken for NULL or for a bracket."""
    texts = [str(one).replace("\\", "\\\\").replace('"', '\\"') for one in values]
    return _word(f"{{{','.join([_QUOTED.format(one) for one in texts])}}}")


class _Converts(dict[type, Convert]):
    """By the type itself; a type that is derived from one of these is converted alike."""

    def __missing__(self, kind: type) -> Convert:
        for known in self:
            if issubclass(kind, known):
                return self[known]
        raise TypeError(f"{kind.__name__} is no value of a column")


_CONVERTS = _Converts({
    str: _word,
    UUID: lambda value: "%032x" % value.int,  # noqa: UP031 (twice as quick as the others)
    type(None): lambda value: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    bytes: lambda value: "\\\\x" + value.hex(),
    datetime: datetime.isoformat,
    date: date.isoformat,
    list: _array,
})  # fmt: skip
