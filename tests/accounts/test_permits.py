"""Whether an officer may do something, by id alone."""

import pytest

from accounts import selectors, services
from accounts.roles import Permission
from audit.actors import Actor

AUTHOR = Actor.system("author")


def company(slug):
    return services.create_controller(
        by=AUTHOR, slug=slug, name=slug.title(), country="IN", contact_name="Meera Iyer",
        contact_email=f"privacy@{slug}.example",
    )  # fmt: skip


@pytest.fixture
def lotus(db):
    return company("lotus")


@pytest.fixture
def olga(lotus):
    made = services.create_officer(
        by=AUTHOR, username="olga", email="olga@staff.example", password="one-two-Aa7!"
    )
    services.assign_role(by=AUTHOR, officer=made, controller=lotus, role="profile_reader")
    return made


def permits(officer_id, permission, controller):
    return selectors.permits(str(officer_id), permission, controller.id)


@pytest.mark.req("ADM-01")
def test_what_a_role_allows_is_permitted_and_nothing_else(lotus, olga):
    assert permits(olga.id, Permission.VIEW_PROFILES, lotus)
    assert not permits(olga.id, Permission.VIEW_RESTRICTED, lotus)


@pytest.mark.req("P9")
def test_a_role_at_one_company_allows_nothing_at_another(lotus, olga):
    assert not permits(olga.id, Permission.VIEW_PROFILES, company("tulip"))


def test_who_is_no_longer_active_may_nothing(lotus, olga):
    olga.is_active = False
    olga.save(update_fields=["is_active"])

    assert not permits(olga.id, Permission.VIEW_PROFILES, lotus)


@pytest.mark.parametrize("named", ["", "olga", "01978f7e-0000-7000-8000-00000000cafe"])
def test_nobody_may_nothing(lotus, named):
    assert not permits(named, Permission.VIEW_PROFILES, lotus)
