"""The audit's own upkeep."""

from work.handlers import JobView, Outcome, finished, periodic

from audit import services


@periodic("audit.partitions", every=86_400)
def ensure_partitions(job: JobView) -> Outcome:
    services.ensure_partitions()
    return finished()
