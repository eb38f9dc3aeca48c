"""A company that is itself a consent manager keeps who shared with whom, and never what."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from consent import services as consent
from consent.capture_errors import SharingRecordError
from consent.models import SharingRecord
from consent.services.sharing import years_after
from subjects.errors import SubjectUnknownError
from tests.portal.world import AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-28")]
AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)


@pytest.fixture
def said(asha):
    return {
        "subject": str(asha.id), "purpose": OFFERS, "sender": "bank-one", "receiver": "bank-two",
        "content_sha256": "ab" * 32,
    }  # fmt: skip


@pytest.fixture
def manager(company, settings):
    """The company is a consent manager."""
    settings.CONSENT_MANAGERS = [company.slug]
    return company


def record(company, said, **more):
    return consent.record_sharing(
        by=AUTHOR, controller_id=company.id, said=said, **{"shared_at": AT, **more}
    )


def test_is_kept_for_seven_years_and_handed_out_for_machines(manager, said, asha):
    row = record(manager, said)

    (told,) = consent.sharing_of(manager.id, asha.id)
    assert row.keep_until_at >= AT.replace(year=2033)
    assert (told["sender"], told["receiver"]) == ("bank-one", "bank-two")
    assert told["keep_until_at"] == "2033-03-14T09:30:00+00:00"


def test_a_leap_day_is_never_kept_shorter():
    leap = datetime(2028, 2, 29, tzinfo=UTC)

    assert years_after(leap, 7) == datetime(2035, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("member", ["content", "data", "payload", "body", "note"])
def test_content_is_refused_whatever_it_is_called(member, manager, said):
    with pytest.raises(SharingRecordError):
        record(manager, {**said, member: "account 1234"})
    assert not SharingRecord.objects.exists()


@pytest.mark.parametrize("lacking", ["subject", "purpose", "sender", "receiver", "content_sha256"])
def test_every_part_is_needed(lacking, manager, said):
    del said[lacking]

    with pytest.raises(SharingRecordError):
        record(manager, said)


def test_what_is_no_digest_is_no_commitment(manager, said):
    with pytest.raises(ValidationError):
        record(manager, {**said, "content_sha256": "account 1234"})


@pytest.mark.parametrize("more", [{"years": 6}, {"shared_at": datetime.now(UTC) + timedelta(1)}])
def test_shorter_times_and_the_future_are_refused(more, manager, said):
    with pytest.raises(SharingRecordError):
        record(manager, said, **more)


def test_a_company_that_is_no_consent_manager_keeps_none(company, said, settings):
    settings.CONSENT_MANAGERS = []

    with pytest.raises(SharingRecordError):
        record(company, said)


@pytest.mark.req("P9")
def test_another_companys_person_is_nobody(manager, other, said):
    said["subject"] = str(other.person("bela@example.nl").id)

    with pytest.raises(SubjectUnknownError):
        record(manager, said)


def test_it_cannot_be_changed_or_removed(manager, said):
    row = record(manager, said)

    for change in (SharingRecord.objects.filter(pk=row.pk).delete, row.save):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
