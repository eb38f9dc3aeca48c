"""The sequencer: gives every entry its place in its log's Merkle tree, and signs what results.

Order is the sequencer's own. One works at a time, by an advisory lock that ends with its
transaction, so any keeper may take over between two rounds and nothing is half done.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit import alarms, services
from audit.actors import Actor, Target
from audit.alarms import AlarmKind
from audit.models import Checkpoint, Pending, Tree
from audit.tlog import merkle, notes
from audit.tlog.merkle import HASH, WIDTH, Frontier
from audit.tlog.notes import ED25519, Vkey
from keys import services as keys
from keys.bulk import copy_in
from keys.ids import SYSTEM_ID

LOCK: Final = 7_306_110_553
GROUPS_AT_ONCE: Final = 500
ASIDE_SECONDS: Final = 30.0
ID: Final = 16
SEQUENCER: Final = Actor("system", "sequencer")

_TAKE = """
WITH taken AS (
  DELETE FROM audit_pending WHERE id IN (
    SELECT id FROM audit_pending WHERE controller_id <> ALL (%s) ORDER BY id LIMIT %s
  ) RETURNING id, controller_id, ids, entries, classes
)
SELECT controller_id, ids, entries, classes FROM taken ORDER BY id
"""
_LOWER = {
    1: "SELECT hash FROM audit_bundle WHERE controller_id = %s AND number BETWEEN %s AND %s",
    2: "SELECT hash FROM audit_tile WHERE controller_id = %s AND number BETWEEN %s AND %s"
       " AND level = %s",
}  # fmt: skip
_BUNDLE = (
    "controller_id", "number", "entries", "hash", "ids", "classes", "lowest", "highest",
)  # fmt: skip


class Bundled(NamedTuple):
    """A complete bundle: what it holds, and the root over it."""

    entries: bytes
    ids: bytes
    classes: bytes
    hash: bytes


class DamagedTreeError(Exception):
    """The right edge of a log is not what its last checkpoint was signed over."""

    def __init__(self, log: UUID, size: int) -> None:
        super().__init__("the right edge of a log is not what was signed")
        self.log, self.size = log, size


class PutAside:
    """Logs that are left alone for a while, so that one that is damaged does not stop the rest."""

    def __init__(self) -> None:
        self._until: dict[UUID, float] = {}

    def add(self, one: UUID) -> None:
        self._until[one] = time.monotonic() + ASIDE_SECONDS

    def logs(self) -> list[UUID]:
        """Those whose while is not over."""
        now = time.monotonic()
        self._until = {one: end for one, end in self._until.items() if end > now}
        return list(self._until)


_put_aside = PutAside()


@dataclass(slots=True)
class Arrived:
    """What waits for one log, in the order it is to be placed."""

    ids: list[bytes] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    classes: list[bytes] = field(default_factory=list)


def seal() -> int:
    """One round: place what waits and sign a checkpoint for each log that grew.

    Returns how many groups were placed; 0 also where another keeper is at it. A log whose tree is
    not the one that was signed last is left alone, with an alarm: its entries wait. Raises
    KeyUnavailableError, with nothing changed: an unsigned tree proves nothing.
    """
    try:
        return _seal(_put_aside.logs())
    except DamagedTreeError as error:
        _put_aside.add(error.log)
        alarms.raise_alarm(
            controller_id=error.log, kind=AlarmKind.TAMPERED, position=error.size,
            detail="the right edge is not what was signed",
        )  # fmt: skip
        return _seal(_put_aside.logs())


def _seal(but: list[UUID]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_TAKE, [but, GROUPS_AT_ONCE])
        taken = cursor.fetchall()
        for controller_id, arrived in _by_log(taken).items():
            _grow(controller_id, arrived)
    return len(taken)


def seal_all() -> int:
    """Rounds until nothing waits; returns how many groups were placed."""
    placed = 0
    while found := seal():
        placed += found
    return placed


def beat(*, older_than: datetime) -> int:
    """Record a heartbeat in each log without a checkpoint since then; returns how many.

    Silence is an alarm only because it cannot happen while a sequencer lives. A log in which
    something waits needs none: it would only wait as well.
    """
    waiting = Pending.objects.filter(controller_id=OuterRef("controller_id"))
    trees = Tree.objects.filter(~Exists(waiting), sealed_at__lt=older_than)
    silent = list(trees.values_list("controller_id", flat=True))
    for controller_id in silent:
        with transaction.atomic():
            services.record(
                event="log:heartbeat", by=SEQUENCER, controller_id=controller_id,
                target=Target("log", log_name(controller_id)),
            )  # fmt: skip
    return len(silent)


def log_name(controller_id: UUID) -> str:
    """How addresses name a log: the controller's id, or `system`."""
    return "system" if controller_id == SYSTEM_ID else str(controller_id)


def log_key(origin: str) -> Vkey:
    """The key that signs checkpoints of this origin now."""
    active = next(one for one in keys.public_keys() if one.is_active)
    return Vkey(origin, ED25519, active.raw)


def log_keys(origin: str) -> list[Vkey]:
    """Every key that ever signed them, newest first."""
    return [Vkey(origin, ED25519, one.raw) for one in reversed(keys.public_keys())]


def _by_log(taken: Iterable[tuple[UUID, bytes, bytes, bytes]]) -> dict[UUID, Arrived]:
    found: dict[UUID, Arrived] = {}
    for controller_id, ids, entries, classes in taken:
        arrived = found.setdefault(controller_id, Arrived())
        arrived.ids.append(ids)
        arrived.entries.append(entries)
        arrived.classes.append(classes)
    return found


