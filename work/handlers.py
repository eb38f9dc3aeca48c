"""The registry of what each kind of job does.

    @handler("consent.announce", perform=send)
    def announce(job: JobView, sent: Reply) -> Outcome: ...

`perform` runs first, outside any transaction: external effects, idempotent by `job.effect_key`.
The decorated function records: its writes and the job's completion commit together or not at all,
so what it records happens exactly once. Each package's `tasks.py` is imported at start.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from work.errors import UnknownKindError
from work.outcomes import JobView, Outcome, again, finished, retry

__all__ = [
    "Handler",
    "JobView",
    "Outcome",
    "again",
    "around",
    "finished",
    "handler",
    "periodic",
    "retry",
]

Perform = Callable[[JobView], Any]
Record = Callable[..., Outcome]
Around = Callable[[JobView], AbstractContextManager[None]]

DEFAULT_MAX_ATTEMPTS: Final = 12
DEFAULT_LEASE_SECONDS: Final = 60


@dataclass(frozen=True)
class Handler:
    """How one kind of job is done.

    `lease_seconds` bounds one run: a longer one is given to another worker and cannot record.
    """

    kind: str
    record: Record
    perform: Perform | None
    max_attempts: int
    lease_seconds: int


_handlers: dict[str, Handler] = {}
_schedules: dict[str, int] = {}
_around: list[Around] = []


def handler(
    kind: str,
    *,
    perform: Perform | None = None,
    max_attempts: int = DEFAULT_MAX_ATTEMPTS,
    lease_seconds: int = DEFAULT_LEASE_SECONDS,
) -> Callable[[Record], Record]:
    """Register `record(job)`, or `record(job, result)` with a `perform`, for jobs of this kind."""

    def register(record: Record) -> Record:
        if kind in _handlers:
            raise ValueError(f"Two handlers are registered for the kind {kind!r}.")
        _handlers[kind] = Handler(kind, record, perform, max_attempts, lease_seconds)
        return record

    return register


def periodic(
    kind: str, *, every: int, perform: Perform | None = None, max_attempts: int = 3
) -> Callable[[Record], Record]:
    """Register a handler, as `handler` does, whose job the keeper enqueues each `every` seconds.

    A round is left out while the last one is unfinished; missed rounds are not made up.
    """

    def register(record: Record) -> Record:
        handler(kind, perform=perform, max_attempts=max_attempts)(record)
        _schedules[kind] = every
        return record

    return register


def handler_for(kind: str) -> Handler:
    """The handler of a kind. Raises UnknownKindError."""
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKindError(
            f"No handler is registered for {kind!r}: is its tasks.py in an installed app?"
        ) from None


def known_kinds() -> list[str]:
    """What this process can do: it leaves jobs of other kinds to processes that know them."""
    return sorted(_handlers)


def schedules() -> dict[str, int]:
    """Seconds between rounds, by kind."""
    return dict(_schedules)


def around(surrounding: Around) -> None:
    """Have every run of a job, `perform` included, happen within `surrounding(job)`.

    For packages above that must know which job is at work; this one imports none of them.
    """
    _around.append(surrounding)


@contextmanager
def surrounded(job: JobView) -> Iterator[None]:
    """Everything that is to be around a run of this job."""
    with ExitStack() as stack:
        for surrounding in _around:
            stack.enter_context(surrounding(job))
        yield
