"""How the columns of a file become our fields: by their names, or by a mapping in JSON.

    {"columns": {"email": "E-mail", "state": "Opt-in"},
     "values": {"state": {"Y": "given", "N": "refused"}},
     "defaults": {"purpose": "marketing.email.offers"}}

`columns` names the file's column of a field; with it, columns that are not named are left out.
`values` translates what the file says; `defaults` stand in where a row says nothing. Pure.
"""

import hashlib
import json
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from consent.importing.errors import ImportFileError
from consent.importing.fields import FIELDS, IDENTIFIERS, REQUIRED

_SECTIONS = ("columns", "values", "defaults")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column is which field, and what its values mean. Empty: columns bear our names."""

    columns: Dict[str, str] = field(default_factory=dict)
    values: Dict[str, Dict[str, str]] = field(default_factory=dict)
    defaults: Dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Mapping":
        """Raises ImportFileError saying what is wrong with the mapping."""
        try:
            found = json.loads(text)
        except ValueError:
            raise ImportFileError("The mapping is not JSON.") from None
        if not isinstance(found, dict) or not found.keys() <= set(_SECTIONS):
            raise ImportFileError(f"The mapping is an object of {', '.join(_SECTIONS)}.")
        columns, values, defaults = (_section(found, name) for name in _SECTIONS)
        _check_texts(columns, "columns")
        _check_texts(defaults, "defaults")
        for name, table in values.items():
            if not isinstance(table, dict):
                raise ImportFileError(f"The mapping's values of {name} are an object of texts.")
            _check_texts(table, f"values.{name}")
        return cls(columns, values, defaults)

    @property
    def digest(self) -> str:
        """Two imports of one file by different mappings are different imports."""
        parts = [self.columns, self.values, self.defaults]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

    def fields_of(self, header: Sequence[str]) -> list[str]:
        """The field of each column, empty for one that is left out.

        Raises ImportFileError for a header that does not fit; it names our fields and column
        numbers only, because a file without header has a person in its first line.
        """
        names = [self._field(column.strip()) for column in header]
        unknown = [str(n) for n, name in enumerate(names, 1) if name is None]
        if unknown:
            raise ImportFileError(
                "The first line must name the columns. Not known: "
                f"column {', '.join(unknown[:10])}. Known: {', '.join(FIELDS)}."
            )
        known = [name or "" for name in names]
        twice = sorted({name for name in known if name and known.count(name) > 1})
        if twice:
            raise ImportFileError(f"Columns are there twice: {', '.join(twice)}.")
        self._check_complete(known)
        return known

    def field_of(self, column: str) -> str | None:
        """The field of one named value; empty: left out; None: not known."""
        return self._field(column)

    def fill(self, row: dict[str, str]) -> None:
        """Translate the row's values and add the defaults, in place."""
        for name, table in self.values.items():
            if (said := row.get(name)) is not None:
                row[name] = table.get(said, said)
        for name, text in self.defaults.items():
            row.setdefault(name, text)

    def _field(self, column: str) -> str | None:
        if not self.columns:
            return column if column in FIELDS else None
        for name, mapped in self.columns.items():
            if mapped == column:
                return name
        return ""

    def _check_complete(self, known: Sequence[str]) -> None:
        missing = [name for name in REQUIRED if name not in known and name not in self.defaults]
        if missing:
            raise ImportFileError(f"Columns are missing: {', '.join(missing)}.")
        if not set(known) & set(IDENTIFIERS):
            raise ImportFileError(
                f"A column that identifies the person is missing: {', '.join(IDENTIFIERS)}."
            )


def _section(found: Dict[str, Any], name: str) -> dict[str, Any]:
    section = found.get(name, {})
    if not isinstance(section, dict):
        raise ImportFileError(f"The mapping's {name} is an object.")
    unknown = sorted(section.keys() - set(FIELDS))
    if unknown:
        raise ImportFileError(
            f"The mapping's {name} names fields that are not known: {', '.join(unknown)}. "
            f"Known: {', '.join(FIELDS)}."
        )
    return section


def _check_texts(table: Dict[str, Any], where: str) -> None:
    if not all(isinstance(text, str) for text in table.values()):
        raise ImportFileError(f"The mapping's {where} holds texts only.")
