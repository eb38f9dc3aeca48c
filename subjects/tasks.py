"""The subjects' own upkeep."""

from subjects import rewrap
from work.handlers import JobView, Outcome, again, finished, handler, retry

SECOND_LOOK_SECONDS = 60
"""Longer than another process needs to notice a new key and end what it began under the old one."""


@handler(rewrap.REWRAP)
def wrap_anew(job: JobView) -> Outcome:
    """A batch a step; done when a second look, some time after the first, finds nothing behind."""
    step = rewrap.rewrap(job.payload["version"], limit=rewrap.BATCH)
    if step.is_stale:
        return retry("key_not_seen_yet", 5)
    done = job.done + step.moved
    if step.moved or not job.cursor.get("looked"):
        waits = 0 if step.moved == rewrap.BATCH else SECOND_LOOK_SECONDS
        return again(
            cursor={"looked": step.moved < rewrap.BATCH}, done=done,
            total=max(done, job.total or 0), delay_seconds=waits,
        )  # fmt: skip
    return finished()
