"""Requests come in, clocks start, and what can be done at once is done (ERA-03, ERA-15, POR-11)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import DatabaseError
from django.utils import timezone

from audit.actors import Actor
from erasure.errors import CaseScopeError
from erasure.models import Case
from rights import services
from rights.errors import (
    ActingNotVerifiedError,
    IdentityUnknownError,
    ReceivedInFutureError,
    RequestUnknownKindError,
)
from rights.models import AccessBundle, Request
from rights.services import NewRequest
from subjects import selectors as subjects
from subjects.errors import SubjectUnknownError
from tests.consent.families import house
from tests.portal.world import OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-03", "ERA-15", "POR-11")]
OFFICER = Actor("officer", "officer-1")


def ask(company, subject, **facts):
    new = NewRequest(**{"kind": "erasure", "channel": "portal", "subject_id": subject.id, **facts})
    by = Actor("subject", str(subject.id))
    return services.receive(by=by, controller_id=company.id, new=new)


def test_a_signed_in_persons_erasure_begins_at_once(company, asha, events):
    found = ask(company, asha, identified_how="signed_in")

    case = Case.objects.get()
    assert (found.state, found.case_id, found.pack) == ("working", case.id, "IN")
    assert (case.trigger, case.trigger_ref) == ("request", str(found.id))
    assert case.received_at == found.received_at
    assert [one.state for one in subjects.standings(asha)] == ["erasing"]
    assert events(company) == ["request:received"]


def test_an_erasure_of_one_purpose_leaves_the_rest(company, asha):
    found = ask(company, asha, scope_type="purpose", scope=OFFERS, identified_how="signed_in")

    (standing,) = subjects.standings(asha)
    assert (standing.scope_type, standing.scope) == ("purpose", OFFERS)
    assert Case.objects.get(id=found.case_id).scope == OFFERS


def test_a_copy_is_made_by_a_job(company, asha):
    found = ask(company, asha, kind="access", identified_how="signed_in")

    copy = AccessBundle.objects.get()
    assert (found.state, copy.request_id, copy.made_at) == ("working", found.id, None)
    assert not Case.objects.exists()


def test_nothing_begins_before_it_is_settled_who_asks(company, asha):
    found = ask(company, asha, channel="phone")

    assert (found.state, found.identified_at) == ("received", None)
    assert not Case.objects.exists()
    assert not subjects.standings(asha).exists()


def test_asking_twice_is_one_request(company, asha, events):
    first = ask(company, asha, identified_how="signed_in")
    again = ask(company, asha, identified_how="signed_in")

    assert again.id == first.id
    assert events(company) == ["request:received"]
    other = ask(company, asha, kind="access", identified_how="signed_in")
    assert other.id != first.id


def test_after_the_answer_one_may_ask_again(company, asha):
    first = ask(company, asha, channel="phone")
    services.take_back(by=OFFICER, controller_id=company.id, request_id=first.id)

    assert ask(company, asha, channel="phone").id != first.id


@pytest.mark.parametrize(("residence", "received", "due"), [
    ("DE", datetime(2027, 1, 31, 12, tzinfo=UTC), datetime(2027, 3, 1, 23, 59, 59, tzinfo=UTC)),
    ("DE", datetime(2027, 4, 30, 12, tzinfo=UTC), datetime(2027, 5, 31, 23, 59, 59, tzinfo=UTC)),
])  # fmt: skip
def test_the_gdprs_month_counts_from_the_receipt(european, residence, received, due):
    lena = european.person("lena@example.de", residence=residence)
    with time_machine.travel(received + timedelta(days=1), tick=False):
        found = ask(european, lena, received_at=received, channel="paper")

    assert (found.pack, found.received_at, found.due_at) == ("EU", received, due)


def test_the_companys_own_days_count_in_india(company, asha):
    received = datetime(2027, 1, 1, 6, tzinfo=UTC)
    with time_machine.travel(received, tick=False):
        found = ask(company, asha, channel="paper")

    assert found.due_at == datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)


def test_where_no_law_is_known_the_strict_clock_counts(company):
    nobody = company.person("n@example.org", residence="")

    assert ask(company, nobody, channel="paper").pack == "EU"


@pytest.mark.parametrize(("facts", "error"), [
    ({"kind": "wish"}, RequestUnknownKindError),
    ({"channel": "pigeon"}, RequestUnknownKindError),
    ({"kind": "access", "scope_type": "purpose", "scope": OFFERS}, RequestUnknownKindError),
    ({"scope_type": "purpose", "scope": "no.such"}, CaseScopeError),
    ({"scope_type": "everything", "scope": OFFERS}, CaseScopeError),
    ({"identified_how": "he_said_so"}, IdentityUnknownError),
    ({"acting_id": UUID(int=7)}, ActingNotVerifiedError),
])  # fmt: skip
def test_bad_input_leaves_nothing_behind(company, asha, facts, error):
    with pytest.raises(error):
        ask(company, asha, **facts)

    assert not Request.objects.exists()


def test_no_request_comes_from_the_future(company, asha):
    with pytest.raises(ReceivedInFutureError):
        ask(company, asha, received_at=timezone.now() + timedelta(hours=1))


@pytest.mark.req("POR-14")
def test_nobody_asks_for_another_controllers_person(company, european, asha):
    with pytest.raises(SubjectUnknownError):
        ask(european, asha)


@pytest.mark.req("POR-14")
def test_a_stranger_asks_for_nobody(company, asha):
    stranger = company.person("ravi@example.in")

    with pytest.raises(ActingNotVerifiedError):
        ask(company, asha, acting_id=stranger.id)


def test_a_parent_asks_for_their_child(company):
    child, parent = house.child(company), house.mother(company)
    house.verified(company, child, parent)

    found = ask(company, child, acting_id=parent.id, identified_how="guardian")

    assert (found.acting_id, found.state) == (parent.id, "working")


@pytest.mark.django_db(transaction=True)
def test_no_request_without_its_entry_in_the_log(company, asha, broken_log):
    broken_log.breaks()

    with pytest.raises(DatabaseError):
        ask(company, asha, identified_how="signed_in")

    assert not Request.objects.exists()
    assert not Case.objects.exists()
