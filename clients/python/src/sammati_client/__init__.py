"""Asks a Sammati decision point before personal data are used, and treats every doubt as no."""

from sammati_client.aio import AsyncSammati
from sammati_client.answers import Cure, Deny, Obligation, Permit, Reason, Written
from sammati_client.errors import NotPermitted, ProfileNotShown, RequestFailed
from sammati_client.leases import Leases
from sammati_client.options import Options
from sammati_client.profiles import Profile, ProfileField, ProfileSource
from sammati_client.recalls import Recall, RecallRefused, Secrets, read_recall
from sammati_client.reports import AIDecision, Processing
from sammati_client.sync import Sammati
from sammati_client.watch import personal, touched

__all__ = [
    "AIDecision",
    "AsyncSammati",
    "Cure",
    "Deny",
    "Leases",
    "NotPermitted",
    "Obligation",
    "Options",
    "Permit",
    "Processing",
    "Profile",
    "ProfileField",
    "ProfileNotShown",
    "ProfileSource",
    "Reason",
    "Recall",
    "RecallRefused",
    "RequestFailed",
    "Sammati",
    "Secrets",
    "Written",
    "personal",
    "read_recall",
    "touched",
]
