"""What watches over readers without being asked: looks, overdue reviews, and people to be told."""

from typing import Final

from profiles.services import breaking, watching
from work.handlers import JobView, Outcome, finished, periodic

LOOKS_SECONDS: Final = 120
GLASS_SECONDS: Final = 60


@periodic("profiles.looks", every=LOOKS_SECONDS)
def looks(job: JobView) -> Outcome:
    """What is unusual about the last looks at profiles is an alarm."""
    watching.watch()
    return finished()


@periodic("profiles.glass", every=GLASS_SECONDS)
def glass(job: JobView) -> Outcome:
    """Accesses that are over are shown to the people; reviews that are overdue are an alarm."""
    breaking.tell()
    breaking.watch()
    return finished()
