"""Files read as streams: line by line, with the place in bytes, so that an import can go on there.

Nothing here holds more than one row. What is wrong with one row is a Fault, and the rest goes on.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from consent.importing.errors import Fault, ImportFileError, RowError
from consent.importing.fields import IDENTIFIERS
from consent.importing.mapping import Mapping
from consent.importing.rows import Line, line
from consent.importing.shares import WHOLE, Share

MAX_ROW_BYTES = 64 * 1024
BOM = b"\xef\xbb\xbf"
NOT_TEXT = {
    b"\xff\xfe": "The file is UTF-16; save it as UTF-8.",
    b"\xfe\xff": "The file is UTF-16; save it as UTF-8.",
    b"\x1f\x8b": "The file is compressed; unpack it first.",
    b"PK": "The file is a workbook or archive; save it as CSV in UTF-8.",
}
FORMATS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}


class Place(NamedTuple):
    """How far a file was read: bytes, and lines."""

    offset: int = 0
    line: int = 0


class Item(NamedTuple):
    """One row or why it is left out, and the place behind it."""

    content: Line | Fault
    after: Place


@dataclass(slots=True)
class Lines:
    """The lines of a file as text, counted. A line that cannot be read sets `trouble`."""

    file: BinaryIO
    offset: int
    number: int
    trouble: str = ""
    row_began: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self.file.readline(MAX_ROW_BYTES + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        self.offset += len(raw)
        if len(raw) > MAX_ROW_BYTES and not raw.endswith(b"\n"):
            self._skip_rest()
        if self.offset - self.row_began > MAX_ROW_BYTES:
            self.trouble = "row_too_long"
            raise csv.Error(self.trouble)  # a quote that is never closed must not eat the file
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.trouble = "encoding"
            return raw.decode(errors="replace")

    def begin_row(self) -> int:
        """Forget the last row's trouble; the number of the line at which this one begins."""
        self.trouble, self.row_began = "", self.offset
        return self.number + 1

    def _skip_rest(self) -> None:
        while rest := self.file.readline(MAX_ROW_BYTES):
            self.offset += len(rest)
            if rest.endswith(b"\n"):
                return


def check_text(path: Path) -> int:
    """The length of the BOM, if any. Raises ImportFileError for what is no UTF-8 text."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise ImportFileError(f"The file cannot be read: {error.strerror}.") from None
    if not head:
        raise ImportFileError("The file is empty.")
    for sign, sentence in NOT_TEXT.items():
        if head.startswith(sign):
            raise ImportFileError(sentence)
    return len(BOM) if head.startswith(BOM) else 0


def format_of(path: Path, said: str | None) -> str:
    """The format said, or the one the name tells. Raises ImportFileError where neither does."""
    found = said or FORMATS.get(path.suffix.lower())
    if found is None:
        raise ImportFileError("Say the format of the file: --format csv or --format ndjson.")
    return found


def items(
    path: Path, kind: str, mapping: Mapping, start: Place, share: Share = WHOLE
) -> Iterator[Item]:
    """The rows of the share behind `start`, which an earlier Item told. Raises ImportFileError."""
    read = _csv if kind == "csv" else _ndjson
    return read(path, mapping, start, share)


def _csv(path: Path, mapping: Mapping, start: Place, share: Share) -> Iterator[Item]:
    bom = check_text(path)
    with path.open("rb") as file:
        file.seek(bom)
        lines = Lines(file, bom, 0)
        names = mapping.fields_of(_header(lines))
        who = [names.index(name) for name in IDENTIFIERS if name in names]
        if start.offset:
            file.seek(start.offset)
            lines = Lines(file, start.offset, start.line)
        reader = csv.reader(lines, strict=True)
        while True:
            number = lines.begin_row()
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error:
                if share.has_line(number):
                    trouble = lines.trouble or "malformed"
                    yield Item(Fault(number, trouble, ""), Place(lines.offset, lines.number))
                continue
            said = (values[at] for at in who if at < len(values))
            if (values or lines.trouble) and share.has(said):
                content = _csv_row(number, names, values, lines.trouble, mapping)
                yield Item(content, Place(lines.offset, lines.number))


def _header(lines: Lines) -> list[str]:
    lines.begin_row()
    try:
        header = next(csv.reader(lines, strict=True))
    except (StopIteration, csv.Error):
        raise ImportFileError("The first line must name the columns.") from None
    if lines.trouble:
        raise ImportFileError("The file is not UTF-8; save it as UTF-8.")
    if len(header) == 1:
        for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if sign in header[0]:
                raise ImportFileError(f"The columns are separated by {word}; use commas.")
    return header


def _csv_row(
    number: int, names: list[str], values: list[str], trouble: str, mapping: Mapping
) -> Line | Fault:
    if trouble:
        return Fault(number, trouble, "")
    if len(values) != len(names):
        return Fault(number, "wrong_number_of_columns", "")
    row = {name: text for name, text in zip(names, map(str.strip, values), strict=True) if text}
    row.pop("", None)
    return _row(number, row, mapping)


def _ndjson(path: Path, mapping: Mapping, start: Place, share: Share) -> Iterator[Item]:
    place = start if start.offset else Place(check_text(path), 0)
    with path.open("rb") as file:
        file.seek(place.offset)
        lines = Lines(file, place.offset, place.line)
        while True:
            number = lines.begin_row()
            try:
                text = next(lines)
            except StopIteration:
                return
            except csv.Error:
                text = ""
            if text.strip() or lines.trouble:
                found = _ndjson_row(number, text, lines.trouble, mapping)
                if _is_ours(found, number, share):
                    content = _row(number, found, mapping) if isinstance(found, dict) else found
                    yield Item(content, Place(lines.offset, lines.number))


def _is_ours(found: dict[str, str] | Fault, number: int, share: Share) -> bool:
    if isinstance(found, Fault):
        return share.has_line(number)
    return share.has(found.get(name, "") for name in IDENTIFIERS)


def _ndjson_row(number: int, text: str, trouble: str, mapping: Mapping) -> dict[str, str] | Fault:
    if trouble:
        return Fault(number, trouble, "")
    try:
        found = json.loads(text, object_pairs_hook=_pairs)
        if not isinstance(found, dict):
            raise RowError("malformed")
        return _named(found, mapping)
    except RowError as error:
        return Fault(number, error.code, error.field)
    except (ValueError, RecursionError):
        return Fault(number, "malformed", "")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RowError("malformed")
    return found


def _named(found: dict[str, Any], mapping: Mapping) -> dict[str, str]:
    row: dict[str, str] = {}
    for column, value in found.items():
        name = mapping.field_of(column)
        if name is None:
            raise RowError("unknown_field")
        text = _text(name, value)
        if name and text:
            row[name] = text
    return row


def _text(name: str, value: Any) -> str:
    if value is None or not name:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value).strip()
    raise RowError("invalid", name)


def _row(number: int, row: dict[str, str], mapping: Mapping) -> Line | Fault:
    mapping.fill(row)
    try:
        return line(number, row)
    except RowError as error:
        return Fault(number, error.code, error.field)
