"""The subjects' own upkeep."""

from keys import rewrapping
from subjects import returning, rewrap, sessions
from work.handlers import JobView, Outcome, again, finished, handler, periodic, retry

SECOND_LOOK_SECONDS = 60
"""Longer than another process needs to notice a new key and end what it began under the old one."""


@handler(rewrap.REWRAP)
def wrap_anew(job: JobView) -> Outcome:
    """A batch a step, in passes over all that is wrapped.

    Done when a pass, some time after the last that moved something, finds nothing behind. What does
    not open is passed over and, with nothing else left, fails the job: somebody must see it.
    """
    version = job.payload["version"]
    place = rewrapping.Place.of(job.cursor.get("place", {}))
    step = rewrapping.rewrap(version, place=place, limit=rewrap.BATCH)
    if step.is_stale:
        return retry("key_not_seen_yet", 5)
    found = job.cursor.get("found", 0) + step.moved
    if step.place is not None:
        return _on(job, step, {"place": step.place.stored(), "found": found})
    behind = rewrapping.behind(version)
    if found or not job.cursor.get("looked") or behind > len(step.unopened):
        return _on(job, step, {"looked": True}, SECOND_LOOK_SECONDS, behind=behind)
    return retry("unseal_failed") if behind else finished()


def _on(
    job: JobView, step: rewrapping.Step, cursor: dict[str, object], wait: int = 0, behind: int = -1
) -> Outcome:
    """The progress counts what others moved, too, as soon as a pass has ended."""
    done, total = job.done + step.moved, max(job.total or 0, job.done + step.moved)
    if behind >= 0:
        total = max(total, done + behind)
        done = total - behind
    return again(cursor=cursor, done=done, total=total, delay_seconds=wait)


@periodic("subjects.end_old", every=600)
def end_old(job: JobView) -> Outcome:
    """Delete sessions and requests for links whose time is over."""
    returning.end_old()
    sessions.end_old()
    return finished()
