from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import EntryIndex
from consent import selectors, services
from consent.errors import (
    CommitmentTakenError,
    GroundsMissingError,
    ObjectionDecidedError,
    ObjectionMissingError,
    ObjectionPurposeError,
    PurposeUnknownError,
)
from consent.models import Commitment, Objection
from subjects.errors import SubjectUnknownError
from tests.portal.world import APPROVER, AUTHOR, OFFERS, SURVEYS

pytestmark = pytest.mark.django_db


def who(company, person):
    return {"by": AUTHOR, "controller_id": company.id, "subject_id": person.id}


def events():
    found = EntryIndex.objects.filter(event__startswith="objection:").order_by("id")
    return list(found.values_list("event", flat=True))


class TestObjections:
    def test_one_stands_until_it_is_lifted(self, company, asha):
        objection = services.object_to(**who(company, asha))
        assert list(selectors.objections(company.id, asha.id)) == [objection]

        lifted = services.lift_objection(**who(company, asha))

        assert (lifted.id, lifted.lifted_at is None) == (objection.id, False)
        assert list(selectors.objections(company.id, asha.id)) == []
        assert events() == ["objection:registered", "objection:lifted"]

    def test_objecting_twice_changes_nothing(self, company, asha):
        first = services.object_to(**who(company, asha))

        assert services.object_to(**who(company, asha)) == first
        assert events() == ["objection:registered"]

    def test_one_may_object_again(self, company, asha):
        services.object_to(**who(company, asha))
        services.lift_objection(**who(company, asha))
        services.object_to(**who(company, asha))

        assert Objection.objects.count() == 2
        assert selectors.objections(company.id, asha.id).count() == 1

    def test_what_does_not_stand_cannot_be_lifted(self, company, asha):
        with pytest.raises(ObjectionMissingError):
            services.lift_objection(**who(company, asha))

        assert events() == []

    @pytest.mark.req("P9")
    def test_of_a_person_of_another_controller_is_refused(self, company, other, asha):
        services.object_to(**who(company, asha))

        with pytest.raises(SubjectUnknownError):
            services.object_to(**who(other, asha))
        with pytest.raises(SubjectUnknownError):
            services.lift_objection(**who(other, asha))
        assert list(selectors.objections(other.id, asha.id)) == []

    def test_the_database_refuses_a_second_one_standing(self, company, asha):
        services.object_to(**who(company, asha))

        with pytest.raises(IntegrityError), transaction.atomic():
            Objection.objects.create(
                controller_id=company.id, subject=asha, kind="direct_marketing",
                objected_at=timezone.now(),
            )  # fmt: skip


class TestCommitments:
    def commit(self, company, person, **more):
        parts = {"purpose": OFFERS, "reference": "order-1", "started_at": timezone.now(), **more}
        return services.record_commitment(**who(company, person), **parts)

    def test_one_is_kept_with_its_time(self, company, asha):
        ends = timezone.now() + timedelta(days=5)

        self.commit(company, asha, ends_at=ends)

        found = Commitment.objects.get()
        assert (found.purpose.code, found.reference, found.ends_at) == (OFFERS, "order-1", ends)
        assert EntryIndex.objects.filter(event="commitment:recorded", purpose=OFFERS).exists()

    def test_one_to_an_unknown_purpose_is_refused(self, company, asha):
        with pytest.raises(PurposeUnknownError):
            self.commit(company, asha, purpose="no.such")

        assert not Commitment.objects.exists()

    @pytest.mark.req("P9")
    def test_one_to_a_person_of_another_controller_is_refused(self, company, other, asha):
        with pytest.raises(SubjectUnknownError):
            self.commit(other, asha)

    def test_one_reference_is_one_commitment(self, company, asha):
        made = self.commit(company, asha)

        with pytest.raises(CommitmentTakenError):
            self.commit(company, asha)
        with pytest.raises(IntegrityError), transaction.atomic():
            Commitment.objects.create(
                controller_id=company.id, subject=asha, purpose_id=made.purpose_id,
                reference="order-1", started_at=timezone.now(),
            )  # fmt: skip


@pytest.mark.req("POL-08")
class TestObjectionsThatAreWeighed:
    """GDPR Art 21(1): from a particular situation, about one purpose."""

    KIND = "particular_situation"

    def objects(self, company, person, purpose=OFFERS):
        return services.object_to(**who(company, person), kind=self.KIND, purpose=purpose)

    def decide(self, objection, state="upheld", grounds="Their interest is greater."):
        return services.decide_objection(
            by=APPROVER, objection=objection, state=state, grounds=grounds
        )

    def test_wait_until_they_are_upheld(self, company, asha):
        objection = self.objects(company, asha)

        decided = self.decide(objection)

        assert (objection.state, decided.state) == ("pending", "upheld")
        assert decided.decided_by == APPROVER.id
        assert list(selectors.objections(company.id, asha.id)) == [decided]
        assert events() == ["objection:registered", "objection:decided"]

    def test_end_when_they_are_dismissed_and_may_be_made_again(self, company, asha):
        dismissed = self.decide(self.objects(company, asha), "dismissed", "Fraud is under way.")
        again = self.objects(company, asha)

        assert dismissed.lifted_at == dismissed.decided_at
        assert list(selectors.objections(company.id, asha.id)) == [again]

    def test_stand_for_each_purpose(self, company, asha):
        first = self.objects(company, asha)

        assert self.objects(company, asha) == first
        assert self.objects(company, asha, SURVEYS) != first

    def test_are_lifted_for_one_purpose(self, company, asha):
        first, second = self.objects(company, asha), self.objects(company, asha, SURVEYS)

        services.lift_objection(**who(company, asha), kind=self.KIND, purpose=OFFERS)

        assert list(selectors.objections(company.id, asha.id)) == [second]
        assert first != second

    @pytest.mark.parametrize("grounds", ["", "  "])
    def test_are_not_decided_without_grounds(self, company, asha, grounds):
        with pytest.raises(GroundsMissingError):
            self.decide(self.objects(company, asha), grounds=grounds)

    def test_are_not_decided_into_waiting(self, company, asha):
        with pytest.raises(GroundsMissingError):
            self.decide(self.objects(company, asha), "pending")

    def test_are_decided_once(self, company, asha):
        objection = self.objects(company, asha)
        self.decide(objection)

        with pytest.raises(ObjectionDecidedError):
            self.decide(objection, "dismissed")

    def test_to_marketing_are_never_decided(self, company, asha):
        with pytest.raises(ObjectionDecidedError):
            self.decide(services.object_to(**who(company, asha)), "dismissed")

    @pytest.mark.parametrize(
        ("kind", "purpose", "error"),
        [
            ("particular_situation", "", ObjectionPurposeError),
            ("particular_situation", "no.such", PurposeUnknownError),
            ("direct_marketing", OFFERS, ObjectionPurposeError),
            ("odd", OFFERS, ValueError),
        ],
    )
    def test_of_another_form_are_refused(self, company, asha, kind, purpose, error):
        with pytest.raises(error):
            services.object_to(**who(company, asha), kind=kind, purpose=purpose)

        assert not Objection.objects.exists()

    def test_dismissed_ones_never_stand_in_the_database(self, company, asha):
        objection = self.objects(company, asha)

        with pytest.raises(IntegrityError), transaction.atomic():
            Objection.objects.filter(pk=objection.pk).update(state="dismissed")
