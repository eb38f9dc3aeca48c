"""The accounts' own upkeep."""

from accounts import idempotency
from work.handlers import JobView, Outcome, finished, periodic


@periodic("accounts.idempotency", every=3_600)
def forget_old_answers(job: JobView) -> Outcome:
    idempotency.forget_old()
    return finished()
