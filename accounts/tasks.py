"""The accounts' own upkeep."""

from work.handlers import JobView, Outcome, finished, periodic

from accounts import idempotency


@periodic("accounts.idempotency", every=3_600)
def forget_old_answers(job: JobView) -> Outcome:
    idempotency.forget_old()
    return finished()
