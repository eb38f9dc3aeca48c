"""Taking in what OpenDSR processors report of requests that they have accepted."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from erasure.engine import settling
from erasure.errors_callbacks import (
    CallbackLaterError,
    CallbackRefusedError,
    CallbackUnknownError,
)
from erasure.models import Step, StepState
from registry.connectors import opendsr
from registry.connectors.contract import ConnectorError
from registry.connectors.opendsr_callbacks import Reported, reported

MOST_SENT = 1000
"""So many steps of one system are told at a time, at most."""


def proven(connector_id: UUID, headers: Mapping[str, str], body: bytes, at: datetime) -> Reported:
    """The report, if it is the processor's. Raises CallbackRefusedError."""
    try:
        return reported(connector_id, headers, body, at)
    except ConnectorError:
        raise CallbackRefusedError from None


@transaction.atomic
def take(report: Reported, body: bytes) -> int:
    """Record what was reported; returns of how many steps. A repeated report changes nothing.

    Raises CallbackUnknownError, CallbackLaterError.
    """
    step = _step(report)
    if step is None:
        raise CallbackUnknownError
    said = opendsr.meant(step, report.said, report.request_id, body)
    try:
        return settling.note_said(
            controller_id=report.controller_id, system_id=report.system_id, said=[said]
        )
    except ConnectorError:
        raise CallbackLaterError from None


def _step(report: Reported) -> UUID | None:
    """By its reference; of one whose answer is not recorded yet, by the key it was told under."""
    steps = Step.objects.filter(controller_id=report.controller_id, system_id=report.system_id)
    found = steps.filter(reference=report.request_id).order_by("-id").first()
    if found is not None:
        return found.id
    sent = steps.filter(state=StepState.SENT).order_by("-sent_at")[:MOST_SENT]
    same = (one.id for one in sent if str(opendsr.request_id(one.key)) == report.request_id)
    return next(same, None)
