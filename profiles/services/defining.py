"""The verbs on attributes: what a controller knows of persons, and how long (PRO-01, PRO-04)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from profiles.errors_intake import (
    AttributeReservedError,
    AttributeRetiredError,
    AttributeTakenError,
    AttributeUnknownError,
    CategoryUnknownError,
    SensitivityTooLowError,
)
from profiles.models import AttributeDefinition, Sensitivity
from profiles.words_intake import RESERVED
from registry import selectors as registry
from work import services as work

REVISIT = "profiles.revisit"
"""The job that applies to stored values what a changed definition no longer lets be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What of an attribute may change: words, limits, and how long its values are kept."""

    title: str
    category: str
    choices: tuple[str, ...] = ()
    max_length: int = 200
    fresh_for_days: int | None = None
    retention_days: int | None = None
    former_days: int = 0

    @classmethod
    def of(cls, definition: AttributeDefinition) -> "Terms":
        """As they stand."""
        return cls(
            title=definition.title, category=definition.category,
            choices=tuple(definition.choices), max_length=definition.max_length,
            fresh_for_days=definition.fresh_for_days, retention_days=definition.retention_days,
            former_days=definition.former_days,
        )  # fmt: skip


@transaction.atomic
def define_attribute(  # noqa: PLR0913 (who, where, and what an attribute is)
    *,
    by: Actor,
    controller_id: UUID,
    code: str,
    kind: str,
    terms: Terms,
    sensitivity: str = Sensitivity.ORDINARY,
) -> AttributeDefinition:
    """Define an attribute; what no definition names is taken in nowhere, and shown to nobody.

    Its code, kind and sensitivity never change. Raises AttributeReservedError,
    AttributeTakenError, CategoryUnknownError, SensitivityTooLowError, ValidationError.
    """
    if code in RESERVED:
        raise AttributeReservedError
    if AttributeDefinition.objects.filter(controller_id=controller_id, code=code).exists():
        raise AttributeTakenError
    _check_category(controller_id, terms.category, sensitivity)
    definition = AttributeDefinition(
        controller_id=controller_id, code=code, kind=kind, sensitivity=sensitivity,
        created_by=by.id, **_columns(terms),
    )  # fmt: skip
    definition.full_clean()
    definition.save(force_insert=True)
    data = {"code": code, "kind": kind, "sensitivity": sensitivity, "category": terms.category}
    _record(by, definition, "attribute:defined", data)
    return definition


@transaction.atomic
def change_attribute(
    *, by: Actor, definition: AttributeDefinition, terms: Terms
) -> AttributeDefinition:
    """Change an attribute's terms; what may be kept no longer goes soon after.

    Raises as `define_attribute`, AttributeRetiredError, AttributeUnknownError.
    """
    locked = _lock(definition)
    _check_category(locked.controller_id, terms.category, locked.sensitivity)
    before = Terms.of(locked)
    columns = _columns(terms)
    changed = sorted(name for name in columns if getattr(locked, name) != columns[name])
    if not changed:
        return locked
    for name in changed:
        setattr(locked, name, columns[name])
    locked.full_clean()
    locked.save(update_fields=changed)
    _record(by, locked, "attribute:changed", {"code": locked.code, "changed": changed})
    if _keeps_less(before, terms):
        _revisit(locked)
    return locked


@transaction.atomic
def retire_attribute(*, by: Actor, definition: AttributeDefinition) -> AttributeDefinition:
    """End an attribute for ever: nothing is taken in any more, and its values go soon after.

    Raises AttributeRetiredError, AttributeUnknownError.
    """
    locked = _lock(definition)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    _record(by, locked, "attribute:retired", {"code": locked.code})
    _revisit(locked)
    return locked


def _lock(definition: AttributeDefinition) -> AttributeDefinition:
    rows = AttributeDefinition.objects.select_for_update()
    found = rows.filter(controller_id=definition.controller_id, pk=definition.pk).first()
    if found is None:
        raise AttributeUnknownError
    if not found.is_active:
        raise AttributeRetiredError
    return found


def _check_category(controller_id: UUID, code: str, sensitivity: str) -> None:
    category = registry.categories(controller_id, [code]).first()
    if category is None:
        raise CategoryUnknownError
    is_special = category.is_special or category.is_criminal
    if is_special and sensitivity != Sensitivity.SPECIAL:
        raise SensitivityTooLowError


def _columns(terms: Terms) -> dict[str, object]:
    return {**asdict(terms), "choices": list(terms.choices)}


def _keeps_less(before: Terms, after: Terms) -> bool:
    if after.former_days < before.former_days:
        return True
    if after.retention_days is None:
        return False
    return before.retention_days is None or after.retention_days < before.retention_days


def _revisit(definition: AttributeDefinition) -> None:
    work.enqueue(
        kind=REVISIT, controller_id=definition.controller_id, payload={"code": definition.code}
    )


def _record(
    by: Actor, definition: AttributeDefinition, event: str, data: Mapping[str, object]
) -> None:
    audit.record(
        event=event, by=by, controller_id=definition.controller_id,
        target=Target("attribute", str(definition.id)), data=data,
    )  # fmt: skip
