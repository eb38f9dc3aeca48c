from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import EntryIndex
from consent import selectors, services
from consent.errors import ObjectionMissingError, PurposeUnknownError
from consent.models import Commitment, Objection
from subjects.errors import SubjectUnknownError
from tests.portal.world import AUTHOR, OFFERS

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
        self.commit(company, asha)

        with pytest.raises(IntegrityError), transaction.atomic():
            self.commit(company, asha)
