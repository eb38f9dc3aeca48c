"""What the portal does behind the person's back, and quickly."""

from uuid import UUID

from portal import mailing, services
from subjects import signin
from work.handlers import JobView, Outcome, finished, handler, retry


@handler(services.ASK_LINK)
def ask_link(job: JobView) -> Outcome:
    """Somebody asked for a link; here it shows whether it was anybody."""
    services.issue_link(
        controller_id=job.controller_id, subject=job.payload["subject"],
        language=job.payload["language"],
    )  # fmt: skip
    return finished()


def write(job: JobView) -> bool:
    return mailing.send_link(UUID(job.payload["link"]))


@handler(signin.SEND_LINK, perform=write)
def send_link(job: JobView, was_sent: bool) -> Outcome:
    return finished() if was_sent else retry("mail_failed")
