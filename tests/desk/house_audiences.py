"""An audience of a company's service, as officers see one that is ready."""

from datetime import timedelta

from django.utils import timezone

from policies.audiences.models import Audience
from tests.portal import world


def audience(house, service, **more):
    """One that is ready: ten were asked about, one may be reached."""
    now = timezone.now()
    return Audience.objects.create(**{
        "controller_id": house.id, "service": service, "purpose": world.OFFERS,
        "question": {"purpose": world.OFFERS, "caller": "mailer", "channel": "email"},
        "campaign": "spring", "state": "ready", "created_at": now, "read_at": now,
        "ready_at": now, "valid_until": now + timedelta(hours=1), "total": 10, "decided": 10,
        "permitted": 1, "excluded": {"CONSENT_WITHDRAWN": 7, "SUBJECT_UNKNOWN": 2}, **more,
    })  # fmt: skip
