"""The audit's own upkeep."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from audit import retention, sealing, services, verification
from audit.actors import Actor
from audit.errors import RetentionLoginMissingError
from audit.exporting import job as export_job  # noqa: F401 (registers)
from audit.verification.watch import EVERY_SECONDS
from audit.witnesses import duties  # noqa: F401 (registers)
from work.duties import duty
from work.handlers import JobView, Outcome, again, finished, periodic, retry

log = structlog.get_logger(__name__)


@periodic("audit.partitions", every=86_400)
def ensure_partitions(job: JobView) -> Outcome:
    services.ensure_partitions()
    return finished()


@periodic("audit.retention", every=86_400)
def end_payloads(job: JobView) -> Outcome:
    """A month a step: each is a transaction of the retention login's own."""
    try:
        ran = retention.run(by=Actor.system("retention"), at_most=1)
    except RetentionLoginMissingError:
        log.warning("retention_not_configured")
        return finished()
    if ran.dropped:
        return again(cursor={}, done=job.done + 1)
    return retry("retention_put_off", 3600) if ran.put_off else finished()


@periodic("audit.verify", every=EVERY_SECONDS, perform=lambda job: verification.go_on())
def note_verified(job: JobView, looked: None) -> Outcome:
    """The watch stores its progress itself, in many small transactions."""
    return finished()


@duty("audit.seal", every=0.5)
def seal() -> bool:
    """At once again only while more waits than one round takes: each round signs a checkpoint,
    and under a steady load a round without a pause would place and sign a handful of entries."""
    return sealing.seal() >= sealing.GROUPS_AT_ONCE


@duty("audit.heartbeat", every=5)
def beat() -> bool:
    patience = timedelta(seconds=settings.AUDIT_HEARTBEAT_SECONDS)
    sealing.beat(older_than=timezone.now() - patience)
    return False


@duty("audit.summarize", every=60)
def summarize() -> bool:
    services.summarize_index()
    return False
