"""The watch over the logs: for ever, a little each minute, from where it stopped.

New entries first, then round and round over all of them, so that each is verified again within
`AUDIT_VERIFY_DAYS`. Whatever it finds is an alarm before its progress is stored.
"""

import time
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Sum
from django.utils import timezone

from audit import alarms
from audit.alarms import AlarmKind
from audit.models import Checkpoint, Tree
from audit.models_watch import Verified
from audit.tiles import LogReader, NoSuchTileError
from audit.tlog import merkle
from audit.tlog.merkle import WIDTH, Frontier
from audit.verification.checkpoints import Checkpoints, Remembered
from audit.verification.findings import Finding, Problem
from audit.verification.tree import CHUNK, Replay, entries_of
from audit.verification.whole import one_moment

EVERY_SECONDS: Final = 60
STEPS: Final = 4
"""Chunks in one transaction: some sixteen thousand entries."""
LEAST: Final = 2 * CHUNK
"""Bundles that a round goes on each time, however small the log."""
MOST_ALARMS: Final = 100
"""Open ones of a log: more would tell nobody anything."""
TREE_KINDS: Final = (AlarmKind.TAMPERED, AlarmKind.GAP)

KINDS: Final = {
    Problem.PAYLOAD_MISSING: AlarmKind.GAP,
    Problem.BUNDLE_MISSING: AlarmKind.GAP,
    Problem.TILE_MISSING: AlarmKind.GAP,
    Problem.INDEX_MISSING: AlarmKind.GAP,
    Problem.FORKED: AlarmKind.FORK,
    Problem.UNLOGGED: AlarmKind.UNPLACED,
    Problem.INDEX_UNLOGGED: AlarmKind.UNPLACED,
    Problem.PLACED_TWICE: AlarmKind.UNPLACED,
    Problem.CLOCK_WENT_BACK: AlarmKind.CLOCK_BACK,
    Problem.ID_FROM_FUTURE: AlarmKind.CLOCK_BACK,
}
"""The rest is tampering."""


def verify_logs(*, until: float) -> None:
    """Go on with every log until the monotonic time `until`. Raises KeyUnavailableError."""
    logs = list(Tree.objects.order_by("controller_id").values_list("controller_id", flat=True))
    sizes = Tree.objects.aggregate(sizes=Sum("size", default=0))["sizes"]
    _remember(logs)
    for one in logs:
        _news(one, sizes, until)
    for one in logs:
        _round(one, sizes, until)


def tell(finding: Finding) -> None:
    """Raise the alarm for a finding, unless so many are open that one more would change nothing."""
    kind = KINDS.get(finding.problem, AlarmKind.TAMPERED)
    opened = alarms.open_alarms([finding.controller_id])
    if opened.count() >= MOST_ALARMS and not opened.filter(position=finding.position).exists():
        return
    entry = f" {finding.entry_id}" if finding.entry_id else ""
    alarms.raise_alarm(
        controller_id=finding.controller_id, kind=kind, position=finding.position,
        detail=f"{finding.problem}{entry}",
    )  # fmt: skip


def _remember(logs: list[UUID]) -> None:
    now = timezone.now()
    rows = [Verified(controller_id=one, round_began_at=now, at=now) for one in logs]
    Verified.objects.bulk_create(rows, ignore_conflicts=True)


def _locked(controller_id: UUID) -> tuple[LogReader, Verified] | None:
    """The log and what is known of it; None while another process is at it."""
    known = Verified.objects.select_for_update(skip_locked=True).filter(pk=controller_id).first()
    reader = LogReader.of(controller_id)
    return (reader, known) if reader and known else None


def _news(controller_id: UUID, sizes: int, until: float) -> None:
    """Verify what was placed since the last time, and that it goes on from there."""
    more = True
    while more and time.monotonic() < until:
        with one_moment():
            pair = _locked(controller_id)
            more = pair is not None and _go_on(*pair, sizes)


