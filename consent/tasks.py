"""The consents' own upkeep."""

from consent import services
from work.handlers import JobView, Outcome, again, finished, periodic

BATCH = 500


@periodic("consent.expire", every=60)
def expire(job: JobView) -> Outcome:
    """Write the ledger lines of consents whose time has ended, a batch at a time."""
    done = services.expire_due(limit=BATCH)
    return again(cursor={}) if done == BATCH else finished()
