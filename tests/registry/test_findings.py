"""Legal findings and freezes: who may record, approve and end them, and what they must say."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import services as accounts
from audit.actors import Actor
from audit.models import EntryIndex
from registry import services
from registry.errors import (
    AlreadyApprovedError,
    AlreadyEndedError,
    AlreadyReleasedError,
    FindingKindError,
    FindingPurposeError,
    FindingTimeError,
    FindingTopicError,
    FrozenUnknownError,
    ReasonMissingError,
    SecondPersonError,
)
from registry.findings import SHAPES, Kind
from registry.models import Assessment, Freeze
from registry.models_law import KINDS
from tests.subjects.people import BY, controller

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-08")]
SECOND = Actor.system("second")
PURPOSE = "analytics.product"


@pytest.fixture
def lotus(db):
    return controller("lotus", "IN")


def in_days(number):
    return timezone.now().date() + timedelta(days=number)


def finding(**changes):
    given = services.Finding(
        kind="lia", purpose=PURPOSE, citation="GDPR Art 6(1)(f)", conclusion="Balanced.",
        valid_until=in_days(30),
    )  # fmt: skip
    return replace(given, **changes)


def record(company, by=BY, **changes):
    return services.record_assessment(by=by, controller_id=company.id, finding=finding(**changes))


def restricts(company, **changes):
    given = {"kind": "sdf", "purpose": "", "valid_until": None, **changes}
    return record(company, **given)


def events(prefix="finding:"):
    found = EntryIndex.objects.filter(event__startswith=prefix).order_by("id")
    return list(found.values_list("event", flat=True))


def test_every_kind_has_a_shape_and_a_name():
    assert set(SHAPES) == set(Kind) == {Kind(code) for code, _ in KINDS}


class TestRecording:
    def test_keeps_what_was_found_and_by_whom(self, lotus):
        made = record(lotus)

        assert (made.created_by, made.approved_at) == (BY.id, None)
        assert events() == ["finding:recorded"]

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"kind": "weather"}, FindingKindError),
            ({"purpose": ""}, FindingPurposeError),
            ({"purpose": "Not a code"}, FindingPurposeError),
            ({"topic": "pd:Health"}, FindingTopicError),
            ({"kind": "compatibility"}, FindingTopicError),
            ({"kind": "compatibility", "topic": "  "}, FindingTopicError),
            ({"kind": "sdf", "valid_until": None}, FindingPurposeError),
            ({"valid_until": None}, FindingTimeError),
            ({"valid_until": -1}, FindingTimeError),
            ({"valid_until": 4000}, FindingTimeError),
            ({"kind": "sdf_dpia", "purpose": "", "valid_until": 400}, FindingTimeError),
            ({"kind": "sdf", "purpose": "", "valid_until": 30}, FindingTimeError),
            ({"citation": ""}, ValidationError),
            ({"conclusion": ""}, ValidationError),
        ],
    )
    def test_refuses_what_lacks_a_part(self, lotus, changes, error):
        if isinstance(changes.get("valid_until"), int):
            changes = {**changes, "valid_until": in_days(changes["valid_until"])}

        with pytest.raises(error):
            record(lotus, **changes)

        assert not Assessment.objects.exists()
        assert events() == []


class TestApproving:
    def test_takes_a_second_person(self, lotus):
        made = record(lotus)

        with pytest.raises(SecondPersonError):
            services.approve_assessment(by=BY, assessment=made)
        approved = services.approve_assessment(by=SECOND, assessment=made)

        assert approved.approved_by == SECOND.id
        assert events() == ["finding:recorded", "finding:approved"]

    def test_happens_once_and_not_after_the_end(self, lotus):
        made, ended = record(lotus), record(lotus)
        services.approve_assessment(by=SECOND, assessment=made)
        services.end_assessment(by=BY, assessment=ended)

        with pytest.raises(AlreadyApprovedError):
            services.approve_assessment(by=SECOND, assessment=made)
        with pytest.raises(AlreadyEndedError):
            services.approve_assessment(by=SECOND, assessment=ended)

    def test_is_refused_when_its_time_is_over(self, lotus):
        made = record(lotus)
        Assessment.objects.filter(pk=made.pk).update(valid_until=in_days(-1))

        with pytest.raises(FindingTimeError):
            services.approve_assessment(by=SECOND, assessment=made)

    def test_by_its_author_is_refused_by_the_database_too(self, lotus):
        made = record(lotus)

        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.objects.filter(pk=made.pk).update(
                approved_at=timezone.now(), approved_by=BY.id
            )


class TestEnding:
    def test_of_what_allows_is_anybodys(self, lotus):
        made = record(lotus)

        ended = services.end_assessment(by=BY, assessment=made)

        assert ended.ended_by == BY.id
        with pytest.raises(AlreadyEndedError):
            services.end_assessment(by=BY, assessment=made)

    def test_of_what_restricts_takes_a_second_person(self, lotus):
        made = restricts(lotus)

        with pytest.raises(SecondPersonError):
            services.end_assessment(by=BY, assessment=made)

        assert services.end_assessment(by=SECOND, assessment=made).ended_by == SECOND.id


class TestFreezing:
    def freeze(self, lotus, **changes):
        given = {"kind": "system", "code": "crm", "incident": "INC-1", **changes}
        return services.freeze(by=BY, controller_id=lotus.id, **given)

    def test_twice_changes_nothing(self, lotus):
        first = self.freeze(lotus)

        assert self.freeze(lotus, incident="INC-2") == first
        assert events("freeze:") == ["freeze:set"]

    def test_is_for_a_service_and_a_party_that_exist(self, lotus):
        accounts.create_service(
            by=BY, controller_id=lotus.id, code="mailer", name="Mailer", purposes=[]
        )

        assert self.freeze(lotus, kind="service", code="mailer").frozen_by == BY.id

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"kind": "service"}, FrozenUnknownError),
            ({"kind": "recipient"}, FrozenUnknownError),
            ({"kind": "planet"}, FrozenUnknownError),
            ({"code": " "}, FrozenUnknownError),
            ({"incident": " "}, ReasonMissingError),
        ],
    )
    def test_of_nothing_is_refused(self, lotus, changes, error):
        with pytest.raises(error):
            self.freeze(lotus, **changes)

        assert not Freeze.objects.exists()

    def test_ends_once_and_for_a_reason(self, lotus):
        frozen = self.freeze(lotus)

        with pytest.raises(ReasonMissingError):
            services.release(by=SECOND, frozen=frozen, reason=" ")
        released = services.release(by=SECOND, frozen=frozen, reason="Contained")
        with pytest.raises(AlreadyReleasedError):
            services.release(by=SECOND, frozen=frozen, reason="Again")

        assert released.released_by == SECOND.id
        assert events("freeze:") == ["freeze:set", "freeze:released"]

    def test_may_happen_again_after_the_release(self, lotus):
        services.release(by=SECOND, frozen=self.freeze(lotus), reason="Contained")

        assert self.freeze(lotus).released_at is None
