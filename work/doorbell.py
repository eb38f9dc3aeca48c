"""Tells the Celery workers that there is work. Never more than a hint, never slow, never fatal.

The message has no payload, and losing, repeating or never sending it harms nothing: the keeper
rings again each second while work is due, and does the work itself when nobody comes.
"""

import os
import threading
import time
from typing import Any, Final

import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger(__name__)

RING_TASK: Final = "work.ring"
TIMEOUT_SECONDS: Final = 0.1
QUIET_SECONDS: Final = 5.0
EXPIRES_SECONDS: Final = 30
OPTIONS: Final = {
    "socket_timeout": TIMEOUT_SECONDS,
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "retry_on_timeout": False,
    "max_retries": 0,
    "connect_retries_timeout": TIMEOUT_SECONDS,
}


class Doorbell:
    """One connection of this process to the broker. After a failure it keeps quiet for a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = 0
        self._connection: Any = None
        self._quiet_until = 0.0

    def ring(self) -> bool:
        """Send the hint; returns whether it went out. Takes about TIMEOUT_SECONDS at worst."""
        if not settings.CELERY_BROKER_URL or time.monotonic() < self._quiet_until:
            return False
        if not self._lock.acquire(timeout=TIMEOUT_SECONDS):
            return False
        try:
            return self._send()
        finally:
            self._lock.release()

    def _send(self) -> bool:
        try:
            current_app.send_task(
                RING_TASK,
                connection=self._connected(),
                retry=False,
                expires=EXPIRES_SECONDS,
                ignore_result=True,
            )
        except Exception as error:  # a broken bell must not break what rang it
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            self._connection = None
            log.warning("doorbell_silent", error=type(error).__name__)
            return False
        return True

    def _connected(self) -> Any:
        if self._connection is None or self._pid != os.getpid():
            self._pid = os.getpid()  # a socket shared with the parent of a fork is nobody's
            self._connection = current_app.connection_for_write(
                settings.CELERY_BROKER_URL,
                connect_timeout=TIMEOUT_SECONDS,
                transport_options=OPTIONS,
            )
        return self._connection


_doorbell = Doorbell()
ring = _doorbell.ring
