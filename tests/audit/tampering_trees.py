"""Attacks on the trees themselves, and those that rewrite a whole log with its own key."""

from uuid import UUID

from audit import sealing
from audit.canonical import commitment
from audit.tlog.merkle import HASH, WIDTH
from keys.ids import uuid7
from tests.audit.log import LOG, OTHER_LOG, PERSON, write
from tests.audit.tampering import (
    ID,
    Struck,
    any_place,
    flipped,
    in_a_bundle,
    payload,
    put,
    run,
)

# --- bundles ------------------------------------------------------------------------------------


def edit_a_commitment(rng, world):
    place = any_place(rng, world)
    put(world, "entries", place, flipped(rng, world.entries[place]))
    return Struck(place)


def edit_an_id(rng, world):
    place = any_place(rng, world)
    value = rng.choice([rng.randbytes(ID), uuid7().bytes, rng.choice(world.ids).bytes])
    put(world, "ids", place, value if value != world.ids[place].bytes else bytes(ID))
    return Struck(place)


def edit_a_class(rng, world):
    place = any_place(rng, world)
    put(world, "classes", place, bytes([rng.choice([0, 4, 9, 255, 3 - world.classes[place]])]))
    return Struck(place)


def swap_two_commitments(rng, world):
    one, other = rng.sample(range(world.size), 2)
    put(world, "entries", one, world.entries[other])
    put(world, "entries", other, world.entries[one])
    return Struck(rng.choice([one, other]))


