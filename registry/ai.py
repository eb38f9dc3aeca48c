"""The verbs on AI models."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from registry.errors import (
    AlreadyApprovedError,
    AlreadyEndedError,
    DiligenceError,
    ProhibitedModelError,
    SecondPersonError,
)
from registry.models_ai import AIModel, Risk

DILIGENCE_DAYS = 366
"""A year at most: due diligence is part of the yearly duties of DPDP Rules r.13."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What an officer says about one version of a model."""

    code: str
    version: str
    name: str
    risk: str
    is_significant: bool = True
    oversight: str = ""
    informs_persons: bool = False
    review_route: str = ""
    authorising_law: str = ""
    special_law: str = ""
    diligence_reference: str = ""
    diligence_until: date | None = None


@transaction.atomic
def record_model(*, by: Actor, controller_id: UUID, card: ModelCard) -> AIModel:
    """Enter a version of a model (AI Act 26; GDPR 22; DPDP Rules r.13(3)).

    It counts from its approval; that it is a prohibited practice counts at once. Raises
    DiligenceError where the due diligence lacks a part, is over or runs for more than a year.
    """
    _check_diligence(card)
    model = AIModel(controller_id=controller_id, created_by=by.id, **asdict(card))
    model.full_clean()
    model.save(force_insert=True)
    _record(by, "model:recorded", model)
    return model


@transaction.atomic
def approve_model(*, by: Actor, model: AIModel) -> AIModel:
    """Let a version take part, from the next decision on; it replaces the one before.

    Raises SecondPersonError for who recorded it, AlreadyApprovedError, AlreadyEndedError, and
    ProhibitedModelError for a prohibited practice, which nobody can approve.
    """
    locked = _locked(model)
    if locked.approved_at:
        raise AlreadyApprovedError
    if locked.risk == Risk.PROHIBITED:
        raise ProhibitedModelError
    if locked.created_by == by.id:
        raise SecondPersonError
    locked.approved_at, locked.approved_by = timezone.now(), by.id
    locked.save(update_fields=["approved_at", "approved_by"])
    _record(by, "model:approved", locked)
    return locked


@transaction.atomic
def retire_model(*, by: Actor, model: AIModel) -> AIModel:
    """Take a version out. That it is a prohibited practice is taken back by another person.

    Raises SecondPersonError, AlreadyEndedError.
    """
    locked = _locked(model)
    if locked.risk == Risk.PROHIBITED and locked.created_by == by.id:
        raise SecondPersonError
    locked.retired_at, locked.retired_by = timezone.now(), by.id
    locked.save(update_fields=["retired_at", "retired_by"])
    _record(by, "model:retired", locked)
    return locked


def _check_diligence(card: ModelCard) -> None:
    until = card.diligence_until
    if bool(card.diligence_reference) != (until is not None):
        raise DiligenceError
    today = timezone.now().date()
    if until is not None and not today <= until <= today + timedelta(days=DILIGENCE_DAYS):
        raise DiligenceError


def _locked(model: AIModel) -> AIModel:
    locked = AIModel.objects.select_for_update().get(pk=model.pk)
    if locked.retired_at:
        raise AlreadyEndedError
    return locked


def _record(by: Actor, event: str, model: AIModel) -> None:
    audit.record(
        event=event, by=by, controller_id=model.controller_id,
        target=Target("ai_model", str(model.id)),
        data={"code": model.code, "version": model.version, "risk": model.risk},
    )  # fmt: skip
