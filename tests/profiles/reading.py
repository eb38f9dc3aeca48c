"""What tests of reading profiles share: what was shown, and what the log says of it."""

import json

from accounts import services as accounts
from accounts.models import User
from audit.actors import Actor
from audit.models import EntryIndex, Payload
from tests.factories.company import AUTHOR
from tests.factories.profiles import HEALTH, MONEY, house, rule

EVERYTHING = (
    rule("show"), rule("show", sensitivity="child"), rule("show", category=MONEY),
    rule("show", category=HEALTH, sensitivity="special"),
)  # fmt: skip
CLAIM = "sys.legal_claim"
HIDING = ("restricted", "erasing", "erased", "vault")


def company():
    """A company whose branch sees everything for offers."""
    found = house()
    found.seat(found.service)
    found.shows(*EVERYTHING)
    return found


def fields(shown):
    return {one.code: one for one in shown.fields}


def values(shown):
    return {one.code: one.value for one in shown.fields if one.value is not None}


def whys(shown):
    return {one.code: one.why for one in shown.fields}


def entries(event="record:viewed"):
    """The entries of that event with what their payloads say, oldest first."""
    found = EntryIndex.objects.filter(event=event).order_by("id")
    bodies = {row.id: json.loads(bytes(row.body)) for row in Payload.objects.all()}
    return [(row, bodies[row.id]) for row in found]


def officer(found, name="olga", role="profile_reader"):
    made = User.objects.filter(username=name).first() or accounts.create_officer(
        by=AUTHOR, username=name, email=f"{name}@staff.example", password="one-two-Aa7!"
    )
    accounts.assign_role(by=AUTHOR, officer=made, controller=found.company.controller, role=role)
    return Actor("officer", str(made.id))
