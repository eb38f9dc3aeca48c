"""A restriction follows the person whose records are joined, and goes back when they are parted."""

import pytest

from consent import selectors, services
from subjects import selectors as subjects
from tests.portal.world import AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-31", "POR-07")]


def restrict(company, person, ground="accuracy", **scope):
    return services.restrict(
        by=AUTHOR, controller_id=company.id, subject_id=person.id, ground=ground, **scope
    )


def grounds(company, person):
    return {one.ground for one in selectors.restrictions(company.id, person.id)}


def reach(person):
    """What stands restricted, but for the record that is not used at all while joined."""
    found = subjects.standings(person).filter(state="restricted", reason="gdpr_18")
    return {(one.scope_type, one.scope) for one in found}


def test_of_either_record_restricts_the_one_and_can_be_taken_back(company, asha, guest, merge):
    restrict(company, guest, scope_type="purpose", scope=OFFERS)

    merge()

    (carried,) = selectors.restrictions(company.id, asha.id)
    assert reach(asha) == {("purpose", OFFERS)}
    services.take_back_restriction(
        by=AUTHOR, controller_id=company.id, subject_id=asha.id, restriction_id=carried.pk
    )
    assert reach(asha) == set()


def test_goes_back_when_they_are_parted(company, asha, guest, merge, split):
    restrict(company, guest)
    found = merge()
    assert grounds(company, asha) == {"accuracy"}

    split(found)

    assert (grounds(company, asha), reach(asha)) == (set(), set())
    assert (grounds(company, guest), reach(guest)) == ({"accuracy"}, {("everything", "")})


def test_of_the_time_between_counts_for_both(company, asha, guest, merge, split):
    """Even where it shares a standing with one that goes back."""
    restrict(company, guest)
    found = merge()
    restrict(company, asha, ground="claims")

    split(found)

    assert (grounds(company, asha), reach(asha)) == ({"claims"}, {("everything", "")})
    assert grounds(company, guest) == {"accuracy", "claims"}
    assert reach(guest) == {("everything", "")}
