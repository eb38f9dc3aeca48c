"""From which export a file comes that was found where it should not be (PRO-03).

By the marks of its lines; and where somebody took these away, by the order in which people stand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from audit import selectors as audit
from profiles import export_lines as lines
from profiles.models import ProfileExport
from profiles.services.exporting import watermark_key

TAKEN: Final = "profiles:export_taken"
MOST_CHARACTERS: Final = 500_000
FEWEST_PEOPLE: Final = 10
"""An order of fewer people may be chance."""
AGREES: Final = 0.9
"""The share of neighbours that stand in the export's order; of any other list about a half do."""
_MARK: Final = re.compile(rf"(?<![A-Z0-9])[A-Z2-7]{{{lines.MARK_CHARACTERS}}}(?![A-Z0-9])")
_PERSON: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Traced:
    """An export from which a text comes, and who took its file when, by the log.

    `marked` lines of the text bear its mark; of these `changed` name a person of whom the line
    was not. `order` tells that it was found by the order of people alone.
    """

    export: ProfileExport
    marked: int
    changed: int
    order: bool
    takings: Sequence[tuple[datetime, str]]


def traced(controller_id: UUID, text: str) -> list[Traced]:
    """The controller's exports from which this text may come, oldest first; none if it is unknown.

    By marks wherever there is one, else by the order of at least ten people. Nothing of the text
    is kept.
    """
    said = text[:MOST_CHARACTERS].splitlines()
    marks = {mark for line in said for mark in _MARK.findall(line.upper())}
    exports = ProfileExport.objects.filter(controller_id=controller_id).exclude(watermark="")
    marked = list(exports.filter(watermark__in=marks).order_by("id")) if marks else []
    if marked:
        return [_by_mark(export, said) for export in marked]
    people = list(dict.fromkeys(UUID(one) for line in said for one in _PERSON.findall(line)))
    if len(people) < FEWEST_PEOPLE:
        return []
    found = [export for export in exports.order_by("id") if _agrees(export, people)]
    return [Traced(export, 0, 0, True, _takings(export)) for export in found]


def _by_mark(export: ProfileExport, said: Sequence[str]) -> Traced:
    key = watermark_key(export)
    mine = [line for line in said if export.watermark in line.upper()]
    changed = sum(not _is_genuine(key, line) for line in mine)
    return Traced(export, len(mine), changed, False, _takings(export))


def _is_genuine(key: bytes, line: str) -> bool:
    """Whether the line's mark is that of the people it names; one that names nobody may be."""
    people = _PERSON.findall(line)
    return not people or any(lines.line_mark(key, UUID(one)) in line.upper() for one in people)


def _agrees(export: ProfileExport, people: Sequence[UUID]) -> bool:
    return lines.agreement(watermark_key(export), people) >= AGREES


def _takings(export: ProfileExport) -> list[tuple[datetime, str]]:
    """When its file was taken, and by whom."""
    rows = audit.entries([export.controller_id]).filter(event=TAKEN, target_id=str(export.id))
    return list(rows.order_by("id").values_list("at", "actor_id"))
