"""A whole log as files, as the read interface shows it: what auditors replay offline.

Names and bytes are those of C2SP tlog-tiles below a log's address. No record is among them.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from audit import proofs, sealing, services
from audit.actors import Actor, Target
from audit.models import Checkpoint
from audit.tiles import BITS, LogReader
from audit.tlog import merkle
from audit.tlog.merkle import HASH, WIDTH
from audit.tlog.paths import Place

LENGTH: Final = HASH.to_bytes(2)
BUNDLES_AT_ONCE: Final = 64

_BUNDLES = """
SELECT number, entries FROM audit_bundle
WHERE controller_id = %s AND number >= %s AND number < %s ORDER BY number
"""


def copy(reader: LogReader, folder: Path, *, by: Actor, reason: str) -> Checkpoint:
    """Write the log into the folder, record it as taken, and return the checkpoint it ends with.

    A folder that has an earlier copy of the log is brought up to date: complete tiles stay as they
    are. Raises LookupError while the log has no checkpoint, OSError as writing does.
    """
    checkpoint = proofs.best(reader, covering=1)
    if checkpoint is None:
        raise LookupError("the log has no checkpoint yet")
    for place, content in _tiles(reader, checkpoint.size, folder):
        _write(_at(folder, place), content)
    keys = "".join(f"{key}\n" for key in sealing.log_keys(reader.tree.origin))
    _write(folder / "key", keys.encode())
    _write(folder / "checkpoint", proofs.signed_note(checkpoint).encode())
    log = sealing.log_name(checkpoint.controller_id)
    with transaction.atomic():
        services.record(
            event="export:taken", by=by, controller_id=checkpoint.controller_id,
            target=Target("log", log), data={"reason": reason, "size": checkpoint.size},
        )  # fmt: skip
    return checkpoint


def _tiles(reader: LogReader, size: int, folder: Path) -> Iterator[tuple[Place, bytes]]:
    """What the folder has not yet of a log of that size: bundles and their tiles, then the rest."""
    yield from _bundles(reader, size, folder)
    level = 1
    while hashes := size >> BITS * level:
        for place in _places(level, hashes, folder):
            yield place, reader.tile(level, place.number)[: place.width * HASH]
        level += 1


def _bundles(reader: LogReader, size: int, folder: Path) -> Iterator[tuple[Place, bytes]]:
    missing = [place.number for place in _places(None, size, folder)]
    for start in range(0, len(missing), BUNDLES_AT_ONCE):
        some = missing[start : start + BUNDLES_AT_ONCE]
        for number, entries in _read(reader, some[0], some[-1] + 1):
            width = min(WIDTH, size - number * WIDTH)
            if width <= 0:
                continue
            part = entries[: width * HASH]
            pieces = [LENGTH + part[i : i + HASH] for i in range(0, len(part), HASH)]
            yield Place(None, number, width), b"".join(pieces)
            yield Place(0, number, width), b"".join(merkle.leaf_hashes(part))


def _read(reader: LogReader, first: int, end: int) -> Iterator[tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(_BUNDLES, [reader.tree.controller_id, first, min(end, reader.size // WIDTH)])
        rows = cursor.fetchall()
    for number, entries in rows:
        yield number, bytes(entries)
    if reader.tree.classes and first <= reader.size // WIDTH < end:
        yield reader.size // WIDTH, bytes(reader.tree.entries)


def _places(level: int | None, hashes: int, folder: Path) -> Iterator[Place]:
    for number in range(-(-hashes // WIDTH)):
        place = Place(level, number, min(WIDTH, hashes - number * WIDTH))
        if place.width < WIDTH or not _at(folder, place).exists():
            yield place


def _at(folder: Path, place: Place) -> Path:
    return folder / "tile" / str(place)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.new")
    made.write_bytes(content)
    os.replace(made, path)
