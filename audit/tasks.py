"""The audit's own upkeep."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from audit import sealing, services
from audit.witnesses import duties  # noqa: F401 (registers)
from work.duties import duty
from work.handlers import JobView, Outcome, finished, periodic


@periodic("audit.partitions", every=86_400)
def ensure_partitions(job: JobView) -> Outcome:
    services.ensure_partitions()
    return finished()


@duty("audit.seal", every=0.5)
def seal() -> bool:
    return sealing.seal() > 0


@duty("audit.heartbeat", every=5)
def beat() -> bool:
    patience = timedelta(seconds=settings.AUDIT_HEARTBEAT_SECONDS)
    sealing.beat(older_than=timezone.now() - patience)
    return False
