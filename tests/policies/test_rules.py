"""Every rule of the statutory table: it fires alone, and its neighbours of a scene do not."""

import pytest
from msgspec.structs import replace

from policies import texts
from policies.pdp.engine import decide
from policies.pdp.model import Facts, Standing
from policies.rules import RULES
from tests.policies import test_rules_1_5, test_rules_6_12
from tests.policies.scenes import (
    BOTH,
    CERTAIN_USE,
    CHILD,
    COMMITTED,
    COMMITTED_BOTH,
    CONTRACT,
    DAY,
    EUROPE,
    INDIA,
    NAMED_DESPITE_RESTRICTION,
    NOW,
    OPTED_IN_AGAIN,
    PERMITTED,
    PURPOSE,
    change,
    standing,
)

IN, EU, ALL = ("IN",), ("EU",), ("",)
EXPLICIT = change(EUROPE, purpose={"needs_explicit": True})
OBJECTED = replace(EUROPE, objected_marketing_at=NOW - DAY)
RESTRICTED = change(EUROPE, subject=standing("restricted"))
ON_INTEREST = change(OPTED_IN_AGAIN, purpose={"grounds": {"EU": "6-1-f"}})
FAULTY = {"expires_at": NOW, "is_stale": True, "is_provable": False}
COMMITTED_QUESTION = {"commitment": "order-1"}
NO_GROUND = change(INDIA, purpose={"grounds": {}})

