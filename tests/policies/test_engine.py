"""What a decision carries, beside which rule decided."""

import msgspec
import pytest
from msgspec.structs import replace

from policies.pdp.engine import decide, failed
from policies.pdp.model import Facts, Question
from policies.rules.version import POLICY_VERSION
from tests.policies.scenes import (
    BOTH,
    CERTAIN_USE,
    CHILD,
    COMMITTED,
    COMMITTED_BOTH,
    CONTRACT,
    EUROPE,
    INDIA,
    NOW,
    PERMITTED,
    SECOND,
    change,
)


@pytest.mark.parametrize(
    ("facts", "code", "basis"),
    [
        (INDIA, "PERMIT_IN:consent", {"IN": "consent"}),
        (EUROPE, "PERMIT_EU:6-1-a", {"EU": "6-1-a"}),
        (BOTH, "PERMIT_IN:consent", {"IN": "consent", "EU": "6-1-a"}),
        (CERTAIN_USE, "PERMIT_IN:s7e", {"IN": "s7e"}),
        (CONTRACT, "PERMIT_EU:6-1-b", {"EU": "6-1-b"}),
        (COMMITTED, "PERMIT_COMMITMENT", {"IN": "commitment"}),
        (COMMITTED_BOTH, "PERMIT_COMMITMENT", {"IN": "commitment", "EU": "6-1-b"}),
    ],
)
def test_permit_names_its_basis_in_each_law(facts, code, basis):
    decision = decide(facts)

    assert decision.reason_code == code
    assert decision.basis == basis
    assert [each.pack for each in decision.reasons] == list(basis)
    assert decision.packs == tuple(basis)
    assert decision.cure == ""
    assert decision.policy_version == POLICY_VERSION


def test_denial_relies_on_nothing_and_ends_never():
    decision = decide(change(INDIA, consent={"state": "withdrawn"}))

    assert decision.basis == {}
    assert decision.valid_until is None
    assert decision.policy_version == POLICY_VERSION


def test_action_that_no_rule_permits_is_denied():
    decision = decide(change(INDIA, question={"action": "sell"}))

    assert (decision.rule, decision.reason_code) == ("R99", "NO_MATCHING_RULE")
    assert not decision.permit


def test_denied_action_still_tells_the_first_failing_rule():
    decision = decide(change(INDIA, question={"action": "sell"}, consent={"state": "refused"}))

    assert [each.rule for each in decision.reasons] == ["R61"]


@pytest.mark.parametrize("packs", [("EU", "IN"), ("IN", "EU", "IN")])
def test_order_of_the_laws_is_fixed(packs):
    assert decide(change(BOTH, subject={"packs": packs})) == decide(BOTH)


def test_rules_of_no_single_law_cite_only_the_laws_that_apply():
    unregistered = {"service": {"may_ask": False}}

    assert decide(change(INDIA, **unregistered)).reasons[0].refs == ("DPDP Act 2023 s.8(2)",)
    assert len(decide(change(BOTH, **unregistered)).reasons[0].refs) == 3
    assert len(decide(change(replace(INDIA, subject=None), **unregistered)).reasons[0].refs) == 3


@pytest.mark.req("POL-10")
@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        pytest.param(INDIA, 60, id="default"),
        pytest.param(replace(INDIA, valid_seconds=5), 5, id="as set"),
        pytest.param(change(INDIA, consent={"expires_at": NOW + 7 * SECOND}), 7, id="consent"),
        pytest.param(change(COMMITTED, commitment={"ends_at": NOW + 8 * SECOND}), 8, id="order"),
        pytest.param(change(CHILD, subject={"adult_at": NOW + 9 * SECOND}), 9, id="majority"),
        pytest.param(
            change(INDIA, service={"contract_ends_at": NOW + 3 * SECOND}), 3, id="contract"
        ),
        pytest.param(change(CERTAIN_USE, consent={"expires_at": NOW - 1}), 60, id="not relied on"),
        pytest.param(
            change(
                INDIA,
                consent={"expires_at": NOW + 7 * SECOND},
                service={"contract_ends_at": NOW + 3 * SECOND},
            ),
            3,
            id="the earliest",
        ),
    ],
)
def test_permit_ends_with_the_first_thing_it_rests_on(facts, seconds):
    assert decide(facts).valid_until == NOW + seconds * SECOND


@pytest.mark.req("POL-07")
@pytest.mark.parametrize(
    "code", ["ENGINE_ERROR", "DECISION_TIMEOUT", "STORE_UNAVAILABLE", "INVALID_REQUEST"]
)
def test_trouble_denies_and_cites(code):
    decision = failed(BOTH, code)

    assert not decision.permit
    assert decision.reason_code == code
    assert decision.packs == ("IN", "EU")
    assert decision.cure
    assert decision.reasons[0].refs


def test_trouble_without_facts_or_name_denies_too():
    assert failed(None, "ENGINE_ERROR").packs == ()
    assert failed(replace(INDIA, subject=None), "NO_SUCH").reason_code == "ENGINE_ERROR"


@pytest.mark.req("POL-07")
def test_what_nobody_looked_up_is_denied():
    decision = decide(Facts(now=0, question=Question()))

    assert not decision.permit
    assert [each.rule for each in decision.reasons] == ["R01", "R02", "R04"]


@pytest.mark.parametrize("name", PERMITTED)
def test_stored_facts_give_the_same_decision(name):
    stored = msgspec.json.encode(PERMITTED[name])

    assert decide(msgspec.json.decode(stored, type=Facts)) == decide(PERMITTED[name])
