"""What the portal does behind the person's back, and quickly."""

from uuid import UUID

from consent.services import ASK_ADULT
from consent.services.messages import SEND
from portal import charges, letters, mailing, majority, messages, services
from rights.services import TELL
from subjects import signin
from work.handlers import JobView, Outcome, finished, handler, retry


@handler(services.ASK_LINK)
def ask_link(job: JobView) -> Outcome:
    """Somebody asked for a link; here it shows whether it was anybody."""
    services.issue_link(request_id=UUID(job.payload["asked"]))
    return finished()


def offer(job: JobView) -> bool:
    return mailing.offer_return(UUID(job.payload["asked"]))


@handler(services.OFFER_RETURN, perform=offer)
def offer_return(job: JobView, was_sent: bool) -> Outcome:
    """Somebody who was erased asked for a link."""
    return finished() if was_sent else retry("mail_failed")


def write(job: JobView) -> bool:
    return mailing.send_link(UUID(job.payload["link"]))


@handler(signin.SEND_LINK, perform=write)
def send_link(job: JobView, was_sent: bool) -> Outcome:
    return finished() if was_sent else retry("mail_failed")


def deliver(job: JobView) -> messages.Delivery:
    return messages.deliver(UUID(job.payload["message"]))


@handler(SEND, perform=deliver, max_attempts=6)
def send_message(job: JobView, went: messages.Delivery) -> Outcome:
    """Tried again while the mail server refuses; after the last time it waits in the portal.

    A worker that dies between sending and recording sends the letter once more.
    """
    if went.outcome == messages.FAILED and job.attempts < job.max_attempts:
        return retry(messages.FAILED)
    messages.note(UUID(job.payload["message"]), went)
    return finished()


@handler(charges.ASK_PARENT)
def ask_parent(job: JobView) -> Outcome:
    """A child named somebody; here it shows whether they are anybody."""
    charges.name_parent(
        controller_id=job.controller_id, child=job.payload["child"], parent=job.payload["parent"]
    )
    return finished()


def ask(job: JobView) -> bool:
    return majority.write(job.controller_id, UUID(job.payload["subject"]))


@handler(ASK_ADULT, perform=ask, max_attempts=6)
def ask_adult(job: JobView, was_sent: bool) -> Outcome:
    """Write to somebody who came of age; the question waits in the portal in any case."""
    return finished() if was_sent else retry("mail_failed")


def write_letter(job: JobView) -> bool:
    return letters.write(UUID(job.payload["request"]), job.controller_id, job.payload["what"])


@handler(TELL, perform=write_letter, max_attempts=6)
def tell(job: JobView, was_sent: bool) -> Outcome:
    """Write about a request; what could not be sent stands on its page in any case."""
    return finished() if was_sent else retry("mail_failed")
