"""Records of sharing, for a company that is itself a consent manager (DPDP First Schedule, B).

Its given, refused and withdrawn consents and its notices are the ledger, as everybody's; what is
new is who shared data with whom under a consent. What was shared stays unreadable to it (B.2), so
there is no place for it here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, Target
from consent.capture_errors import SharingRecordError
from consent.models import SharingRecord
from subjects import selectors as subjects
from subjects.services import ref

YEARS = 7
"""At least so long, or longer by agreement or by law (B.4(c))."""
MEMBERS = frozenset({"subject", "purpose", "sender", "via", "receiver", "content_sha256"})
NEEDED = MEMBERS - {"via"}


@transaction.atomic
def record_sharing(
    *,
    by: Actor,
    controller_id: UUID,
    said: Mapping[str, Any],
    shared_at: datetime,
    years: int = YEARS,
) -> SharingRecord:
    """Keep that data went from one fiduciary to another, for at least seven years.

    `said` has MEMBERS and no other: a member with content is refused, whatever its name. Raises
    SharingRecordError, also where the company is no consent manager, and SubjectUnknownError.
    """
    is_manager = accounts.controller(controller_id).slug in settings.CONSENT_MANAGERS
    is_whole = NEEDED <= said.keys() <= MEMBERS and all(isinstance(v, str) for v in said.values())
    if not is_manager or not is_whole or years < YEARS or shared_at > timezone.now():
        raise SharingRecordError
    person = subjects.subject(controller_id, _id(said["subject"]))
    record = SharingRecord(
        controller_id=controller_id, subject=person, purpose_code=said["purpose"],
        sender=said["sender"], via=said.get("via", ""), receiver=said["receiver"],
        content_sha256=said["content_sha256"], shared_at=shared_at,
        keep_until_at=years_after(shared_at, years),
    )  # fmt: skip
    record.full_clean(exclude=["subject"])
    record.save(force_insert=True)
    audit.record(
        event="sharing:recorded", by=by, controller_id=controller_id, subject=ref(person),
        target=Target("sharing", str(record.id)), purpose=record.purpose_code,
        data={"sender": record.sender, "via": record.via, "receiver": record.receiver},
    )  # fmt: skip
    return record


def sharing_of(controller_id: UUID, subject_id: UUID) -> list[dict[str, str]]:
    """A person's sharing records, newest first, for machines to read (B.4(b))."""
    rows = SharingRecord.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return [
        {
            "id": str(row.id), "purpose": row.purpose_code, "sender": row.sender, "via": row.via,
            "receiver": row.receiver, "content_sha256": row.content_sha256,
            "shared_at": row.shared_at.isoformat(), "keep_until_at": row.keep_until_at.isoformat(),
        }
        for row in rows.order_by("-shared_at", "-id")
    ]  # fmt: skip


def years_after(at: datetime, years: int) -> datetime:
    """The same day so many years later; what would be a 29 February is 1 March, never earlier."""
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, month=3, day=1)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise SharingRecordError from None
