"""What every column of the database is, and what erasure does to it: ours and the libraries'.

Our models say so in an inner class `Privacy`; here is the same for models we did not write. The
data dictionary is generated from both, and a guard test fails on a column that is in neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

CLASSES = ("identifier", "personal", "sensitive", "evidence", "operational")
ON_ERASURE = ("destroy_key", "null", "keep_pseudonymous", "delete_row", "none")


@dataclass(frozen=True)
class Classification:
    """Each column's class by its field's name, and the fate of a row when its person is erased."""

    on_erasure: str
    identifier: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    operational: tuple[str, ...] = ()
    ledger: bool = False

    def classes_of(self, field: str) -> list[str]:
        """The classes that claim `field`: exactly one, if all is well."""
        return [name for name in CLASSES if field in getattr(self, name)]

    def names(self) -> list[str]:
        return [field for name in CLASSES for field in getattr(self, name)]


# These tables are about staff and permissions; customers are never in them (docs/adr/0005).
# Sessions are kept by `subjects.Session` instead of Django's own model.
THIRD_PARTY = {
    "accounts.User_groups": Classification("delete_row", operational=("id", "user", "group")),
    "accounts.User_user_permissions": Classification(
        "delete_row", operational=("id", "user", "permission")
    ),
    "admin.LogEntry": Classification(
        "none",
        personal=("object_repr", "change_message"),
        evidence=("action_time", "action_flag"),
        operational=("id", "user", "content_type", "object_id"),
    ),
    "auth.Group": Classification("none", operational=("id", "name")),
    "auth.Group_permissions": Classification("none", operational=("id", "group", "permission")),
    "auth.Permission": Classification(
        "none", operational=("id", "name", "content_type", "codename")
    ),
    "contenttypes.ContentType": Classification("none", operational=("id", "app_label", "model")),
    "guardian.GroupObjectPermission": Classification(
        "none", operational=("id", "permission", "content_type", "object_pk", "group")
    ),
    "guardian.UserObjectPermission": Classification(
        "delete_row", operational=("id", "permission", "content_type", "object_pk", "user")
    ),
    "sessions.Session": Classification(
        "delete_row",
        personal=("session_data",),
        operational=("session_key", "expire_date"),
    ),
}


def models() -> list[type[Model]]:
    """Every model that has a table, link tables included, in a stable order."""
    found = apps.get_models(include_auto_created=True)
    return sorted((model for model in found if model._meta.managed), key=lambda m: m._meta.label)


def classification(model: type[Model]) -> Classification | None:
    """What the model, or this module for it, declares; None where nobody did."""
    declared: Any = vars(model).get("Privacy")
    if declared is None:
        return THIRD_PARTY.get(model._meta.label)
    parts = {name: tuple(getattr(declared, name)) for name in CLASSES}
    return Classification(
        on_erasure=declared.on_erasure, ledger=getattr(declared, "ledger", False), **parts
    )


def columns(model: type[Model]) -> list[Any]:
    return list(model._meta.concrete_fields)


def faults() -> Iterator[str]:
    """Each gap or contradiction, as a sentence that says what to do. Nothing: all is classified."""
    for model in models():
        yield from faults_of(model)
    for label in sorted(THIRD_PARTY.keys() - {model._meta.label for model in models()}):
        yield f"{label} does not exist: remove it from config/privacy.py."


def faults_of(model: type[Model]) -> Iterator[str]:
    label = model._meta.label
    found = classification(model)
    if found is None:
        yield f"{label}: add `class Privacy` to it (or, for a library's, to config/privacy.py)."
        return
    if found.on_erasure not in ON_ERASURE:
        yield f"{label}: on_erasure must be one of {', '.join(ON_ERASURE)}."
    fields = [field.name for field in columns(model)]
    for name in fields:
        if len(found.classes_of(name)) != 1:
            yield f"{label}.{name}: put it into exactly one of {', '.join(CLASSES)}."
    for name in sorted(set(found.names()) - set(fields)):
        yield f"{label}.{name}: there is no such field; remove it from Privacy."