DENIED: list[tuple[str, str, tuple[str, ...], Facts]] = [
    ("R01", "service inactive", ALL, change(INDIA, service={"is_active": False})),
    ("R01", "not registered", ALL, change(INDIA, service={"may_ask": False})),
    ("R01", "no contract", ALL, change(INDIA, service={"has_contract": False})),
    ("R01", "contract ends now", ALL, change(INDIA, service={"contract_ends_at": NOW})),
    ("R01", "another caller", ALL, change(INDIA, question={"caller": "push-activator"})),
    ("R01", "caller a person", ALL, change(INDIA, question={"caller_type": "user"})),
    ("R01", "nobody", ALL, change(INDIA, question={"caller": ""}, service={"code": ""})),
    ("R02", "purpose unknown", ALL, replace(INDIA, purpose=None)),
    ("R02", "unknown, so unregistered", ALL,
     change(replace(INDIA, purpose=None), service={"may_ask": False})),
    ("R02", "draft", ALL, change(INDIA, purpose={"state": "draft"})),
    ("R02", "approved", ALL, change(INDIA, purpose={"state": "approved"})),
    ("R02", "another purpose", ALL, change(INDIA, question={"purpose": "marketing"})),
    ("R02", "no purpose", ALL, change(INDIA, question={"purpose": ""}, purpose={"code": ""})),
    ("R03", "closed", ALL, change(INDIA, purpose={"state": "closed"})),
    ("R04", "unknown", ALL, replace(INDIA, subject=None)),
    ("R04", "ambiguous", ALL, change(INDIA, subject={"is_ambiguous": True})),
    ("R04", "not a person", ALL, change(INDIA, question={"resource_type": "household"})),
    ("R05", "no law", ALL, change(INDIA, subject={"packs": ()})),
    ("R05", "a law without rules", ALL, change(INDIA, subject={"packs": ("IN", "BR")})),
    ("R10", "erased", ALL, change(INDIA, subject=standing("erased"))),
    ("R10", "purpose", ALL, change(INDIA, subject=standing("erased", "purpose", PURPOSE))),
    ("R12", "erasing", ALL, change(INDIA, subject=standing("erasing"))),
    ("R12", "needed category", ALL,
     change(INDIA, subject=standing("erasing", "category", "pd:EmailAddress"))),
    ("R12", "requested category", ALL,
     change(INDIA, subject=standing("erasing", "category", "pd:Age"),
            question={"data": ("pd:EmailAddress", "pd:Age"), "supported": ("mask",)})),
    ("R12", "unknown scope", ALL, change(INDIA, subject=standing("erasing", "planet", "mars"))),
    ("R14", "deceased", ALL, change(INDIA, subject=standing("deceased"))),
    ("R14", "a death has no scope", ALL,
     change(INDIA, subject=standing("deceased", "purpose", "analytics"))),
    ("R30", "objected", EU, OBJECTED),
    ("R30", "both laws", EU, replace(BOTH, objected_marketing_at=NOW - DAY)),
    ("R30", "consent not explicit", EU, replace(EUROPE, objected_marketing_at=NOW - 31 * DAY)),
    ("R30", "at the same time", EU, replace(OPTED_IN_AGAIN, objected_marketing_at=NOW - 30 * DAY)),
    ("R30", "on another ground", EU, replace(
        change(EUROPE, purpose={"grounds": {"EU": "6-1-f"}}), objected_marketing_at=NOW - DAY)),
    ("R30", "later consent unprovable", EU,
     change(ON_INTEREST, consent={"is_provable": False})),
    ("R30", "later consent stale", EU, change(ON_INTEREST, consent={"is_stale": True})),
    ("R30", "later consent over", EU, change(ON_INTEREST, consent={"expires_at": NOW})),
    ("R30", "later consent withdrawn", EU, change(ON_INTEREST, consent={"state": "withdrawn"})),
    ("R33", "restricted", EU, RESTRICTED),
    ("R33", "one purpose", EU, change(EUROPE, subject=standing("restricted", "purpose", PURPOSE))),
    ("R33", "consent not explicit", EU,
     change(NAMED_DESPITE_RESTRICTION, consent={"is_explicit": False})),
    ("R33", "at the same time", EU,
     change(NAMED_DESPITE_RESTRICTION, consent={"since": NOW - DAY})),
    ("R40", "none", IN, change(INDIA, purpose={"grounds": {"EU": "6-1-a"}})),
    ("R40", "a European basis", IN, change(INDIA, purpose={"grounds": {"IN": "6-1-f"}})),
    ("R40", "no such clause", IN, change(INDIA, purpose={"grounds": {"IN": "s7j"}})),
    ("R42", "none", EU, change(EUROPE, purpose={"grounds": {"IN": "consent"}})),
    ("R42", "an Indian ground", EU, change(EUROPE, purpose={"grounds": {"EU": "consent"}})),
    ("R50", "own consent", IN, change(CHILD, consent={"given_by": "principal"})),
    ("R50", "unverified", IN, change(CHILD, consent={"guardian_verified": False})),
    ("R50", "another ground", IN, change(CERTAIN_USE, subject={"age": "child"})),
    ("R50", "another ground, parent withdrew", IN,
     change(CHILD, purpose={"grounds": {"IN": "s7e"}}, consent={"state": "withdrawn"})),
    ("R50", "another ground, consent over", IN,
     change(CHILD, purpose={"grounds": {"IN": "s7e"}}, consent={"expires_at": NOW})),
    ("R53", "of age now, parent's consent", IN, change(CHILD, subject={"adult_at": NOW})),
    ("R53", "of age now, child's consent", IN,
     change(CHILD, subject={"adult_at": NOW}, consent={"given_by": "principal"})),
    ("R53", "of age now, parent agreed since", IN,
     change(CHILD, subject={"adult_at": NOW - DAY}, consent={"since": NOW - DAY})),
    ("R53", "of age now, parent's order", IN, replace(
        change(CHILD, subject={"adult_at": NOW}, question=COMMITTED_QUESTION,
               consent={"state": "withdrawn", "since": NOW}), commitment=COMMITTED.commitment)),
    ("R53", "of age now, withdrew, parent's order", IN, replace(
        change(CHILD, subject={"adult_at": NOW - DAY}, question=COMMITTED_QUESTION,
               consent={"state": "withdrawn", "since": NOW, "given_by": "principal"}),
        commitment=COMMITTED.commitment)),
    ("R60", "what was withdrawn is not judged", IN,
     change(INDIA, consent={"state": "withdrawn", **FAULTY})),
    ("R60", "parent withdrew", IN, change(CHILD, consent={"state": "withdrawn"})),
    ("R60", "nameless commitment", IN,
     change(COMMITTED, question={"commitment": ""}, commitment={"reference": ""})),
    ("R60", "India", IN, change(INDIA, consent={"state": "withdrawn"})),
    ("R60", "Europe", EU, change(EUROPE, consent={"state": "withdrawn"})),
    ("R60", "both", ("IN", "EU"), change(BOTH, consent={"state": "withdrawn"})),
    ("R60", "consent in one law only", IN,
     change(COMMITTED_BOTH, question={"commitment": ""})),
    ("R60", "no commitment in Europe", EU, change(COMMITTED, subject={"packs": ("EU",)})),
    ("R60", "commitment not claimed", IN, change(COMMITTED, question={"commitment": ""})),
    ("R60", "commitment later", IN, change(COMMITTED, commitment={"started_at": NOW})),
    ("R60", "commitment at the same time", IN,
     change(COMMITTED, commitment={"started_at": NOW - DAY})),
    ("R60", "commitment of unknown age", IN, change(COMMITTED, commitment={"started_at": 0})),
    ("R60", "commitment over", IN, change(COMMITTED, commitment={"ends_at": NOW})),
    ("R60", "commitment to another purpose", IN,
     change(COMMITTED, commitment={"purpose": "delivery"})),
    ("R61", "refused", IN, change(INDIA, consent={"state": "refused"})),
    ("R61", "refused, what was held is over and stale", IN,
     change(INDIA, consent={"state": "refused", **FAULTY})),
    ("R61", "refused, committed", IN, change(COMMITTED, consent={"state": "refused", **FAULTY})),
    ("R62", "invalid", EU, change(EUROPE, consent={"state": "invalidated"})),
    ("R63", "ended", IN, change(INDIA, consent={"state": "revoked"})),
    ("R64", "expired", IN, change(INDIA, consent={"state": "expired"})),
    ("R64", "ends now", EU, change(EUROPE, consent={"expires_at": NOW})),
    ("R65", "unknown", IN, change(INDIA, consent={"state": "unknown"})),
    ("R65", "requested", EU, change(EUROPE, consent={"state": "requested"})),
    ("R65", "deferred", IN, change(INDIA, consent={"state": "deferred"})),
    ("R65", "of age now, never asked", IN,
     change(CHILD, subject={"adult_at": NOW}, consent={"state": "unknown"})),
    ("R65", "unheard of", IN, change(INDIA, consent={"state": "probably"})),
    ("R66", "notice changed", IN, change(INDIA, consent={"is_stale": True})),
    ("R66", "purpose changed", EU, change(EUROPE, consent={"purpose_version": 1})),
    ("R67", "unprovable", IN, change(INDIA, consent={"is_provable": False, "state": "renewed"})),
    ("R67", "committed, unprovable", IN, change(COMMITTED, consent={"is_provable": False})),
    ("R68", "ordinary consent", EU, EXPLICIT),
]  # fmt: skip

