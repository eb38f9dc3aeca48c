"""Readers' copies of the entries: tables for spreadsheets and for analysis.

Made from the proven lines and nothing else. A copy proves nothing: the manifest says so by naming
`entries.ndjson` as what the log holds.
"""

import base64
import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from keys.private import private_file

COLUMNS: Final = (
    "index", "id", "at", "event", "actor_type", "actor_id", "target_type", "target_id", "person",
    "purpose", "outcome", "reason_code", "data", "request", "network",
)  # fmt: skip
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_AT_ONCE: Final = 10_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Rows = Iterator[dict[str, Any]]
Moved = Callable[[int], None]


def available() -> tuple[str, ...]:
    """The copies that can be written here."""
    return ("csv", "parquet") if find_spec("pyarrow") else ("csv",)


def write(kind: str, source: Path, target: Path, moved: Moved) -> None:
    """Write the copy of that kind from the lines of `source`. Raises KeyError for another kind.

    `moved` hears of each line's bytes.
    """
    _WRITERS[kind](rows(source, moved), target)


def rows(source: Path, moved: Moved) -> Rows:
    """What each line says, as a row; of a destroyed record only its place and id."""
    decoder = msgspec.json.Decoder(dict[str, Any])
    with source.open("rb") as lines:
        for line in lines:
            said = decoder.decode(line)
            body = decoder.decode(base64.b64decode(said["body"])) if "body" in said else {}
            yield _row(said, body)
            moved(len(line))


def _row(said: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    actor, target, door = (body.get(name, {}) for name in ("actor", "target", "door"))
    data = msgspec.json.encode(body["data"]).decode() if "data" in body else ""
    return {
        "index": said["index"], "id": said["id"], "at": body.get("at"),
        "event": body.get("event", ""), "actor_type": actor.get("type", ""),
        "actor_id": actor.get("id", ""), "target_type": target.get("type", ""),
        "target_id": target.get("id", ""), "person": body.get("subject", ""),
        "purpose": body.get("purpose", ""), "outcome": body.get("outcome", ""),
        "reason_code": body.get("reason_code", ""), "data": data,
        "request": door.get("request", ""), "network": door.get("network", ""),
    }  # fmt: skip


def _csv(found: Rows, target: Path) -> None:
    with io.TextIOWrapper(private_file(target, "wb"), "utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for row in found:
            table.writerow([cell(_shown(name, row[name])) for name in COLUMNS])


def _shown(name: str, value: Any) -> str:
    if name == "at" and value is not None:
        at = EPOCH + timedelta(microseconds=value)
        return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return "" if value is None else str(value)


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: such a text gets an apostrophe before it."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _parquet(found: Rows, target: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415 (optional)
    from pyarrow import parquet  # noqa: PLC0415

    types = {"index": pa.int64(), "at": pa.timestamp("us", tz="UTC")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
    with private_file(target, "wb") as file, parquet.ParquetWriter(file, schema) as writer:
        while some := list(islice(found, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(some, schema=schema))


_WRITERS: Final[dict[str, Callable[[Rows, Path], None]]] = {"csv": _csv, "parquet": _parquet}