def swap_two_places(rng, world):
    """Commitments, ids and classes: every payload still has its commitment."""
    start = rng.randrange(world.size // WIDTH) * WIDTH
    one, other = rng.sample(range(start, start + WIDTH), 2)
    for place, source in ((one, other), (other, one)):
        put(world, "entries", place, world.entries[source])
        put(world, "ids", place, world.ids[source].bytes)
        put(world, "classes", place, world.classes[source : source + 1])
    return Struck(one, is_exact=False)


def edit_a_bundle_hash(rng, world):
    place = in_a_bundle(rng, world)
    run("UPDATE audit_bundle SET hash = %s WHERE controller_id = %s AND number = %s",
        rng.randbytes(HASH), LOG, place // WIDTH)  # fmt: skip
    return Struck(place, is_exact=False)


def edit_a_bundle_bound(rng, world):
    place = in_a_bundle(rng, world)
    column = rng.choice(["lowest", "highest"])
    run(f"UPDATE audit_bundle SET {column} = %s WHERE controller_id = %s AND number = %s",
        UUID(bytes=rng.randbytes(ID)), LOG, place // WIDTH)  # fmt: skip
    return Struck(place, is_exact=False)


def delete_a_bundle(rng, world):
    place = in_a_bundle(rng, world)
    run("DELETE FROM audit_bundle WHERE controller_id = %s AND number = %s", LOG, place // WIDTH)
    return Struck(place, is_exact=False)


def swap_two_bundles(rng, world):
    for old, new in ((0, 99), (1, 0), (99, 1)):
        run("UPDATE audit_bundle SET number = %s WHERE controller_id = %s AND number = %s", new,
            LOG, old)  # fmt: skip
    return Struck(rng.randrange(WIDTH), is_exact=False)


def repeat_a_bundle(rng, world):
    number = rng.randrange(2, 40)
    run("INSERT INTO audit_bundle SELECT controller_id, %s, entries, hash, ids, classes, lowest, "
        "highest FROM audit_bundle WHERE controller_id = %s AND number = 0", number,
        LOG)  # fmt: skip
    return Struck(number * WIDTH)


def insert_a_tile(rng, world):
    number = rng.randrange(9)
    run("INSERT INTO audit_tile VALUES (%s, 1, %s, %s, %s)", LOG, number,
        rng.randbytes(WIDTH * HASH), rng.randbytes(HASH))  # fmt: skip
    return Struck(number * WIDTH**2)


# --- the right edge -----------------------------------------------------------------------------


def edit_the_peaks(rng, world):
    ((peaks,),) = run("SELECT peaks FROM audit_tree WHERE controller_id = %s", LOG)
    run(
        "UPDATE audit_tree SET peaks = %s WHERE controller_id = %s", flipped(rng, bytes(peaks)), LOG
    )
    return Struck(world.whole)


def cut_the_edge(rng, world):
    left = rng.randrange(world.size - world.whole)
    run("UPDATE audit_tree SET size = %s, ids = substr(ids, 1, %s), classes = substr(classes, 1, "
        "%s), entries = substr(entries, 1, %s) WHERE controller_id = %s", world.whole + left,
        left * ID, left, left * HASH, LOG)  # fmt: skip
    return Struck(world.whole + left)


def claim_a_whole_bundle_more(rng, world):
    run("UPDATE audit_tree SET size = size + 256 WHERE controller_id = %s", LOG)
    return Struck(world.whole)


def rename_the_log(rng, world):
    run("UPDATE audit_tree SET origin = origin || 'x' WHERE controller_id = %s", LOG)
    return Struck(world.sizes[0] - 1)


def pretend_to_be_alive(rng, world):
    run("UPDATE audit_tree SET sealed_at = sealed_at + interval '1 day' WHERE controller_id = %s",
        LOG)  # fmt: skip
    return Struck(world.size - 1)


def delete_the_edge(rng, world):
    run("DELETE FROM audit_tree WHERE controller_id = %s", LOG)
    return Struck(0)


# --- checkpoints --------------------------------------------------------------------------------


def edit_a_root(rng, world):
    size = rng.choice(world.sizes)
    run("UPDATE audit_checkpoint SET root = %s WHERE controller_id = %s AND size = %s",
        rng.randbytes(HASH), LOG, size)  # fmt: skip
    return Struck(size - 1)


def edit_a_note(rng, world):
    size = rng.choice(world.sizes)
    ((note,),) = run("SELECT note FROM audit_checkpoint WHERE controller_id = %s AND size = %s",
                     LOG, size)  # fmt: skip
    at = rng.choice([n for n, one in enumerate(note) if one.isalnum() and note[n + 1] != "="])
    told = note[:at] + ("x" if note[at] != "x" else "y") + note[at + 1 :]
    run("UPDATE audit_checkpoint SET note = %s WHERE controller_id = %s AND size = %s", told, LOG,
        size)  # fmt: skip
    return Struck(size - 1)


def edit_a_checkpoints_size(rng, world):
    size = rng.choice(world.sizes)
    free = rng.choice(sorted(set(range(1, world.size)) - set(world.sizes)))
    run("UPDATE audit_checkpoint SET size = %s WHERE controller_id = %s AND size = %s", free, LOG,
        size)  # fmt: skip
    return Struck(free - 1)


def sign_more_than_there_is(rng, world):
    run("INSERT INTO audit_checkpoint SELECT controller_id, %s, at, root, note FROM "
        "audit_checkpoint WHERE controller_id = %s AND size = %s", world.size + rng.randint(1, 999),
        LOG, world.size)  # fmt: skip
    return Struck(world.size)


def delete_the_last_checkpoint(rng, world):
    run("DELETE FROM audit_checkpoint WHERE controller_id = %s AND size = %s", LOG, world.size)
    return Struck(world.sizes[-2])


def take_another_logs_checkpoint(rng, world):
    size = rng.choice(world.sizes)
    run("UPDATE audit_checkpoint c SET root = o.root, note = o.note FROM audit_checkpoint o "
        "WHERE c.controller_id = %s AND c.size = %s AND o.controller_id = %s AND o.size = 5", LOG,
        size, OTHER_LOG)  # fmt: skip
    return Struck(size - 1)


def set_a_signing_time_back(rng, world):
    size = rng.choice(world.sizes[1:])
    run("UPDATE audit_checkpoint SET at = at - interval '1 day' WHERE controller_id = %s "
        "AND size = %s", LOG, size)  # fmt: skip
    return Struck(size - 1)


TREES = (
    edit_a_commitment, edit_an_id, edit_a_class, swap_two_commitments, swap_two_places,
    edit_a_bundle_hash, edit_a_bundle_bound, delete_a_bundle, swap_two_bundles, repeat_a_bundle,
    insert_a_tile, edit_the_peaks, cut_the_edge, claim_a_whole_bundle_more, rename_the_log,
    pretend_to_be_alive, delete_the_edge, edit_a_root, edit_a_note, edit_a_checkpoints_size,
    sign_more_than_there_is, delete_the_last_checkpoint, take_another_logs_checkpoint,
    set_a_signing_time_back,
)  # fmt: skip


# --- with the real key: only somebody's memory shows it -----------------------------------------


def grow_again(world, sizes):
    """Remove the log and let the sequencer itself build and sign another one."""
    for table in ("audit_tree", "audit_bundle", "audit_checkpoint"):
        run(f"DELETE FROM {table} WHERE controller_id = %s", LOG)
    waiting = run("DELETE FROM audit_pending RETURNING controller_id, ids, entries, classes")
    for start, end in zip([0, *sizes], [*sizes, len(world.ids)], strict=False):
        if start == end:
            continue
        run("INSERT INTO audit_pending (controller_id, ids, entries, classes) "
            "VALUES (%s, %s, %s, %s)", LOG, b"".join(one.bytes for one in world.ids[start:end]),
            b"".join(world.entries[start:end]), world.classes[start:end])  # fmt: skip
        sealing.seal_all()
    for row in waiting:
        run("INSERT INTO audit_pending (controller_id, ids, entries, classes) "
            "VALUES (%s, %s, %s, %s)", *row)  # fmt: skip


def copied(world):
    return type(world)(list(world.ids), list(world.entries), world.classes, list(world.sizes))


def rewrite_an_entry(rng, world):
    place, other = any_place(rng, world), copied(world)
    _, salt, body = payload(world.ids[place])
    told = body.replace(b'"permit"', b'"denied"') if rng.random() < 0.5 else body
    salt = flipped(rng, salt)
    run("UPDATE audit_payload SET salt = %s, body = %s WHERE id = %s", salt, told, world.ids[place])
    run("UPDATE audit_entryindex SET outcome = 'denied' WHERE id = %s AND outcome = 'permit' AND "
        "%s", world.ids[place], told != body)  # fmt: skip
    other.entries[place] = commitment(salt, told)
    grow_again(other, world.sizes)
    return Struck(place)


def remove_an_entry(rng, world):
    place, other = any_place(rng, world), copied(world)
    for table in ("audit_payload", "audit_entryindex"):
        run(f"DELETE FROM {table} WHERE id = %s", world.ids[place])
    del other.ids[place], other.entries[place]
    other.classes = world.classes[:place] + world.classes[place + 1 :]
    grow_again(other, [size - (size > place) for size in world.sizes])
    return Struck(place)


def exchange_two_entries(rng, world):
    one, two = sorted(rng.sample(range(world.size), 2))
    other = copied(world)
    classes = bytearray(world.classes)
    for values in (other.ids, other.entries, classes):
        values[one], values[two] = values[two], values[one]
    other.classes = bytes(classes)
    grow_again(other, world.sizes)
    return Struck(one)


def sign_in_fewer_rounds(rng, world):
    """The same entries; what was signed in between is gone."""
    place = rng.choice(world.sizes[:-1])
    grow_again(world, [size for size in world.sizes if size != place])
    return Struck(place - 1)


def delete_a_checkpoint(rng, world):
    size = rng.choice(world.sizes[:-1])
    run("DELETE FROM audit_checkpoint WHERE controller_id = %s AND size = %s", LOG, size)
    return Struck(size - 1)


def set_the_log_back(rng, world):
    """As a restored backup would be: everything is as it was then."""
    at, other = rng.randrange(len(world.sizes) - 1), copied(world)
    size = world.sizes[at]
    for table in ("audit_payload", "audit_entryindex"):
        run(f"DELETE FROM {table} WHERE id = ANY(%s)", world.ids[size:])
    other.ids, other.entries, other.classes = (
        world.ids[:size], world.entries[:size], world.classes[:size],
    )  # fmt: skip
    grow_again(other, world.sizes[: at + 1])
    return Struck(size)


def set_the_log_back_and_go_on(rng, world):
    struck = set_the_log_back(rng, world)
    for _ in range(rng.randrange(1, 4)):
        write(rng.randrange(1, world.size - struck.position + 50), event="consent:given",
              subject=PERSON)  # fmt: skip
        sealing.seal_all()
    return struck


def remove_the_whole_log(rng, world):
    for table in ("audit_payload", "audit_entryindex"):
        run(f"DELETE FROM {table} WHERE id = ANY(%s)", [*world.ids, *world.waiting])
    for table in ("audit_tree", "audit_bundle", "audit_checkpoint", "audit_pending"):
        run(f"DELETE FROM {table} WHERE controller_id = %s", LOG)
    return Struck(0)


SIGNED = (
    rewrite_an_entry, remove_an_entry, exchange_two_entries, sign_in_fewer_rounds,
    delete_a_checkpoint, set_the_log_back, set_the_log_back_and_go_on, remove_the_whole_log,
)  # fmt: skip
