"""Who stands to whom in which capacity: at a unit, both ways, never in a circle."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from subjects import capacities, relations, services
from subjects.capacities import Tie
from subjects.errors import RelationshipCycleError, SubjectUnknownError
from subjects.models import Relationship
from tests.subjects.people import BY, add, at_once

pytestmark = pytest.mark.django_db
EVERYWHERE = ("",)


@pytest.fixture
def ben(lotus):
    return add(lotus, ("email", "ben@example.in"))


@pytest.fixture
def chitra(lotus):
    return add(lotus, ("email", "chitra@example.in"))


def confirm(one, other, kind, **more):
    return relations.confirm(
        by=BY, subject=one, related_id=other.id, kind=kind, verified_by="contract", **more
    )


def end(one, other, kind, **more):
    return relations.end(by=BY, subject=one, related_id=other.id, kind=kind, **more)


def stands(someone, *kinds, unit="", at=None):
    house = at or someone.controller
    return someone.id in capacities.standing_as(house.id, [someone.id], kinds, {"", unit})


class TestCycles:
    @pytest.mark.parametrize("kind", ["guardian", "parent", "account_holder", "employer"])
    def test_nobody_stands_to_another_as_the_other_stands_to_them(self, asha, ben, events, kind):
        confirm(asha, ben, kind)
        before = Relationship.objects.count(), events()

        with pytest.raises(RelationshipCycleError):
            confirm(ben, asha, kind)
        with pytest.raises(RelationshipCycleError):
            services.relate(by=BY, subject=ben, related_id=asha.id, kind=kind)

        assert (Relationship.objects.count(), events()) == before

    def test_a_circle_through_others_is_refused_too(self, lotus, asha, ben, chitra):
        dev = add(lotus, ("email", "dev@example.in"))
        for one, other in ((asha, ben), (ben, chitra), (chitra, dev)):
            confirm(one, other, "account_holder")

        with pytest.raises(RelationshipCycleError):
            confirm(dev, asha, "account_holder")

        confirm(asha, dev, "account_holder")  # a second way there is no way back

    def test_what_is_over_turns_nothing_round(self, asha, ben, chitra):
        confirm(asha, ben, "guardian")
        confirm(ben, chitra, "guardian", ends_on=timezone.now().date())

        end(asha, ben, "guardian")

        confirm(ben, asha, "guardian")
        confirm(chitra, ben, "guardian")

    def test_a_mere_claim_bars_nobody_and_is_not_confirmed_against_the_truth(self, asha, ben):
        services.relate(by=BY, subject=ben, related_id=asha.id, kind="guardian")

        confirm(asha, ben, "guardian")

        with pytest.raises(RelationshipCycleError):
            confirm(ben, asha, "guardian")
        assert Relationship.objects.get(subject=ben).verified_at is None

    def test_the_parent_of_a_grown_up_may_come_under_their_guardianship(self, asha, ben):
        confirm(asha, ben, "parent")

        confirm(ben, asha, "guardian")

        assert Relationship.objects.count() == 2

    def test_each_unit_has_accounts_of_its_own(self, asha, ben):
        confirm(asha, ben, "account_holder", unit="cards")
        confirm(ben, asha, "account_holder", unit="loans")

        with pytest.raises(RelationshipCycleError):
            confirm(ben, asha, "account_holder", unit="cards")

    @pytest.mark.django_db(transaction=True)
    def test_three_that_would_close_a_circle_at_once_close_none(self, asha, ben, chitra):
        answers = at_once(
            lambda: confirm(asha, ben, "guardian"),
            lambda: confirm(ben, chitra, "guardian"),
            lambda: confirm(chitra, asha, "guardian"),
        )

        refused = [one for one in answers if isinstance(one, RelationshipCycleError)]
        assert (len(refused), Relationship.objects.count()) == (1, 2), answers


class TestMutual:
    @pytest.mark.parametrize("kind", ["household", "joint_holder"])
    def test_one_row_says_it_of_both(self, lotus, asha, ben, kind):
        confirm(asha, ben, kind, unit="savings")

        for one, other in ((asha, ben), (ben, asha)):
            assert stands(one, kind, unit="savings")
            assert capacities.ties(lotus.id, one.id, ["savings"]) == [
                Tie(other.id, kind, "savings")
            ]

    def test_said_again_from_the_other_side_it_is_the_same(self, asha, ben):
        first = confirm(asha, ben, "household")

        again = confirm(ben, asha, "household")

        assert again == first
        with pytest.raises(ValidationError):
            services.relate(by=BY, subject=ben, related_id=asha.id, kind="household")
        with pytest.raises(IntegrityError), transaction.atomic():
            Relationship.objects.create(
                controller_id=asha.controller_id, subject=ben, related_id=asha.id,
                kind="household",
            )  # fmt: skip

    def test_either_may_end_it(self, lotus, asha, ben):
        confirm(asha, ben, "joint_holder")

        assert end(ben, asha, "joint_holder") == 1

        assert not stands(asha, "joint_holder")


class TestWhatCounts:
    def test_a_claim_does_not(self, lotus, asha, ben):
        services.relate(by=BY, subject=asha, related_id=ben.id, kind="account_holder")

        assert not stands(asha, "account_holder")
        assert capacities.ties(lotus.id, ben.id, EVERYWHERE) == []

    def test_only_whoever_holds_the_account_is_its_holder(self, lotus, asha, ben):
        confirm(asha, ben, "account_holder")

        assert stands(asha, "account_holder")
        assert not stands(ben, "account_holder")
        assert capacities.ties(lotus.id, asha.id, EVERYWHERE) == []

    def test_it_counts_until_its_day(self, lotus, asha, ben):
        tomorrow = timezone.now().date() + timedelta(days=1)
        row = confirm(asha, ben, "employer", ends_on=tomorrow)
        assert stands(asha, "employer")

        row.ends_on = timezone.now().date()
        row.save()

        assert not stands(asha, "employer")

    def test_another_unit_knows_nothing_of_it(self, lotus, asha, ben):
        confirm(asha, ben, "joint_holder", unit="loans")

        assert not stands(asha, "joint_holder", unit="cards")
        assert capacities.ties(lotus.id, ben.id, ["", "cards"]) == []

    @pytest.mark.req("P9")
    def test_another_controller_knows_nothing_of_it(self, lotus, tulip, asha, ben):
        theo = add(tulip, ("email", "theo@example.nl"))
        confirm(asha, ben, "household")

        assert not stands(asha, "household", at=tulip)
        assert capacities.ties(tulip.id, asha.id, EVERYWHERE) == []
        with pytest.raises(SubjectUnknownError):
            confirm(asha, theo, "household")

    def test_a_parents_word_ends_with_childhood(self, lotus, asha, ben):
        confirm(asha, ben, "parent")
        assert stands(asha, "parent", "guardian")
        assert [one.kind for one in capacities.ties(lotus.id, ben.id, EVERYWHERE)] == ["parent"]

        services.set_facts(by=BY, subject=ben, age_state="adult", age_assurance="verified")

        assert not stands(asha, "parent", "guardian")
        assert capacities.ties(lotus.id, ben.id, EVERYWHERE) == []

    @pytest.mark.parametrize("kind", ["parent", "guardian"])
    def test_who_decides_for_somebody_does_so_at_every_unit(self, asha, ben, kind):
        with pytest.raises(ValidationError):
            confirm(asha, ben, kind, unit="loans")

    @pytest.mark.parametrize("wrong", [{"kind": "cousin"}, {"unit": "no unit"}, {"unit": "u" * 61}])
    def test_what_cannot_be_is_refused_and_leaves_nothing(self, asha, ben, events, wrong):
        before = events()

        with pytest.raises(ValidationError):
            confirm(asha, ben, **{"kind": "household", **wrong})

        assert (Relationship.objects.count(), events()) == (0, before)
