from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.models import EntryIndex
from registry import ai, services
from registry.errors import (
    AlreadyApprovedError,
    AlreadyEndedError,
    DiligenceError,
    OrderMissingError,
    ProhibitedModelError,
    SecondPersonError,
)
from registry.models import AIModel
from tests.registry.test_parties import record as party
from tests.subjects.people import BY, controller

pytestmark = pytest.mark.django_db
SECOND = Actor.system("second")
TODAY = timezone.now().date()


@pytest.fixture
def lotus(db):
    return controller("lotus", "IN")


def record(company, **changes):
    given = {"code": "prop-7", "version": "1", "name": "Propensity", "risk": "minimal", **changes}
    return ai.record_model(by=BY, controller_id=company.id, card=ai.ModelCard(**given))


def stamp():
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM accounts_cataloguestamp")
        return cursor.fetchone()[0]


@pytest.mark.req("POL-18")
class TestAModel:
    def test_is_approved_by_a_second_person_and_retired_once(self, lotus):
        model = record(lotus)
        with pytest.raises(SecondPersonError):
            ai.approve_model(by=BY, model=model)

        approved = ai.approve_model(by=SECOND, model=model)

        assert (approved.approved_by, approved.created_by) == (SECOND.id, BY.id)
        with pytest.raises(AlreadyApprovedError):
            ai.approve_model(by=SECOND, model=model)
        ai.retire_model(by=BY, model=model)
        with pytest.raises(AlreadyEndedError):
            ai.retire_model(by=BY, model=model)
        told = EntryIndex.objects.filter(target_type="ai_model").order_by("id")
        assert list(told.values_list("event", flat=True)) == [
            "model:recorded", "model:approved", "model:retired",
        ]  # fmt: skip

    def test_that_is_prohibited_is_approved_by_nobody_and_freed_by_another(self, lotus):
        model = record(lotus, risk="prohibited")

        with pytest.raises(ProhibitedModelError):
            ai.approve_model(by=SECOND, model=model)
        with pytest.raises(SecondPersonError):
            ai.retire_model(by=BY, model=model)
        assert ai.retire_model(by=SECOND, model=model).retired_at

    @pytest.mark.parametrize(
        "parts",
        [
            {"diligence_reference": "D-1"},
            {"diligence_until": TODAY},
            {"diligence_reference": "D-1", "diligence_until": TODAY - timedelta(days=1)},
            {"diligence_reference": "D-1", "diligence_until": TODAY + timedelta(days=369)},
        ],
    )
    def test_diligence_is_whole_and_lasts_a_year_at_most(self, lotus, parts):
        with pytest.raises(DiligenceError):
            record(lotus, **parts)
        assert not AIModel.objects.exists()

    def test_the_database_wants_two_people_as_well(self, lotus):
        model = record(lotus)

        with pytest.raises(IntegrityError), transaction.atomic():
            AIModel.objects.filter(pk=model.pk).update(
                approved_at=timezone.now(), approved_by=model.created_by
            )

    def test_every_change_moves_the_catalogue(self, lotus):
        before = stamp()
        model = record(lotus)
        recorded = stamp()
        ai.approve_model(by=SECOND, model=model)

        assert before < recorded < stamp()


@pytest.mark.req("POL-17")
class TestAForeignState:
    def test_is_noted_with_the_order_that_allows_it(self, lotus):
        noted = services.set_foreign_state(
            by=BY, party=party(lotus), is_foreign_state=True, state_order="G.S.R. 1(E)"
        )

        assert (noted.is_foreign_state, noted.state_order) == (True, "G.S.R. 1(E)")

    def test_an_order_alone_says_nothing(self, lotus):
        with pytest.raises(OrderMissingError):
            services.set_foreign_state(
                by=BY, party=party(lotus), is_foreign_state=False, state_order="G.S.R. 1(E)"
            )
