"""Whatever changes where a person stands is noted with it, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from consent import services
from consent.feed.words import KINDS as WORDS
from consent.models import Change, ConsentEvent, ConsentState
from consent.services import outgoing
from consent.transitions import State
from tests.factories.company import APPROVER, AUTHOR, OFFERS, SURVEYS

pytestmark = pytest.mark.req("INT-01", "CON-16")


def noted(person=None):
    rows = Change.objects.filter(subject_id=person.id) if person else Change.objects.all()
    return [one.kind for one in rows.order_by("number")]


@pytest.mark.req("BRD-CC7", "BRD-CU3")
def test_each_choice_is_a_change(lotus, asha):
    lotus.yes(asha)
    lotus.yes(asha)
    lotus.withdraws(asha)

    assert noted(asha) == ["consent.given", "consent.renewed", "consent.withdrawn"]


def test_a_change_names_its_line_purpose_and_time(lotus, asha):
    line = lotus.yes(asha)

    change = Change.objects.get()
    assert (change.cause_id, change.purpose, change.at) == (line.id, OFFERS, line.event_at)
    assert (change.controller_id, change.position) == (lotus.id, None)


def test_a_choice_that_is_rolled_back_is_no_change(lotus, asha):
    with transaction.atomic():
        lotus.yes(asha)
        transaction.set_rollback(True)

    assert not Change.objects.exists()


def test_saying_the_same_twice_is_one_change(lotus, asha):
    lotus.yes(asha)
    lotus.withdraws(asha)
    lotus.withdraws(asha)

    assert noted(asha) == ["consent.given", "consent.withdrawn"]


@pytest.mark.req("CON-30")
def test_a_yes_from_before_a_withdrawal_that_comes_late_tells_nobody_yes(lotus, asha):
    """Who follows the events would else use the data of somebody who said no."""
    now = datetime.now(UTC)
    lotus.yes(asha, event_at=now - timedelta(hours=3))
    lotus.withdraws(asha)

    lotus.yes(asha, event_at=now - timedelta(hours=1))

    assert ConsentEvent.objects.filter(subject_id=asha.id).count() == 3
    assert ConsentState.objects.get(subject_id=asha.id).state == "withdrawn"
    assert noted(asha) == ["consent.given", "consent.withdrawn"]


def test_an_objection_and_what_becomes_of_it(lotus, asha):
    services.object_to(by=AUTHOR, controller_id=lotus.id, subject_id=asha.id)
    services.lift_objection(by=AUTHOR, controller_id=lotus.id, subject_id=asha.id)

    assert noted(asha) == ["objection.registered", "objection.lifted"]
    assert {one.about for one in Change.objects.all()} == {"direct_marketing"}
    assert {one.purpose for one in Change.objects.all()} == {""}


@pytest.mark.parametrize("state", ["upheld", "dismissed"])
def test_a_decision_on_an_objection(lotus, asha, state):
    made = services.object_to(
        by=AUTHOR, controller_id=lotus.id, subject_id=asha.id, kind="particular_situation",
        purpose=OFFERS,
    )  # fmt: skip
    services.decide_objection(by=APPROVER, objection=made, state=state, grounds="Weighed.")

    assert noted(asha) == ["objection.registered", f"objection.{state}"]
    assert {one.purpose for one in Change.objects.all()} == {OFFERS}


def test_a_restriction_and_its_end(lotus, asha):
    made = services.restrict(
        by=AUTHOR, controller_id=lotus.id, subject_id=asha.id, ground="accuracy",
        scope_type="purpose", scope=OFFERS,
    )  # fmt: skip
    services.take_back_restriction(
        by=AUTHOR, controller_id=lotus.id, subject_id=asha.id, restriction_id=made.id
    )

    assert noted(asha) == ["restriction.set", "restriction.lifted"]
    assert {one.purpose for one in Change.objects.all()} == {OFFERS}


def test_a_restriction_of_everything_says_so(lotus, asha):
    services.restrict(by=AUTHOR, controller_id=lotus.id, subject_id=asha.id, ground="accuracy")

    assert Change.objects.get().about == "everything"


def test_an_expiry_is_a_change(lotus, asha):
    now = datetime.now(UTC)
    lotus.yes(asha, event_at=now - timedelta(hours=3), expires_at=now - timedelta(hours=1))

    services.expire_due(limit=10)

    assert noted(asha) == ["consent.given", "consent.expired"]


def test_many_are_noted_in_their_order(lotus):
    """Beyond a handful they go in by COPY, which must count them alike."""
    people = [lotus.person(f"p{n}@example.in") for n in range(outgoing.FEW + 5)]
    before = Change.objects.count()
    choices = [
        services.Choice(
            subject_id=one.id, purpose=OFFERS, state=State.GIVEN, method="button", language="en"
        )
        for one in people
    ]
    with transaction.atomic():
        services.choices.record_many(by=AUTHOR, controller_id=lotus.id, choices=choices)

    rows = Change.objects.order_by("number")[before:]
    assert [one.subject_id for one in rows] == [one.id for one in people]


def test_noting_costs_one_statement(lotus, asha, django_assert_num_queries):
    with django_assert_num_queries(1):
        outgoing.note(lotus.id, outgoing.RESTRICTED, asha.id, cause_id=asha.id, purpose=SURVEYS)


def test_a_kind_that_nobody_knows_is_refused(lotus, asha):
    with pytest.raises(ValueError, match="no change"):
        outgoing.note(lotus.id, "consent.maybe", asha.id, cause_id=asha.id)


def test_every_kind_and_state_has_words():
    assert set(WORDS) == set(outgoing.KINDS)
    assert {f"consent.{state}" for state in State} <= set(outgoing.KINDS)
    assert set(outgoing.KINDS) >= outgoing.ENDING


@pytest.mark.django_db
def test_a_row_has_the_columns_of_its_table():
    with connection.cursor() as cursor:
        columns = {c.name for c in connection.introspection.get_table_description(
            cursor, "consent_change")}  # fmt: skip

    assert set(outgoing.Told._fields) == columns - {"number", "position", "noted_at"}
