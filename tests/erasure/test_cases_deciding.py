"""What people decide about cases, and what follows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from audit.actors import Actor
from audit.models import EntryIndex
from erasure import errors, selectors
from erasure.models import Case, Step
from erasure.services import deciding, ruling
from erasure.services.deciding import Exemption
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects import tombstones
from tests.erasure.cases_world import EMAIL, OFFICER, SECOND, fates, opened, step, system
from tests.factories.company import OFFERS, company

pytestmark = pytest.mark.django_db
REASON = "The file of the matter says so."
NEXT_YEAR = datetime.now(UTC).date() + timedelta(days=365)


@pytest.fixture
def lotus():
    return company()


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def both(lotus):
    """Somebody in the Union, at a company in India."""
    return lotus.person("anna@example.de", residence="DE")


def policy(company, **content):
    drafted = ruling.draft_policy(by=OFFICER, controller_id=company.id, content=content)
    return ruling.approve_policy(by=SECOND, policy=drafted)


def standings(person):
    return {(one.state, one.scope) for one in subjects.standings(person)}


class TestPolicies:
    def test_another_person_puts_it_in_force(self, lotus):
        drafted = ruling.draft_policy(
            by=OFFICER, controller_id=lotus.id, content={"approval": ["request"]}
        )

        assert selectors.policy_in_force(lotus.id).number == 0
        with pytest.raises(errors.SecondPersonError):
            ruling.approve_policy(by=OFFICER, policy=drafted)
        ruling.approve_policy(by=SECOND, policy=drafted)

        assert selectors.policy_in_force(lotus.id).terms.needs_approval("request")
        with pytest.raises(errors.PolicyStateError):
            ruling.approve_policy(by=SECOND, policy=drafted)

    @pytest.mark.parametrize(
        "content",
        [
            {"color": "red"}, {"approval": ["whim"]}, {"approval": "request"},
            {"due_days": {"request": 0}}, {"due_days": {"whim": 3}}, {"vault_days": 30},
            {"late_look_days": [9]}, {"late_look_days": [9, 3]}, {"vault": "yes"},
            {"inactivity": {"notice_hours": 47}}, {"inactivity": {"named_class": "bakery"}},
            {"inactivity": {"speed": 1}}, {"automatic": ["request"]}, {"alert_days": -1},
        ],
    )  # fmt: skip
    def test_one_that_cannot_be_is_refused(self, lotus, content):
        with pytest.raises(errors.PolicyError):
            ruling.draft_policy(by=OFFICER, controller_id=lotus.id, content=content)

    def test_a_case_keeps_the_one_it_was_opened_under(self, lotus, asha):
        first = policy(lotus, due_days={"request": 10})
        found = selectors.case(lotus.id, opened(lotus, asha).id)
        policy(lotus, due_days={"request": 20})

        found.refresh_from_db()
        assert found.policy_id == first.id
        assert found.plan["policy"] == first.number
        assert found.due_at - found.received_at < timedelta(days=11)


class TestReview:
    @pytest.mark.req("ERA-04")
    def test_nothing_begins_before_an_officer_decided_on_the_law(self, lotus, both):
        found = opened(lotus, both)

        assert (found.state, found.review) == ("review", "legal_conflict")
        assert not Step.objects.filter(case_id=found.id).exists()
        assert ("erasing", "") in standings(both)

        case = deciding.decide_review(
            by=OFFICER, controller_id=lotus.id, case_id=found.id, law="EU", reason=REASON
        )

        assert (case.state, case.law) == ("running", "EU")
        assert "vault" not in fates(case.plan).values()
        assert Step.objects.filter(case=case).exists()

    def test_an_officer_may_decide_for_the_vault(self, lotus, both):
        found = opened(lotus, both)

        case = deciding.decide_review(
            by=OFFICER, controller_id=lotus.id, case_id=found.id, law="IN", reason=REASON
        )

        assert "vault" in fates(case.plan).values()

    def test_a_decision_that_decides_nothing_leaves_it_waiting(self, lotus, both):
        found = opened(lotus, both)

        with pytest.raises(errors.CaseStateError):
            deciding.decide_review(
                by=OFFICER, controller_id=lotus.id, case_id=found.id, reason=REASON
            )
        with pytest.raises(errors.ExemptionForeignError):
            deciding.decide_review(
                by=OFFICER, controller_id=lotus.id, case_id=found.id, law="CA", reason=REASON
            )
        with pytest.raises(errors.ReasonMissingError):
            deciding.decide_review(
                by=OFFICER, controller_id=lotus.id, case_id=found.id, law="EU", reason=" "
            )
        assert selectors.case(lotus.id, found.id).state == "review"


class TestExemptions:
    @pytest.fixture
    def waiting(self, lotus, asha):
        policy(lotus, approval=["request"], vault=False)
        return opened(lotus, asha)

    def claims(self, lotus, found, **more):
        said = {"category": EMAIL, "pack": "IN", "citation": "DPDP Act s.17(1)(a)",
                "until": NEXT_YEAR, **more}  # fmt: skip
        return deciding.claim_exemption(
            by=OFFICER, controller_id=lotus.id, case_id=found.id, exemption=Exemption(**said),
            reason=REASON,
        )  # fmt: skip

    @pytest.mark.req("ERA-05")
    def test_it_keeps_the_category_and_says_by_which_law(self, lotus, asha, waiting):
        crm = system(lotus, "crm", holds=[EMAIL, "pd:Name"], by_category=True)

        case = self.claims(lotus, waiting)

        told = step(case.plan, crm.id)
        assert told["categories"] == ["pd:Name"]
        assert [(one["category"], one["citation"]) for one in told["kept"]] == [
            (EMAIL, "DPDP Act s.17(1)(a)")
        ]
        assert EntryIndex.objects.filter(event="case:exempted").exists()

    @pytest.mark.req("ERA-05")
    def test_indian_law_for_somebody_in_the_union_alone_is_rejected(self):
        tulip = company("tulip", country="NL", name="Tulip")
        policy(tulip, approval=["request"])
        anna = tulip.person("anna@example.de", residence="DE")
        found = opened(tulip, anna)

        with pytest.raises(errors.ExemptionForeignError):
            self.claims(tulip, found)
        assert selectors.case(tulip.id, found.id).claims == []

    @pytest.mark.parametrize(
        "said",
        [{"category": "pd:Nothing"}, {"citation": " "}, {"until": date(2020, 1, 1)}],
    )
    def test_one_without_category_law_or_end_is_refused(self, lotus, waiting, said):
        with pytest.raises(errors.ExemptionError):
            self.claims(lotus, waiting, **said)

    def test_nothing_is_claimed_for_a_case_that_runs(self, lotus, asha):
        with pytest.raises(errors.CaseStateError):
            self.claims(lotus, opened(lotus, asha))


class TestApproval:
    def test_another_person_lets_it_run(self, lotus, asha):
        policy(lotus, approval=["request"])
        found = opened(lotus, asha)

        assert found.state == "approval"
        assert ("erasing", "") in standings(asha)
        with pytest.raises(errors.SecondPersonError):
            deciding.approve(by=OFFICER, controller_id=lotus.id, case_id=found.id)
        case = deciding.approve(by=SECOND, controller_id=lotus.id, case_id=found.id)

        assert (case.state, case.approved_by) == ("running", SECOND.id)

    def test_another_trigger_waits_for_nobody(self, lotus, asha):
        policy(lotus, approval=["request"])

        assert opened(lotus, asha, trigger="legal_duty").state == "running"


class TestEnding:
    def test_refusing_ends_what_stood_because_of_it(self, lotus, asha):
        policy(lotus, approval=["request"])
        found = opened(lotus, asha)

        given = {"by": SECOND, "controller_id": lotus.id, "case_id": found.id, "reason": REASON}
        for ground in ("", "whim"):
            with pytest.raises(errors.RefusalGroundError):
                deciding.refuse(**given, ground=ground)
        case = deciding.refuse(**given, ground="kept_by_law")

        assert (case.state, case.sealed) == ("refused", None)
        assert (case.code, case.refusal) == ("kept_by_law", REASON)
        assert standings(asha) == set()
        assert not tombstones.known(lotus.id, [("email", "asha.rao@example.in")])

    def test_a_running_case_is_cancelled_while_nobody_was_told(self, lotus, asha):
        system(lotus, "crm")
        found = opened(lotus, asha)

        case = deciding.cancel(
            by=Actor("subject", str(asha.id)), controller_id=lotus.id, case_id=found.id,
            reason=REASON,
        )  # fmt: skip

        assert case.state == "cancelled"
        assert standings(asha) == set()
        assert not Step.objects.filter(case=case, next_at__isnull=False).exists()

    def test_once_a_system_was_told_it_is_not(self, lotus, asha):
        system(lotus, "crm")
        found = opened(lotus, asha)
        one = Step.objects.filter(case_id=found.id).first()
        Step.objects.filter(pk=one.pk).update(state="sent", sent_at=datetime.now(UTC))

        with pytest.raises(errors.CaseUnderWayError):
            deciding.cancel(by=OFFICER, controller_id=lotus.id, case_id=found.id, reason=REASON)
        assert ("erasing", "") in standings(asha)

    def test_what_had_joined_goes_on_by_itself(self, lotus, asha):
        whole = opened(lotus, asha)
        part = opened(
            lotus, asha, trigger="withdrawal", trigger_ref="e-1", scope_type="purpose",
            scope=OFFERS,
        )  # fmt: skip
        assert part.case_id == whole.id

        deciding.cancel(by=OFFICER, controller_id=lotus.id, case_id=whole.id, reason=REASON)

        again = Case.objects.get(trigger_ref="e-1:anew")
        assert again.state in selectors.UNDER_WAY
        assert standings(asha) == {("erasing", OFFERS)}

    def test_another_companys_case_is_unknown(self, lotus, asha):
        found = opened(lotus, asha)
        other = company("tulip", name="Tulip")

        with pytest.raises(errors.CaseUnknownError):
            deciding.cancel(by=OFFICER, controller_id=other.id, case_id=found.id, reason=REASON)


class TestCorrecting:
    @pytest.mark.req("ERA-17")
    def test_a_correction_reaches_every_system_with_its_values_sealed(self, lotus, asha):
        crm, tickets = system(lotus, "crm"), system(lotus, "tickets")

        found = opened(lotus, asha, verb="correct", values={"city": "Pune"})

        case = selectors.case(lotus.id, found.id)
        assert found.state == "running"
        assert step(case.plan, crm.id)["verb"] == step(case.plan, tickets.id)["verb"] == "correct"
        assert b"Pune" not in bytes(case.sealed)
        assert "Pune" not in str(case.plan)
        assert standings(asha) == set()

    @pytest.mark.req("ERA-17")
    def test_lifting_is_told_only_after_the_restriction_has_ended(self, lotus, asha):
        lotus.stands(asha, "restricted", reason="gdpr_18")

        with pytest.raises(errors.RestrictionStandsError):
            opened(lotus, asha, verb="lift")
        for one in subjects.standings(asha):
            subject_services.end_standing(by=OFFICER, standing=one)

        assert opened(lotus, asha, verb="lift").state == "running"

    def test_restricting_restricts_at_once(self, lotus, asha):
        opened(lotus, asha, verb="restrict", scope_type="purpose", scope=OFFERS)

        assert standings(asha) == {("restricted", OFFERS)}
