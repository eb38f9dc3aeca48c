"""Reports held against decisions of the real decision point, and what is left of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts import services as accounts
from audit import sealing, verification
from audit.actors import Actor
from audit.alarms import open_alarms
from audit.models import EntryIndex
from audit.selectors import payload
from policies import selectors
from policies.intake import backing, services
from policies.intake.backing import Claim, Made, gaps
from policies.intake.reports import Model, Report
from policies.pdp.model import Decision
from subjects import services as subjects
from subjects.naming import Named
from tests.factories.company import AUTHOR, OFFERS, SURVEYS, company

pytestmark = pytest.mark.req("AUD-08")

MODEL = Model(
    name="propensity", version="2026.3", output="send_offer_12", automation_level="full_automation"
)


def said(person, decision_id=None, **more):
    given = {"purpose": OFFERS, "started_at": datetime.now(UTC), **more}
    found = UUID(decision_id) if isinstance(decision_id, str) else decision_id
    return Report(who=Named(subject_id=person.id), decision_id=found, **given)


def tell(lotus, *reports, service=None):
    service = service or lotus.service
    return services.report(
        by=Actor("service", str(service.id)), controller_id=lotus.id, service_id=service.id,
        reports=reports,
    )  # fmt: skip


def decided(answer):
    return answer["context"]["decision_id"]


class TestAgainstTheDecisionPoint:
    """The shape of its payloads is what the intake reads."""

    def test_a_permit_backs_what_it_allowed(self, lotus, asha, ask):
        answer = ask(lotus, asha)

        (found,) = tell(lotus, said(asha, decided(answer)))

        assert found.outcome == "backed"
        permission = payload(found.entry_id)["data"]["decision"]
        assert permission["basis"] == answer["context"]["basis"]
        assert [one["code"] for one in permission["reasons"]] == [answer["context"]["reason_code"]]
        assert permission["policy_version"] == answer["context"]["policy_version"]

    def test_by_the_persons_identifier_too(self, lotus, asha, ask):
        answer = ask(lotus, lotus.by_email("asha.rao@example.in"))
        report = Report(
            who=Named(scheme="email", value=" Asha.Rao@Example.in"), purpose=OFFERS,
            started_at=datetime.now(UTC), decision_id=UUID(decided(answer)), model=MODEL,
        )  # fmt: skip

        (found,) = tell(lotus, report)

        assert found.outcome == "backed"

    def test_nothing_else_does(self, lotus, asha, ask):
        permit = decided(ask(lotus, asha))
        ravi = lotus.person("ravi@example.in")
        lotus.purpose(SURVEYS)
        other = accounts.create_service(
            by=AUTHOR, controller_id=lotus.id, code="other", name="Other", purposes=[OFFERS]
        )
        later = datetime.now(UTC) + timedelta(hours=1)

        found = tell(
            lotus, said(asha), said(ravi, permit), said(asha, permit, purpose=SURVEYS),
            said(asha, permit, started_at=later), said(asha, UUID(int=7)),
            said(ravi, decided(ask(lotus, ravi))),
        )  # fmt: skip
        (elsewhere,) = tell(lotus, said(asha, permit), service=other)

        assert [one.gaps for one in (*found, elsewhere)] == [
            ("DECISION_MISSING",), ("DECISION_OTHER_SUBJECT",), ("DECISION_OTHER_PURPOSE",),
            ("DECISION_EXPIRED",), ("DECISION_UNKNOWN",), ("DECISION_DENIED",),
            ("DECISION_OTHER_SERVICE",),
        ]  # fmt: skip
        (alarm,) = open_alarms([lotus.id])
        assert (alarm.kind, alarm.count) == ("unbacked_use", 2)

    @pytest.mark.req("P9")
    def test_nor_does_another_companys_permit(self, lotus, asha, ask):
        tulip = company("tulip", name="Tulip Stores")
        bela = tulip.person("bela@example.in")
        tulip.yes(bela)
        permit = decided(ask(tulip, bela))

        (found,) = tell(lotus, said(asha, permit))

        assert found.gaps == ("DECISION_UNKNOWN",)

    @pytest.mark.req("P2")
    def test_a_permit_from_before_a_withdrawal_is_a_lease_that_still_runs(self, lotus, asha, ask):
        permit = decided(ask(lotus, asha))
        lotus.withdraws(asha)

        (found,) = tell(lotus, said(asha, permit))
        (late,) = tell(lotus, said(asha, permit, started_at=datetime.now(UTC) + timedelta(hours=1)))

        assert (found.outcome, late.gaps) == ("backed", ("DECISION_EXPIRED",))


@pytest.mark.django_db(transaction=True)
class TestInTheLog:
    def test_reports_are_sealed_and_verify_after_the_persons_key_is_gone(self, lotus, asha):
        sealing.seal_all()
        (found,) = tell(
            lotus, said(asha, data=("pd:City",), values={"pd:City": "Pune"}, model=MODEL)
        )
        sealing.seal_all()

        subjects.destroy_key(by=AUTHOR, subject=asha)
        sealing.seal_all()

        assert EntryIndex.objects.filter(id=found.entry_id).exists()
        assert not list(verification.verify())

    def test_nothing_is_recorded_where_one_of_them_is_a_stranger(self, lotus, asha):
        before = EntryIndex.objects.count()

        with pytest.raises(services.RefusedError) as caught:
            tell(lotus, said(asha), Report(
                who=Named(subject_id=UUID(int=7)), purpose=OFFERS, started_at=datetime.now(UTC)
            ))  # fmt: skip

        assert set(caught.value.faults) == {1}
        assert EntryIndex.objects.count() == before

    def test_what_is_recorded_goes_with_the_transaction_around_it(self, lotus, asha):
        before = EntryIndex.objects.count()

        with transaction.atomic():
            tell(lotus, said(asha, model=MODEL))
            transaction.set_rollback(True)

        assert EntryIndex.objects.count() == before
        assert not open_alarms([lotus.id]).exists()


@pytest.mark.django_db(transaction=True)
class TestTheModelOfADecision:
    """The view reads it from the payload's bytes."""

    @pytest.mark.parametrize("name", ["m", "a/b:c.d-e", "model", "x" * 100])
    def test_is_found_whatever_the_values_say(self, lotus, asha, name):
        trap = '"model":{"name":"other"'
        model = Model(name=name, version="1", output="o", automation_level="human_involved")

        tell(lotus, said(asha, data=("pd:A",), values={"pd:A": trap}, model=model))

        assert selectors.models_of([lotus.id]) == [name]

    def test_of_another_company_is_not_offered(self, lotus, asha):
        tell(lotus, said(asha, model=MODEL))

        assert selectors.models_of([company("tulip").id]) == []


