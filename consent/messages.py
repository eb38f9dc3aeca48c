"""Questions about what persons are told: their messages, and which are still worth sending."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from consent import selectors
from consent.models import ConsentState, Message, MessageKind, MessageState
from consent.transitions import VALID

READABLE = (MessageState.QUEUED, MessageState.SENT, MessageState.PORTAL)


def messages(controller_id: UUID, subject_id: UUID) -> QuerySet[Message]:
    """What a person was told or is about to be, newest first."""
    found = Message.objects.filter(
        controller_id=controller_id, subject_id=subject_id, state__in=READABLE
    )
    return found.select_related("purpose", "notice_version__notice").order_by("-id")


def unread(controller_id: UUID, subject_id: UUID) -> int:
    """How many of them the person has not opened in the portal."""
    return messages(controller_id, subject_id).filter(seen_at=None).count()


def waiting(message_id: UUID) -> Message | None:
    """The message if it still waits to be sent."""
    found = Message.objects.filter(pk=message_id, state=MessageState.QUEUED)
    return found.select_related("purpose").first()


def is_due(message: Message) -> bool:
    """Whether what a message says still holds: who has answered since is not written to."""
    if message.kind == MessageKind.CONFIRMATION:
        return True
    row = ConsentState.objects.filter(
        controller_id=message.controller_id, subject_id=message.subject_id,
        purpose_id=message.purpose_id, state__in=VALID,
    ).first()  # fmt: skip
    if row is None or (row.expires_at is not None and row.expires_at <= timezone.now()):
        return False
    if message.kind == MessageKind.LEGACY_NOTICE:
        return row.notice_version_id is None and not row.is_noticed
    if message.kind == MessageKind.EXPIRY_REMINDER:
        return row.event_id == message.event_id
    return _is_stale(message)


def counts(purpose_id: UUID, kind: str) -> Mapping[str, int]:
    """How many messages of a kind about a purpose there are, by state."""
    rows = Message.objects.filter(purpose_id=purpose_id, kind=kind).order_by()
    return {row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("id"))}


def _is_stale(message: Message) -> bool:
    states = selectors.states(message.controller_id, message.subject_id)
    return any(one.is_stale for one in states if one.purpose == message.purpose.code)
