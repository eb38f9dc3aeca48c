"""From when rules apply: answers are strict, simulations follow the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from policies.pdp.engine import decide
from policies.rules import RULES
from policies.rules.commencement import (
    APPLIES,
    INDIA_THIRD,
    SECTION_5_AT,
    applies_from,
    rule_applies_from,
)
from policies.rules.law import INSTRUMENTS, resolve
from policies.rules.permit import FINDINGS
from tests.policies.scenes import BOTH, EUROPE, INDIA, PERMITTED, change
from tests.policies.test_rules_6_12 import LIGHT, by

EVE = INDIA_THIRD - timedelta(days=1)
REFUSED = change(INDIA, consent={"state": "refused"})
LEGACY = change(
    INDIA, consent={"is_legacy": True, "is_provable": False, "notice": "", "language": ""}
)
STANDARDS = ("ISO", "DPV", "MeitY", "AuthZEN")


@pytest.mark.req("POL-13")
def test_the_same_question_differs_before_and_after_the_law_begins():
    before, after = decide(REFUSED, as_of=EVE), decide(REFUSED, as_of=INDIA_THIRD)

    assert (before.permit, before.reason_code) == (True, "PERMIT_NOT_IN_FORCE")
    assert (after.permit, after.reason_code) == (False, "CONSENT_REFUSED")


@pytest.mark.req("POL-13")
def test_an_answer_is_strict_whatever_the_date():
    assert decide(REFUSED).reason_code == "CONSENT_REFUSED"
    assert decide(replace(REFUSED, now=0)).permit is False


def test_one_law_that_is_not_in_force_leaves_the_other():
    refused = change(BOTH, consent={"state": "refused"})

    assert [each.pack for each in decide(refused, as_of=EVE).reasons] == ["EU"]
    assert decide(BOTH, as_of=EVE).basis == {"IN": "consent", "EU": "6-1-a"}


def test_parts_of_a_law_begin_apart():
    unwatched = by(LIGHT, is_high_risk=True, has_oversight=False)

    assert decide(unwatched, as_of=date(2027, 12, 1)).permit
    assert decide(unwatched, as_of=date(2027, 12, 2)).rule == "R88"
    assert decide(unwatched).rule == "R88"


@pytest.mark.parametrize("facts", PERMITTED.values(), ids=list(PERMITTED))
def test_a_permit_stays_one_at_any_date(facts):
    for on in (date(2020, 1, 1), EVE, INDIA_THIRD, date(2030, 1, 1)):
        assert decide(facts, as_of=on).permit


def test_what_guards_the_decision_point_holds_before_any_law():
    stranger = change(INDIA, service={"may_ask": False})

    assert decide(stranger, as_of=date(1990, 1, 1)).rule == "R01"


@pytest.mark.req("POL-13")
class TestAConsentOlderThanTheAct:
    def test_is_denied_by_a_strict_answer(self):
        assert [each.rule for each in decide(LEGACY).reasons] == ["R67", "R69"]

    def test_counts_in_a_simulation_while_the_notice_is_sent(self):
        made = decide(LEGACY, as_of=INDIA_THIRD)

        assert (made.permit, made.reason_code) == (True, "PERMIT_LEGACY")
        assert [each.code for each in made.obligations] == ["send_s5_2_notice"]

    @pytest.mark.req("CON-20")
    @pytest.mark.parametrize("as_of", [None, INDIA_THIRD])
    def test_counts_and_asks_for_nothing_once_its_notice_was_given(self, as_of):
        noticed = change(LEGACY, consent={"is_legacy": False, "is_noticed": True})

        made = decide(noticed, as_of=as_of)

        assert (made.permit, made.reason_code) == (True, "PERMIT_IN:consent")
        assert made.obligations == ()

    @pytest.mark.req("CON-20")
    def test_counts_in_india_alone_though_its_notice_was_given(self):
        noticed = {"is_legacy": False, "is_noticed": True}
        both = change(LEGACY, subject={"packs": ("IN", "EU")}, consent=noticed)

        assert [(each.rule, each.pack) for each in decide(both).reasons] == [("R67", "EU")]

    def test_counts_in_india_alone(self):
        both = change(LEGACY, subject={"packs": ("IN", "EU")})

        assert [(each.rule, each.pack) for each in decide(both, as_of=INDIA_THIRD).reasons] == [
            ("R67", "EU")
        ]

    def test_one_of_today_without_proof_does_not_count(self):
        unproven = change(INDIA, consent={"is_provable": False})

        assert decide(unproven, as_of=INDIA_THIRD).rule == "R67"


def test_every_citation_is_of_a_known_day_or_of_no_law():
    refs = {ref for rule in RULES for refs in rule.refs.values() for ref in refs}
    refs |= {ref for finding in FINDINGS for ref in finding.reason.refs}
    undated = [ref for ref in refs if applies_from(ref) is None]

    assert len(refs) > 80
    assert all(ref.startswith(STANDARDS) for ref in undated), undated


def test_the_calendar_is_of_known_laws_and_says_where_it_stands():
    titles = {each.name for each in INSTRUMENTS}
    for start, on, source in APPLIES:
        assert source
        assert date(2000, 1, 1) < on < date(2030, 1, 1)
        assert start in titles or resolve(start)


def test_a_rule_begins_with_the_first_of_its_provisions():
    numbered = {rule.number: rule for rule in RULES}

    assert rule_applies_from(numbered["R50"], "IN") == INDIA_THIRD
    assert rule_applies_from(numbered["R63"], "IN") == INDIA_THIRD  # it cites a standard alone
    assert rule_applies_from(numbered["R01"], "") is None
    assert rule_applies_from(numbered["R24"], "EU") == date(2025, 2, 2)
    assert applies_from("DPDP Act 2023 s.20") == INDIA_THIRD
    assert applies_from("Moon Treaty Art 1") is None


def test_the_start_of_section_5_is_the_start_of_its_day():
    at = datetime(INDIA_THIRD.year, INDIA_THIRD.month, INDIA_THIRD.day, tzinfo=UTC)

    assert at.timestamp() * 1_000_000 == SECTION_5_AT


def test_no_rule_of_indias_act_speaks_before_it_asks_for_a_ground():
    indian = [rule for rule in RULES if rule.packs == ("IN",)]

    assert {rule_applies_from(rule, "IN") for rule in indian} == {INDIA_THIRD}


def test_europe_does_not_wait_for_india():
    assert decide(change(EUROPE, consent={"state": "refused"}), as_of=EVE).rule == "R61"
