"""The import itself: batches of rows, each recorded with the progress in one transaction.

So a killed import goes on behind its last recorded batch, and an import that is repeated adds
nothing (each row is one event, and the ledger knows it already).
"""

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from audit import services as audit
from audit.actors import Actor, Target
from audit.door import through_job
from consent import catalogue as catalogues
from consent.importing.ahead import ahead
from consent.importing.errors import Fault, ImportFileError, NobodyError, require_somebody
from consent.importing.mapping import Mapping
from consent.importing.report import Counts, ErrorFile, check_errors_file
from consent.importing.rows import Line
from consent.importing.shares import WHOLE, Share
from consent.importing.sources import Item, check_text, format_of, items
from consent.services.bulk import import_many
from consent.services.lines import Choice
from keys.behind import behind
from keys.bulk import is_deadlock
from keys.problems import DomainError
from subjects import quarantine
from subjects import services as subjects
from subjects.errors import SubjectErasedError
from work import services as work
from work.outcomes import JobView
from work.progress import Progress, Screen

KIND = "consent.import"
ATTEMPTS = 5  # of a batch whose identifiers another writer took meanwhile
BATCH = 2000  # rows: larger ones commit less often, and hold their people's rows longer
MAX_BATCH = 20_000
GARBAGE_AFTER = 200_000  # new objects


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be imported, for whom, and how."""

    path: Path
    controller_id: UUID
    kind: str | None = None
    mapping: Mapping = Mapping()
    errors: Path | None = None
    batch: int = BATCH
    resume: bool = False
    dry_run: bool = False
    share: Share = WHOLE


def run(
    *,
    by: Actor,
    order: Order,
    shown_on: Screen | None = None,
    told: Callable[[Counts], None] | None = None,
) -> Counts:
    """Import a file, or a share of it, and say what became of its rows.

    `shown_on` gets the progress, `told` the counts after each batch. A dry run records nothing:
    each batch is tried and taken back, so that a row is judged by what is recorded now and by the
    rows of its batch. Raises ImportFileError for a file that cannot be imported, LeaseLostError
    when another process has taken over the same import.
    """
    if not 1 <= order.batch <= MAX_BATCH:
        raise ImportFileError(f"A batch has 1 to {MAX_BATCH} rows.")
    kind, total = checked(order)
    running = _Dry() if order.dry_run else _Kept.begin(by, order, kind, total)
    counts = running.counts
    progress = Progress(shown_on, total, first_rows=counts.rows)
    errors = ErrorFile.open(order.errors, counts.errors_bytes)
    rows = items(order.path, kind, order.mapping, counts.place, order.share)
    try:
        with _few_collections(), running.through():
            for batch in ahead(_batches(rows, order.batch)):
                counts = _try_batch(by, order, running, errors, counts, batch)
                progress.show(counts.offset, counts.rows)
                if told is not None:
                    told(counts)
        running.end(by, order, counts)
        progress.show(total, counts.rows)
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


def checked(order: Order) -> tuple[str, int]:
    """The file's format and bytes, before anything is noted of the import.

    Raises ImportFileError for a file, or a file of errors, that cannot be used.
    """
    kind = format_of(order.path, order.kind)
    check_text(order.path)
    check_errors_file(order.errors)
    next(items(order.path, kind, order.mapping, Counts().place), None)  # the header
    return kind, order.path.stat().st_size


def _batches(rows: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(islice(rows, size)):
        yield batch


def _try_batch(
    by: Actor,
    order: Order,
    running: "_Dry | _Kept",
    errors: ErrorFile,
    before: Counts,
    batch: Sequence[Item],
) -> Counts:
    for _ in range(ATTEMPTS - 1):
        try:
            return _batch(by, order, running, errors, before, batch)
        except NobodyError as found:
            batch = found.without(batch)
        except IntegrityError:
            continue  # somebody else added one of these people; now they are found
        except OperationalError as error:
            if not is_deadlock(error):
                raise
    return _batch(by, order, running, errors, before, batch)


def _batch(
    by: Actor,
    order: Order,
    running: "_Dry | _Kept",
    errors: ErrorFile,
    before: Counts,
    batch: Sequence[Item],
) -> Counts:
    counts = replace(before, codes=dict(before.codes), rows=before.rows + len(batch))
    counts.offset, counts.line = batch[-1].after
    with transaction.atomic():
        with behind():
            faults = _record(by, order, counts, [item.content for item in batch])
        counts.errors_bytes = errors.write(faults)
        running.advance(counts)
    errors.size = counts.errors_bytes
    return counts


def _record(
    by: Actor, order: Order, counts: Counts, contents: Sequence[Line | Fault]
) -> list[Fault]:
    """Record what can be recorded; the faults of the rest, in the order of the file."""
    known = catalogues.in_force(order.controller_id)
    lines = [content for content in contents if isinstance(content, Line)]
    faults = {content.line: content for content in contents if isinstance(content, Fault)}
    erased: list[Line] = []
    people = {one.identifiers: one for one in reversed(lines)}  # the first row's facts count
    matches = subjects.match_or_create(
        by=by, controller_id=order.controller_id,
        people=[
            subjects.NewSubject(identifiers=one.identifiers, **one.facts)
            for one in reversed(people.values())
        ],
    )  # fmt: skip
    counts.people += len(matches.created)
    whose = dict(zip(reversed(people), matches.outcomes, strict=True))
    matched: list[tuple[Line, UUID]] = []
    for one in lines:
        outcome = whose[one.identifiers]
        if isinstance(outcome, DomainError):
            faults[one.number] = _fault(one, outcome)
            erased += [one] if isinstance(outcome, SubjectErasedError) else []
        else:
            matched.append((one, outcome))
    choices = [Choice(subject_id=found, is_import=True, **one.choice) for one, found in matched]
    told = import_many(
        by=by, controller_id=order.controller_id, choices=choices, new=matches.created,
        known=known,
    )  # fmt: skip
    for (one, _), result in zip(matched, told, strict=True):
        if isinstance(result, DomainError):
            faults[one.number] = _fault(one, result)
            erased += [one] if isinstance(result, SubjectErasedError) else []
        elif result:
            counts.recorded += 1
        else:
            counts.already += 1
    require_somebody(matches.created, [(one.number, found) for one, found in matched], faults)
    _keep_out(by, order, erased)
    found = [faults[number] for number in sorted(faults)]
    for fault in found:
        counts.fail(fault.code)
    return found


def _keep_out(by: Actor, order: Order, erased: Sequence[Line]) -> None:
    """Rows about people who are erased wait for an officer to see to their source (P8)."""
    if erased:
        quarantine.keep_out(
            by=by, controller_id=order.controller_id,
            identifiers=[one.identifiers for one in erased],
            source=quarantine.Source("consent_import", "consent"),
        )  # fmt: skip


def _fault(line: Line, error: DomainError) -> Fault:
    return Fault(line.number, error.code, error.field or "")


class _Dry:
    """An import of which nothing stays."""

    def __init__(self) -> None:
        self.counts = Counts()

    def through(self) -> AbstractContextManager[None]:
        return nullcontext()

    def advance(self, counts: Counts) -> None:
        transaction.set_rollback(True)

    def end(self, by: Actor, order: Order, counts: Counts) -> None:
        """Nothing to end."""


@dataclass(slots=True)
class _Kept:
    """An import whose progress is kept in a job."""

    job: JobView
    counts: Counts

    @classmethod
    @transaction.atomic
    def begin(cls, by: Actor, order: Order, kind: str, total: int) -> "_Kept":
        sha256 = _sha256(order.path)
        job = work.take_over(
            kind=KIND, controller_id=order.controller_id, total=total, resume=order.resume,
            dedupe_key=_key(sha256, order), worker=work.worker_name("import"),
        )  # fmt: skip
        counts = Counts.of(job.cursor)
        data = {"sha256": sha256, "bytes": total, "format": kind, "from_row": counts.rows}
        if not order.share.is_whole:
            data["share"] = str(order.share)
        _audit(by, job, "import:started", data)
        return cls(job, counts)

    def through(self) -> AbstractContextManager[None]:
        return through_job(self.job.id)

    def advance(self, counts: Counts) -> None:
        work.advance(self.job, cursor=counts.as_cursor(), done=counts.offset)

    def end(self, by: Actor, order: Order, counts: Counts) -> None:
        with transaction.atomic():
            work.complete(self.job, cursor=counts.as_cursor())
            data = {
                "rows": counts.rows, "recorded": counts.recorded, "already": counts.already,
                "failed": counts.failed, "people": counts.people, "codes": counts.codes,
            }  # fmt: skip
            _audit(by, self.job, "import:finished", data)


def _key(sha256: str, order: Order) -> str:
    """What makes it the same import: file, mapping, share."""
    share = "" if order.share.is_whole else f":{order.share}"
    return f"{sha256}:{order.mapping.digest}{share}"


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
