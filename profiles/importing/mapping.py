"""Which column or member of a file is what: an attribute, an identifier, when it was seen. Pure.

Without a mapping they bear our names (profiles/words_intake.py). With one, in JSON:

    {"columns": {"id.crm": "CustomerNo", "city": "Town", "observed_at": "Changed"},
     "values": {"tier": {"G": "gold"}},
     "defaults": {"verified_by": "crm"}}

`columns` names the file's column of each of ours; columns it does not name are left out. `values`
translates what the file says; `defaults` stand in where a row says nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from consent.importing.errors import ImportFileError
from profiles.words_intake import IDENTIFIERS, SUBJECT

_SECTIONS = ("columns", "values", "defaults")


@dataclass(frozen=True, slots=True)
class Columns:
    """A mapping, and the names it may lead to."""

    known: Set[str] = field(default_factory=frozenset)
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None, known: Set[str]) -> "Columns":
        """Raises ImportFileError saying what is wrong with the mapping."""
        if text is None:
            return cls(known)
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise ImportFileError("The mapping is not JSON.") from None
        if not isinstance(found, dict) or not found.keys() <= set(_SECTIONS):
            raise ImportFileError(f"The mapping is an object of {', '.join(_SECTIONS)}.")
        columns, values, defaults = (_section(found, name, known) for name in _SECTIONS)
        if not all(isinstance(one, str) for one in columns.values()):
            raise ImportFileError("The mapping's columns are texts.")
        if not all(isinstance(one, dict) for one in values.values()):
            raise ImportFileError("The mapping's values are objects.")
        return cls(known, columns, values, defaults)

    @property
    def digest(self) -> str:
        """Two imports of one file by different mappings are different imports."""
        parts = [self.columns, self.values, self.defaults]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def is_plain(self) -> bool:
        """Whether a row can be taken as it is, once its columns have our names."""
        return not self.values and not self.defaults

    def name_of(self, column: str) -> str | None:
        """Our name of a column; empty: left out; None: not known."""
        if not self.columns:
            return column if column in self.known else None
        return next((name for name, mapped in self.columns.items() if mapped == column), "")

    def names_of(self, header: Sequence[str]) -> list[str]:
        """Our name of each column, empty for one that is left out.

        Raises ImportFileError for a header that does not fit. It names our own names and column
        numbers only, because a file without header has a person in its first line.
        """
        names = [self.name_of(column.strip()) for column in header]
        unknown = [str(n) for n, name in enumerate(names, 1) if name is None]
        if unknown:
            raise ImportFileError(
                "The first line names attributes that are defined, and ours. Not known: "
                f"column {', '.join(unknown[:10])}."
            )
        known = [name or "" for name in names]
        twice = sorted({name for name in known if name and known.count(name) > 1})
        if twice:
            raise ImportFileError(f"Columns are there twice: {', '.join(twice)}.")
        if not {SUBJECT, *IDENTIFIERS}.intersection(known):
            raise ImportFileError(
                "A column that says who it is about is missing: "
                f"{', '.join([SUBJECT, *IDENTIFIERS])}."
            )
        return known

    def fill(self, row: dict[str, Any]) -> None:
        """Translate the row's values and add the defaults, in place."""
        for name, table in self.values.items():
            said = row.get(name)
            if isinstance(said, str | int):
                row[name] = table.get(str(said), said)
        for name, value in self.defaults.items():
            row.setdefault(name, value)


def _section(found: dict[str, Any], name: str, known: Set[str]) -> dict[str, Any]:
    section = found.get(name, {})
    if not isinstance(section, dict):
        raise ImportFileError(f"The mapping's {name} is an object.")
    if section.keys() - set(known):
        raise ImportFileError(
            f"The mapping's {name} leads to what is neither an attribute nor a name of ours."
        )
    return section