def _go_on(reader: LogReader, known: Verified, sizes: int) -> bool:
    """Some of the new entries; whether there are more. What is in doubt changes no memory."""
    log, size = known.controller_id, known.size
    if reader.size < size:
        alarms.raise_alarm(
            controller_id=log, kind=AlarmKind.SHRINK, position=size, detail=f"size {reader.size}"
        )
        return False
    if _contradicts(reader, known):
        tell(Finding(log, size - 1, None, Problem.FORKED))
        return False
    alarms.clear(controller_id=log, kind=AlarmKind.SHRINK, position=size)
    alarms.clear(controller_id=log, kind=AlarmKind.FORK, position=size - 1)
    start = Frontier.from_bytes(size // WIDTH * WIDTH, bytes(known.peaks))
    replay = _replay(reader, sizes, start, {size: [bytes(known.root)]} if size else {})
    for one in _steps(replay, STEPS):
        tell(one)
    if not replay.is_sound:
        return False
    known.size = reader.size if replay.has_ended else replay.frontier.size
    known.root, known.peaks = replay.root, replay.frontier.as_bytes()
    known.at = timezone.now()
    known.save(update_fields=["size", "root", "peaks", "at"])
    return not replay.has_ended


def _contradicts(reader: LogReader, known: Verified) -> bool:
    """Whether the log was signed anew: what is signed at the size we remember is not its root."""
    if known.size == 0:
        return False
    signed = Checkpoint.objects.filter(controller_id=known.controller_id, size=known.size).first()
    try:
        root = bytes(signed.root) if signed else reader.root(known.size)
    except (NoSuchTileError, ObjectDoesNotExist):  # damaged: the replay says where
        return False
    return root != bytes(known.root)


def _round(controller_id: UUID, sizes: int, until: float) -> None:
    """Verify a share of everything anew."""
    left: int | None = None
    while (left is None or left > 0) and time.monotonic() < until:
        with one_moment():
            if (pair := _locked(controller_id)) is None:
                return
            left = _share(pair[0]) if left is None else left
            left -= _go_round(*pair, sizes, min(left, STEPS * CHUNK))


def _share(reader: LogReader) -> int:
    """How many bundles are due: half as many again as would just do."""
    runs = settings.AUDIT_VERIFY_DAYS * 86_400 / EVERY_SECONDS
    return LEAST + int(1.5 * (reader.size / WIDTH) / runs)


def _go_round(reader: LogReader, known: Verified, sizes: int, most: int) -> int:
    """Up to so many bundles of the round; returns how many count as done."""
    if known.next * WIDTH > reader.size:
        known.next, known.next_peaks = 0, b""
    if known.next == 0:
        known.round_began_at = timezone.now()
    start = Frontier.from_bytes(known.next * WIDTH, bytes(known.next_peaks))
    replay = _replay(reader, sizes, start, {})
    for one in _steps(replay, -(-most // CHUNK)):
        if not one.is_remark:  # it was told when it was news
            tell(one)
    known.next, known.next_peaks = replay.number, _peaks(reader, replay)
    if replay.has_ended:
        known.next, known.next_peaks, known.round_ended_at = 0, b"", timezone.now()
        _clear_repaired(known)
    known.save(update_fields=["next", "next_peaks", "round_began_at", "round_ended_at"])
    return most if replay.has_ended else replay.number - start.size // WIDTH


def _clear_repaired(known: Verified) -> None:
    """What a whole round has not seen again is gone."""
    opened = alarms.open_alarms([known.controller_id]).filter(
        kind__in=TREE_KINDS, position__isnull=False, last_seen_at__lt=known.round_began_at
    )
    for one in opened:
        alarms.clear(controller_id=one.controller_id, kind=one.kind, position=one.position)


def _replay(reader: LogReader, sizes: int, start: Frontier, remembered: Remembered) -> Replay:
    checkpoints = Checkpoints(reader, remembered=remembered, after=start.size)
    entries = entries_of(reader, all_sizes=sizes)
    return Replay(reader, checkpoints, entries=entries, start=start)


def _steps(replay: Replay, most: int) -> Iterator[Finding]:
    for _ in range(most):
        if replay.is_at_end:
            break
        yield from replay.step()
    if replay.is_at_end:
        yield from replay.finish()


def _peaks(reader: LogReader, replay: Replay) -> bytes:
    """The right edge from which the next time goes on; after damage the one that is stored."""
    if replay.is_sound:
        return replay.frontier.as_bytes()
    try:
        parts = merkle.subtrees(0, replay.frontier.size)
        return b"".join(reader.node(*one) for one in parts)
    except (NoSuchTileError, ObjectDoesNotExist):
        return replay.frontier.as_bytes()
