"""Storing while the next is being made: what a transaction copies goes out on a thread beside it.

PostgreSQL and we take about as long for a row, so one after the other takes twice as long.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import local
from typing import Any

from django.db import connection

SWITCH_SECONDS = 0.0005
"""How long who stores may be kept waiting by who makes; usually it is ten times as long."""

Copying = Callable[[Any], None]
_running = local()


@contextmanager
def behind() -> Iterator[None]:
    """Within it `keys.bulk` hands rows over and returns before they are stored.

    They are stored in order. Any other statement on this connection waits for them first, and so
    does leaving, which raises what kept rows out: inside a transaction, so that it ends nowhere
    before. Blocks within this one are part of it.
    """
    if current() is not None:
        yield
        return
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with ThreadPoolExecutor(1, "store-behind") as thread:
            _running.queue = queue = Queue(thread)
            with connection.execute_wrapper(queue.before):
                yield
            queue.settle()
    finally:
        _running.queue = None
        sys.setswitchinterval(usual)


def current() -> "Queue | None":
    """Where this thread's rows are to be handed over, if anywhere."""
    found: Queue | None = getattr(_running, "queue", None)
    return found


class Queue:
    """What was handed over and is not yet known to be stored."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._waiting: list[tuple[Future[None], Callable[[Future[None]], None]]] = []

    def put(self, copying: Copying, told: Callable[[Future[None]], None]) -> None:
        """Hand something over; `told` gets its outcome, and may raise, once somebody waits."""
        self._waiting.append((self._thread.submit(copying, connection.connection), told))

    def settle(self) -> None:
        """Wait until everything is stored. Raises what kept the first out; then nothing is."""
        waiting, self._waiting = self._waiting, []
        wait([future for future, _ in waiting])
        for future, told in waiting:
            told(future)

    def before(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Django's wrapper of any other statement."""
        self.settle()
        return execute(sql, params, many, context)
