"""A company with staff who read profiles, and a manager who looks at what they opened."""

from accounts import services as accounts
from audit.actors import Actor
from audit.models import Alarm, EntryIndex
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.profiles import CONTACT, HEALTH, MONEY, house, rule

__all__ = ["CONTACT", "HEALTH", "MONEY", "OFFERS", "rule"]

NOON = "2026-11-17T12:00:00+00:00"
"""A Tuesday, and before any day on which this runs: ids tell the machine's time, entries this."""
NIGHT = "2026-11-17T23:00:00+00:00"
REASON = "The caller asked us to read it back"
CASE = "CASE-2026-7"


def officer(found, username, *roles):
    """A member of staff with these roles, as an actor."""
    made = accounts.create_officer(
        by=AUTHOR, username=username, email=f"{username}@staff.example",
        password="one-two-three-Aa7!",
    )  # fmt: skip
    for role in roles:
        accounts.assign_role(
            by=AUTHOR, officer=made, controller=found.company.controller, role=role
        )
    return Actor("officer", str(made.id))


def guarded(slug="lotus"):
    """A house whose branch sees masked contact and money, and nothing of health."""
    found = house(slug)
    found.ravi = officer(found, f"{slug}-ravi", "profile_reader")
    found.meera = officer(found, f"{slug}-meera", "privacy_officer")
    found.seat_of_ravi = found.seat(found.ravi)
    found.shows(
        rule("partial", attribute="email"), rule("hide", attribute="home"),
        rule("bucket", category=MONEY, attribute="income"),
    )  # fmt: skip
    return found


def sees(found, person, by=None, **more):
    """What Ravi, or another, gets of each field."""
    shown = found.reads(person, by=by or found.ravi, **more)
    return {one.code: one.value for one in shown.fields}


def events(found, *codes):
    """The entries of these events in the company's log, newest first."""
    return list(EntryIndex.objects.filter(controller_id=found.id, event__in=codes).order_by("-id"))


def alarms(found, kind="unusual_access"):
    return Alarm.objects.filter(controller_id=found.id, kind=kind, cleared_at=None)
