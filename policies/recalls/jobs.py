"""What recalls leave to work: looking after an event, and telling each service."""

from uuid import UUID

from policies.recalls import campaigns, endpoints, sending, services
from policies.recalls.searching import News
from policies.recalls.sending import Sent
from subjects.news import PERMITS_ENDED
from work.handlers import JobView, Outcome, again, finished, handler, retry

FIRST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 30.0
ATTEMPTS = 16


@handler(PERMITS_ENDED)
def look(job: JobView) -> Outcome:
    """Look now; and again while a transaction is open that may know nothing of the event."""
    left = services.waits_for(job.cursor.get("open"))
    services.look(told=_news(job), cause_id=job.id)
    if not left:
        return finished()
    delay = min(FIRST_WAIT_SECONDS * 2.0 ** min(job.step, 20), LONGEST_WAIT_SECONDS)
    return again(cursor={"open": left}, done=job.step, delay_seconds=delay)


@handler(services.DELIVER, max_attempts=ATTEMPTS, perform=lambda job: sending.send(_recall(job)))
def deliver(job: JobView, sent: Sent) -> Outcome:
    """Until it is heard, the address is gone, or attempts over some hours have failed."""
    if sent.is_heard:
        services.note_heard(recall_id=_recall(job))
    elif sent.endpoint_id is None:
        services.note_unaddressed(recall_id=_recall(job))
    elif sent.is_gone:
        endpoints.note_gone(endpoint_id=sent.endpoint_id)
        services.give_up(recall_id=_recall(job), trouble=sent.trouble)
    elif job.attempts < job.max_attempts:
        return retry(f"recall_{sent.trouble}")
    else:
        services.give_up(recall_id=_recall(job), trouble=sent.trouble)
    return finished()


@handler(campaigns.CATCH_UP)
def catch_up(job: JobView) -> Outcome:
    """What happened between a campaign's first permits and its start."""
    after = job.cursor.get("after")
    last = campaigns.catch_up(
        campaign_id=UUID(job.payload["campaign"]), cause_id=job.id,
        after=UUID(after) if after else None,
    )  # fmt: skip
    return again(cursor={"after": str(last)}, done=job.done + 1) if last else finished()


def _recall(job: JobView) -> UUID:
    return UUID(job.payload["recall"])


def _news(job: JobView) -> News:
    told = job.payload
    people = tuple(UUID(one) for one in told["people"])
    return News(job.controller_id, told["reason"], told["scope_type"], told["scope"], people)
