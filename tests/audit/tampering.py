"""What a superuser can do to a log once every trigger is silent, each at a place that chance picks.

Attacks work on Django's own connection, made the superuser's, inside a transaction that the test
rolls back. Each returns where it struck: what a verification has to name.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from audit import sealing
from audit.actors import Target
from audit.models import Checkpoint, Pending
from audit.tiles import LogReader
from audit.tlog.merkle import HASH, WIDTH
from keys.ids import uuid7
from tests.audit.log import LOG, OTHER_LOG, PERSON, write

ID = 16
KINDS = {
    "decision:made": {
        "subject": PERSON, "purpose": "care.reminders", "outcome": "permit", "reason_code": "OK",
    },
    "consent:given": {"subject": PERSON, "purpose": "care.reminders"},
    "purpose:drafted": {"target": Target("purpose", "care.reminders")},
    "list:viewed": {},
}  # fmt: skip
TABLES = (
    "audit_payload", "audit_bundle", "audit_tile", "audit_checkpoint", "audit_tree",
    "audit_entryindex", "audit_pending",
)  # fmt: skip
TRIGGERS = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A' AND (
  tgrelid::regclass::text = ANY(%s)
  OR tgrelid IN (SELECT relid FROM pg_partition_tree('audit_payload'::regclass)))
"""


@contextmanager
def silenced(superuser):
    """Every trigger of the log's tables, partitions included."""
    found = superuser.execute(TRIGGERS, [list(TABLES)]).fetchall()
    for table, name in found:
        superuser.execute(f"ALTER TABLE ONLY {table} DISABLE TRIGGER {name}")
    try:
        yield
    finally:
        for table, name in found:
            superuser.execute(f"ALTER TABLE ONLY {table} ENABLE ALWAYS TRIGGER {name}")


@dataclass(frozen=True)
class Struck:
    """A place of a log, or an entry without one. `is_exact`: the very entry must be named."""

    position: int | None = None
    entry: UUID | None = None
    is_exact: bool = True
    log: UUID = LOG

    def is_named_by(self, finding):
        if self.entry is not None and finding.entry_id == self.entry:
            return True
        if finding.controller_id != self.log or None in (finding.position, self.position):
            return False
        if not self.is_exact and finding.position // WIDTH == self.position // WIDTH:
            return True
        since = finding.position if finding.since is None else finding.since
        return since <= self.position <= finding.position


@dataclass
class World:
    """The log before anybody touched it, and what a witness wrote down of it."""

    ids: list[UUID] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    classes: bytes = b""
    sizes: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    waiting: list[UUID] = field(default_factory=list)

    @property
    def size(self):
        return len(self.ids)

    @property
    def whole(self):
        return self.size // WIDTH * WIDTH


