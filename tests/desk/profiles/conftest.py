"""A company whose officers read profiles, and a log that cannot be written."""

import pytest

from accounts import services as accounts
from accounts.models import User
from audit.actors import Actor
from tests.desk import house
from tests.desk.conftest import broken_log, entries
from tests.factories.company import AUTHOR
from tests.factories.profiles import House, rule
from tests.factories.profiles import house as company

__all__ = ["broken_log", "entries"]
SHOWN = (
    rule("partial"), rule("show", attribute="home"), rule("bucket", category="pd:Financial"),
    rule("show", category="pd:Health"),
)  # fmt: skip


def officer(lotus: House, username: str, *roles: str) -> User:
    """A member of staff with these roles at the company."""
    found = User.objects.filter(username=username).first() or accounts.create_officer(
        by=AUTHOR, username=username, email=f"{username}@staff.example", password=house.PASSWORD
    )
    for role in roles:
        accounts.assign_role(
            by=AUTHOR, officer=found, controller=lotus.company.controller, role=role
        )
    return found


@pytest.fixture
def lotus(transactional_db):
    """Rules about offers are in force: contact data masked but the home, money in ranges."""
    found = company()
    found.shows(*SHOWN)
    return found


@pytest.fixture
def reader(lotus):
    """An officer who reads profiles and nothing else, seated at the branch."""
    found = officer(lotus, "rina", "profile_reader")
    lotus.seat(Actor("officer", str(found.pk)))
    return found


@pytest.fixture
def desk(reader):
    return house.signed_in(reader)


@pytest.fixture
def manager(lotus):
    """A privacy officer, who drafts."""
    return house.signed_in(officer(lotus, "mira", "privacy_officer"))


@pytest.fixture
def second(lotus):
    """Another privacy officer, who approves."""
    return house.signed_in(officer(lotus, "sana", "privacy_officer"))


@pytest.fixture
def auditor(lotus):
    return house.signed_in(officer(lotus, "ada", "auditor"))
