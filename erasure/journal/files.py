"""The files of the journal: one a UTC day, a line an event, appended and synced. No database."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from erasure.errors_journal import JournalFolderError
from keys.private import PRIVATE_FILE, NotPrivateError, private_folder

__all__ = ["OPENED", "Line", "append", "before", "end_before", "is_kept", "lines", "newest"]

Line = dict[str, Any]
OPENED: Final = "opened"
CALLED_OFF: Final = "called_off"
LIFTED: Final = "lifted"
PART: Final = 256 * 1024
"""Bytes from the end of a file that are read first; mostly they are enough."""


def is_kept() -> bool:
    """Whether there is a journal at all."""
    return bool(settings.ERASURE_JOURNAL)


def root() -> Path:
    """The folder, made if need be. Raises JournalFolderError where it is not set or not private."""
    if not is_kept():
        raise JournalFolderError
    try:
        return private_folder(settings.ERASURE_JOURNAL)
    except NotPrivateError:
        raise JournalFolderError from None


def append(new: Iterable[Line]) -> int:
    """Append those that are not there yet, told by kind and id; returns how many, once on disk."""
    days: dict[date, list[Line]] = {}
    for line in new:
        days.setdefault(_day(line), []).append(line)
    return sum(_append(root() / f"{day}.ndjson", some) for day, some in sorted(days.items()))


def lines(since: datetime | None = None) -> Iterator[Line]:
    """Every line from a moment on, file by file; a line that a crash cut off is left out."""
    for path in sorted(root().glob("*.ndjson")):
        if since is None or date.fromisoformat(path.stem) >= since.astimezone(UTC).date():
            yield from (
                line
                for line in _read(path)
                if since is None or datetime.fromisoformat(line["at"]) >= since
            )


def newest(most: int) -> list[Line]:
    """The last lines that say that a case was opened, in order; read from the end."""
    found: list[Line] = []
    for path in sorted(root().glob("*.ndjson"), reverse=True):
        found = [*_last(path, most - len(found)), *found]
        if len(found) >= most:
            break
    return found


def before(moment: datetime, most: int) -> list[Line]:
    """As `newest`, of the lines before a moment."""
    found: list[Line] = []
    for path in sorted(root().glob("*.ndjson"), reverse=True):
        if len(found) < most and date.fromisoformat(path.stem) <= moment.astimezone(UTC).date():
            opened = [line for line in _read(path) if line["kind"] == OPENED]
            earlier = [one for one in opened if datetime.fromisoformat(one["at"]) < moment]
            found = [*earlier, *found][-most:]
    return found


def end_before(day: date) -> int:
    """Delete what no backup can need any more; returns how many files."""
    old = [one for one in root().glob("*.ndjson") if date.fromisoformat(one.stem) < day]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def overlap(now: datetime) -> datetime:
    """From when on the database is compared with it: a day before its newest line."""
    found = newest(1)
    if not found:
        return datetime.min.replace(tzinfo=UTC)
    return min(now, datetime.fromisoformat(found[-1]["at"])) - timedelta(days=1)


def _append(path: Path, some: list[Line]) -> int:
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    with os.fdopen(opened, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        written = file.read()
        known = {_key(line) for line in _parsed(written)}
        new = [line for line in some if _key(line) not in known]
        if new:
            broken = b"" if not written or written.endswith(b"\n") else b"\n"
            file.write(broken + b"".join(json.dumps(one).encode() + b"\n" for one in new))
            file.flush()
            os.fsync(file.fileno())
    return len(new)


def _read(path: Path) -> list[Line]:
    return list(_parsed(path.read_bytes()))


def _last(path: Path, most: int) -> list[Line]:
    """The last lines of a file that open a case, from as little of its end as holds them."""
    size, part = path.stat().st_size, PART
    while True:
        with path.open("rb") as file:
            file.seek(max(0, size - part))
            whole = file.read()
        text = whole if part >= size else whole.partition(b"\n")[2]
        opened = [line for line in _parsed(text) if line["kind"] == OPENED]
        if len(opened) >= most or part >= size:
            return opened[-most:]
        part *= 4


def _parsed(text: bytes) -> Iterator[Line]:
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # a crash cut it off; the sweep writes it again
            continue


def _key(line: Line) -> tuple[str, str]:
    return line["kind"], line["id"]


def _day(line: Line) -> date:
    return datetime.fromisoformat(line["at"]).astimezone(UTC).date()
