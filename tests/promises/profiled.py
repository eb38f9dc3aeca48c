"""A company whose people have profiles, and every way by which somebody reads one."""

import json
import uuid

from django.core.cache import cache
from django.test import Client

from accounts.models import User
from profiles import services as profiles
from profiles.services import finding
from subjects import services as subjects
from tests.desk.house import signed_in
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.profiles import HEALTH, MONEY, house, rule
from tests.profiles.guarded_world import CASE, REASON, officer

V1 = "/api/v1/profiles"
PLANTED = {
    "email": "asha.planted@example.in",
    "home": {"lines": "4711 Planted Lake Road", "region": "Kerala"},
    "income": 845_019,
    "born_on": "1990-04-23",
    "diagnosis": "planted-asthma",
    "school": "Planted St Mary",
}
SECRETS = (
    "asha.planted@example.in", "asha.planted", "4711 Planted Lake Road", "845019", "1990-04-23",
    "planted-asthma", "Planted St Mary",
)  # fmt: skip
HIDDEN = ("restricted", "erasing", "erased", "vault")


def company(slug="lotus"):
    """A company whose service and whose reader Ravi read everything but health."""
    found = house(slug)
    found.ravi = officer(found, f"{slug}-ravi", "profile_reader")
    found.meera = officer(found, f"{slug}-meera", "privacy_officer")
    for reader in (found.service, found.ravi, found.meera):
        found.seat(reader)
    found.shows(
        rule("show"), rule("partial", attribute="email"), rule("show", category=MONEY),
        rule("show", category=HEALTH, sensitivity="special"),
        rule("show", sensitivity="child"),
    )  # fmt: skip
    return found


def planted(found, email="asha.planted@example.in"):
    """Somebody whose every value is searched for."""
    person = found.company.person(email)
    found.company.yes(person)
    found.holds(person, **{**PLANTED, "email": email})
    return person


def unseen(found, rival):
    """People whom a reader without the right to see them cannot tell from nobody, by why."""
    people = {}
    for state in HIDDEN:
        people[state] = found.person(f"{state}@example.in")
        found.company.stands(people[state], state)
    people["for this purpose"] = found.person("purpose@example.in")
    found.company.stands(
        people["for this purpose"], "restricted", scope_type="purpose", scope=OFFERS
    )
    people["without a key"] = found.person("gone@example.in")
    subjects.destroy_key(by=AUTHOR, subject=people["without a key"])
    people["of another company"] = rival.person("theirs@example.in")
    ids = {why: person.id for why, person in people.items()}
    return {"nobody": uuid.uuid4(), "the null id": uuid.UUID(int=0), **ids}


class Api:
    """Calls as a company's service, told apart by nothing but what they ask."""

    def __init__(self, found):
        self.headers = found.company.headers
        self.client = Client(raise_request_exception=False)

    def read(self, subject_id, purpose=OFFERS, **more):
        cache.clear()  # its pace is not what is tried
        given = {"purpose": purpose, **more}
        return self.client.get(f"{V1}/{subject_id}", given, headers=self.headers)

    def transfers(self, subject_id):
        cache.clear()
        path = f"/api/v1/disclosures?subject={subject_id}"
        return self.client.get(path, headers=self.headers)

    def list(self, *ids, purpose=OFFERS, **more):
        cache.clear()
        body = json.dumps({"subjects": [str(one) for one in ids], "purpose": purpose, **more})
        return self.client.post(f"{V1}/list", body, "application/json", headers=self.headers)


def told(response):
    """All that a caller gets, without what names the request."""
    request_id = response.headers.get("X-Request-ID", "")
    body = response.content.decode().replace(request_id, "ID") if request_id else ""
    headers = {k: v for k, v in response.headers.items() if k not in {"X-Request-ID", "Date"}}
    return response.status_code, body, headers


def desk(by):
    """A client signed in as this member of staff."""
    return signed_in(User.objects.get(pk=by.id))


def openings(found, by):
    """What opens more than a view, as callables of a person's id."""
    given = {"by": by, "controller_id": found.id, "purpose": OFFERS}
    return {
        "read": lambda one: profiles.read(subject_id=one, **given),
        "reveal": lambda one: profiles.reveal(
            subject_id=one, attribute="email", reason=REASON, **given
        ),
        "glass": lambda one: profiles.break_glass(
            subject_id=one, case=CASE, reason=REASON, **given
        ),
    }  # fmt: skip


def finds(found, by, value, scheme="email"):
    return finding.find(by=by, controller_id=found.id, scheme=scheme, value=value, purpose=OFFERS)
