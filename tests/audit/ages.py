"""Entries of long ago, as if the suite had run then, and how they end."""

import os
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from uuid import UUID

import time_machine
from django.db import connection, transaction

from audit import catalogue, retention, sealing, selectors, services, verification
from audit.actors import Actor
from audit.append import Row
from audit.bulk import append_many
from tests.audit.log import draft

BY = Actor.system("retention")
FEBRUARY = datetime(2001, 2, 14, 12, tzinfo=UTC)
MARCH = datetime(2001, 3, 14, 12, tzinfo=UTC)
OLD_PARTS = """
SELECT relid::regclass::text FROM pg_partition_tree(%s)
WHERE isleaf AND relid::regclass::text ~ '_(19|20[01])\\d{3,4}$'
"""


def recorded(at, count=1, *, seal=True, **parts):
    """Entries recorded at that time; their ids. `parts` are those of `tests.audit.log.draft`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_ensure_partitions(%s, 1)", [at.date()])
    rows = [_row(at, draft(**parts)) for _ in range(count)]
    with transaction.atomic():
        append_many(rows)
    if seal:
        sealing.seal_all()
    return [row.id for row in rows]


def ended(when=None, **options):
    """A run, at that time by the clock of the suite; then its entries get their places."""
    with time_machine.travel(when, tick=False) if when else nullcontext():
        ran = retention.run(by=BY, **options)
    sealing.seal_all()
    return ran


def clear(superuser):
    """Remove the partitions of the past, which no flush of the tests' database reaches."""
    for table in ("audit_payload", "audit_entryindex"):
        for (part,) in superuser.execute(OLD_PARTS, [table]).fetchall():
            superuser.execute(f"DROP TABLE {part}")


@contextmanager
def holding(*pairs):
    """Somebody registered who holds these people: (controller id, subject id)."""
    source = retention.hold_source(lambda: pairs)
    try:
        yield
    finally:
        retention._sources.remove(source)


def problems():
    """What does not verify."""
    return list(verification.verify())


def alive(ids):
    """Those of the entries whose payload can still be read."""
    return [one for one in ids if selectors.payload(one)]


def months(ran):
    """What a run ended."""
    return [str(one.month) for one in ran.dropped]


def _row(at, one):
    """As `audit.services` makes them, with the id of that time."""
    milliseconds = int(at.timestamp() * 1000).to_bytes(6, "big")
    noise = bytearray(os.urandom(10))
    noise[0], noise[2] = 0x70 | noise[0] & 0x0F, 0x80 | noise[2] & 0x3F
    entry_id = UUID(bytes=milliseconds + bytes(noise))
    return Row(
        id=entry_id, controller_id=one.controller_id,
        retention=catalogue.event(one.event).retention.value,
        body=services.body(one, entry_id, at), at=at, event=one.event, actor_type=one.by.type,
        actor_id=one.by.id, target_type=one.target.type, target_id=one.target.id,
        subject_id=one.subject.id if one.subject else None, purpose=one.purpose,
        outcome=one.outcome, reason_code=one.reason_code,
    )  # fmt: skip
