"""Putting data right: here at once, and by a case wherever else they are (ERA-17).

DPDP s.12(2); GDPR Art 16, 19. Values go by the codes of attributes, and by the schemes of
identifiers: who is known by a wrong address is told of by it, and is known by the right one then.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.actors import Actor
from erasure.errors import CorrectionEmptyError
from erasure.models import Trigger
from erasure.scopes import ScopeType
from erasure.services.opening import NewCase, Opened, open_cases
from profiles import selectors as profiles
from profiles.errors_intake import AttributeUnknownError
from profiles.services import correcting
from registry import selectors as registry
from registry.connectors.contract import Verb
from subjects import identifying
from subjects.schemes import CATEGORIES, normalise

__all__ = ["apply", "check", "put_right", "reach"]


@transaction.atomic
def put_right(  # noqa: PLR0913 (what is right, and why)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    values: Mapping[str, Any],
    trigger_ref: str,
    trigger: str = Trigger.REQUEST,
    received_at: datetime | None = None,
) -> list[Opened]:
    """Put these values of a person right here, and open the cases that tell of it.

    One case for each data category: every system and recipient hears of what it holds, and of
    nothing else. Raises as `check`, `apply` and `opening.open_cases`; then nothing was changed.
    """
    check(controller_id, values)
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for code, value in values.items():
        parts.setdefault(reach(controller_id, code), {})[code] = value
    new = [
        NewCase(
            subject_id=subject_id, trigger=trigger, verb=Verb.CORRECT, received_at=received_at,
            trigger_ref=f"{trigger_ref}:{number}" if number else trigger_ref,
            scope_type=scope[0], scope=scope[1], values=part,
        )
        for number, (scope, part) in enumerate(parts.items())
    ]  # fmt: skip
    opened = open_cases(by=by, controller_id=controller_id, new=new)
    if any(one.is_new for one in opened):
        apply(by=by, controller_id=controller_id, subject_id=subject_id, values=values)
    return opened


@transaction.atomic
def apply(*, by: Actor, controller_id: UUID, subject_id: UUID, values: Mapping[str, Any]) -> None:
    """Change what this suite holds; after the cases were opened, which know what was wrong.

    Raises ValueRefusedError, IdentifierTakenError, IdentifiersSeveralError, SubjectErasedError.
    """
    correcting.correct(by=by, controller_id=controller_id, subject_id=subject_id, values=values)
    for scheme in CATEGORIES.keys() & values.keys():
        identifying.replace(
            by=by, controller_id=controller_id, subject_id=subject_id, scheme=scheme,
            value=values[scheme],
        )  # fmt: skip


def check(controller_id: UUID, values: Mapping[str, Any]) -> None:
    """Raises CorrectionEmptyError, AttributeUnknownError, ValueRefusedError and
    MalformedIdentifierError.
    """
    if not values:
        raise CorrectionEmptyError
    known = {one.code for one in profiles.definitions(controller_id)}
    if not values.keys() <= known | CATEGORIES.keys():
        raise AttributeUnknownError
    correcting.check(controller_id, values)
    for scheme in CATEGORIES.keys() & values.keys():
        normalise(scheme, str(values[scheme]))


def reach(controller_id: UUID, code: str) -> tuple[str, str]:
    """How far a correction of this reaches: its data category, or everything where none is known.

    Raises AttributeUnknownError.
    """
    defined = {one.code: one.category for one in profiles.definitions(controller_id)}
    category = defined.get(code) or CATEGORIES.get(code)
    if category is None:
        raise AttributeUnknownError
    if category in registry.category_codes(controller_id):
        return ScopeType.CATEGORY.value, category
    return ScopeType.EVERYTHING.value, ""
