"""Whom to look at next: as far as a reader may look, and on record before it is told (P11)."""

import pytest

from audit.models import EntryIndex
from profiles import services as profiles
from profiles.errors import NoSeatError, ReadNotRecordedError, SubjectNotFoundError
from profiles.models import Relation
from subjects import relations as ties
from tests.factories.company import APPROVER, OFFERS
from tests.factories.profiles import BRANCH, CAMPAIGN, house, rule


@pytest.fixture
def lotus(transactional_db):
    found = house()
    found.seat(found.service, unit="loans")
    found.shows(rule(), rule(relation="joint"), rule("hide", relation="household"))
    return found


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def ben(lotus):
    return lotus.person("ben@example.in")


def confirm(one, other, kind, **more):
    ties.confirm(
        by=APPROVER, subject=one, related_id=other.id, kind=kind, verified_by="contract", **more
    )


def related(lotus, person, **more):
    found = profiles.related(
        by=lotus.service, controller_id=lotus.id, subject_id=getattr(person, "id", person),
        **{"purpose": OFFERS, **more},
    )  # fmt: skip
    return [(one.subject_id, one.relation) for one in found]


def seen():
    return set(EntryIndex.objects.filter(event="list:viewed").values_list("subject_id", flat=True))


def test_only_capacities_of_which_the_matrix_shows_anything_are_told(lotus, asha, ben):
    confirm(ben, asha, "joint_holder", unit="loans")
    confirm(ben, asha, "household")
    confirm(ben, asha, "account_holder")

    assert related(lotus, asha) == [(ben.id, Relation.JOINT)]


@pytest.mark.req("P11", "PRO-03")
def test_the_person_and_everybody_who_is_named_are_on_record(lotus, asha, ben):
    confirm(ben, asha, "joint_holder", unit="loans")

    related(lotus, asha)

    assert seen() == {asha.id, ben.id}


@pytest.mark.req("P11")
def test_without_the_record_nobody_is_named(lotus, asha, ben, broken_log):
    confirm(ben, asha, "joint_holder", unit="loans")

    broken_log.breaks()

    with pytest.raises(ReadNotRecordedError):
        related(lotus, asha)


@pytest.mark.req("PRO-06")
@pytest.mark.parametrize("state", ["restricted", "erasing", "vault"])
def test_who_is_hidden_is_told_of_and_asked_about_like_nobody(lotus, asha, ben, state):
    confirm(ben, asha, "joint_holder", unit="loans")
    lotus.company.stands(ben, state)

    assert related(lotus, asha) == []
    with pytest.raises(SubjectNotFoundError):
        related(lotus, ben)


def test_a_role_that_sees_nothing_in_that_capacity_learns_of_nobody(lotus, asha, ben):
    confirm(ben, asha, "joint_holder", unit="loans")
    lotus.seat(lotus.service, role=CAMPAIGN, unit="loans")

    assert related(lotus, asha, role=CAMPAIGN) == []
    assert related(lotus, asha, role=BRANCH)
    with pytest.raises(NoSeatError):
        related(lotus, asha, unit="cards")


@pytest.mark.req("P9")
def test_another_companys_reader_learns_of_nobody(lotus, asha, ben):
    confirm(ben, asha, "joint_holder", unit="loans")
    tulip = house("tulip", country="IN")
    tulip.seat(tulip.service)

    with pytest.raises(SubjectNotFoundError):
        related(tulip, asha)
