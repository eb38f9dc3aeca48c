"""A process that needs no broker: it keeps the schedule, and stands in for workers.

Its duties (`work.duties`) run beside, in threads of their own: so it sweeps (`work.tasks`) while it
has a long job of its own in hand.
"""

import threading
from typing import Final

import structlog
from django.utils import timezone

from work import doorbell, duties, handlers, selectors, services, serving
from work.models import PulseKind
from work.pulse import Pulse
from work.trouble import Trouble

log = structlog.get_logger(__name__)

TICK_SECONDS: Final = 0.5
BATCH_SECONDS: Final = 5.0


class Keeper:
    """One keeper. Several at once are safe: every step takes locks that the others skip."""

    def __init__(self, *, patience_seconds: float) -> None:
        self._patience = patience_seconds
        self._stopping = threading.Event()
        self._pulse = Pulse(PulseKind.KEEPER)
        self._trouble = Trouble("keeper")
        self._stands_in = False

    def stop(self) -> None:
        """Finish the job at hand, then return from `run`."""
        self._stopping.set()

    def run(self) -> None:
        """Tick until stopped. No error ends it: without a keeper nothing would come back."""
        self._pulse.start()
        threads = [duties.DutyThread(one).start() for one in duties.known()]
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._pause_after_tick())
        finally:
            for thread in threads:  # all are told first, so that they end side by side
                thread.wind_down()
            for thread in threads:
                thread.stop()
            self._pulse.stop()

    def _pause_after_tick(self) -> float:
        """Tick, and say how long to wait: not at all while it works, longer in trouble."""
        try:
            ran = self.tick()
        except Exception as error:
            return self._trouble.pause(error)
        self._trouble.over()
        return 0.0 if ran else TICK_SECONDS

    def tick(self) -> int:
        """One round; returns how many jobs it had to do itself. None of a database put back."""
        if not serving.is_allowed():
            return 0
        services.keep_schedule(timezone.now())
        age = selectors.oldest_due_age(kinds=handlers.known_kinds())
        if age is None:
            self._step_back()
            return 0
        doorbell.ring()  # retries and scheduled jobs have nobody else to ring for them
        waits = age > self._patience or self._stands_in
        return self._stand_in(age) if waits else 0

    def _stand_in(self, age: float) -> int:
        """Work has waited too long: the broker is away, or workers live but do not move."""
        ran = services.run_available(
            worker=self._pulse.name, seconds=BATCH_SECONDS, stop=self._stopping.is_set
        )
        if ran:
            self._pulse.moved()
        if ran and not self._stands_in:
            self._stands_in = True
            silent = selectors.silent_workers(patience_seconds=self._patience).count()
            log.warning("keeper_stands_in", waited_seconds=round(age, 1), silent_workers=silent)
        return ran

    def _step_back(self) -> None:
        if self._stands_in:
            self._stands_in = False
            log.info("keeper_steps_back")
