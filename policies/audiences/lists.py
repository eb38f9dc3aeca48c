"""Lists of people as services send them: CSV, NDJSON, Arrow or Parquet, with a column `id`.

What is wrong with a list is said by its line, never by its values. An id that is none is nobody's:
it is counted as a stranger, as the decision point would deny it. Pure.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from typing import Any, Final
from uuid import UUID

from policies.audiences.errors import FormatMissingError, ListMalformedError

COLUMN: Final = "id"
SEGMENT: Final = r"[a-z0-9][a-z0-9_-]{0,59}"
"""The code of a segment."""
MAX_VALUE: Final = 256
CSV, NDJSON, ARROW, PARQUET = "csv", "ndjson", "arrow", "parquet"
MEDIA_TYPES: Final = {
    "text/csv": CSV,
    "application/x-ndjson": NDJSON,
    "application/vnd.apache.arrow.stream": ARROW,
    "application/vnd.apache.parquet": PARQUET,
}
ID: Final = 16


def has_arrow() -> bool:
    """Whether the optional library for Arrow and Parquet is installed."""
    return find_spec("pyarrow") is not None


def values(kind: str, body: bytes) -> Iterator[str]:
    """The ids as written. Raises ListMalformedError, FormatMissingError."""
    reader = _READERS.get(kind)
    if reader is None or (kind in (ARROW, PARQUET) and not has_arrow()):
        raise FormatMissingError
    return reader(body)


def ids_of(texts: Iterable[str]) -> tuple[set[bytes], int]:
    """The subject ids among them, sixteen bytes each, and how many different texts are none."""
    found: set[bytes] = set()
    strangers: set[str] = set()
    for text in texts:
        raw = subject_id(text)
        if raw is None:
            strangers.add(text)
        else:
            found.add(raw)
    return found, len(strangers)


def subject_id(text: str) -> bytes | None:
    """The bytes of a subject id in its usual spelling."""
    if len(text) != 36:
        return None
    try:
        raw = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return None
    return raw if len(raw) == ID else None


def parts(ids: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The ids ascending, so many joined at a time."""
    waiting = iter(sorted(ids))
    while some := list(islice(waiting, size)):
        yield b"".join(some)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ListMalformedError("The list is not UTF-8.") from None


def _csv(body: bytes) -> Iterator[str]:
    rows = csv.reader(io.StringIO(_text(body), newline=""), strict=True)
    try:
        header = next(rows, [])
        if header.count(COLUMN) != 1:
            raise ListMalformedError("The first line must name one column `id`.")
        place = header.index(COLUMN)
        for row in rows:
            if len(row) > place:
                yield _value(row[place], rows.line_num)
            elif row:
                raise _fault(rows.line_num)
    except csv.Error:
        raise _fault(rows.line_num) from None


def _ndjson(body: bytes) -> Iterator[str]:
    for number, line in enumerate(_text(body).split("\n"), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            raise _fault(number) from None
        yield _value(said.get(COLUMN) if isinstance(said, dict) else said, number)


def _arrow(body: bytes) -> Iterator[str]:
    import pyarrow as pa  # noqa: PLC0415 (optional)

    def batches() -> Iterator[Any]:
        with pa.ipc.open_stream(io.BytesIO(body)) as stream:
            yield from stream

    return _columns(batches, pa.ArrowException)


def _parquet(body: bytes) -> Iterator[str]:
    import pyarrow as pa  # noqa: PLC0415 (optional)
    from pyarrow import parquet  # noqa: PLC0415

    def batches() -> Iterator[Any]:
        yield from parquet.ParquetFile(io.BytesIO(body)).iter_batches(columns=[COLUMN])

    return _columns(batches, pa.ArrowException)


def _columns(batches: Callable[[], Iterator[Any]], trouble: type[Exception]) -> Iterator[str]:
    row = 0
    try:
        for batch in batches():
            batch.validate(full=True)  # the file may point anywhere, and hold no UTF-8
            for value in batch.column(COLUMN).to_pylist():
                row += 1
                yield _value(_spelled(value), row)
    except (trouble, KeyError, OSError):
        raise ListMalformedError("The list cannot be read, or has no column `id`.") from None


def _spelled(value: Any) -> Any:
    if isinstance(value, bytes) and len(value) == ID:
        return str(UUID(bytes=value))
    return str(value) if isinstance(value, UUID) else value


def _value(value: Any, line: int) -> str:
    if not isinstance(value, str) or not value or len(value) > MAX_VALUE or "\0" in value:
        raise _fault(line)
    return value


def _fault(line: int) -> ListMalformedError:
    return ListMalformedError(f"Line {line} of the list has no id, or is malformed.")


_READERS: Final[dict[str, Callable[[bytes], Iterator[str]]]] = {
    CSV: _csv, NDJSON: _ndjson, ARROW: _arrow, PARQUET: _parquet,
}  # fmt: skip
