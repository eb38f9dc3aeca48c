"""What obligations leave to work: the watch along the log, and the letter."""

from policies.duties import letters, watching
from work.handlers import JobView, Outcome, finished, handler, periodic, retry


@handler(watching.TELL, perform=lambda job: letters.send(job.controller_id, job.payload["codes"]))
def tell(job: JobView, is_sent: bool) -> Outcome:  # noqa: FBT001 (what sending came to)
    """One letter while the alarm is open."""
    return finished() if is_sent else retry("notice_not_sent")


@periodic("policies.duties", every=60)
def watch(job: JobView) -> Outcome:
    """Decisions since the last round."""
    watching.watch()
    return finished()
