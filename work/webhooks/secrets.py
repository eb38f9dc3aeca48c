"""The secret that signs what is sent to one address, kept wrapped, and its change-over.

For rows that have the five columns of `Holder`.
"""

import os
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from keys import services as keys
from work.webhooks import signing

OVERLAP = timedelta(hours=24)
"""So long a former secret signs beside the new one."""


class Holder(Protocol):
    """A row that holds a secret, and for a while the former one."""

    id: UUID
    wrapped: bytes | memoryview
    wrapping_version: int
    old_wrapped: bytes | memoryview | None
    old_wrapping_version: int | None
    old_until_at: datetime | None


def renew(holder: Holder, scheme: str = signing.HMAC) -> str:
    """Give it a new secret; returns what the receiver checks signatures with, told only now."""
    secret = os.urandom(signing.SECRET_BYTES)
    wrapped = keys.wrap(secret, context=holder.id.bytes)
    holder.wrapped, holder.wrapping_version = wrapped.blob, wrapped.version
    return signing.spelled(secret, scheme)


def change_over(holder: Holder, now: datetime, scheme: str = signing.HMAC) -> str:
    """A new secret, as `renew`; the former one signs beside it until `OVERLAP` has gone by."""
    holder.old_wrapped, holder.old_wrapping_version = holder.wrapped, holder.wrapping_version
    holder.old_until_at = now + OVERLAP
    return renew(holder, scheme)


def usable(holder: Holder, now: datetime) -> list[bytes]:
    """The secrets that sign now, the newest first. Raises UnsealError, KeyUnavailableError."""
    context = holder.id.bytes
    found = [keys.unwrap(holder.wrapping_version, bytes(holder.wrapped), context=context)]
    until = holder.old_until_at
    if until and until > now and holder.old_wrapped and holder.old_wrapping_version:
        old = bytes(holder.old_wrapped)
        found.append(keys.unwrap(holder.old_wrapping_version, old, context=context))
    return found
