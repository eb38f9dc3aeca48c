"""A receipt: what a person agreed to, in the words they saw, signed so that anyone can check it.

Derived from the ledger line alone, so the receipt of one line is the same bytes whenever it is
asked for. Field names follow ISO/IEC TS 27560:2023 where they exist.
"""

import base64
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.canonical import canonical
from consent import selectors
from consent.errors import ConsentMissingError
from consent.models import ConsentEvent
from keys import services as keys

SCHEMA = "sammati-receipt-1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt's content and the signature over its canonical bytes."""

    content: dict[str, Any]
    key_id: str
    signature: str

    def as_dict(self) -> dict[str, Any]:
        return {**self.content, "signature": {"key_id": self.key_id, "ed25519": self.signature}}


def receipt(controller_id: UUID, controller_name: str, event_id: UUID) -> Receipt:
    """The receipt of one ledger line. Raises ConsentMissingError."""
    event = selectors.event(controller_id, event_id)
    if event is None:
        raise ConsentMissingError
    return receipt_of(event, controller_name)


def receipt_of(event: ConsentEvent, controller_name: str) -> Receipt:
    """The receipt of a line that is at hand, with its purpose and notice."""
    content = _content(event, controller_name)
    signature = keys.sign(canonical(content))
    value = base64.b64encode(signature.value).decode()
    return Receipt(content, str(signature.key_id), value)


def _content(event: ConsentEvent, controller_name: str) -> dict[str, Any]:
    version = event.notice_version
    return {
        "schema_version": SCHEMA,
        "receipt_id": str(event.id),
        "record_id": str(event.id),
        "pii_principal_id": str(event.subject_id),
        "pii_controller": {"id": str(event.controller_id), "name": controller_name},
        "purpose": event.purpose.code,
        "purpose_version": event.purpose_version,
        "event_state": event.state,
        "event_time": event.event_at.isoformat(),
        "recorded_time": event.recorded_at.isoformat(),
        "validity_end": event.expires_at.isoformat() if event.expires_at else "",
        "language": event.language,
        "privacy_notice": {
            "id": str(version.id) if version else "",
            "code": version.notice.code if version else "",
            "version": version.number if version else 0,
            "sha256": event.notice_sha256,
        },
        "method": event.method,
        "channel": event.channel,
        "given_by": event.given_by,
    }