PERMITS: list[tuple[str, Facts]] = [
    *PERMITTED.items(),
    ("caller by id", change(INDIA, question={"caller": "0192f6a0"})),
    ("contract not over", change(INDIA, service={"contract_ends_at": NOW + 1})),
    ("renewed", change(INDIA, consent={"state": "renewed"})),
    ("not over", change(INDIA, consent={"expires_at": NOW + 1})),
    ("oldest purpose version that counts", change(INDIA, consent={"purpose_version": 2})),
    ("opted in again on another ground", ON_INTEREST),
    ("opted in until later", change(ON_INTEREST, consent={"expires_at": NOW + 1})),
    ("other purpose restricted", change(EUROPE, subject=standing("restricted", "purpose", "a"))),
    ("of age, another ground, parent's consent",
     change(CHILD, purpose={"grounds": {"IN": "s7e"}}, subject={"adult_at": NOW})),
    ("child, another ground, parent agreed until later",
     change(CHILD, purpose={"grounds": {"IN": "s7e"}}, consent={"expires_at": NOW + 1})),
    ("other purpose erased", change(INDIA, subject=standing("erased", "purpose", "analytics"))),
    ("other category erased", change(INDIA, subject=standing("erased", "category", "pd:Age"))),
    ("restriction is European", change(INDIA, subject=standing("restricted"))),
    ("objection is European", replace(INDIA, objected_marketing_at=NOW)),
    ("not marketing", change(OBJECTED, purpose={"is_marketing": False})),
    ("explicit", change(EXPLICIT, consent={"is_explicit": True})),
    ("explicit only in Europe", change(EXPLICIT, subject={"packs": ("IN",)})),
    ("schedule item", change(CHILD, consent={"given_by": "principal"},
                             purpose={"schedule_item": "Fourth Schedule, Part B, item 3"})),
    ("child in Europe, parent agreed", change(CHILD, subject={"packs": ("EU",)})),
    ("of age, own consent", change(CHILD, subject={"adult_at": NOW - DAY},
                                   consent={"given_by": "principal", "since": NOW - DAY})),
    ("of age, another ground", change(CERTAIN_USE, subject={"age": "child", "adult_at": NOW})),
    ("child, another ground, parent agreed",
     change(CHILD, purpose={"grounds": {"IN": "s7e"}})),
    ("withdrawn, another ground", change(CONTRACT, consent={"state": "withdrawn"})),
]  # fmt: skip


