"""Wrapping anew, under the active key, what older wrapping keys still hold.

A model whose rows hold something from `keys.services.wrap` names the pairs of fields, the bytes and
their version, in an attribute `wrapped_pairs`. The context of each is the sixteen bytes of the
row's own key, after the model's `wrapped_prefix` where it has one.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from keys import services
from keys.errors import UnsealError

START: Final = UUID(int=0)


class Pair(NamedTuple):
    """One column of wrapped keys or secrets, and the column of the version that wrapped it."""

    table: str
    key: str
    blob: str
    version: str
    prefix: bytes

    def query(self, text: str) -> sql.Composed:
        names = {"table": self.table, "key": self.key, "blob": self.blob, "version": self.version}
        return sql.SQL(text).format(**{name: sql.Identifier(one) for name, one in names.items()})

    def context(self, key: UUID) -> bytes:
        """What is authenticated with a row's keys and secrets, as its owner wrapped them."""
        return self.prefix + key.bytes


@dataclass(frozen=True, slots=True)
class Place:
    """How far a pass over all pairs has come: the pair, and the last row it looked at there."""

    pair: int = 0
    after: UUID = START

    def stored(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {"pair": self.pair, "after": str(self.after)}

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Place":
        """What `stored` gave; the beginning, where there is nothing."""
        return cls(stored["pair"], UUID(stored["after"])) if "pair" in stored else cls()


@dataclass(frozen=True, slots=True)
class Step:
    """What a step moved, what did not open (row keys), and where to go on; None: it was the last.

    `is_stale`: this process has not seen the new version yet, and did nothing.
    """

    moved: int
    unopened: tuple[UUID, ...] = ()
    place: Place | None = None
    is_stale: bool = False


def pairs() -> list[Pair]:
    """Every column that holds something wrapped, in one order."""
    return sorted(
        Pair(
            table=model._meta.db_table,
            key=_column(model, "pk"),
            blob=_column(model, blob),
            version=_column(model, version),
            prefix=getattr(model, "wrapped_prefix", b""),
        )
        for model in apps.get_models()
        for blob, version in getattr(model, "wrapped_pairs", ())
    )


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)


def in_use() -> dict[int, int]:
    """How many keys and secrets each version of the wrapping key holds."""
    found: Counter[int] = Counter()
    for pair in pairs():
        found.update(dict(_rows(pair, _IN_USE)))
    return dict(sorted(found.items()))


def behind(version: int) -> int:
    """How many are wrapped by a version older than this one."""
    query = "SELECT count(*) FROM {table} WHERE {version} < %s"
    return sum(_rows(pair, query, [version])[0][0] for pair in pairs())


@transaction.atomic
def rewrap(version: int, *, place: Place, limit: int) -> Step:
    """Wrap up to `limit` of what versions older than `version` hold anew under the active one.

    Rows that another process works on are passed over, and what does not open is left as it is:
    a later pass sees both again. Nothing is written by a process whose keys are older than
    `version`: it would wrap them back. Raises KeyUnavailableError when an old key is missing.
    """
    if services.current_provider().active_version("wrapping") < version:
        return Step(0, place=place, is_stale=True)
    moved, unopened, after = 0, (), place.after  # type: int, tuple[UUID, ...], UUID
    for number, pair in list(enumerate(pairs()))[place.pair :]:
        wanted = limit - moved - len(unopened)
        rows = _rows(pair, _BEHIND, [version, after, wanted])
        anew, shut = _anew(pair, rows)
        if anew:
            _rows(pair, _CHANGE, [list(column) for column in zip(*anew, strict=True)])
        moved, unopened, after = moved + len(anew), unopened + shut, START
        if len(rows) == wanted:
            return Step(moved, unopened, Place(number, rows[-1][0]))
    return Step(moved, unopened)


_IN_USE: Final = """
SELECT {version}, count(*) FROM {table} WHERE {version} IS NOT NULL GROUP BY {version}
"""
# By the row's key, not by version: rows that have moved leave dead entries there, and a long
# rotation would read them again and again.
_BEHIND: Final = """
SELECT {key}, {blob}, {version} FROM {table}
WHERE {version} < %s AND {key} > %s ORDER BY {key} LIMIT %s FOR UPDATE SKIP LOCKED
"""
_CHANGE: Final = """
UPDATE {table} AS t SET {blob} = n.blob, {version} = n.version
FROM unnest(%s::uuid[], %s::bytea[], %s::integer[]) AS n(id, blob, version)
WHERE t.{key} = n.id RETURNING t.{key}
"""


def _anew(
    pair: Pair, rows: list[tuple[UUID, bytes, int]]
) -> tuple[list[tuple[UUID, bytes, int]], tuple[UUID, ...]]:
    anew, unopened = [], []
    for key, blob, version in rows:
        try:
            plain = services.unwrap(version, bytes(blob), context=pair.context(key))
        except UnsealError:
            unopened.append(key)
            continue
        wrapped = services.wrap(plain, context=pair.context(key))
        anew.append((key, wrapped.blob, wrapped.version))
    return anew, tuple(unopened)


def _rows(pair: Pair, text: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(pair.query(text), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