def build(rng, *, size=640, rounds=12):
    """Two logs, of four kinds of entries, sealed in rounds of all sizes; six entries wait."""
    cuts = sorted(rng.sample(range(1, size), rounds - 1))
    for start, end in zip([0, *cuts], [*cuts, size], strict=True):
        for n in range(start, end):
            event, parts = rng.choice(list(KINDS.items()))
            write(1, event=event, data={"n": n, "word": "permit"}, **parts)
        write(5, controller_id=OTHER_LOG)
        sealing.seal_all()
    world = World(waiting=write(6, data={"word": "permit"}))
    reader = LogReader.of(LOG)
    parts = [reader.part(n) for n in range(-(-size // WIDTH))]
    ids, entries = b"".join(p.ids for p in parts), b"".join(p.entries for p in parts)
    world.ids = [UUID(bytes=ids[i : i + ID]) for i in range(0, len(ids), ID)]
    world.entries = [entries[i : i + HASH] for i in range(0, len(entries), HASH)]
    world.classes = b"".join(p.classes for p in parts)
    world.sizes = list(Checkpoint.objects.filter(controller_id=LOG).values_list("size", flat=True))
    world.notes = list(Checkpoint.objects.values_list("note", flat=True))
    return world


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def flipped(rng, value):
    """The bytes with one bit changed."""
    at = rng.randrange(len(value))
    return value[:at] + bytes([value[at] ^ 1 << rng.randrange(8)]) + value[at + 1 :]


def payload(entry):
    ((retention, salt, body),) = run(
        "SELECT retention_class, salt, body FROM audit_payload WHERE id = %s", entry
    )
    return retention, bytes(salt), bytes(body)


def put(world, column, place, value):
    """Overwrite what the log keeps of one entry: in its bundle, or in the right edge."""
    table, more = "audit_bundle", " AND number = %s"
    values = [value, place % WIDTH * len(value) + 1, LOG, place // WIDTH]
    if place >= world.whole:
        table, more, values = "audit_tree", "", values[:3]
    changed = run(
        f"UPDATE {table} SET {column} = overlay({column} PLACING %s FROM %s) "
        f"WHERE controller_id = %s{more}", *values,
    )  # fmt: skip
    assert changed == 1


def any_place(rng, world):
    return rng.randrange(world.size)


def in_a_bundle(rng, world):
    return rng.randrange(world.whole)


# --- payloads -----------------------------------------------------------------------------------


def edit_a_body(rng, world):
    place = any_place(rng, world)
    _, _, body = payload(world.ids[place])
    run("UPDATE audit_payload SET body = %s WHERE id = %s", flipped(rng, body), world.ids[place])
    return Struck(place)


def edit_a_word(rng, world):
    place = any_place(rng, world)
    _, _, body = payload(world.ids[place])
    told = body.replace(b"permit", b"denied")
    run("UPDATE audit_payload SET body = %s WHERE id = %s", told, world.ids[place])
    return Struck(place)


def truncate_a_body(rng, world):
    place = any_place(rng, world)
    _, _, body = payload(world.ids[place])
    cut = body[: rng.randrange(len(body))]
    run("UPDATE audit_payload SET body = %s WHERE id = %s", cut, world.ids[place])
    return Struck(place)


def move_a_byte_from_body_to_salt(rng, world):
    """The same bytes, cut elsewhere: the salt's length is fixed, so one end must give."""
    place = any_place(rng, world)
    _, salt, body = payload(world.ids[place])
    both = salt + body
    run("UPDATE audit_payload SET salt = %s, body = %s WHERE id = %s", both[1:17], both[17:],
        world.ids[place])  # fmt: skip
    return Struck(place)


def edit_a_salt(rng, world):
    place = any_place(rng, world)
    _, salt, _ = payload(world.ids[place])
    run("UPDATE audit_payload SET salt = %s WHERE id = %s", flipped(rng, salt), world.ids[place])
    return Struck(place)


def delete_a_payload(rng, world):
    place = any_place(rng, world)
    run("DELETE FROM audit_payload WHERE id = %s", world.ids[place])
    return Struck(place)


def delete_an_entry_but_for_its_place(rng, world):
    place = any_place(rng, world)
    run("DELETE FROM audit_payload WHERE id = %s", world.ids[place])
    run("DELETE FROM audit_entryindex WHERE id = %s", world.ids[place])
    return Struck(place)


def truncate_payloads(rng, world):
    place = any_place(rng, world)
    run("DELETE FROM audit_payload WHERE id >= %s", world.ids[place])
    return Struck(place)


def swap_two_payloads(rng, world):
    one, other = rng.sample(range(world.size), 2)
    first, second = payload(world.ids[one]), payload(world.ids[other])
    for place, (_, salt, body) in ((one, second), (other, first)):
        run("UPDATE audit_payload SET salt = %s, body = %s WHERE id = %s", salt, body,
            world.ids[place])  # fmt: skip
    return Struck(rng.choice([one, other]))


def insert_a_payload(rng, world):
    retention, salt, body = payload(rng.choice(world.ids))
    entry = uuid7()
    run("INSERT INTO audit_payload VALUES (%s, %s, %s, %s)", entry, retention, salt, body)
    return Struck(entry=entry)


def insert_an_entry_behind_the_logs_back(rng, world):
    """Payload and index line as they should be, and no place in the log."""
    (entry,) = write(1, event="consent:given", subject=PERSON)
    newest = Pending.objects.order_by("-id").first()
    newest.delete()
    return Struck(entry=entry)


def give_a_payload_another_id(rng, world):
    place = any_place(rng, world)
    run("UPDATE audit_payload SET id = %s WHERE id = %s", uuid7(), world.ids[place])
    return Struck(place)


def move_an_entry_to_a_class_that_dies_sooner(rng, world):
    place = rng.choice([n for n, byte in enumerate(world.classes) if byte == 1])
    for table in ("audit_payload", "audit_entryindex"):
        run(f"UPDATE {table} SET retention_class = 'rc2' WHERE id = %s", world.ids[place])
    return Struck(place)


def move_an_entry_to_another_class_and_say_so(rng, world):
    struck = move_an_entry_to_a_class_that_dies_sooner(rng, world)
    put(world, "classes", struck.position, b"\2")
    return struck


# --- the index ----------------------------------------------------------------------------------

COLUMNS = {
    "controller_id": "%s::uuid", "event": "'consent:refused'", "actor_type": "'system'",
    "actor_id": "actor_id || 'x'", "target_type": "target_type || 'x'",
    "target_id": "target_id || 'x'", "purpose": "purpose || 'x'", "outcome": "outcome || 'x'",
    "reason_code": "reason_code || 'x'", "at": "at + interval '1 microsecond'",
}  # fmt: skip


def edit_an_index_line(rng, world):
    place = any_place(rng, world)
    column, value = rng.choice(list(COLUMNS.items()))
    values = [OTHER_LOG] if "%s" in value else []
    run(f"UPDATE audit_entryindex SET {column} = {value} WHERE id = %s", *values, world.ids[place])
    return Struck(place)


def insert_an_index_line(rng, world):
    entry = uuid7()
    copied = (
        "retention_class, controller_id, at, event, actor_type, actor_id, target_type, target_id, "
        "subject_id, purpose, outcome, reason_code"
    )
    run(f"INSERT INTO audit_entryindex (id, {copied}) SELECT %s, {copied} FROM audit_entryindex "
        "WHERE id = %s", entry, rng.choice(world.ids))  # fmt: skip
    return Struck(entry=entry)


def swap_two_index_lines(rng, world):
    one, other = rng.sample(world.ids, 2)
    spare = uuid7()
    for old, new in ((one, spare), (other, one), (spare, other)):
        run("UPDATE audit_entryindex SET id = %s WHERE id = %s", new, old)
    return Struck(entry=rng.choice([one, other]))


def delete_the_index_line_of_what_concerns_nobody(rng, world):
    lines = run("SELECT id FROM audit_entryindex WHERE event = 'purpose:drafted'")
    (entry,) = rng.choice(lines)
    run("DELETE FROM audit_entryindex WHERE id = %s", entry)
    return Struck(entry=entry)


# --- what waits ---------------------------------------------------------------------------------


def drop_a_waiting_group(rng, world):
    ((ids,),) = run(
        "DELETE FROM audit_pending WHERE id = (SELECT max(id) FROM audit_pending) RETURNING ids"
    )
    assert len(ids) == ID * len(world.waiting)
    return Struck(entry=rng.choice(world.waiting))


def edit_a_waiting_commitment(rng, world):
    place = rng.randrange(len(world.waiting))
    run("UPDATE audit_pending SET entries = overlay(entries PLACING %s FROM %s)",
        rng.randbytes(HASH), place * HASH + 1)  # fmt: skip
    return Struck(entry=world.waiting[place])


def edit_a_waiting_payload(rng, world):
    entry = rng.choice(world.waiting)
    _, _, body = payload(entry)
    run("UPDATE audit_payload SET body = %s WHERE id = %s", flipped(rng, body), entry)
    return Struck(entry=entry)


def hand_a_waiting_group_to_another_log(rng, world):
    run("UPDATE audit_pending SET controller_id = %s", OTHER_LOG)
    return Struck(entry=rng.choice(world.waiting))


def place_an_entry_twice(rng, world):
    place = any_place(rng, world)
    run("INSERT INTO audit_pending (controller_id, ids, entries, classes) VALUES (%s, %s, %s, %s)",
        LOG, world.ids[place].bytes, world.entries[place],
        world.classes[place : place + 1])  # fmt: skip
    if rng.random() < 0.5:
        sealing.seal_all()
    return Struck(entry=world.ids[place])


SIMPLE = (
    edit_a_body, edit_a_word, truncate_a_body, move_a_byte_from_body_to_salt, edit_a_salt,
    delete_a_payload, delete_an_entry_but_for_its_place, truncate_payloads, swap_two_payloads,
    insert_a_payload, insert_an_entry_behind_the_logs_back, give_a_payload_another_id,
    move_an_entry_to_a_class_that_dies_sooner, move_an_entry_to_another_class_and_say_so,
    edit_an_index_line, insert_an_index_line,
    swap_two_index_lines, delete_the_index_line_of_what_concerns_nobody, drop_a_waiting_group,
    edit_a_waiting_commitment, edit_a_waiting_payload, hand_a_waiting_group_to_another_log,
    place_an_entry_twice,
)  # fmt: skip