@pytest.mark.req("POL-08")
@pytest.mark.parametrize(
    ("rule", "packs", "facts"),
    [pytest.param(rule, packs, facts, id=f"{rule}-{why}") for rule, why, packs, facts in DENIED],
)
def test_rule_fires_alone(rule, packs, facts):
    decision = decide(facts)

    assert not decision.permit
    assert decision.rule == rule
    assert [(each.rule, each.pack) for each in decision.reasons] == [(rule, p) for p in packs]


@pytest.mark.parametrize(("facts"), [pytest.param(facts, id=why) for why, facts in PERMITS])
def test_nothing_fires(facts):
    decision = decide(facts)

    assert decision.permit, decision.reasons
    assert decision.rule in ("R93", "R95", "R96")


def test_every_rule_has_a_scenario():
    told = {number for number, *_ in (*DENIED, *test_rules_1_5.DENIED, *test_rules_6_12.DENIED)}
    seam = {rule.number for rule in RULES if rule.packs == ("CA",)}
    assert {rule.number for rule in RULES} - told - seam == {"R25"}  # it has a list of its own


@pytest.mark.req("POL-08")
def test_lower_number_decides_between_neighbours():
    breakers = {
        number: facts for number, _, packs, facts in reversed(DENIED) if packs == ALL
    }  # one scene of each rule that any law knows; their differing parts are put together below
    facts = replace(
        breakers["R01"],
        question=replace(breakers["R01"].question, resource_type="household"),
        purpose=breakers["R03"].purpose,
        subject=replace(
            breakers["R05"].subject,
            packs=(),
            standings=tuple(
                Standing(state, "everything", "", 1) for state in ("erased", "erasing", "deceased")
            ),
        ),
    )

    codes = [each.rule for each in decide(facts).reasons]

    assert codes == ["R01", "R03", "R04", "R05", "R10", "R12", "R14"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            replace(
                change(
                    RESTRICTED,
                    purpose={"needs_explicit": True},
                    consent={"expires_at": NOW, "is_stale": True, "is_provable": False},
                ),
                objected_marketing_at=NOW,
            ),
            ["R30", "R33", "R64", "R66", "R67", "R68"],
            id="choices before the state of consent, expiry before staleness",
        ),
        pytest.param(
            change(CHILD, consent={"state": "withdrawn", "given_by": "principal"}),
            ["R50", "R60"],
            id="capacity before the state of consent",
        ),
        pytest.param(
            change(NO_GROUND, subject={"age": "child"}),
            ["R40", "R50"],
            id="ground before capacity",
        ),
        pytest.param(
            change(BOTH, consent={"state": "expired"}, subject=standing("restricted")),
            ["R33", "R64", "R64"],
            id="one law's denial is enough, and both are told",
        ),
    ],
)
def test_findings_follow_in_order(facts, expected):
    decision = decide(facts)

    assert [each.rule for each in decision.reasons] == expected
    assert decision.rule == expected[0]
    assert decision.reason_code == decision.reasons[0].code
    assert decision.cure == texts.CURE_OF[decision.reason_code]


@pytest.mark.req("POL-09")
@pytest.mark.parametrize(
    ("rule", "facts"), [pytest.param(rule, facts, id=why) for rule, why, _, facts in DENIED]
)
def test_denial_says_what_would_change_it(rule, facts):
    declared = next(each for each in RULES if each.number == rule)

    decision = decide(facts)

    assert decision.cure == declared.cure
    assert texts.cure(decision.cure).code == declared.cure
    for reason in decision.reasons:
        assert reason.refs
        assert set(reason.refs) <= set(texts.legal_refs(reason.code, pack=reason.pack))
