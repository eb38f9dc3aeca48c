"""The import itself: batches of rows, each taken in with the progress in one transaction.

So a killed import goes on behind its last recorded batch, and one that is repeated changes nothing
(what was observed at that time is known already).
"""

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from audit.door import through_job
from consent.importing.ahead import ahead
from consent.importing.errors import Fault, ImportFileError, NobodyError, RowError
from consent.importing.report import Counts, ErrorFile, check_errors_file
from consent.importing.sources import Place
from keys.behind import behind
from profiles.definitions import definitions_of
from profiles.importing import files, taking
from profiles.importing.mapping import Columns
from profiles.importing.rows import Line, Reading, known_names
from registry import selectors_systems as systems
from work import services as work
from work.outcomes import JobView
from work.progress import Progress, Screen

KIND = "profiles.import"
ATTEMPTS = 5  # of a batch whose identifiers another writer took meanwhile
BATCH = 2000  # rows: larger ones commit less often, and hold their people longer
MAX_BATCH = 20_000
GARBAGE_AFTER = 200_000  # new objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be imported, from which source, for whom, and how.

    `observed_at` is for rows that say no time; else the file's own time. With `known_only` nobody
    is added.
    """

    path: Path
    controller_id: UUID
    source: str
    kind: str | None = None
    mapping: str | None = None
    observed_at: datetime | None = None
    errors: Path | None = None
    batch: int = BATCH
    resume: bool = False
    dry_run: bool = False
    known_only: bool = False


class Item(NamedTuple):
    """One row or why it is left out, and the place behind it."""

    content: Line | Fault
    after: Place


def run(*, by: Actor, order: Order, shown_on: Screen | None = None) -> taking.Tally:
    """Import a file and say what became of its rows; `shown_on` gets the progress.

    A dry run takes nothing in: each batch is tried and taken back. Raises ImportFileError for a
    file that cannot be imported, SystemUnknownError and its like for a source that hands nothing
    in, LeaseLostError when another process has taken over the same import.
    """
    if not 1 <= order.batch <= MAX_BATCH:
        raise ImportFileError(f"A batch has 1 to {MAX_BATCH} rows.")
    kind = files.format_of(order.path, order.kind)
    total = files.check(order.path, kind)
    check_errors_file(order.errors)
    systems.system_by_code(order.controller_id, order.source)
    source = _File.of(order, kind)
    next(source.items(Place()), None)  # a header that does not fit is told before all else
    running = _Dry() if order.dry_run else _Kept.begin(by, order, source, total)
    return _run(by, order, source, running, Progress(shown_on, total, first_rows=running.first))


def _run(
    by: Actor, order: Order, source: "_File", running: "_Dry | _Kept", progress: Progress
) -> taking.Tally:
    counts = running.counts
    errors = ErrorFile.open(order.errors, counts.errors_bytes)
    try:
        with _few_collections(), running.through():
            for batch in ahead(_batches(source.items(counts.place), order.batch)):
                counts = _try_batch(by, order, running, errors, counts, batch)
                progress.show(counts.offset, counts.rows)
        running.end(by, counts)
        progress.show(progress.total, counts.rows)
    finally:
        progress.end()
        errors.close()
    return counts


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows hold no cycles: looking for them after each seven hundred takes a sixth of the time."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


@dataclass(frozen=True, slots=True)
class _File:
    """A file and how it is read."""

    path: Path
    kind: str
    columns: Columns
    reading: Reading

    @classmethod
    def of(cls, order: Order, kind: str) -> "_File":
        definitions = definitions_of(order.controller_id)
        columns = Columns.parse(order.mapping, known_names(definitions))
        at = order.observed_at or _modified(order.path)
        return cls(order.path, kind, columns, Reading(definitions, at, is_text=kind == "csv"))

    def items(self, start: Place) -> Iterator[Item]:
        for number, content, after in files.rows(self.path, self.kind, self.columns, start):
            yield Item(self._read(number, content), after)

    def _read(self, number: int, content: dict[str, Any] | Fault) -> Line | Fault:
        if isinstance(content, Fault):
            return content
        if not self.columns.is_plain:
            self.columns.fill(content)
        try:
            return self.reading.line(number, content)
        except RowError as error:
            return Fault(number, error.code, error.field)


def _modified(path: Path) -> datetime:
    """When the file was written, so that importing it again says the same again."""
    written = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return min(written, timezone.now())


def _batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(islice(items, size)):
        yield batch


def _try_batch(  # noqa: PLR0913, PLR0917 (one batch of one run)
    by: Actor,
    order: Order,
    running: "_Dry | _Kept",
    errors: ErrorFile,
    before: taking.Tally,
    batch: Sequence[Item],
) -> taking.Tally:
    for _ in range(ATTEMPTS - 1):
        try:
            return _batch(by, order, running, errors, before, batch)
        except NobodyError as found:
            batch = found.without(batch)
        except IntegrityError:
            continue  # somebody else added one of these people; now they are found
    return _batch(by, order, running, errors, before, batch)


def _batch(  # noqa: PLR0913, PLR0917
    by: Actor,
    order: Order,
    running: "_Dry | _Kept",
    errors: ErrorFile,
    before: taking.Tally,
    batch: Sequence[Item],
) -> taking.Tally:
    counts = replace(before, codes=dict(before.codes), rows=before.rows + len(batch))
    counts.offset, counts.line = batch[-1].after
    contents = [item.content for item in batch]
    with transaction.atomic():
        with behind():
            faults = taking.take(
                by=by, controller_id=order.controller_id, source=order.source, contents=contents,
                counts=counts, known_only=order.known_only,
            )  # fmt: skip
        counts.errors_bytes = errors.write(faults)
        running.advance(counts)
    errors.size = counts.errors_bytes
    return counts


class _Dry:
    """An import of which nothing stays."""

    first = 0

    def __init__(self) -> None:
        self.counts = taking.Tally()

    def through(self) -> AbstractContextManager[None]:
        return nullcontext()

    def advance(self, counts: Counts) -> None:
        transaction.set_rollback(True)

    def end(self, by: Actor, counts: Counts) -> None:
        """Nothing to end."""


@dataclass(slots=True)
class _Kept:
    """An import whose progress is kept in a job."""

    job: JobView
    counts: taking.Tally

    @property
    def first(self) -> int:
        return self.counts.rows

    @classmethod
    @transaction.atomic
    def begin(cls, by: Actor, order: Order, source: _File, total: int) -> "_Kept":
        sha256 = _sha256(order.path)
        way = f"{order.source}:{order.known_only:d}:{source.columns.digest}"
        job = work.take_over(
            kind=KIND, controller_id=order.controller_id, total=total, resume=order.resume,
            dedupe_key=hashlib.sha256(f"{sha256}:{way}".encode()).hexdigest(),
            worker=work.worker_name("import"),
        )  # fmt: skip
        counts = taking.Tally(**job.cursor)
        data = {
            "what": "profiles", "source": order.source, "sha256": sha256, "size": total,
            "format": source.kind, "from_row": counts.rows,
        }  # fmt: skip
        _audit(by, job, "import:started", data)
        return cls(job, counts)

    def through(self) -> AbstractContextManager[None]:
        return through_job(self.job.id)

    def advance(self, counts: Counts) -> None:
        work.advance(self.job, cursor=counts.as_cursor(), done=counts.offset)

    def end(self, by: Actor, counts: taking.Tally) -> None:
        with transaction.atomic():
            work.complete(self.job, cursor=counts.as_cursor())
            data = {
                "rows": counts.rows, "recorded": counts.recorded, "already": counts.already,
                "failed": counts.failed, "people": counts.people, "values": counts.values,
                "older": counts.older, "codes": counts.codes,
            }  # fmt: skip
            _audit(by, self.job, "import:finished", data)


def _audit(by: Actor, job: JobView, event: str, data: dict[str, Any]) -> None:
    target = Target("import", str(job.id))
    with through_job(job.id):
        audit.record(event=event, by=by, controller_id=job.controller_id, target=target, data=data)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImportFileError(f"The file cannot be read: {error.strerror}.") from None
