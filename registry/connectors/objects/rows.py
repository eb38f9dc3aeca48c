"""Files with rows about people, read row by row, and written anew without some.

Whatever is not as the settings say stops it: in a file without the column nobody can be seen, and
that is not the same as nobody. Memory stays flat however long a file is.
"""

import csv
import gzip
import io
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import IO, Any, Final, cast

import msgspec

from registry.adapters.http import found
from registry.connectors.contract import ConnectorError
from registry.connectors.objects import parquet
from registry.connectors.objects.settings import Rows
from registry.connectors.objects.wanted import Met, Wanted, note

__all__ = ["rewrite"]

LONGEST_LINE: Final = 16 * 1024 * 1024
_MALFORMED: Final = (
    UnicodeError, csv.Error, EOFError, gzip.BadGzipFile, zlib.error, msgspec.DecodeError,
    RecursionError,
)  # fmt: skip


def rewrite(rows: Rows, wanted: Wanted, source: IO[bytes], into: IO[bytes] | None) -> Met:
    """Copy a file without those who are wanted, or with blanks for them; in how many rows they are.

    `into` None: only count. Raises ConnectorError `columns_missing`, `object_malformed`,
    `parquet_not_installed`.
    """
    met: Met = Counter()
    try:
        with ExitStack() as stack:
            plain = _plain(rows, source, "rb", stack)
            out = None if into is None else _plain(rows, into, "wb", stack)
            _WAYS[rows.format](rows, wanted, plain, out, met)
    except _MALFORMED:
        raise ConnectorError("object_malformed", retry=False) from None
    return met


def _csv(rows: Rows, wanted: Wanted, source: IO[bytes], into: IO[bytes] | None, met: Met) -> None:
    lines = io.TextIOWrapper(source, rows.encoding, newline="")
    out = io.TextIOWrapper(into, rows.encoding, newline="") if into else None
    reader = csv.reader(lines, delimiter=rows.delimiter, strict=True)
    header = next(reader, None)
    if header is None:
        return
    matched = {scheme: _column(header, name) for scheme, name in rows.match.items()}
    blank = [_column(header, name) for name in rows.blank]
    ending = "\r\n" if lines.newlines == "\r\n" else "\n"
    writer = csv.writer(out, delimiter=rows.delimiter, lineterminator=ending) if out else None
    write: Callable[[list[str]], Any] = writer.writerow if writer else len
    write(header)
    for row in reader:
        if len(row) != len(header):
            raise ConnectorError("object_malformed", retry=False)
        if not note(met, wanted, {scheme: row[at] for scheme, at in matched.items()}):
            write(row)
        elif blank:
            write(["" if at in blank else text for at, text in enumerate(row)])
    for wrapper in (lines, out):
        if wrapper:
            wrapper.flush()
            wrapper.detach()


def _ndjson(
    rows: Rows, wanted: Wanted, source: IO[bytes], into: IO[bytes] | None, met: Met
) -> None:
    while line := source.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise ConnectorError("object_malformed", retry=False)
        said = msgspec.json.decode(line) if line.strip() else None
        if note(met, wanted, {scheme: found(said, at) for scheme, at in rows.match.items()}):
            line = msgspec.json.encode(_blanked(said, rows.blank)) + b"\n" if rows.blank else b""
        if into:
            into.write(line)


def _blanked(said: Any, places: list[str]) -> Any:
    for place in places:
        above, _, name = place.rpartition("/")
        holder = found(said, above) if above else said
        key = name.replace("~1", "/").replace("~0", "~")
        if isinstance(holder, dict) and key in holder:
            holder[key] = None
    return said


def _column(header: list[str], name: str) -> int:
    if header.count(name) != 1:
        raise ConnectorError("columns_missing", retry=False)
    return header.index(name)


def _plain(rows: Rows, file: IO[bytes], mode: str, stack: ExitStack) -> IO[bytes]:
    if rows.compression == "none":
        return file
    opened = gzip.GzipFile(fileobj=file, mode=mode, mtime=0)
    return cast(IO[bytes], stack.enter_context(opened))


_WAYS: Final[Mapping[str, Callable[..., None]]] = {
    "csv": _csv, "ndjson": _ndjson, "parquet": parquet.rewrite,
}  # fmt: skip
csv.field_size_limit(min(sys.maxsize, LONGEST_LINE))
