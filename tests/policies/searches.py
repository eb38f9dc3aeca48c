"""What tests of searches share."""

from tests.factories.company import OFFERS

SEARCHES = [f"/access/v1/search/{kind}" for kind in ("resource", "subject", "action")]
RESOURCE, SUBJECT, ACTION = SEARCHES
SOMETHING = {
    "subject": {"type": "service", "id": "mailer"},
    "action": {"name": "activate", "properties": {"purpose": OFFERS}},
    "resource": {"type": "customer", "id": "nobody"},
}


def people(lotus, count):
    """So many people, of whom every second said yes; in the order of their ids."""
    made = [lotus.person(f"person{n}@example.in") for n in range(count)]
    for person in made[::2]:
        lotus.yes(person)
    return made


def ids(found):
    return [one["id"] for one in found["results"]]
