"""Asks a Sammati decision point before personal data are used, and treats every doubt as no."""

from sammati_client.aio import AsyncSammati
from sammati_client.answers import Cure, Deny, Obligation, Permit, Reason, Written
from sammati_client.errors import NotPermitted, ProfileNotShown, RequestFailed, SearchFailed
from sammati_client.events import ChangeEvent, EventPage, EventRefused, read_event
from sammati_client.leases import Leases
from sammati_client.options import Options
from sammati_client.profiles import Profile, ProfileField, ProfileSource
from sammati_client.recalls import Recall, RecallRefused, read_recall
from sammati_client.reports import AIDecision, Processing
from sammati_client.searches import Found
from sammati_client.sync import Sammati
from sammati_client.watch import personal, touched
from sammati_client.webhooks import Secrets

__all__ = [
    "AIDecision",
    "AsyncSammati",
    "ChangeEvent",
    "Cure",
    "Deny",
    "EventPage",
    "EventRefused",
    "Found",
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
    "SearchFailed",
    "Secrets",
    "Written",
    "personal",
    "read_event",
    "read_recall",
    "touched",
]
