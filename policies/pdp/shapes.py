"""One statement in two shapes: arrays for a batch, plain values where only one item is asked for.

A single item is most of what services ask. Without unnesting, ordering and materialising what is
one row anyway, PostgreSQL needs a third less for it.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final

from audit import arrays
from policies.pdp.channel import Parameters, Statement

Row = Sequence[bytes | None]

_OIDS: Final = {"uuid": arrays.UUID, "bytea": arrays.BYTEA, "text": arrays.TEXT}
_ARRAYS: Final[dict[str, Callable[[Sequence[Any]], arrays.BinaryArray]]] = {
    "uuid": arrays.uuid_array, "bytea": arrays.bytea_array, "text": arrays.text_array,
}  # fmt: skip
_ARRAY_OIDS: Final = {"uuid": arrays.UUIDS, "bytea": arrays.BYTEAS, "text": arrays.TEXTS}


class Shapes:
    """A statement that takes groups of rows.

    `write` is given, for each group of column types, the source its rows come from, and whether
    there are many. The columns of all groups follow each other in the parameters.
    """

    def __init__(
        self, name: str, write: Callable[[list[str], bool], str], *groups: tuple[str, ...]
    ) -> None:
        self._types = [kind for group in groups for kind in group]
        self.one = Statement(
            f"{name}_one", write(_sources(groups, "(VALUES ({}))", ""), False),
            tuple(_OIDS[kind] for kind in self._types),
        )  # fmt: skip
        self.many = Statement(
            name, write(_sources(groups, "unnest({})", "[]"), True),
            tuple(_ARRAY_OIDS[kind] for kind in self._types),
        )  # fmt: skip

    def command(self, *groups: Sequence[Row]) -> tuple[Statement, Parameters]:
        """The statement and its parameters for the rows of each group; no group is empty."""
        if all(len(rows) == 1 for rows in groups):
            return self.one, [value for rows in groups for value in rows[0]]
        columns = (column for rows in groups for column in zip(*rows, strict=True))
        made = zip(self._types, columns, strict=True)
        return self.many, [_ARRAYS[kind](column).data for kind, column in made]


def _sources(groups: tuple[tuple[str, ...], ...], source: str, suffix: str) -> list[str]:
    number = count(1)
    return [
        source.format(", ".join(f"${next(number)}::{kind}{suffix}" for kind in group))
        for group in groups
    ]
