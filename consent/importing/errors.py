"""What can go wrong with an import: with the file as a whole, or with one row of it."""

from typing import NamedTuple

from keys.problems import DomainError


class ImportFileError(DomainError):
    """The file cannot be imported at all; nothing of it was. The sentence names no value of it."""

    code = "import_file"
    status = 422
    message = "The file cannot be imported."


class RowError(Exception):
    """One row cannot be imported: a code and the field at fault, never the value."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class Fault(NamedTuple):
    """Why the row that begins at this line of the file was left out."""

    line: int
    code: str
    field: str
