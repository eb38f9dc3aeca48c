"""The job that flags training sets when somebody in them is erased or withdraws."""

from typing import Final
from uuid import UUID

from erasure.training import looking, selectors
from work.handlers import JobView, Outcome, again, finished, periodic

EVERY_SECONDS: Final = 60
AT_ONCE: Final = 20


@periodic("erasure.training", every=EVERY_SECONDS)
def look(job: JobView) -> Outcome:
    """A few sets at a time, each by what changed since it was looked at."""
    last = UUID(job.cursor["after"]) if "after" in job.cursor else None
    sets = selectors.after(last, AT_ONCE)
    for one in sets:
        looking.look(one)
    if len(sets) < AT_ONCE:
        return finished()
    return again(cursor={"after": str(sets[-1])}, done=job.done + len(sets))
