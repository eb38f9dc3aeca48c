"""What emergency use leaves to work: the two notices, and the watch over reviews."""

from uuid import UUID

from policies.emergency import letters, services
from work.handlers import JobView, Outcome, finished, handler, periodic, retry

EVERY_SECONDS = 60


@handler(
    services.TELL,
    perform=lambda job: letters.send(UUID(job.payload["emergency"]), job.payload["whom"]),
)
def tell(job: JobView, how: str) -> Outcome:
    """One letter. Of a person without an address the page says that nobody was told."""
    if how == letters.FAILED:
        return retry("notice_not_sent")
    if how == letters.SENT:
        services.note_told(emergency_id=UUID(job.payload["emergency"]), whom=job.payload["whom"])
    return finished()


@periodic("emergency.watch", every=EVERY_SECONDS)
def watch(job: JobView) -> Outcome:
    """A review that is overdue is an alarm."""
    services.watch()
    return finished()
