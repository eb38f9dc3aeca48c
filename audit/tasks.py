"""The audit's own upkeep."""

from audit import services
from work.handlers import JobView, Outcome, finished, periodic


@periodic("audit.partitions", every=86_400)
def ensure_partitions(job: JobView) -> Outcome:
    services.ensure_partitions()
    return finished()
