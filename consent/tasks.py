"""The consents' own upkeep."""

from consent import lifting as lifting_letters  # noqa: F401 (registers)
from consent import services
from consent import upkeep as upkeep_jobs  # noqa: F401 (registers)
from consent.exporting import job as export_job  # noqa: F401 (registers)
from consent.family import jobs as family_jobs  # noqa: F401 (registers)
from consent.feed import jobs as feed_jobs  # noqa: F401 (registers)
from work.handlers import JobView, Outcome, again, finished, periodic

BATCH = 500


@periodic("consent.forget_devices", every=3600)
def forget_devices(job: JobView) -> Outcome:
    """Delete choices of devices whose time is over, a batch at a time."""
    done = services.forget_devices(limit=BATCH)
    return again(cursor={}) if done == BATCH else finished()


@periodic("consent.expire", every=60)
def expire(job: JobView) -> Outcome:
    """Write the ledger lines of consents whose time has ended, a batch at a time."""
    done = services.expire_due(limit=BATCH)
    return again(cursor={}) if done == BATCH else finished()
