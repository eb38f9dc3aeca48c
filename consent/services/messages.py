"""Telling a person something about one purpose (POR-13): noted here, sent and shown by the portal.

A message is a row and a job in the transaction of its cause. Its words are made when it is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from consent.catalogue import Catalogue
from consent.models import ConsentState, Message, MessageKind, MessageState
from consent.selectors import NoticeWords
from consent.services.lines import LedgerLine
from consent.transitions import VALID
from subjects import services as subjects
from work import services as work

SEND = "portal.send_message"
DAY = timedelta(days=1)
PORTAL = Actor.system("portal")
EVENTS = {
    MessageState.SENT: "message:sent",
    MessageState.PORTAL: "message:kept",
    MessageState.DROPPED: "message:dropped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to tell one person. `key` is its cause: the same cause is told once."""

    subject_id: UUID
    purpose_id: UUID
    kind: MessageKind
    key: str
    event_id: UUID | None = None
    notice_version_id: UUID | None = None


@transaction.atomic
def queue(*, controller_id: UUID, news: Sequence[News]) -> int:
    """Note what persons are to be told; returns how much of it was not noted before."""
    now = timezone.now()
    rows = [
        Message(
            controller_id=controller_id, subject_id=one.subject_id, purpose_id=one.purpose_id,
            kind=one.kind, key=one.key, event_id=one.event_id,
            notice_version_id=one.notice_version_id, queued_at=now,
        )
        for one in news
    ]  # fmt: skip
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    new = Message.objects.filter(id__in=[row.id for row in rows]).order_by("id")
    return work.enqueue_many(
        work.NewJob(SEND, controller_id, {"message": str(one)})
        for one in new.values_list("id", flat=True)
    )


def confirm(controller_id: UUID, lines: Sequence[LedgerLine], known: Catalogue) -> None:
    """Note for persons what was just recorded of them, where their purposes' plans say so.

    What happened more than a day ago is history, and nobody is written to about it.
    """
    wanted = {one.id: one.confirms for one in known.purposes.values() if one.confirms}
    if not wanted:
        return
    told = [
        line
        for line in lines
        if line.state in wanted.get(line.purpose_id, ()) and line.event_at > line.recorded_at - DAY
    ]
    if told:
        queue(controller_id=controller_id, news=[_confirmation(line) for line in told])


def _confirmation(line: LedgerLine) -> News:
    return News(
        subject_id=line.subject_id, purpose_id=line.purpose_id, kind=MessageKind.CONFIRMATION,
        key=str(line.id), event_id=line.id,
    )  # fmt: skip


@transaction.atomic
def settle(
    *, message_id: UUID, state: str, reason: str = "", channel: str = "",
    words: NoticeWords | None = None,
) -> Message | None:  # fmt: skip
    """Note what became of a message that waited: sent, only in the portal, or no longer needed.

    `reason` is a code, `channel` how it went out. What the person has read stays in the portal.
    With `words` the notice that was sent is on record (DPDP s.5(2)). None where it does not wait
    any more. Raises ValueError or KeyError for another state.
    """
    found = _locked(message_id)
    if found is None or found.state != MessageState.QUEUED:
        return None
    is_read = found.seen_at is not None and state == MessageState.DROPPED
    found.state = MessageState.PORTAL if is_read else MessageState(state)
    found.reason, found.channel = reason, channel
    found.sent_at = timezone.now() if state == MessageState.SENT else None
    found.save(update_fields=["state", "reason", "channel", "sent_at"])
    _record(PORTAL, EVENTS[found.state], found, {"reason": reason, "channel": channel})
    if state == MessageState.SENT and words is not None:
        _give_notice(PORTAL, found, words)
    return found


@transaction.atomic
def see(*, by: Actor, message: Message, words: NoticeWords | None = None) -> Message:
    """Note that the person opened a message in the portal; the first time counts.

    With `words` they read the notice there, so that it was given however it was sent.
    """
    found = _locked(message.pk)
    if found is None or found.seen_at is not None:
        return message
    found.seen_at = timezone.now()
    found.save(update_fields=["seen_at"])
    _record(by, "message:seen", found, {})
    if words is not None:
        _give_notice(by, found, words)
    return found


def _give_notice(by: Actor, message: Message, words: NoticeWords) -> None:
    """The notice of s.5(2) reached the person: the old consent may be used as it is."""
    if message.kind != MessageKind.LEGACY_NOTICE:
        return
    message.notice_version_id, message.language = words.version_id, words.language
    message.notice_sha256 = words.sha256
    message.save(update_fields=["notice_version", "language", "notice_sha256"])
    given = ConsentState.objects.filter(
        subject_id=message.subject_id, purpose_id=message.purpose_id, state__in=VALID,
        notice_version_id=None, is_noticed=False,
    ).update(is_noticed=True)  # fmt: skip
    if given:
        data = {
            "notice_version": str(words.version_id), "language": words.language,
            "sha256": words.sha256,
        }  # fmt: skip
        _record(by, "notice:given", message, data)


def _locked(message_id: UUID) -> Message | None:
    """The message, its person locked first: as every writer about a person does."""
    found = Message.objects.select_related("purpose").filter(pk=message_id).first()
    if found is None:
        return None
    subjects.lock(found.controller_id, found.subject_id)
    return Message.objects.select_related("purpose").get(pk=message_id)


def _record(by: Actor, event: str, message: Message, data: Mapping[str, object]) -> None:
    person = subjects.lock(message.controller_id, message.subject_id)
    audit.record(
        event=event, by=by, controller_id=message.controller_id,
        target=Target("message", str(message.pk)), subject=subjects.ref(person),
        purpose=message.purpose.code, data={"kind": message.kind, **data},
    )  # fmt: skip
