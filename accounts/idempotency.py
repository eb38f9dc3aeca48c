"""Repeating a write with the same Idempotency-Key gives the first answer and no second effect."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import IdempotencyConflictError, IdempotencyKeyError
from accounts.models import IdempotencyKey
from accounts.selectors import Caller

KEEP = timedelta(hours=24)
_FORM = re.compile(r"[\x21-\x7e]{1,128}")

Answer = tuple[int, dict[str, Any]]


@transaction.atomic
def once(*, caller: Caller, key: str | None, request: bytes, act: Callable[[], Answer]) -> Answer:
    """Run `act` unless this caller sent this key before; then give the stored answer.

    Raises IdempotencyConflictError when the key came with another request, IdempotencyKeyError for
    a malformed key. `request` is what must be equal (method, path, body). Two concurrent repeats
    wait for each other; only one acts.
    """
    if not key:
        return act()
    if not _FORM.fullmatch(key):
        raise IdempotencyKeyError
    digest = hashlib.sha256(request).digest()
    _serialise(caller, key)
    stored = IdempotencyKey.objects.filter(service_id=caller.id, key=key).first()
    if stored is None:
        status, answer = act()
        IdempotencyKey.objects.create(
            controller_id=caller.controller_id, service_id=caller.id, key=key,
            request_digest=digest, status=status, answer=answer,
        )  # fmt: skip
        return status, answer
    if bytes(stored.request_digest) != digest:
        raise IdempotencyConflictError
    return stored.status, stored.answer


def forget_old() -> int:
    """Delete answers older than a day; returns how many."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
    return deleted


def _serialise(caller: Caller, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{caller.id}:{key}"]
        )
