"""Tickets: that a service of the company knows who looks at a page of its site, for a short while.

A ticket is sealed, so it tells nobody anything, and it is all the authority there is: no cookie
counts, so no other site can act in somebody's name. It dies with its time, its site or its service.
"""

import base64
import binascii
import json
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from audit.canonical import canonical
from consent.capture_errors import TicketError
from keys import services as keys
from keys.errors import KeyUnavailableError, UnsealError

LIFE_SECONDS = 15 * 60
LONGEST = 2000
_USE = "collect"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who is asked about what, on which site, by which service's word. `reference` names it."""

    controller_id: UUID
    service_id: UUID
    site_id: UUID
    subject_id: UUID
    purposes: tuple[str, ...]
    expires: int
    reference: str


def issue(
    *,
    controller_id: UUID,
    service_id: UUID,
    site_id: UUID,
    subject_id: UUID,
    purposes: Collection[str],
) -> tuple[str, Ticket]:
    """A new ticket as it is handed out, and what it holds."""
    ticket = Ticket(
        controller_id, service_id, site_id, subject_id, tuple(purposes),
        int(time.time()) + LIFE_SECONDS, f"t{secrets.token_hex(8)}",
    )  # fmt: skip
    key = keys.derived_key(use=_USE, owner=controller_id.bytes)
    sealed = keys.seal(key.value, _bytes(ticket), context=controller_id.bytes)
    text = base64.urlsafe_b64encode(key.version.to_bytes(4, "big") + sealed)
    return text.rstrip(b"=").decode(), ticket


def opened(controller_id: UUID, text: str) -> Ticket:
    """What a ticket of this controller holds. Raises TicketError, also when its time is over."""
    try:
        raw = base64.b64decode(_padded(text), altchars=b"-_", validate=True)
        version = int.from_bytes(raw[:4], "big")
        key = keys.derived_key(use=_USE, owner=controller_id.bytes, version=version)
        said = json.loads(keys.open_sealed(key.value, raw[4:], context=controller_id.bytes))
    except (ValueError, binascii.Error, UnsealError, KeyUnavailableError):
        raise TicketError from None
    ticket = Ticket(
        controller_id, UUID(said["service"]), UUID(said["site"]), UUID(said["subject"]),
        tuple(said["purposes"]), said["expires"], said["reference"],
    )  # fmt: skip
    if ticket.expires <= time.time():
        raise TicketError
    return ticket


def _padded(text: str) -> bytes:
    if not 20 <= len(text) <= LONGEST or not text.isascii():
        raise TicketError
    return text.encode() + b"=" * (-len(text) % 4)


def _bytes(ticket: Ticket) -> bytes:
    return canonical({
        "service": str(ticket.service_id), "site": str(ticket.site_id),
        "subject": str(ticket.subject_id), "purposes": list(ticket.purposes),
        "expires": ticket.expires, "reference": ticket.reference,
    })  # fmt: skip
