"""Channels through which a person may not be contacted: unsubscribed, bounced, or on a register.

A channel is named as services name it in their questions (`email`, `sms`); `*` stands for all.
"""

import re
from collections.abc import Mapping

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from subjects import news
from subjects.errors import ChannelError, ChannelOpenError
from subjects.models import Subject
from subjects.services import lock, ref
from subjects.suppression import read, write

CHANNEL = re.compile(r"\*|[a-z][a-z0-9_-]{0,29}")
REASONS = frozenset(("unsubscribed", "bounced", "register", "complaint", "other"))
"""Why a channel may be closed; `register`: a preference register such as India's DND."""
AT_MOST = 9


@transaction.atomic
def suppress(*, by: Actor, subject: Subject, channel: str, reason: str) -> Subject:
    """Close a channel to the person, from the next decision on; recalls what was permitted.

    Closing a closed one changes its reason. Raises ChannelError for a channel or reason that is
    none, or one too many, and SubjectUnknownError.
    """
    if not CHANNEL.fullmatch(channel) or reason not in REASONS:
        raise ChannelError
    locked = lock(subject.controller_id, subject.id)
    closed = read(locked.suppressed)
    if channel not in closed and len(closed) >= AT_MOST:
        raise ChannelError
    _write(by, locked, {**closed, channel: reason}, "channel:suppressed", channel)
    news.permits_ended(
        controller_id=locked.controller_id, subject_ids=[locked.id], reason="channel_suppressed"
    )
    return locked


@transaction.atomic
def release(*, by: Actor, subject: Subject, channel: str) -> Subject:
    """Open a channel to the person again. Raises ChannelOpenError, SubjectUnknownError."""
    locked = lock(subject.controller_id, subject.id)
    closed = read(locked.suppressed)
    if channel not in closed:
        raise ChannelOpenError
    left = {one: why for one, why in closed.items() if one != channel}
    _write(by, locked, left, "channel:released", channel)
    return locked


def _write(
    by: Actor, subject: Subject, closed: Mapping[str, str], event: str, channel: str
) -> None:
    subject.suppressed = write(closed)
    subject.save(update_fields=["suppressed"])
    audit.record(
        event=event, by=by, controller_id=subject.controller_id,
        target=Target("subject", str(subject.id)), subject=ref(subject),
        data={"channel": channel, "reason": closed.get(channel, "")},
    )  # fmt: skip
