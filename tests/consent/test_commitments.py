"""Orders that may be fulfilled after a withdrawal, and that nobody invents afterwards (CON-17)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import EntryIndex
from consent import services
from consent.errors import (
    CommitmentMissingError,
    CommitmentTakenError,
    CommitmentTimeError,
    PurposeUnknownError,
)
from consent.models import Commitment
from subjects.errors import SubjectUnknownError
from subjects.news import PERMITS_ENDED
from tests.portal.world import AUTHOR, OFFERS
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-17")]
DAY = timedelta(days=1)


@pytest.fixture
def promise(company, asha):
    """Records an order of Asha's that began so long ago."""
    start = timezone.now()

    def make(ago=DAY, **more):
        given = {"reference": "order-1", "purpose": OFFERS, "subject_id": asha.id, **more}
        return services.record_commitment(
            by=AUTHOR, controller_id=company.id, started_at=start - ago, **given
        )

    return make


def withdraw(company, asha):
    services.withdraw(
        by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS, method="portal"
    )


def test_it_is_kept_with_when_it_was_reported(promise):
    made = promise()

    assert made.recorded_at - made.started_at >= DAY
    assert EntryIndex.objects.filter(event="commitment:recorded").count() == 1


def test_the_same_again_changes_nothing(promise):
    assert promise() == promise()

    assert EntryIndex.objects.filter(event="commitment:recorded").count() == 1


@pytest.mark.parametrize("change", [{"ago": 2 * DAY}, {"ends_at": timezone.now() + 9 * DAY}])
def test_another_under_its_reference_is_refused(promise, change):
    promise()

    with pytest.raises(CommitmentTakenError):
        promise(**change)


def test_one_that_begins_in_the_future_is_refused(promise):
    with pytest.raises(CommitmentTimeError):
        promise(ago=-DAY)

    assert not Commitment.objects.exists()


def test_one_that_ends_before_it_begins_is_refused(promise):
    with pytest.raises(CommitmentTimeError):
        promise(ends_at=timezone.now() - 2 * DAY)


def test_after_a_withdrawal_an_old_start_can_no_longer_be_claimed(company, asha, promise):
    company.yes(asha)
    withdraw(company, asha)

    with pytest.raises(CommitmentTimeError):
        promise(ago=30 * DAY)

    assert promise(ago=DAY).pk


def test_before_it_an_old_start_is_taken(company, asha, promise):
    company.yes(asha)

    assert promise(ago=30 * DAY).pk


def test_a_purpose_nobody_knows_is_refused(promise):
    with pytest.raises(PurposeUnknownError):
        promise(purpose="no.such")


@pytest.mark.req("P9")
def test_a_person_of_another_company_is_nobody(other, promise):
    stranger = other.person("b@example.in")

    with pytest.raises(SubjectUnknownError):
        promise(subject_id=stranger.id)


class TestEnding:
    def test_it_ends_now_and_what_rested_on_it_is_recalled(self, company, promise):
        made = promise()

        ended = services.end_commitment(by=AUTHOR, controller_id=company.id, commitment_id=made.id)

        assert ended.ends_at <= timezone.now()
        assert Job.objects.filter(kind=PERMITS_ENDED).count() == 1

    def test_ending_twice_changes_nothing(self, company, promise):
        made = promise()
        first, second = (
            services.end_commitment(by=AUTHOR, controller_id=company.id, commitment_id=made.id)
            for _ in range(2)
        )

        assert first.ends_at == second.ends_at
        assert EntryIndex.objects.filter(event="commitment:ended").count() == 1

    @pytest.mark.req("P9")
    def test_another_company_finds_none(self, other, promise):
        with pytest.raises(CommitmentMissingError):
            services.end_commitment(by=AUTHOR, controller_id=other.id, commitment_id=promise().id)
