"""What the feed leaves to work and to the keeper."""

from uuid import UUID

from consent.feed import forgetting, greeting, late, results, sending, starting
from consent.feed.greeting import Greeted
from consent.feed.sending import Round
from work.duties import duty
from work.handlers import JobView, Outcome, again, finished, handler, periodic

LEASE_SECONDS = 90
GREETINGS, GREETING_PAUSE = 6, 5.0


@duty("consent.feed", every=0.5)
def feed() -> bool:
    return starting.step()


@handler(
    starting.DELIVER, lease_seconds=LEASE_SECONDS, perform=lambda job: sending.send(_whom(job))
)
def deliver(job: JobView, done: Round) -> Outcome:
    """Round after round while something is heard; what must wait is begun again when it is due."""
    if results.note(done):
        return again(cursor={}, done=job.done + len(done.answers))
    return finished()


@handler(greeting.GREET, perform=lambda job: greeting.greet(_whom(job)))
def greet(job: JobView, greeted: Greeted | None) -> Outcome:
    """A few times over some minutes; then an officer has it asked again."""
    if greeted is None or greeting.note_greeted(_whom(job), greeted) or job.step == GREETINGS:
        return finished()
    return again(cursor={}, done=job.done + 1, delay_seconds=GREETING_PAUSE * 2.0**job.step)


@periodic("consent.late", every=60)
def escalate(job: JobView) -> Outcome:
    if late.escalate_deliveries() == late.AT_ONCE:
        return again(cursor={}, done=job.done + 1)
    late.escalate_asking()
    return finished()


@periodic("consent.forget_events", every=3600)
def forget(job: JobView) -> Outcome:
    """What was told long ago goes, a bounded number at a time."""
    return again(cursor={}, done=job.done + 1) if forgetting.forget() else finished()


def _whom(job: JobView) -> UUID:
    return UUID(job.payload["subscriber"])
