"""The trail: it tells of every rule, agrees with the decision, and shows what was looked at."""

from datetime import date

import pytest
from msgspec.structs import replace

from policies.pdp.engine import decide
from policies.rehearsal.trail import OTHER_LAW, Said, trail
from policies.rules import RULES
from tests.policies import test_rules, test_rules_1_5, test_rules_6_12
from tests.policies.scenes import BOTH, CHILD, INDIA, PERMITTED, change
from tests.policies.test_reserved import CALM, reserved

DENIED = [*test_rules.DENIED, *test_rules_1_5.DENIED, *test_rules_6_12.DENIED]
SCENES = [facts for _, _, _, facts in DENIED] + list(PERMITTED.values())


def of(looks, number):
    return next(each for each in looks if each.rule.number == number)


@pytest.mark.req("POL-08", "POL-09")
def test_it_agrees_with_the_decision_in_every_scene():
    for facts in SCENES:
        decision = decide(facts)
        denying = [(each.rule.number, each.pack) for each in trail(facts) if each.said == "denied"]

        if denying:
            assert denying == [(each.rule, each.pack) for each in decision.reasons]
        else:
            assert decision.permit


@pytest.mark.req("POL-08")
def test_every_rule_is_told_in_order_and_those_of_other_laws_too():
    looks = trail(BOTH)
    told = [each.rule.number for each in looks]

    assert told == sorted(told)
    assert set(told) == {rule.number for rule in RULES}
    assert {each.pack for each in looks if each.why == OTHER_LAW} == {"CA"}


def test_it_shows_what_a_rule_saw():
    look = of(trail(change(INDIA, consent={"state": "refused"})), "R61")

    assert (look.said, look.saw) == (Said.DENIED, (("consent.state", "refused"),))


def test_it_shows_facts_that_are_not_there():
    assert of(trail(replace(INDIA, purpose=None)), "R02").saw == (("purpose", None),)


@pytest.mark.parametrize(
    ("facts", "number", "why"),
    [
        (change(INDIA, purpose={"grounds": {"IN": "s7e"}}), "R60", "other_ground"),
        (INDIA, "R85", "other_law"),
        (INDIA, "R50", "not_concerned"),
        (INDIA, "R89", "not_concerned"),
        (reserved(CALM, "sys.vital"), "R30", "reserved"),
    ],
)
def test_it_says_why_a_rule_was_not_asked(facts, number, why):
    look = of(trail(facts), number)

    assert (look.said, look.why, look.saw) == (Said.NOT_ASKED, why, ())


def test_it_says_that_a_rule_was_not_in_force():
    assert of(trail(CHILD, as_of=date(2027, 5, 12)), "R50").why == "not_in_force"
    assert of(trail(CHILD, as_of=date(2027, 5, 13)), "R50").why == ""
    assert of(trail(CHILD), "R50").said == Said.PASSED
