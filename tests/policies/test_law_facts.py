"""What officers record about the law, and what the very next decision makes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from consent import services as consent
from consent.transitions import State
from registry import services as registry
from subjects import channels
from tests.factories.company import (
    APPROVER,
    AUTHOR,
    DELIVERY,
    EVALUATIONS,
    OFFERS,
    SURVEYS,
    company,
)

SERVICES_OWN = {"is_marketing": False, "dpv_purpose": "dpv:ServiceOptimisation"}


def code(answer):
    return answer["context"]["reason_code"]


@pytest.fixture
def lena(lotus):
    """A German who said yes to offers: both laws apply."""
    person = lotus.person("lena@example.de", residence="DE")
    lotus.yes(person, is_explicit=True)
    return person


def category(lotus, name, **kind):
    registry.record_category(by=AUTHOR, controller_id=lotus.id, code=name, name=name, **kind)


@pytest.mark.req("POL-08", "POL-15")
class TestAFinding:
    def test_counts_from_its_approval_until_it_is_taken_back(self, lotus, lena, ask):
        lotus.purpose(SURVEYS, grounds={"IN": "s7a", "EU": "6-1-f"}, **SERVICES_OWN)
        lotus.finds("s7a", SURVEYS)
        finding = registry.Finding(
            kind="lia", purpose=SURVEYS, citation="GDPR Art 6(1)(f)", conclusion="Balanced.",
            valid_until=datetime.now(UTC).date() + timedelta(days=1),
        )  # fmt: skip
        made = registry.record_assessment(by=AUTHOR, controller_id=lotus.id, finding=finding)
        recorded = ask(lotus, lena, purpose=SURVEYS)

        registry.approve_assessment(by=APPROVER, assessment=made)
        approved = ask(lotus, lena, purpose=SURVEYS)
        registry.end_assessment(by=AUTHOR, assessment=made)
        ended = ask(lotus, lena, purpose=SURVEYS)

        assert [code(each) for each in (recorded, ended)] == ["LIA_MISSING"] * 2
        assert approved["decision"] is True

    def test_about_another_purpose_says_nothing(self, lotus, ask):
        person = lotus.person()
        lotus.purpose(DELIVERY, grounds={"IN": "s7a"}, is_marketing=False)
        lotus.finds("s7a", OFFERS)

        assert code(ask(lotus, person, purpose=DELIVERY)) == "GROUND_NOT_AVAILABLE"

    @pytest.mark.req("P9")
    def test_of_another_controller_says_nothing(self, lotus, ask):
        company("tulip").finds("s7a", DELIVERY)
        person = lotus.person()
        lotus.purpose(DELIVERY, grounds={"IN": "s7a"}, is_marketing=False)

        assert code(ask(lotus, person, purpose=DELIVERY)) == "GROUND_NOT_AVAILABLE"

    def test_that_restricts_counts_at_once(self, lotus, asha, ask):
        before = ask(lotus, asha)

        lotus.finds("sdf")

        assert before["decision"] is True
        assert code(ask(lotus, asha)) == "DPIA_MISSING"

    def test_of_this_year_lets_a_significant_fiduciary_go_on(self, lotus, asha, ask):
        lotus.finds("sdf")
        lotus.finds("sdf_dpia")

        assert ask(lotus, asha)["decision"] is True

    def test_ends_the_permit_that_rests_on_it(self, lotus, lena, ask):
        lotus.finds("dpia_due", OFFERS)
        denied = ask(lotus, lena)
        lotus.finds("dpia", OFFERS)

        assert code(denied) == "DPIA_MISSING"
        assert ask(lotus, lena)["decision"] is True

    def test_keeps_data_in_the_country(self, lotus, asha, ask):
        lotus.finds("sector_in", OFFERS, "pd:EmailAddress")
        inside = ask(lotus, asha, destination="IN")

        assert inside["decision"] is True
        assert code(ask(lotus, asha, destination="AE")) == "SECTORAL_TRANSFER_RESTRICTED"


@pytest.mark.req("POL-08")
class TestSpecialData:
    def test_of_the_purpose_need_an_assessment_and_a_condition(self, lotus, lena, ask):
        category(lotus, "pd:Health", is_special=True)
        lotus.purpose(OFFERS, categories=("pd:EmailAddress", "pd:Health"))
        lotus.yes(lena)
        bare = ask(lotus, lena)
        lotus.finds("dpia", OFFERS)
        assessed = ask(lotus, lena)
        lotus.finds("art9", OFFERS)

        assert code(bare) == "DPIA_MISSING"
        assert code(assessed) == "ART9_CONDITION_MISSING"
        assert ask(lotus, lena)["decision"] is True

    def test_that_are_named_beyond_the_purpose_are_found_too(self, lotus, lena, ask):
        category(lotus, "pd:Conviction", is_criminal=True)

        assert code(ask(lotus, lena, data=["pd:Conviction"])) == "ART10_NOT_AUTHORISED"


@pytest.mark.req("POL-08")
class TestAnIncident:
    @pytest.mark.parametrize(
        ("kind", "name", "asked"),
        [
            ("service", "mailer", {}),
            ("recipient", "post", {}),
            ("recipient", "agency", {"recipients": ["agency"]}),
            ("system", "crm", {"system": "crm"}),
        ],
    )
    def test_stops_what_it_froze_until_the_release(self, lotus, asha, ask, kind, name, asked):
        registry.record_party(
            by=AUTHOR, controller_id=lotus.id, code="agency", name="Agency", kind="processor",
            country="IN", contract_reference="C-2",
        )  # fmt: skip
        lotus.purpose(OFFERS, recipients=("agency",))
        lotus.yes(asha)
        frozen = registry.freeze(
            by=AUTHOR, controller_id=lotus.id, kind=kind, code=name, incident="INC-7"
        )
        during = ask(lotus, asha, **asked)

        registry.release(by=APPROVER, frozen=frozen, reason="Contained")

        assert code(during) == "SYSTEM_FROZEN"
        assert ask(lotus, asha, **asked)["decision"] is True

    def test_at_a_declared_recipient_stops_a_use_that_names_none(self, lotus, asha, ask):
        lotus.purpose(OFFERS, recipients=("post",))
        lotus.yes(asha)
        before = ask(lotus, asha)

        registry.freeze(
            by=AUTHOR, controller_id=lotus.id, kind="recipient", code="post", incident="INC-8"
        )

        assert before["decision"] is True
        assert code(ask(lotus, asha)) == "SYSTEM_FROZEN"

    def test_elsewhere_stops_nothing(self, lotus, asha, ask):
        registry.freeze(
            by=AUTHOR, controller_id=lotus.id, kind="system", code="warehouse", incident="INC-9"
        )

        assert ask(lotus, asha)["decision"] is True


@pytest.mark.req("POL-08", "P2")
class TestAnObjection:
    def objects(self, lotus, person, kind="particular_situation", purpose=OFFERS):
        return consent.object_to(
            by=AUTHOR, controller_id=lotus.id, subject_id=person.id, kind=kind, purpose=purpose
        )

    def test_waits_for_an_officer_and_is_upheld(self, lotus, lena, ask):
        objection = self.objects(lotus, lena)
        pending = ask(lotus, lena)

        consent.decide_objection(
            by=APPROVER, objection=objection, state="upheld", grounds="Their interest is greater."
        )

        assert code(pending) == "OBJECTION_PENDING"
        assert code(ask(lotus, lena)) == "OBJECTED"

    def test_that_is_dismissed_stops_nothing(self, lotus, lena, ask):
        objection = self.objects(lotus, lena)

        consent.decide_objection(
            by=APPROVER, objection=objection, state="dismissed", grounds="Fraud is under way."
        )

        assert ask(lotus, lena)["decision"] is True

    def test_to_one_purpose_leaves_the_others(self, lotus, lena, ask):
        lotus.purpose(SURVEYS)
        self.objects(lotus, lena, purpose=SURVEYS)

        assert ask(lotus, lena)["decision"] is True

    def test_in_one_batch_reaches_the_right_person_and_purpose(self, lotus, lena, asha, http):
        self.objects(lotus, lena)
        evaluations = [lotus.question(one) for one in (lena, asha, lena)]

        answer = http.post(EVALUATIONS, json={"evaluations": evaluations}, headers=lotus.headers)

        made = [each["context"]["reason_code"] for each in answer.json()["evaluations"]]
        assert made == ["OBJECTION_PENDING", "PERMIT_IN:consent", "OBJECTION_PENDING"]

    @pytest.mark.parametrize("purpose", [DELIVERY, ""])
    def test_to_the_use_of_volunteered_data_is_absolute(self, lotus, ask, purpose):
        person = lotus.person()
        lotus.purpose(DELIVERY, grounds={"IN": "s7a"}, is_marketing=False)
        lotus.finds("s7a", DELIVERY)
        before = ask(lotus, person, purpose=DELIVERY)

        self.objects(lotus, person, "voluntary_use", purpose)

        assert before["decision"] is True
        assert code(ask(lotus, person, purpose=DELIVERY)) == "VOLUNTARY_USE_OBJECTED"

    def test_is_also_a_refused_consent_that_nobody_needed(self, lotus, ask):
        person = lotus.person()
        lotus.purpose(DELIVERY, grounds={"IN": "s7a"}, is_marketing=False)
        lotus.finds("s7a", DELIVERY)

        lotus.records(person, State.REFUSED, purpose=DELIVERY)

        assert code(ask(lotus, person, purpose=DELIVERY)) == "VOLUNTARY_USE_OBJECTED"


@pytest.mark.req("POL-08")
class TestAClosedChannel:
    def test_stops_what_would_be_sent_through_it(self, lotus, asha, ask):
        channels.suppress(by=AUTHOR, subject=asha, channel="sms", reason="register")

        assert code(ask(lotus, asha, channel="sms")) == "CHANNEL_SUPPRESSED"
        assert code(ask(lotus, asha)) == "CHANNEL_SUPPRESSED"
        assert ask(lotus, asha, channel="email")["decision"] is True

    def test_that_is_opened_again_stops_nothing(self, lotus, asha, ask):
        channels.suppress(by=AUTHOR, subject=asha, channel="*", reason="complaint")
        during = ask(lotus, asha, channel="email")

        channels.release(by=AUTHOR, subject=asha, channel="*")

        assert code(during) == "CHANNEL_SUPPRESSED"
        assert ask(lotus, asha, channel="email")["decision"] is True


@pytest.mark.req("POL-08", "POL-10")
class TestTheEndOfRetention:
    def test_denies_from_its_moment_on_and_ends_a_permit_before(self, lotus, asha, ask):
        soon = datetime.now(UTC) + timedelta(seconds=20)
        lotus.stands(asha, "expired", since_at=soon)

        made = ask(lotus, asha)

        assert made["decision"] is True
        assert datetime.fromisoformat(made["context"]["valid_until"]) <= soon

    @pytest.mark.parametrize(
        ("state", "reason"), [("expired", "RETENTION_EXPIRED"), ("vault", "RETENTION_VAULT_ONLY")]
    )
    def test_and_the_vault_deny(self, lotus, asha, ask, state, reason):
        lotus.stands(asha, state)

        assert code(ask(lotus, asha)) == reason


@pytest.mark.req("POL-08")
class TestAChild:
    def test_is_never_tracked(self, lotus, ask):
        lotus.purpose(SURVEYS, is_tracking=True, is_marketing=False)
        child = lotus.person(age_state="child", age_assurance="declared")
        unknown = lotus.person("nobody@example.in", age_state="unknown", age_assurance="unknown")

        assert code(ask(lotus, child, purpose=SURVEYS)) == "CHILD_TRACKING_PROHIBITED"
        assert code(ask(lotus, unknown, purpose=SURVEYS)) == "AGE_UNKNOWN"

    def test_is_never_shown_advertising_that_aims(self, lotus, ask):
        lotus.purpose(SURVEYS, dpv_purpose="dpv:TargetedAdvertising")
        child = lotus.person(age_state="child", age_assurance="declared")

        assert code(ask(lotus, child, purpose=SURVEYS)) == "CHILD_TRACKING_PROHIBITED"


def test_a_reserved_purpose_needs_its_case(lotus, asha, ask):
    assert code(ask(lotus, asha, purpose="sys.security")) in (
        "CALLER_NOT_AUTHORISED", "PURPOSE_UNKNOWN", "RESERVED_CASE_REQUIRED",
    )  # fmt: skip
