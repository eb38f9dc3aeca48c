"""Processes that die at named places while they drive erasures, and what must be true then."""

import os
import signal
from collections import Counter

from django.db import connection
from django.utils import timezone

from erasure.models import Case, Mark, Step
from tests.erasure.engine.world import work_on
from work import crash
from work import services as work
from work.models import Job


def died(wish, task):
    """Do the task in a process that is to die at this place; whether it did."""
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            crash.point = crash.Crash(wish).point
            task()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def go_on():
    """What the keeper does about the leases of the dead, sooner; and then the work itself."""
    expire_leases()
    work_on()


def expire_leases():
    Job.objects.filter(state="leased").update(lease_until=timezone.now())
    work.sweep_expired()


def faults(office, cases):
    """What differs from an undisturbed run, in words; nothing should."""
    found = [f"case {c.id} is {c.state}" for c in again(cases) if c.state != "closed"]
    steps = Step.objects.filter(case__in=cases).select_related("system")
    found += [f"{s.system.code} of {s.case_id} is {s.state}" for s in steps if s.state != "absent"]
    found += [f"{n} marks {key}" for key, n in recorded(cases).items() if n != 1]
    for code, cabinet in office.cabinets.items():
        told = {str(s.id): s for s in steps if s.system.code == code}
        found += list(_repeats(cabinet, told, honours=cabinet.honours))
        found += [f"{code} still has {one}" for one in cabinet.left]
    return found


def again(cases):
    return Case.objects.filter(pk__in=[one.pk for one in cases])


def recorded(cases):
    """How often each effect was recorded: of a round, nothing but tries may come twice."""
    rows = Mark.objects.filter(step__case__in=cases).exclude(kind="sent")
    return Counter(rows.values_list("step", "round", "kind"))


def _repeats(cabinet, told, *, honours):
    effects = Counter(cabinet.journal())
    for step_id, step in told.items():
        if effects[step_id] < 1:
            yield f"{step_id} had no effect"
        if honours and effects[step_id] > 1:
            yield f"{step_id} had {effects[step_id]} effects under one key"
        if effects[step_id] > 1 + step.possible_repeats:
            yield f"{step_id} had {effects[step_id]} effects, reported {step.possible_repeats}"
