"""The attributes of a controller, ready to judge values by."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from profiles.documents import Observed
from profiles.models import AttributeDefinition
from profiles.values import Reader, reader

Document = dict[str, Observed]

REMOVED_FOR = timedelta(days=30)
"""So long a source's word that it has a value no more outweighs something older that comes late."""


@dataclass(frozen=True, slots=True)
class Definition:
    """An attribute: what its values must be, and how long they are kept."""

    code: str
    category: str
    kind: str
    sensitivity: str
    read: Reader
    retention: timedelta | None
    former: timedelta
    is_active: bool

    @classmethod
    def of(cls, row: AttributeDefinition) -> "Definition":
        return cls(
            row.code, row.category, row.kind, row.sensitivity,
            reader(row.kind, max_length=row.max_length, choices=row.choices),
            None if row.retention_days is None else timedelta(days=row.retention_days),
            timedelta(days=row.former_days), row.is_active,
        )  # fmt: skip


Definitions = dict[str, Definition]


def definitions_of(controller_id: UUID) -> Definitions:
    """Every attribute of the controller by code, retired ones too: what they left has an end."""
    rows = AttributeDefinition.objects.filter(controller_id=controller_id)
    return {row.code: Definition.of(row) for row in rows}


def ends_at(said: Observed, definition: Definition | None) -> datetime | None:
    """When a value has to go; None: never. One that nothing defines any more goes at once."""
    if definition is None or not definition.is_active:
        return said.at
    if said.v is None:
        return said.at + REMOVED_FOR
    return None if definition.retention is None else said.at + definition.retention


def due_at(document: Document, definitions: Definitions) -> datetime | None:
    """When the first of the document's values has to go. Values that share all of it cost once."""
    ends: set[datetime] = set()
    known: set[tuple[datetime, timedelta | None]] = set()
    for code, said in document.items():
        definition = definitions.get(code)
        if definition is not None and definition.is_active and said.v is not None:
            pair = (said.at, definition.retention)
            if pair in known:
                continue
            known.add(pair)
        end = ends_at(said, definition)
        if end is not None:
            ends.add(end)
    return min(ends, default=None)


def former_until(old: Observed, definition: Definition, now: datetime) -> datetime | None:
    """Until when a value that was replaced may be kept; None: not at all."""
    until = now + definition.former
    end = ends_at(old, definition)
    found = until if end is None else min(until, end)
    return found if found > now and old.v is not None else None
