"""Two at once, and a log that cannot be written."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.models import Payload
from consent import services
from consent.models import (
    Commitment,
    ConsentEvent,
    ConsentState,
    NoticeVersion,
    Objection,
    Purpose,
    PurposeVersion,
)
from consent.transitions import State
from tests.portal.world import APPROVER, AUTHOR, MAPS, OFFERS, content
from tests.subjects.people import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("CON-12")]


def withdraw(company, person, purpose=OFFERS):
    return services.withdraw(
        by=AUTHOR, controller_id=company.id, subject_id=person.id, purpose=purpose, method="button"
    )


def agrees():
    """Whether each state is the last line of its gapless ledger."""
    for state in ConsentState.objects.all():
        ledger = list(
            ConsentEvent.objects.filter(
                subject_id=state.subject_id, purpose_id=state.purpose_id
            ).order_by("sequence")
        )
        assert [line.sequence for line in ledger] == list(range(1, len(ledger) + 1))
        last = ledger[-1]
        assert (state.event_id, state.state, state.sequence, state.since_at) == (
            last.id, last.state, last.sequence, last.event_at,
        )  # fmt: skip
    return True


class TestRaces:
    def test_of_withdrawals_at_once_one_is_written(self, company, asha, lines):
        company.yes(asha)

        answers = at_once(*[lambda: withdraw(company, asha)] * 4)

        assert len({one.id for one in answers}) == 1
        assert lines() == ["given", "withdrawn"]

    @pytest.mark.parametrize("round_", range(4))
    def test_a_yes_against_a_withdrawal_ends_as_the_ledger_says(self, company, asha, lines, round_):
        company.yes(asha)

        answers = at_once(lambda: company.yes(asha), lambda: withdraw(company, asha))

        assert not [one for one in answers if isinstance(one, Exception)]
        assert lines() in (["given", "renewed", "withdrawn"], ["given", "withdrawn", "given"])
        assert agrees()

    def test_first_answers_at_once_follow_on_each_other(self, company, asha, lines):
        answers = at_once(*[lambda: company.yes(asha)] * 3)

        assert not [one for one in answers if isinstance(one, Exception)]
        assert lines() == ["given", "renewed", "renewed"]
        assert agrees()

    def test_many_kinds_at_once_leave_a_whole_ledger(self, company, asha):
        ben = company.person("ben@example.in")
        for person in (asha, ben):
            company.yes(person)
            company.yes(person, MAPS)

        answers = at_once(
            lambda: withdraw(company, asha),
            lambda: services.withdraw_all(
                by=AUTHOR, controller_id=company.id, subject_id=asha.id, method="button"
            ),
            lambda: company.yes(asha, MAPS),
            lambda: company.answer(ben, OFFERS, State.REFUSED),
            lambda: company.yes(ben, MAPS),
            lambda: withdraw(company, ben, MAPS),
        )

        assert not [one for one in answers if isinstance(one, Exception)]
        assert agrees()

    def test_of_objections_at_once_one_stands(self, company, asha):
        at_once(*[lambda: services.object_to(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id)] * 3)  # fmt: skip

        assert Objection.objects.count() == 1

    def test_of_two_approvals_at_once_one_counts(self, company):
        version = draft(company)

        answers = at_once(*[lambda: services.approve_purpose(by=APPROVER, version=version)] * 2)

        assert sorted(type(one).__name__ for one in answers) == [
            "AlreadyPublishedError", "PurposeVersion",
        ]  # fmt: skip

    def test_of_two_first_drafts_at_once_each_has_its_number(self, company):
        answers = at_once(*[lambda: draft(company, "brand.new")] * 2)

        assert sorted(one.number for one in answers) == [1, 2]


@contextmanager
def broken_log(superuser):
    """Every entry is refused, as on a full disk."""
    superuser.execute(
        "CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''no more entries''; END'"
    )
    superuser.execute(
        "CREATE TRIGGER no_more BEFORE INSERT ON audit_payload EXECUTE FUNCTION no_more()"
    )
    try:
        yield
    finally:
        superuser.execute("DROP TRIGGER no_more ON audit_payload")
        superuser.execute("DROP FUNCTION no_more()")


def draft(company, code=OFFERS):
    words = services.Words(
        title="T", description="D", enables="E", dpv_purpose="dpv:Marketing",
        grounds={"IN": "consent"}, categories=("pd:Name",), retention_days=1, owner="O",
    )  # fmt: skip
    return services.draft_purpose(by=AUTHOR, controller_id=company.id, code=code, words=words)


def draft_notice(company, code="website"):
    return services.draft_notice(
        by=AUTHOR, controller_id=company.id, code=code, pack="IN",
        purposes=list(company.versions.values())[:3],
        translations={"en": content("en", company.controller)},
    )  # fmt: skip


def who(company, person):
    return {"by": AUTHOR, "controller_id": company.id, "subject_id": person.id}


SERVICES = {
    # name: what it needs first, then the call that must leave nothing
    "record": (lambda c, p: None, lambda c, p, _: c.yes(p, MAPS)),
    "renew": (lambda c, p: None, lambda c, p, _: c.yes(p)),
    "withdraw": (lambda c, p: None, lambda c, p, _: withdraw(c, p)),
    "withdraw_all": (
        lambda c, p: None, lambda c, p, _: services.withdraw_all(**who(c, p), method="button"),
    ),
    "expire_due": (
        lambda c, p: c.yes(p, MAPS, expires_at=timezone.now()),
        lambda c, p, _: services.expire_due(),
    ),
    "object_to": (lambda c, p: None, lambda c, p, _: services.object_to(**who(c, p))),
    "lift_objection": (
        lambda c, p: services.object_to(**who(c, p)),
        lambda c, p, _: services.lift_objection(**who(c, p)),
    ),
    "record_commitment": (
        lambda c, p: None,
        lambda c, p, _: services.record_commitment(
            **who(c, p), purpose=OFFERS, reference="o-1", started_at=timezone.now()
        ),
    ),
    "draft_purpose": (lambda c, p: None, lambda c, p, _: draft(c, "brand.new")),
    "approve_purpose": (
        lambda c, p: draft(c),
        lambda c, p, made: services.approve_purpose(by=APPROVER, version=made),
    ),
    "close_purpose": (
        lambda c, p: None,
        lambda c, p, _: services.close_purpose(by=APPROVER, purpose=c.versions[MAPS].purpose),
    ),
    "draft_notice": (lambda c, p: None, lambda c, p, _: draft_notice(c, "brand-new")),
    "publish_notice": (
        lambda c, p: draft_notice(c),
        lambda c, p, made: services.publish_notice(by=APPROVER, version=made),
    ),
}  # fmt: skip
TABLES = (ConsentEvent, ConsentState, Objection, Commitment, Purpose, PurposeVersion,
          NoticeVersion, Payload)  # fmt: skip


def everything():
    return [sorted(map(str, model.objects.values_list())) for model in TABLES]


@pytest.mark.req("AUD-01", "P5")
@pytest.mark.parametrize("name", SERVICES)
def test_what_cannot_be_recorded_does_not_happen(name, company, asha, superuser):
    first, call = SERVICES[name]
    company.yes(asha)
    made = first(company, asha)
    before = everything()

    with (
        broken_log(superuser),
        pytest.raises(DatabaseError, match="no more entries|SQLSTATE P0001"),
    ):
        call(company, asha, made)

    assert everything() == before
    call(company, asha, made)  # with the log back it does
    assert everything() != before


def test_a_withdrawal_rolled_back_by_its_caller_was_none(company, asha, lines):
    company.yes(asha)

    with transaction.atomic():
        withdraw(company, asha)
        transaction.set_rollback(True)

    assert lines() == ["given"]
    assert agrees()
