"""Files read as streams: rows by our names, each with the place behind it to go on from.

Nothing here holds more than a row (of Parquet, a part). What is wrong with one row is a Fault, and
the rest goes on.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from consent.importing.errors import Fault, ImportFileError
from consent.importing.sources import BOM, Lines, Place, check_text
from profiles.importing.mapping import Columns

FORMATS: Final = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
PART: Final = 1000
_JSON: Final = msgspec.json.Decoder(dict[str, Any])


class Row(NamedTuple):
    """A row as the file says it, by our names, or why it is left out; and the place behind it."""

    number: int
    content: dict[str, Any] | Fault
    after: Place


def format_of(path: Path, said: str | None) -> str:
    """The format said, or the one the name tells. Raises ImportFileError."""
    found = said or FORMATS.get(path.suffix.lower())
    if found is None:
        raise ImportFileError("Say the format of the file: --format csv, ndjson or parquet.")
    if found == "parquet" and not find_spec("pyarrow"):
        raise ImportFileError("Parquet needs the extra [parquet] (pyarrow).")
    return found


def check(path: Path, kind: str) -> int:
    """How much there is to read: bytes, of Parquet rows. Raises ImportFileError."""
    if kind == "parquet":
        return int(_parquet_file(path).metadata.num_rows)
    check_text(path)
    return path.stat().st_size


def rows(path: Path, kind: str, columns: Columns, start: Place) -> Iterator[Row]:
    """The rows behind `start`, which an earlier Row told. Raises ImportFileError."""
    return _READERS[kind](path, columns, start)


def _csv(path: Path, columns: Columns, start: Place) -> Iterator[Row]:
    begins = check_text(path)
    with path.open("rb") as file:
        file.seek(begins)
        lines = Lines(file, begins, 0)
        names = columns.names_of(_header(lines))
        if start.offset:
            file.seek(start.offset)
            lines = Lines(file, start.offset, start.line)
        reader = csv.reader(lines, strict=True)
        while True:
            number = lines.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                fault = Fault(number, lines.trouble or "malformed", "")
                yield Row(number, fault, Place(lines.offset, lines.number))
                continue
            if cells or lines.trouble:
                content = _cells(number, names, cells, lines.trouble)
                yield Row(number, content, Place(lines.offset, lines.number))


def _header(lines: Lines) -> list[str]:
    lines.begin_row()
    try:
        header = next(csv.reader(lines, strict=True))
    except (StopIteration, csv.Error):
        raise ImportFileError("The first line must name the columns.") from None
    if lines.trouble:
        raise ImportFileError("The file is not UTF-8; save it as UTF-8.")
    if len(header) == 1 and any(sign in header[0] for sign in ";\t|"):
        raise ImportFileError("The columns are separated by something else; use commas.")
    return header


def _cells(number: int, names: list[str], cells: list[str], trouble: str) -> dict[str, Any] | Fault:
    """An empty cell says nothing."""
    if trouble:
        return Fault(number, trouble, "")
    if len(cells) != len(names):
        return Fault(number, "wrong_number_of_columns", "")
    said = zip(names, map(str.strip, cells), strict=True)
    return {name: text for name, text in said if text and name}


def _ndjson(path: Path, columns: Columns, start: Place) -> Iterator[Row]:
    begins = check_text(path)
    place = start if start.offset else Place(begins, 0)
    with path.open("rb") as file:
        file.seek(place.offset)
        lines = Lines(file, place.offset, place.line)
        while True:
            number = lines.begin_row()
            try:
                text = next(lines)
            except StopIteration:
                return
            except csv.Error:  # a line that is too long
                text = ""
            if lines.trouble or text.strip():
                content = _members(number, text, lines.trouble, columns)
                yield Row(number, content, Place(lines.offset, lines.number))


def _members(number: int, text: str, trouble: str, columns: Columns) -> dict[str, Any] | Fault:
    if trouble:
        return Fault(number, trouble, "")
    try:
        found = _JSON.decode(text.removeprefix(BOM.decode()))
    except (msgspec.MsgspecError, RecursionError):
        return Fault(number, "malformed", "")
    if not columns.columns and found.keys() <= columns.known:
        return found
    return _renamed(number, found, columns)


def _renamed(number: int, found: dict[str, Any], columns: Columns) -> dict[str, Any] | Fault:
    named = {column: columns.name_of(column) for column in found}
    if None in named.values():
        return Fault(number, "unknown_field", "")
    return {name: found[column] for column, name in named.items() if name}


def _parquet(path: Path, columns: Columns, start: Place) -> Iterator[Row]:
    """A place is how many rows were read."""
    file = _parquet_file(path)
    names = columns.names_of(file.schema_arrow.names)
    number = 0
    for part in file.iter_batches(PART):
        if number + part.num_rows <= start.offset:
            number += part.num_rows
            continue
        for record in part.to_pylist():
            number += 1
            if number > start.offset:
                said = zip(names, record.values(), strict=True)
                content = {name: plain(one) for name, one in said if name and one is not None}
                yield Row(number, content, Place(number, number))


def _parquet_file(path: Path) -> Any:
    """What a Parquet library says of a file may quote it, so it is not repeated."""
    import pyarrow  # noqa: PLC0415 (an optional part)
    from pyarrow import parquet  # noqa: PLC0415

    try:
        return parquet.ParquetFile(path)
    except OSError as error:
        raise ImportFileError(f"The file cannot be read: {error.strerror}.") from None
    except pyarrow.ArrowException:
        raise ImportFileError("The file is not Parquet.") from None


def plain(value: Any) -> Any:
    """A value of a typed column as JSON says it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if one is not None}
    return value


_READERS: Final = {"csv": _csv, "ndjson": _ndjson, "parquet": _parquet}