def _grow(controller_id: UUID, arrived: Arrived) -> None:
    """Append to one log: bundles, tiles, the right edge, and a checkpoint over all of it."""
    tree = _tree(controller_id)
    _refuse_damage(tree)
    ids, entries, classes = (
        b"".join([tail, *more])
        for tail, more in (
            (tree.ids, arrived.ids), (tree.entries, arrived.entries),
            (tree.classes, arrived.classes),
        )
    )  # fmt: skip
    first, whole = tree.size // WIDTH, len(classes) // WIDTH
    bundles = [_bundle(number, entries, ids, classes) for number in range(whole)]
    frontier = Frontier.from_bytes(first * WIDTH, bytes(tree.peaks))
    for one in bundles:
        frontier = frontier.append(one.hash, leaves=WIDTH)
    _store(controller_id, first, bundles)
    cut = whole * WIDTH
    tree.peaks, tree.ids = frontier.as_bytes(), ids[cut * ID :]
    tree.entries, tree.classes = entries[cut * HASH :], classes[cut:]
    tree.size = cut + first * WIDTH + len(tree.classes)
    _sign(tree, frontier.extend(merkle.leaf_hashes(tree.entries)).root)


def _tree(controller_id: UUID) -> Tree:
    """The log's right edge, made with its first entry."""
    origin = f"{settings.AUDIT_ORIGIN}/log/v1/{log_name(controller_id)}"
    Tree.objects.bulk_create(
        [Tree(controller_id=controller_id, origin=origin, sealed_at=timezone.now())],
        ignore_conflicts=True,
    )
    return Tree.objects.select_for_update().get(controller_id=controller_id)


def _refuse_damage(tree: Tree) -> None:
    """Raise DamagedTreeError for an edge that the last checkpoint contradicts.

    Signing on from it would make of a change that can be undone a fork that cannot.
    """
    if tree.size == 0:
        return
    last = Checkpoint.objects.filter(controller_id=tree.controller_id).order_by("-size").first()
    try:
        frontier = Frontier.from_bytes(tree.size // WIDTH * WIDTH, bytes(tree.peaks))
        root = frontier.extend(merkle.leaf_hashes(bytes(tree.entries))).root
    except merkle.RangeError:
        root = b""
    if last is None or (last.size, bytes(last.root)) != (tree.size, root):
        raise DamagedTreeError(tree.controller_id, tree.size)


def _bundle(number: int, entries: bytes, ids: bytes, classes: bytes) -> Bundled:
    start, end = number * WIDTH, (number + 1) * WIDTH
    part = entries[start * HASH : end * HASH]
    root = merkle.complete_root(merkle.leaf_hashes(part))
    return Bundled(part, ids[start * ID : end * ID], classes[start:end], root)


def _store(controller_id: UUID, first: int, bundles: list[Bundled]) -> None:
    rows = []
    for number, one in enumerate(bundles, first):
        named = sorted(one.ids[i : i + ID] for i in range(0, len(one.ids), ID))
        rows.append((controller_id, number, one.entries, one.hash, one.ids, one.classes,
                     UUID(bytes=named[0]), UUID(bytes=named[-1])))  # fmt: skip
    copy_in("audit_bundle", _BUNDLE, rows)
    for number in range(first, first + len(bundles)):
        _store_tiles(controller_id, 1, number)


def _store_tiles(controller_id: UUID, level: int, number: int) -> None:
    """Write the tile of this level that the tile `number` of the level below completes, if any."""
    if (number + 1) % WIDTH:
        return
    place = number // WIDTH
    lower: list[UUID | int] = [controller_id, place * WIDTH, number]
    lower += [level - 1] if level > 1 else []
    with connection.cursor() as cursor:
        cursor.execute(f"{_LOWER[min(level, 2)]} ORDER BY number", lower)
        hashes = [bytes(row[0]) for row in cursor.fetchall()]
    root = merkle.complete_root(hashes)
    copy_in(
        "audit_tile", ("controller_id", "level", "number", "hashes", "hash"),
        [(controller_id, level, place, b"".join(hashes), root)],
    )  # fmt: skip
    _store_tiles(controller_id, level + 1, place)


def _sign(tree: Tree, root: bytes) -> None:
    now = timezone.now()
    bound = timedelta(seconds=settings.AUDIT_CLOCK_SKEW_SECONDS)
    if now < tree.sealed_at - bound:
        transaction.on_commit(partial(_tell_clock_back, tree.controller_id, tree.size - 1))
    body = notes.Checkpoint(tree.origin, tree.size, root).body
    line = _signature_line(tree.origin, body)
    tree.sealed_at = now
    tree.save()
    Checkpoint.objects.create(
        controller_id=tree.controller_id, size=tree.size, at=now, root=root,
        note=notes.note(body, [line]),
    )  # fmt: skip


def _signature_line(origin: str, body: str) -> str:
    """Signed first and the key named by the signature: keys may be rotated in between."""
    made = keys.sign(body.encode())
    key = next(one for one in keys.public_keys() if one.key_id == made.key_id)
    return notes.signature_line(Vkey(origin, ED25519, key.raw), made.value)


def _tell_clock_back(controller_id: UUID, position: int) -> None:
    """Order is ours and stays; only the times of what comes now cannot be relied on."""
    alarms.raise_alarm(controller_id=controller_id, kind=AlarmKind.CLOCK_BACK, position=position)
