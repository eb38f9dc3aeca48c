"""The one event loop, on a thread of its own, on which systems are asked.

Whoever waits for an answer waits no longer than said, whatever the other side or a library does
with being cancelled: what is late goes on alone, and nobody listens.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

T = TypeVar("T")
GRACE_SECONDS: Final = 0.2
"""For what is cancelled at its deadline to say so."""

_lock = threading.Lock()
_running: tuple[int, asyncio.AbstractEventLoop] | None = None


def run(coroutine: Coroutine[Any, Any, T], *, seconds: float) -> T:
    """What the coroutine returns. Raises TimeoutError when it takes longer, and what it raises."""
    future: Future[T] = asyncio.run_coroutine_threadsafe(coroutine, _loop())
    try:
        return future.result(seconds + GRACE_SECONDS)
    except TimeoutError:
        future.cancel()
        raise


def _loop() -> asyncio.AbstractEventLoop:
    """Made with the first question of a process: threads do not survive a fork."""
    global _running  # noqa: PLW0603 (one for the process)
    with _lock:
        if _running is None or _running[0] != os.getpid():
            made = asyncio.new_event_loop()
            threading.Thread(target=made.run_forever, name="systems", daemon=True).start()
            _running = os.getpid(), made
        return _running[1]
