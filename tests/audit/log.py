"""Entries of a made-up log, and an attacker who may do what only a superuser may."""

from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from audit import services
from audit.actors import Actor, SubjectRef, Target
from audit.models import Pending

LOG = UUID("01900000-0000-7000-8000-00000000000a")
OTHER_LOG = UUID("01900000-0000-7000-8000-00000000000b")
BY = Actor("officer", "01900000-0000-7000-8000-0000000000ff")
PERSON = SubjectRef(
    UUID("01900000-0000-7000-8000-00000000cafe"), UUID("01900000-0000-7000-8000-00000000beef")
)


def draft(**parts):
    parts = {
        "event": "consent:given", "by": BY, "controller_id": LOG, "target": Target("thing", "1"),
        **parts,
    }  # fmt: skip
    return services.Draft(**parts)


def write(count=1, **parts):
    """Entries that are there, and their ids."""
    with transaction.atomic():
        return services.record_many([draft(**parts) for _ in range(count)])


def waiting():
    """What the sequencer has been handed: by entry, its log and its commitment."""
    found = {}
    for row in Pending.objects.order_by("id"):
        ids, entries = bytes(row.ids), bytes(row.entries)
        for n in range(len(row.classes)):
            entry_id = UUID(bytes=ids[16 * n : 16 * (n + 1)])
            found[entry_id] = (row.controller_id, entries[32 * n : 32 * (n + 1)])
    return found


@contextmanager
def unguarded(superuser, table):
    """The table's row trigger silenced by the one who alone can, partitions included."""
    names = (
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only_row' AND "
        "(tgrelid = %(t)s::regclass OR tgrelid IN "
        "(SELECT relid FROM pg_partition_tree(%(t)s::regclass)))"
    )
    tables = [row[0] for row in superuser.execute(names, {"t": table}).fetchall()]
    for each in tables:
        superuser.execute(f"ALTER TABLE ONLY {each} DISABLE TRIGGER append_only_row")
    try:
        yield
    finally:
        for each in tables:
            superuser.execute(f"ALTER TABLE ONLY {each} ENABLE ALWAYS TRIGGER append_only_row")
