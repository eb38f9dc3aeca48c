"""An import by several processes at once: one computes while the others' rows are stored.

Each takes a share of the people and goes on behind its own last batch, so what one of them does is
what an import of that share does. All rows of a person who is named alike are of one share, in the
order of the file.
"""

import csv
import os
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import connection as pipes
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from audit.actors import Actor
from consent.importing import runner, sharer
from consent.importing.errors import Fault, ImportStoppedError
from consent.importing.report import Counts, ErrorFile
from consent.importing.runner import Order
from consent.importing.shares import Share
from work.progress import Progress, Screen

MOST = 8
SHARE_BYTES = 2 * 1024 * 1024
"""A process takes a second to begin; below so much for each it is not worth it."""


@dataclass(slots=True)
class _Sharer:
    process: SpawnProcess
    told: pipes.Connection
    counts: Counts


def processes_for(order: Order) -> int:
    """How many processes suit a file on this machine. A dry run has one: it keeps nothing."""
    if order.dry_run or not order.path.is_file():
        return 1
    worth = order.path.stat().st_size // SHARE_BYTES + 1
    return min(MOST, worth, len(os.sched_getaffinity(0)))


def run(*, by: Actor, order: Order, processes: int, shown_on: Screen | None = None) -> Counts:
    """Import a file by so many processes and say what became of its rows.

    Raises as `runner.run`, and ImportStoppedError when one of the processes was killed; what is
    recorded stays, and `resume` with as many processes goes on.
    """
    if processes == 1:
        return runner.run(by=by, order=order, shown_on=shown_on)
    _, total = runner.checked(order)
    parts = [_part(order, Share(number, processes)) for number in range(processes)]
    progress = Progress(shown_on, total * processes)
    try:
        with _started(by, parts) as running:
            counts = _watched(running, progress)
    finally:
        progress.end()
    _gather(order.errors, [part.errors for part in parts if part.errors])
    return counts


def _part(order: Order, share: Share) -> Order:
    errors = order.errors and order.errors.with_name(
        f"{order.errors.name}.{share.number + 1}-of-{share.of}"
    )
    return replace(order, share=share, errors=errors)


@contextmanager
def _started(by: Actor, parts: Sequence[Order]) -> Iterator[list[_Sharer]]:
    running = [_start(by, part) for part in parts]
    try:
        yield running
    finally:
        for one in running:
            one.process.kill()
            one.process.join()
            one.told.close()


def _start(by: Actor, part: Order) -> _Sharer:
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(
        target=sharer.begin, args=(pickle.dumps((by, part)), theirs), daemon=True
    )
    process.start()
    theirs.close()
    return _Sharer(process, ours, Counts())


def _watched(running: Sequence[_Sharer], progress: Progress) -> Counts:
    """Wait until all have ended. Raises the first error that one of them tells."""
    waiting = {one.told: one for one in running}
    while waiting:
        for told in pipes.wait(list(waiting)):
            one = waiting[told]  # type: ignore[index]
            found = _said(one.told)
            if found is None:
                del waiting[one.told]
                continue
            one.counts = found
            progress.show(sum(each.counts.offset for each in running), _rows(running))
    counts = sum_of([one.counts for one in running])
    progress.show(progress.total, counts.rows)
    return counts


def _said(told: pipes.Connection) -> Counts | None:
    """What a process tells next; None when it has ended well."""
    try:
        found: Any = told.recv()
    except EOFError:
        raise ImportStoppedError from None
    if isinstance(found, Exception):
        raise found
    counts: Counts | None = found
    return counts


def _rows(running: Sequence[_Sharer]) -> int:
    return sum(one.counts.rows for one in running)


def sum_of(parts: Sequence[Counts]) -> Counts:
    """The rows of all shares together."""
    whole = Counts()
    for part in parts:
        whole.rows += part.rows
        whole.recorded += part.recorded
        whole.already += part.already
        whole.failed += part.failed
        whole.people += part.people
        for code, number in part.codes.items():
            whole.codes[code] = whole.codes.get(code, 0) + number
    return whole


def _gather(errors: Path | None, parts: Sequence[Path]) -> None:
    """One file of the rows left out, in the order of the file, in place of one a process."""
    written = [part for part in parts if part.exists()]
    faults = sorted(fault for part in written for fault in _faults(part))
    kept = ErrorFile.open(errors, 0)
    kept.write(faults)
    kept.close()
    for part in written:
        part.unlink()


def _faults(part: Path) -> Iterator[Fault]:
    with part.open(newline="", encoding="utf-8") as file:
        for line, code, field in list(csv.reader(file))[1:]:
            yield Fault(int(line), code, field)
