"""The upkeep of who decides for whom: majority, appointments and names nobody answered to."""

from audit.actors import Actor
from consent import services
from work.handlers import JobView, Outcome, again, finished, periodic

BATCH = 100
KEEPER = Actor.system("keeper")


@periodic("consent.majority", every=600)
def come_of_age(job: JobView) -> Outcome:
    """End reliance on parents of those who came of age, and ask them; a batch at a time."""
    done = services.come_of_age_due(by=KEEPER, limit=BATCH)
    return again(cursor={}) if done == BATCH else finished()


@periodic("consent.appointments", every=600)
def end_appointments(job: JobView) -> Outcome:
    """End appointments whose last day has passed, a batch at a time."""
    done = services.end_due_appointments(by=KEEPER, limit=BATCH)
    return again(cursor={}) if done == BATCH else finished()


@periodic("consent.parents_lapse", every=3600)
def lapse_parents(job: JobView) -> Outcome:
    """Close what nobody named as parent answered in time, a batch at a time."""
    done = services.lapse_parents(by=KEEPER, limit=BATCH)
    return again(cursor={}) if done == BATCH else finished()
