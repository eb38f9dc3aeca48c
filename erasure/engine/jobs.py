"""What the engine leaves to work and to the keeper. Lanes and closing register in their files."""

from typing import Final

from django.utils import timezone

from erasure.engine import (
    closing,  # noqa: F401 (registers)
    late,
    parties,
    recording,  # noqa: F401 (registers)
    watching,
)
from work.duties import duty
from work.handlers import JobView, Outcome, again, finished, periodic

LATE_SECONDS: Final = 60
PARTY_SECONDS: Final = 30
WATCH_SECONDS: Final = 300


@duty("erasure.lanes", every=0.5)
def begin() -> bool:
    """Begin what is due; what began is a job then, so there is nothing more to do at once."""
    watching.begin_due(timezone.now())
    return False


@periodic("erasure.parties", every=PARTY_SECONDS)
def tell_parties(job: JobView) -> Outcome:
    """Write to whoever has no system of ours; many people of a while go into one letter."""
    parties.begin_due(timezone.now())
    return finished()


@periodic("erasure.late", every=LATE_SECONDS)
def look_again(job: JobView) -> Outcome:
    """Late looks fall due a bounded number at a time."""
    now = timezone.now()
    parties.end_links(now)
    if late.AT_ONCE in (late.fall_due(now), late.forget_seen()):
        return again(cursor={}, done=job.done + 1)
    return finished()


@periodic("erasure.watch", every=WATCH_SECONDS)
def watch(job: JobView) -> Outcome:
    """Cases whose time is over are an alarm."""
    watching.watch(timezone.now())
    return finished()
