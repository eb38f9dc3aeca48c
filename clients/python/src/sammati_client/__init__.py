"""Asks a Sammati decision point before personal data are used, and treats every doubt as no."""

from sammati_client.aio import AsyncSammati
from sammati_client.answers import Cure, Deny, Obligation, Permit, Reason, Written
from sammati_client.errors import NotPermitted, RequestFailed
from sammati_client.options import Options
from sammati_client.reports import AIDecision, Processing
from sammati_client.sync import Sammati

__all__ = [
    "AIDecision",
    "AsyncSammati",
    "Cure",
    "Deny",
    "NotPermitted",
    "Obligation",
    "Options",
    "Permit",
    "Processing",
    "Reason",
    "RequestFailed",
    "Sammati",
    "Written",
]
