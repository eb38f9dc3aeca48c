"""What a recall says, believed only if its signature is right and fresh (Standard Webhooks). Pure.

Whoever runs campaigns reads recalls with this; a cache of permits hears them by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from sammati_client.webhooks import Secrets, WebhookRefused, believed

TYPE = "org.sammati.permit.recalled"


class RecallRefused(WebhookRefused):
    """The message is not a recall of ours, or not a fresh one. Answer it with 400."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Permits about one person for one purpose that hold no longer; ask again before any use.

    `decisions` names them; `is_complete` is false where there were too many to name. `campaigns`
    are those from which the person must be taken out.
    """

    id: str
    subject: str
    purpose: str
    reason: str
    decisions: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    is_complete: bool = True


class _Data(msgspec.Struct, frozen=True):
    subject: str
    purpose: str
    reason: str
    decisions: tuple[str, ...] = ()
    decisions_omitted: int = 0
    campaigns: tuple[str, ...] = ()


class _Event(msgspec.Struct, frozen=True):
    id: str
    type: str
    data: _Data


def read_recall(
    body: bytes, headers: Mapping[str, str], secrets: Secrets, *, now: float | None = None
) -> Recall:
    """The recall in a request's body and headers. Raises RecallRefused, which names nothing.

    `now` is the wall clock, in seconds since 1970.
    """
    message_id = believed(body, headers, secrets, now=now, refused=RecallRefused)
    return _recall(body, message_id)


def _recall(body: bytes, message_id: str) -> Recall:
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, RecursionError):
        raise RecallRefused("The message is not a recall.") from None
    if event.type != TYPE or event.id != message_id:
        raise RecallRefused("The message is not a recall.")
    said = event.data
    return Recall(
        event.id,
        said.subject,
        said.purpose,
        said.reason,
        said.decisions,
        said.campaigns,
        said.decisions_omitted == 0,
    )
