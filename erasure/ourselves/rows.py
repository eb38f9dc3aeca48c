"""Which rows of ours go with a person, read from what each model says of itself (`Privacy`).

`delete_row`: the rows that name the person go. `keep_pseudonymous`: they stay, as evidence that
names nobody once the person's key is gone; columns that a model lists as `emptied` lose what they
say. A model that names people otherwise than by a column is in `ELSEWHERE`, with who sees to it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from psycopg import sql

__all__ = ["ELSEWHERE", "Rows", "delete", "deleted_models", "empty", "emptied_models", "left"]

ELSEWHERE: Final = {
    "audit.EntryIndex": "audit.services.forget_many",
    "audit.Members": "audit.services.forget_many",
    "policies.IdPart": "policies.audiences.services.forget_many",
    "policies.Processing": "a view of audit.EntryIndex",
    "policies.AIDecision": "a view of audit.EntryIndex",
    "accounts.IdempotencyKey": "ends within a day and holds ids only",
    "accounts.User": "staff, never a person whose data are governed",
    "profiles.ProfileExport": "profiles.services.forgetting.forget_many",
    "subjects.DataKey": "subjects.shredding.shred",
    "subjects.Identifier": "subjects.shredding.shred",
}
_COLUMNS: Final = ("subject_id", "related_id")
"""How a row of ours names a person; the other side of a relationship is one as well."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table that name a person in these columns."""

    model: type[models.Model]
    columns: tuple[str, ...]

    @property
    def table(self) -> str:
        return self.model._meta.db_table


@cache
def deleted_models() -> tuple[Rows, ...]:
    """Those whose rows go with the person, in a stable order."""
    return tuple(_rows("delete_row"))


@cache
def emptied_models() -> tuple[tuple[Rows, tuple[str, ...]], ...]:
    """Those whose rows stay and lose what some of their columns say."""
    kept = _rows("keep_pseudonymous")
    found = ((rows, tuple(getattr(_privacy(rows.model), "emptied", ()))) for rows in kept)
    return tuple((rows, columns) for rows, columns in found if columns)


def delete(controller_id: UUID, ids: Collection[UUID]) -> int:
    """Delete what goes with these people; returns how many rows."""
    deleted = 0
    with connection.cursor() as cursor:
        for rows in deleted_models():
            for column in rows.columns:
                cursor.execute(_of(rows, column, _DELETE), [controller_id, list(ids)])
                deleted += cursor.rowcount
    return deleted


def empty(controller_id: UUID, ids: Collection[UUID]) -> None:
    """Empty what is emptied in the rows that stay."""
    for rows, columns in emptied_models():
        fields = {one.name: one for one in rows.model._meta.concrete_fields}
        values = {one: fields[one].get_default() for one in columns}
        key = "pk" if rows.columns == ("id",) else "subject_id"
        whose: dict[str, Any] = {"controller_id": controller_id, f"{key}__in": list(ids)}
        rows.model._default_manager.filter(**whose).update(**values)


def left(controller_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Of whom there is a row still that should have gone."""
    found: set[UUID] = set()
    with connection.cursor() as cursor:
        for rows in deleted_models():
            for column in rows.columns:
                cursor.execute(_of(rows, column, _LEFT), [controller_id, list(ids)])
                found |= {row[0] for row in cursor.fetchall()}
    return found


_DELETE = "DELETE FROM {table} WHERE controller_id = %s AND {column} = ANY(%s)"
_LEFT = "SELECT DISTINCT {column} FROM {table} WHERE controller_id = %s AND {column} = ANY(%s)"


def _of(rows: Rows, column: str, text: str) -> sql.Composed:
    return sql.SQL(text).format(table=sql.Identifier(rows.table), column=sql.Identifier(column))


def _rows(fate: str) -> Iterator[Rows]:
    found = sorted(apps.get_models(include_auto_created=True), key=lambda one: one._meta.label)
    for model in found:
        privacy = _privacy(model)
        if privacy is None or privacy.on_erasure != fate or model._meta.label in ELSEWHERE:
            continue
        if columns := _naming(model):
            yield Rows(model, columns)


def _naming(model: type[models.Model]) -> tuple[str, ...]:
    """The columns in which a row names a person; a person's own row does so by its key."""
    if model._meta.label == "subjects.Subject":
        return ("id",)
    known = {field.column for field in model._meta.concrete_fields}
    return tuple(one for one in _COLUMNS if one in known)


def _privacy(model: type[models.Model]) -> Any:
    return vars(model).get("Privacy")
