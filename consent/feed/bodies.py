"""A change as a CloudEvent (CloudEvents 1.0, structured JSON). Pure.

It names the person by our id alone and says no more than is needed to act; the rest is asked for.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

PREFIX = "org.sammati."
MEDIA_TYPE = "application/cloudevents+json"


class Letter(NamedTuple):
    """What one subscriber is to be told: a change and its place in the controller's feed."""

    change_id: UUID
    controller_id: UUID
    position: int
    subject_id: UUID
    kind: str
    purpose: str
    about: str
    cause_id: UUID
    at: datetime
    noted_at: datetime


def event(letter: Letter) -> dict[str, Any]:
    """The CloudEvent. `sequence` grows with the position and sorts as text (its extension).

    `time` is when the person chose; `recorded_at` when the suite learnt of it.
    """
    data = {
        "subject": str(letter.subject_id), "kind": letter.kind, "record": str(letter.cause_id),
        "recorded_at": _written(letter.noted_at),
    }  # fmt: skip
    data |= {"purpose": letter.purpose} if letter.purpose else {}
    data |= {"about": letter.about} if letter.about else {}
    return {
        "specversion": "1.0", "id": str(letter.change_id), "type": PREFIX + letter.kind,
        "source": f"urn:uuid:{letter.controller_id}", "subject": str(letter.subject_id),
        "time": _written(letter.at), "datacontenttype": "application/json",
        "sequence": f"{letter.position:020d}", "data": data,
    }  # fmt: skip


def body(letter: Letter) -> bytes:
    """The event's bytes, the same at every try: they are what is signed."""
    return msgspec.json.encode(event(letter))


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
