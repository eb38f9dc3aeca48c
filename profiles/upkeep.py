"""The jobs that end values whose time is over, a batch at a time."""

from typing import Final
from uuid import UUID

from profiles.services import defining, forgetting, retention
from subjects.news import KEY_DESTROYED
from work.handlers import JobView, Outcome, again, finished, handler, periodic

BATCH: Final = 500


@periodic("profiles.retention", every=900)
def end_values(job: JobView) -> Outcome:
    """End what is due, and what was replaced long enough ago (PRO-04)."""
    done = retention.end_due(limit=BATCH)
    former = retention.end_former(limit=BATCH)
    if BATCH in (done, former):
        return again(cursor={}, done=job.done + done + former)
    return finished()


@handler(defining.REVISIT)
def revisit(job: JobView) -> Outcome:
    """Find the records that hold an attribute which may be kept less long than before."""
    after = retention.revisit(
        controller_id=job.controller_id, code=job.payload["code"],
        after=UUID(job.cursor["after"]) if "after" in job.cursor else retention.FIRST, limit=BATCH,
    )  # fmt: skip
    if after is None:
        return finished()
    return again(cursor={"after": str(after)}, done=job.done + BATCH)


@handler(KEY_DESTROYED)
def forget(job: JobView) -> Outcome:
    """Let go of what is left of a person whose data key was destroyed."""
    forgetting.forget(controller_id=job.controller_id, subject_id=UUID(job.payload["subject"]))
    return finished()
