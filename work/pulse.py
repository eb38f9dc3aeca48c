"""A thread that shows others that this process lives, with a database connection of its own."""

import os
import threading
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connection

from work import services
from work.models import PulseKind

log = structlog.get_logger(__name__)

BEAT_SECONDS: Final = 1.0


class Pulse:
    """Beats once a second until stopped; a database that is away only makes it skip beats."""

    def __init__(self, kind: PulseKind) -> None:
        self.pid = os.getpid()
        self.name = services.worker_name(kind)
        self._kind = kind
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
        while not self._stopping.is_set():
            self._beat()
            self._stopping.wait(BEAT_SECONDS)
        try:
            services.end_pulse(name=self.name)
        except (DatabaseError, InterfaceError):
            log.warning("pulse_not_ended")  # it falls silent instead
        finally:
            connection.close()

    def _beat(self) -> None:
        moved = self._moved.is_set()
        try:
            services.beat(name=self.name, kind=self._kind, moved=moved)
        except (DatabaseError, InterfaceError) as error:
            log.warning("pulse_skipped", error=type(error).__name__)
            connection.close()
        else:
            if moved:
                self._moved.clear()
