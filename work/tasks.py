"""What the doorbell starts in a Celery worker, and the queue's own housekeeping."""

import os
import threading
from typing import Final

from celery import shared_task

from work import doorbell, services
from work.handlers import again, finished, periodic
from work.models import PulseKind
from work.outcomes import JobView, Outcome
from work.pulse import Pulse

JOBS_A_RING: Final = 200


class _Worker:
    """The pulse of this process, started once in each process that does work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pulse: Pulse | None = None

    def pulse(self) -> Pulse:
        with self._lock:
            if self._pulse is None or self._pulse.pid != os.getpid():
                self._pulse = Pulse(PulseKind.WORKER).start()
            return self._pulse

    def stop(self) -> None:
        if self._pulse is not None:
            self._pulse.stop()


_worker = _Worker()
start_pulse = _worker.pulse
stop_pulse = _worker.stop


@shared_task(name=doorbell.RING_TASK, ignore_result=True)
def ring() -> None:
    """There may be work: do what is due.

    Whoever finds work rings for the next worker before doing it. So one ring wakes as many as
    there is work for, and the last one, who finds nothing, lets it end.
    """
    pulse = start_pulse()
    claimed = services.claim(worker=pulse.name)
    if claimed:
        doorbell.ring()
    for job in claimed:
        services.run(job)
    services.run_available(worker=pulse.name, limit=JOBS_A_RING)
    pulse.moved()


@periodic("work.purge", every=3600)
def purge(job: JobView) -> Outcome:
    """Old finished jobs go, a bounded number at a time."""
    if services.purge_finished() == services.PURGE_AT_ONCE:
        return again(cursor={}, done=job.done)
    return finished()
