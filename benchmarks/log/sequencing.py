"""How many leaves one sequencer places in a second, and how far it lags behind a steady load."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from statistics import quantiles
from uuid import UUID

from django.db import connections

from audit import sealing
from audit.append import Group
from audit.models import Checkpoint, Tree
from benchmarks.log.house import LOG
from keys import bulk

GROUP = 500
PENDING = ("controller_id", "ids", "entries", "classes")
PAUSE = 0.5  # as the keeper's duty


@dataclass(frozen=True)
class Placed:
    """Leaves a second, with the log's size before and after."""

    before: int
    after: int
    rate: float


@dataclass(frozen=True)
class Lag:
    """Seconds from a group's commit to the checkpoint that covers it."""

    asked_rate: int
    rate: float
    p50: float
    p99: float
    longest: float


def filled(leaves: int, *, log: UUID = LOG) -> None:
    """Groups of entries in the queue, as writers leave them, without payloads."""
    rows = [_group(log) for _ in range(leaves // GROUP)]
    for start in range(0, len(rows), 200):
        bulk.copy_in("audit_pending", PENDING, rows[start : start + 200])


def _group(log: UUID) -> Group:
    now, noise = (time.time_ns() // 1_000_000).to_bytes(6), os.urandom(10 * GROUP)
    ids = b"".join([now + noise[i : i + 10] for i in range(0, len(noise), 10)])
    return Group(log, ids, os.urandom(32 * GROUP), b"\2" * GROUP)


def drained(leaves: int) -> Placed:
    """Fill the queue, then time one sequencer emptying it."""
    filled(leaves)
    before = size()
    began = time.perf_counter()
    sealing.seal_all()
    return Placed(before, size(), leaves / (time.perf_counter() - began))


def size() -> int:
    found = Tree.objects.filter(controller_id=LOG).values_list("size", flat=True).first()
    return found or 0


def lagging(rate: int, seconds: float) -> Lag:
    """A writer at a steady rate beside a sequencer that pauses as the keeper's does."""
    before, stop = size(), threading.Event()
    sequencer = threading.Thread(target=_sequence, args=(stop,))
    sequencer.start()
    committed = list(_steady(rate, seconds))
    stop.set()
    sequencer.join()
    sealing.seal_all()
    lags = sorted(_lags(before, committed))
    cuts = quantiles(lags, n=100)
    took = committed[-1] - committed[0]
    done = GROUP * (len(committed) - 1) / took
    return Lag(rate, done, cuts[49], cuts[98], lags[-1])


def _sequence(stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            began = time.monotonic()
            if sealing.seal() < sealing.GROUPS_AT_ONCE:
                stop.wait(max(0.0, PAUSE - (time.monotonic() - began)))
    finally:
        connections.close_all()


def _steady(rate: int, seconds: float) -> Iterator[float]:
    """Commit a group at each intended moment; yields when each commit had ended."""
    began = time.monotonic()
    for number in range(int(rate * seconds / GROUP)):
        wait = began + number * GROUP / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        bulk.copy_in("audit_pending", PENDING, [_group(LOG)])
        yield time.time()


def _lags(before: int, committed: list[float]) -> Iterator[float]:
    """For each group, how long after its commit the first checkpoint covered it."""
    found = Checkpoint.objects.filter(controller_id=LOG, size__gt=before).order_by("size")
    checkpoints = iter([(one.size, one.at.timestamp()) for one in found])
    covered, at = next(checkpoints)
    for end, moment in zip(accumulate([GROUP] * len(committed)), committed, strict=True):
        while covered < before + end:
            covered, at = next(checkpoints)
        yield max(0.0, at - moment)
