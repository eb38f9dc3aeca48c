"""What is looked after by the clock: causes elsewhere, retention, silence, and reviews of holds."""

from django.utils import timezone

from erasure import letters as silence_letters  # noqa: F401 (registers)
from erasure.services import causes, idle, retaining
from work.handlers import JobView, Outcome, again, finished, periodic

REVISITED = 200


@periodic("erasure.look_for_causes", every=60)
def look_for_causes(job: JobView) -> Outcome:
    """Open cases for what happened in the last hour."""
    causes.look(since=timezone.now() - causes.RECENT)
    return finished()


@periodic("erasure.look_back", every=6 * 3600)
def look_back(job: JobView) -> Outcome:
    """And for what was overlooked while nobody was looking."""
    causes.look(since=timezone.now() - causes.LONG_AGO)
    return finished()


@periodic("erasure.retention", every=6 * 3600)
def end_retention(job: JobView) -> Outcome:
    """Erase what must be gone, and warn of what is next."""
    retaining.purge_due()
    retaining.warn()
    return finished()


@periodic("erasure.revisit", every=3600)
def revisit(job: JobView) -> Outcome:
    """Look again at what had to stay, a batch at a time."""
    done = retaining.revisit_due(limit=REVISITED)
    return again(cursor={}) if done == REVISITED else finished()


@periodic("erasure.silence", every=3600)
def end_silence(job: JobView) -> Outcome:
    """Tell the silent, erase whom that did not bring back, and warn of whom nobody could tell."""
    idle.find_silent()
    idle.call_off()
    idle.purge_due()
    idle.warn()
    return finished()
