"""What an import did, in numbers and error codes; never in values."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from consent.importing.errors import Fault, ImportFileError
from consent.importing.sources import Place

HEADER = "line,code,field\r\n"


@dataclass(slots=True)
class Counts:
    """The rows so far, by what became of them, and the place behind the last one."""

    rows: int = 0
    recorded: int = 0
    already: int = 0
    failed: int = 0
    people: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    offset: int = 0
    line: int = 0
    errors_bytes: int = 0

    @classmethod
    def of(cls, cursor: dict[str, Any]) -> "Counts":
        """As a job's cursor kept them."""
        return cls(**cursor)

    def as_cursor(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def place(self) -> Place:
        return Place(self.offset, self.line)

    def fail(self, code: str) -> None:
        self.failed += 1
        self.codes[code] = self.codes.get(code, 0) + 1


@dataclass(slots=True)
class ErrorFile:
    """The rows that were left out: line, code and field. Made with the first of them."""

    path: Path | None
    size: int = 0
    file: BinaryIO | None = None

    @classmethod
    def open(cls, path: Path | None, size: int) -> "ErrorFile":
        """For an import that has kept `size` bytes of it; what is beyond them goes."""
        found = cls(path)
        if path is not None and path.exists():
            found.file = _opened(path, "r+b")
            is_whole = found.file.seek(0, io.SEEK_END) >= size
            found.size = size if is_whole else 0
            found.file.truncate(found.size)
        return found

    def write(self, faults: Sequence[Fault]) -> int:
        """Write behind what was kept; the size to keep once the batch is recorded.

        What a killed run, or a batch that was taken back, wrote beyond that is written over.
        """
        if self.path is None or not faults:
            return self.size
        file = self.file = self.file or _opened(self.path, "w+b")
        file.truncate(self.size)
        file.seek(self.size)
        text = io.StringIO()
        if not self.size:
            text.write(HEADER)
        csv.writer(text).writerows(faults)
        file.write(text.getvalue().encode())
        file.flush()
        return file.tell()

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def check_errors_file(path: Path | None) -> None:
    """Raises ImportFileError for a file that cannot be written, or that is something else."""
    if path is None:
        return
    is_new = not path.exists()
    with _opened(path, "a+b") as file:
        file.seek(0)
        head = file.read(len(HEADER))
    if is_new:
        path.unlink()
    elif head not in (b"", HEADER.encode()):
        raise ImportFileError("The errors file is there already and is something else.")


def _opened(path: Path, mode: str) -> BinaryIO:
    try:
        return cast("BinaryIO", path.open(mode))
    except OSError as error:
        raise ImportFileError(f"The errors file cannot be written: {error.strerror}.") from None
