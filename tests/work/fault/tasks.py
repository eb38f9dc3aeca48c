"""Jobs that note each recorded effect in a table without any constraint, and die on demand."""

import os
import signal
import time

from django.db import connection

from work.handlers import again, finished, handler
from work.outcomes import JobView, Outcome

TABLE = "fault_effect"
CREATE = f"CREATE TABLE {TABLE} (job uuid, step int, pid int, at timestamptz DEFAULT now())"


def note(job: JobView) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (job, step, pid) VALUES (%s, %s, %s)",
            [job.id, job.step, os.getpid()],
        )


def die(job: JobView) -> None:
    if job.attempts == 1:
        os.kill(os.getpid(), signal.SIGKILL)


@handler("fault.slow")
def slow(job: JobView) -> Outcome:
    """Its effect is written, but not yet committed, while it sleeps."""
    note(job)
    time.sleep(job.payload["milliseconds"] / 1000)
    return finished()


@handler("fault.die_before", perform=die)
def die_before(job: JobView, performed: None) -> Outcome:
    """The first attempt's process dies between its external effect and its record."""
    note(job)
    return finished()


@handler("fault.die_inside")
def die_inside(job: JobView) -> Outcome:
    """The first attempt's process dies after its effect is written and before the commit."""
    note(job)
    die(job)
    return finished()


@handler("fault.steps")
def steps(job: JobView) -> Outcome:
    """Three steps, each recorded apart."""
    note(job)
    done = job.done + 1
    if done == 3:
        return finished()
    return again(cursor={"done": done}, done=done, total=3)


def stall(job: JobView) -> None:
    time.sleep(job.payload["milliseconds"] / 1000)


@handler("fault.stall", perform=stall)
def stalled(job: JobView, performed: None) -> Outcome:
    """Waits outside any transaction, so that it can be stopped there and woken too late."""
    note(job)
    return finished()
