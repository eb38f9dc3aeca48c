"""The job that destroys what the vault need not keep any more."""

from typing import Final

from erasure.vault import storing
from work.handlers import JobView, Outcome, again, finished, periodic

BATCH: Final = 500


@periodic("erasure.vault", every=900)
def destroy_due(job: JobView) -> Outcome:
    """A batch at a time; what is under a legal hold waits."""
    done = storing.destroy_due(limit=BATCH)
    return again(cursor={}, done=job.done + done) if done == BATCH else finished()
