"""A thread that shows others that this process lives, with a database connection of its own."""

import os
import threading
from collections.abc import Callable
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connection

from work import services
from work.models import PulseKind

log = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 0.1
"""A session that was lost is soon made anew: who has none is taken for dead."""


class Pulse:
    """Beats once a second until stopped; a database that is away only makes it skip beats.

    `each_beat` follows every beat but the first, on the pulse's own connection.
    """

    def __init__(self, kind: PulseKind, each_beat: Callable[[], None] = lambda: None) -> None:
        self.pid = os.getpid()
        self.name = services.worker_name(kind)
        self._kind = kind
        self._each_beat = each_beat
        self._moved = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="work-pulse", daemon=True)

    def start(self) -> "Pulse":
        """The first beat comes before any work: a lease whose owner never beat waits it out."""
        self._beat()
        self._thread.start()
        return self

    def moved(self) -> None:
        """Work was done: the next beat says so."""
        self._moved.set()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        has_beaten = True
        while not self._stopping.is_set():
            had_beaten, has_beaten = has_beaten, self._beat(self._each_beat)
            is_lost = had_beaten and not has_beaten
            self._stopping.wait(AGAIN_SECONDS if is_lost else BEAT_SECONDS)
        try:
            services.end_pulse(name=self.name)
        except (DatabaseError, InterfaceError):
            log.warning("pulse_not_ended")  # it falls silent instead
        finally:
            connection.close()

    def _beat(self, then: Callable[[], None] = lambda: None) -> bool:
        """Whether the database heard it."""
        moved = self._moved.is_set()
        try:
            services.beat(name=self.name, kind=self._kind, moved=moved)
            then()
        except (DatabaseError, InterfaceError) as error:
            log.warning("pulse_skipped", error=type(error).__name__)
            connection.close()
            return False
        if moved:
            self._moved.clear()
        return True
