"""What the doorbell starts in a Celery worker, and the queue's own housekeeping."""

import os
import threading
from collections.abc import Callable
from typing import Final

from celery import shared_task

from work import doorbell, services
from work.duties import duty
from work.handlers import again, finished, periodic
from work.hearing import Hearing
from work.models import PulseKind
from work.outcomes import JobView, Outcome
from work.pulse import Pulse

JOBS_A_RING: Final = 200
SWEEP_SECONDS: Final = 0.25


class _Worker:
    """The pulse and the hands of this process: of each that does work, once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pulse: Pulse | None = None
        self.hearing = Hearing(self.work)

    def pulse(self) -> Pulse:
        with self._lock:
            if self._pulse is None or self._pulse.pid != os.getpid():
                self.hearing = Hearing(self.work)
                self._pulse = Pulse(PulseKind.WORKER, each_beat=self.hearing.look)
                self._pulse.start()
            return self._pulse

    def work(self, stop: Callable[[], bool]) -> int:
        """Do what is due; returns how many jobs that were."""
        pulse = self.pulse()
        ran = services.run_available(worker=pulse.name, limit=JOBS_A_RING, stop=stop)
        if ran:
            pulse.moved()
        return ran

    def stop(self) -> None:
        """The hands first: a lease must not outlive the pulse of whoever holds it."""
        if self._pulse is not None:
            self.hearing.stop()
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
    with _worker.hearing.free_hands() as is_free:
        if is_free:
            _answer(pulse)


def _answer(pulse: Pulse) -> None:
    claimed = services.claim(worker=pulse.name)
    if claimed:
        doorbell.ring()
    for job in claimed:
        services.run(job)
    services.run_available(worker=pulse.name, limit=JOBS_A_RING)
    pulse.moved()


@duty("work.sweep", every=SWEEP_SECONDS)
def sweep() -> bool:
    """What dead workers held is offered to the others at once."""
    if services.sweep_expired():
        doorbell.ring()
    return False


@periodic("work.purge", every=3600)
def purge(job: JobView) -> Outcome:
    """Old finished jobs go, a bounded number at a time."""
    if services.purge_finished() == services.PURGE_AT_ONCE:
        return again(cursor={}, done=job.done)
    return finished()