AT, UNTIL, SKEW = 1_000_000_000, 1_060_000_000, backing.SKEW_SECONDS * 1_000_000
PERMIT = Decision(permit=True, reason_code="PERMIT", rule="R95", valid_until=UNTIL)
MADE = Made(UUID(int=9), AT, "s", UUID(int=1), OFFERS, PERMIT)
CLAIM = Claim(MADE.id, "s", UUID(int=1), OFFERS, AT)
FAULTS = {
    "DECISION_MISSING": ({"decision_id": None}, {}),
    "DECISION_UNKNOWN": ({"decision_id": UUID(int=8)}, {}),
    "DECISION_DENIED": ({}, {"decision": Decision(permit=False, reason_code="X", rule="R60")}),
    "DECISION_OTHER_SERVICE": ({"service": "t"}, {}),
    "DECISION_OTHER_SUBJECT": ({}, {"subject_id": None}),
    "DECISION_OTHER_PURPOSE": ({"purpose": SURVEYS}, {}),
    "DECISION_TOO_LATE": ({"started_at": AT - SKEW - 1}, {}),
    "DECISION_EXPIRED": ({"started_at": UNTIL + 1}, {}),
}
ALONE = ("DECISION_MISSING", "DECISION_UNKNOWN")


@given(st.integers(AT - SKEW, UNTIL))
def test_the_very_permit_backs_a_use_while_it_holds(started):
    assert gaps(replace(CLAIM, started_at=started), MADE) == ()


@given(st.sets(st.sampled_from(list(FAULTS)), min_size=1, max_size=3))
def test_each_fault_leaves_a_use_unbacked_and_is_named(codes):
    claim, made = CLAIM, MADE
    for code in codes:
        of_claim, of_made = FAULTS[code]
        claim, made = replace(claim, **of_claim), replace(made, **of_made)

    found = gaps(claim, made)

    if codes & set(ALONE):
        assert found in {(code,) for code in ALONE}
    elif len(codes) == 1:
        assert found == tuple(codes)
    else:
        assert set(found) <= codes
        assert found


def test_a_permit_without_an_end_backs_nothing():
    endless = replace(MADE, decision=Decision(permit=True, reason_code="P", rule="R95"))

    assert gaps(CLAIM, endless) == ("DECISION_EXPIRED",)
    assert gaps(CLAIM, None) == ("DECISION_UNKNOWN",)
