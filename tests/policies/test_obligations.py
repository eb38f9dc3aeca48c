"""What a permit asks of the caller, and what becomes of a caller that cannot do it."""

import json
from datetime import datetime

import pytest
from msgspec.structs import replace

from policies.pdp.engine import decide
from policies.pdp.model import AIUse, Commitment, Obligation, Standing
from policies.pdp.policy import Verdict
from policies.pdp.wire import answer
from policies.rules import RULES
from policies.rules.cures import CURES
from policies.rules.duties import CAPTURING, NOTIFYING, of_denial
from tests.policies.scenes import CONTRACT, EUROPE, INDIA, NOW, change
from tests.policies.test_rules_6_12 import ABROAD, GRAVE, LIGHT, POST, by, to

TOO_MUCH = change(INDIA, question={"data": ("pd:EmailAddress", "pd:Age"), "supported": ("mask",)})
SOON = NOW + 90_000_000
HELPED = AIUse(model="prop-7", automation="PartialAutomation")


def asked(facts):
    decision = decide(facts)
    return [each.code for each in decision.obligations]


class Requiring:
    """A policy that permits only with an obligation of its own."""

    number = 3

    def judge(self, _facts):
        return Verdict(obligations=(Obligation("why_am_i_seeing_this"),))


@pytest.mark.req("POL-11")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (INDIA, []),
        (EUROPE, ["first_contact_notice", "ad_transparency_text"]),
        (CONTRACT, []),
        (change(CONTRACT, purpose={"grounds": {"EU": "6-1-e"}}), ["first_contact_notice"]),
        (TOO_MUCH, ["mask"]),
        (change(INDIA, question={"destination": "US"}), ["no_onward_transfer"]),
        (to(POST), ["no_onward_transfer", "first_contact_notice", "ad_transparency_text"]),
        (by(HELPED, INDIA), ["human_review_before_effect"]),
        (by(LIGHT, INDIA), []),
        (by(GRAVE, INDIA), []),
        (change(INDIA, consent={"state": "unknown"}), ["capture_consent"]),
        (change(INDIA, consent={"state": "withdrawn"}), []),
        (change(INDIA, consent={"state": "refused"}), []),
        (change(INDIA, service={"may_ask": False}, consent={"state": "unknown"}), []),
    ],
)
def test_each_occasion_has_its_obligations(facts, expected):
    assert asked(facts) == expected


def test_a_mask_names_what_the_purpose_does_not_need():
    assert decide(TOO_MUCH).obligations == (Obligation("mask", {"data": ["pd:Age"]}),)


FROZEN = replace(INDIA, frozen=("service mailer",))
KEPT = change(INDIA, subject={"standings": (Standing("expired", "everything", "", SOON),)})
PROMISED = replace(
    change(INDIA, consent={"state": "withdrawn", "since": NOW - 5},
           question={"commitment": "order-1"}),
    commitment=Commitment(
        reference="order-1", purpose=INDIA.question.purpose, started_at=NOW - 10, ends_at=SOON
    ),
)  # fmt: skip


@pytest.mark.req("POL-11")
class TestTheOfficer:
    @pytest.mark.parametrize("code", sorted(NOTIFYING))
    def test_is_to_know_of_what_is_forbidden_whoever_the_person_is(self, code):
        assert of_denial(code, "") == (Obligation("notify_dpo"),)
        assert code in {rule.code for rule in RULES}

    def test_is_told_where_that_is_the_first_reason(self):
        assert asked(FROZEN) == ["notify_dpo"]
        assert asked(change(FROZEN, service={"may_ask": False})) == []


@pytest.mark.req("POL-11")
class TestWhatIsHandedOut:
    @pytest.mark.parametrize("facts", [KEPT, PROMISED])
    def test_is_kept_no_longer_than_its_time(self, facts):
        decision = decide(facts)

        (duty,) = decision.obligations
        assert decision.permit
        assert duty.code == "retain_until"
        assert datetime.fromisoformat(duty.args["until"]).timestamp() * 1_000_000 == SOON
        assert decide(change(facts, question={"supported": ()})).permit

    def test_has_no_end_of_another_purposes_data(self):
        other = Standing("expired", "purpose", "another.purpose", SOON)

        assert asked(change(INDIA, subject={"standings": (other,)})) == []

    def test_has_no_end_where_none_is_known(self):
        endless = replace(PROMISED.commitment, ends_at=None)

        assert asked(replace(PROMISED, commitment=endless)) == []


@pytest.mark.req("POL-11")
@pytest.mark.parametrize(
    ("supported", "permits"),
    [(None, True), ((), False), (("mask",), False), (("no_onward_transfer",), True),
     (("custom",), True)],
)  # fmt: skip
def test_a_mandatory_obligation_must_be_among_those_the_caller_named(supported, permits):
    decision = decide(change(to(ABROAD), question={"supported": supported}))

    assert decision.permit is permits
    if not permits:
        assert (decision.rule, decision.reason_code) == ("R98", "OBLIGATION_NOT_SUPPORTED")
        assert decision.cure == "support_obligations"
        assert decision.valid_until is None


@pytest.mark.req("POL-11")
def test_an_advisory_obligation_denies_nobody():
    assert decide(change(EUROPE, question={"supported": ()})).permit


@pytest.mark.req("POL-11")
def test_a_companys_own_obligation_is_mandatory():
    unable = change(INDIA, question={"supported": ()})
    able = change(INDIA, question={"supported": ("why_am_i_seeing_this",)})

    denied = decide(unable, Requiring())

    assert (denied.permit, denied.reason_code) == (False, "OBLIGATION_NOT_SUPPORTED")
    assert denied.policy_version.endswith("+3")
    assert decide(able, Requiring()).permit
    assert decide(INDIA, Requiring()).obligations == (Obligation("why_am_i_seeing_this"),)


@pytest.mark.req("POL-11")
def test_the_wire_says_which_are_advisory_and_where_to_ask():
    def duties(facts):
        return json.loads(answer(decide(facts), "d", cure_url="https://example.org/"))["context"][
            "obligations"
        ]

    notice, text = duties(EUROPE)
    (capture,) = duties(change(INDIA, consent={"state": "expired"}))
    (mask,) = duties(TOO_MUCH)

    assert (notice["mandatory"], text["mandatory"], mask.get("mandatory")) == (False, False, None)
    assert capture["properties"] == {"url": "https://example.org/"}
    assert mask["properties"] == {"data": ["pd:Age"]}


def test_only_a_person_can_do_what_is_captured():
    assert all(CURES[code].by_person for code in CAPTURING)


def test_the_answer_is_the_same_for_the_same_facts():
    assert decide(TOO_MUCH) == decide(replace(TOO_MUCH))
