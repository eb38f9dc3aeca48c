"""In which capacity somebody may be looked at: one they have, verified, at the reader's unit."""

import pytest

from audit.models import EntryIndex
from profiles import relations
from profiles import services as profiles
from profiles.errors import SubjectNotFoundError
from profiles.fields import Why
from profiles.models import Relation
from subjects import relations as ties
from subjects import services as subjects
from tests.factories.company import APPROVER, AUTHOR, OFFERS
from tests.factories.profiles import MONEY, VALUES, house, rule

pytestmark = pytest.mark.req("PRO-01")
KIND = {
    Relation.HOLDER: "account_holder", Relation.JOINT: "joint_holder",
    Relation.HOUSEHOLD: "household", Relation.GUARDIAN: "guardian",
    Relation.EMPLOYER: "employer",
}  # fmt: skip
OTHERS = sorted(KIND)


@pytest.fixture
def lotus(transactional_db):
    found = house()
    found.seat(found.service, unit="loans")
    found.shows(rule("show"), *(rule("show", relation=one, category=MONEY) for one in OTHERS))
    return found


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def ben(lotus):
    return lotus.company.person("ben@example.in")


@pytest.fixture
def ira(lotus):
    child = {"age_state": "child", "age_assurance": "declared"}
    return lotus.company.person("ira@example.in", **child)


def confirm(one, other, relation, **more):
    return ties.confirm(
        by=APPROVER, subject=one, related_id=other.id, kind=KIND[relation], verified_by="contract",
        **more,
    )  # fmt: skip


def shown(lotus, person, **more):
    return {one.code: one.value for one in lotus.reads(person, **more).fields if one.value}


class TestCapacity:
    @pytest.mark.parametrize("relation", OTHERS)
    def test_somebody_is_looked_at_as_what_they_are(self, lotus, asha, ira, relation):
        confirm(asha, ira, relation)

        found = shown(lotus, asha, relation=relation)

        assert found == {"income": VALUES["income"], "born_on": VALUES["born_on"]}

    @pytest.mark.parametrize("relation", OTHERS)
    def test_and_as_nothing_else(self, lotus, asha, ira, relation):
        for other in OTHERS:
            if other != relation:
                confirm(asha, ira, other)

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(asha, relation=relation)

    @pytest.mark.parametrize("relation", OTHERS)
    def test_a_mere_claim_makes_nobody_anything(self, lotus, asha, ben, relation):
        subjects.relate(by=AUTHOR, subject=asha, related_id=ben.id, kind=KIND[relation])

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(asha, relation=relation)

    def test_the_rules_of_one_capacity_are_not_those_of_another(self, lotus, asha, ben):
        confirm(asha, ben, Relation.JOINT)

        as_joint = {one.code: one.why for one in lotus.reads(asha, relation=Relation.JOINT).fields}

        assert as_joint["email"] is Why.ROLE
        assert "income" not in shown(lotus, asha)

    def test_the_account_is_the_holders_and_not_of_whoever_uses_it(self, lotus, asha, ben):
        confirm(ben, asha, Relation.HOLDER)

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(asha, relation=Relation.HOLDER)

    def test_a_capacity_nobody_knows_is_nobodys(self, lotus, asha):
        assert relations.in_capacity(lotus.id, [asha.id], "cousin", "loans") == set()

    def test_the_log_says_in_which_capacity(self, lotus, asha, ben):
        confirm(asha, ben, Relation.JOINT)

        lotus.reads(asha, relation=Relation.JOINT)

        entry = EntryIndex.objects.filter(event="record:viewed").latest("id")
        assert entry.subject_id == asha.id


class TestUnits:
    @pytest.mark.parametrize("relation", [one for one in OTHERS if one != Relation.GUARDIAN])
    def test_another_units_relationship_is_no_capacity_here(self, lotus, asha, ben, relation):
        confirm(asha, ben, relation, unit="cards")

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(asha, relation=relation)

        confirm(asha, ben, relation, unit="loans")
        assert lotus.reads(asha, relation=relation)

    def test_a_reader_of_no_unit_knows_only_what_holds_everywhere(self, lotus, asha, ben):
        lotus.seat(lotus.service)
        confirm(asha, ben, Relation.JOINT, unit="loans")

        with pytest.raises(SubjectNotFoundError):
            lotus.reads(asha, relation=Relation.JOINT, unit="")


class TestLists:
    def test_a_list_has_those_who_are_it(self, lotus, asha, ben):
        chitra = lotus.person("chitra@example.in")
        confirm(asha, ben, Relation.JOINT)

        found = profiles.read_many(
            by=lotus.service, controller_id=lotus.id, subject_ids=[chitra.id, asha.id, ben.id],
            purpose=OFFERS, relation=Relation.JOINT,
        )  # fmt: skip

        assert [one.subject_id for one in found] == [asha.id, ben.id]


class TestAround:
    def test_says_who_stands_to_a_person_as_what(self, lotus, asha, ben, ira):
        confirm(asha, ira, Relation.GUARDIAN)
        confirm(ben, ira, Relation.HOUSEHOLD)
        confirm(ben, asha, Relation.HOLDER, unit="loans")
        confirm(ben, asha, Relation.EMPLOYER, unit="cards")

        assert relations.around(lotus.id, ira.id, "loans") == [
            (asha.id, Relation.GUARDIAN), (ben.id, Relation.HOUSEHOLD),
        ]  # fmt: skip
        assert relations.around(lotus.id, asha.id, "loans") == [(ben.id, Relation.HOLDER)]
        assert relations.around(lotus.id, asha.id, "") == []
        assert relations.around(lotus.id, ben.id, "loans") == [(ira.id, Relation.HOUSEHOLD)]

    def test_each_capacity_once_although_two_units_have_it(self, lotus, asha, ben):
        confirm(asha, ben, Relation.JOINT)
        confirm(asha, ben, Relation.JOINT, unit="loans")

        assert relations.around(lotus.id, ben.id, "loans") == [(asha.id, Relation.JOINT)]
