"""The trail: it tells of every rule, agrees with the decision, and shows what was looked at."""

from datetime import date

import pytest
from msgspec.structs import replace

from policies.pdp.engine import decide
from policies.pdp.trail import explain
from policies.rules import RULES
from tests.policies import test_rules, test_rules_1_5, test_rules_6_12
from tests.policies.scenes import BOTH, CHILD, INDIA, NOW, PERMITTED, change
from tests.policies.test_reserved import CALM, reserved

DENIED = [*test_rules.DENIED, *test_rules_1_5.DENIED, *test_rules_6_12.DENIED]
SCENES = [facts for _, _, _, facts in DENIED] + list(PERMITTED.values())


def of(trail, rule):
    return next(each for each in trail.looked if each.rule == rule)


@pytest.mark.req("POL-08", "POL-09")
def test_it_agrees_with_the_decision_in_every_scene():
    for facts in SCENES:
        trail = explain(facts)
        denying = [(each.rule, each.pack) for each in trail.looked if each.outcome == "denies"]

        assert trail.decision == decide(facts)
        if denying:
            assert denying == [(each.rule, each.pack) for each in trail.decision.reasons]
        else:
            assert trail.decision.permit


@pytest.mark.req("POL-08")
def test_every_rule_of_the_laws_that_apply_is_told_in_order():
    told = [each.rule for each in explain(BOTH).looked]

    assert told == sorted(told)
    assert set(told) == {rule.number for rule in RULES if rule.packs != ("CA",)}


def test_it_shows_what_a_rule_saw():
    looked = of(explain(change(INDIA, consent={"state": "refused"})), "R61")

    assert (looked.outcome, looked.code, looked.gate) == ("denies", "CONSENT_REFUSED", 7)
    assert looked.saw == {"consent.state": "refused"}


def test_it_shows_facts_that_are_not_there():
    assert of(explain(replace(INDIA, purpose=None)), "R02").saw == {"purpose": None}


@pytest.mark.parametrize(
    ("facts", "rule", "because"),
    [
        (change(INDIA, purpose={"grounds": {"IN": "s7e"}}), "R60", "other_ground"),
        (INDIA, "R85", None),
        (INDIA, "R50", "not_concerned"),
        (INDIA, "R89", "not_concerned"),
        (reserved(CALM, "sys.vital"), "R30", "reserved"),
    ],
)
def test_it_says_why_a_rule_was_not_asked(facts, rule, because):
    found = {each.rule: each for each in explain(facts).looked}

    if because is None:
        assert rule not in found  # of a law that does not apply
    else:
        assert (found[rule].outcome, found[rule].because) == ("not_asked", because)
        assert found[rule].saw == {}


def test_it_says_from_when_a_rule_applies():
    trail = explain(CHILD, as_of=date(2027, 5, 12))

    assert of(trail, "R50").applies_from == date(2027, 5, 13)
    assert of(trail, "R50").because == "not_in_force"
    assert of(trail, "R01").applies_from is None
    assert of(explain(replace(CHILD, now=NOW + 1)), "R50").because == ""
