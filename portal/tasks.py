"""What the portal does behind the person's back, and quickly."""

from uuid import UUID

from consent.services.messages import SEND
from portal import mailing, messages, services
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


def deliver(job: JobView) -> messages.Delivery:
    return messages.deliver(UUID(job.payload["message"]))


@handler(SEND, perform=deliver, max_attempts=6)
def send_message(job: JobView, went: messages.Delivery) -> Outcome:
    """Tried again while the mail server refuses; after the last time it waits in the portal."""
    if went.outcome == messages.FAILED and job.attempts < job.max_attempts:
        return retry(messages.FAILED)
    messages.note(UUID(job.payload["message"]), went)
    return finished()
