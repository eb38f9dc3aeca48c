"""What can go wrong with an import: with the file as a whole, or with one row of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_noop as _

from keys.problems import DomainError


class ImportFileError(DomainError):
    """The file cannot be imported at all; nothing of it was. The sentence names no value of it."""

    code = "import_file"
    status = 422
    message = _("The file cannot be imported.")


class ImportStoppedError(DomainError):
    """One of the processes that import a file together was stopped; what it recorded stays."""

    code = "import_stopped"
    status = 500
    message = _("A process of the import was stopped.")


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


class NobodyError(Exception):
    """Of some people who would be new no row can be taken in: then nobody of them is added.

    Carries the faults of their rows by line; the batch is tried again `without` them.
    """

    def __init__(self, faults: Mapping[int, Fault]) -> None:
        super().__init__(len(faults))
        self.faults = faults

    def without(self, batch: Sequence[Any]) -> list[Any]:
        """The items of the batch, these rows replaced by why they are left out."""
        return [
            item if isinstance(item.content, Fault)
            else item._replace(content=self.faults.get(item.content.number, item.content))
            for item in batch
        ]  # fmt: skip


def require_somebody(
    created: Collection[UUID], rows: Iterable[tuple[int, UUID]], faults: Mapping[int, Fault]
) -> None:
    """Raise NobodyError where all rows about somebody who was just added are left out."""
    about = [(number, person) for number, person in rows if person in created]
    kept = {person for number, person in about if number not in faults}
    alone = {number: faults[number] for number, person in about if person not in kept}
    if alone:
        raise NobodyError(alone)
