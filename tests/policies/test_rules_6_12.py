"""Gates 6 to 11: capacity, legacy consents, scope, transfers, accuracy, and what models decide."""

import pytest
from msgspec.structs import replace

from policies.law.ages import AGES, consents_at
from policies.pdp.engine import decide
from policies.pdp.model import CA, AIUse, California, Facts, ModelFacts, RecipientFacts
from policies.rules import RULES
from policies.rules.topics import topics
from tests.policies.scenes import (
    BOTH,
    CERTAIN_USE,
    CHILD,
    CONTRACT,
    DAY,
    EUROPE,
    INDIA,
    NOW,
    PERMITTED,
    change,
    standing,
)

IN, EU, ALL = ("IN",), ("EU",), ("",)
GUARDED = change(
    INDIA, subject={"has_guardian": True},
    consent={"given_by": "guardian", "guardian_verified": True},
)  # fmt: skip
YOUNG = change(
    EUROPE, subject={"age": "child", "adult_at": NOW + 800 * DAY, "consents_at": NOW + 70 * DAY},
    consent={"given_by": "parent", "guardian_verified": True},
)  # fmt: skip
GROWN = change(YOUNG, subject={"consents_at": NOW - DAY})
POST = RecipientFacts("post", "DE")
ABROAD = RecipientFacts("cloud", "US", "scc", NOW + DAY)


def to(*parties: RecipientFacts, **question: object) -> Facts:
    """Europe, with these parties receiving."""
    codes = tuple(each.code for each in parties)
    known = change(EUROPE, purpose={"recipients": codes}, question={"recipients": codes})
    return change(replace(known, recipients=parties), question=question)


WATCHED = ModelFacts(
    code="prop-7", version="1", is_high_risk=False, is_significant=False, has_oversight=True,
    informs_persons=True, has_review_route=True, diligence_until=NOW + DAY,
)  # fmt: skip
GRAVE = AIUse(model="prop-7")
LIGHT = AIUse(model="prop-7", is_significant=False)
HELPED = AIUse(model="prop-7", automation="AssistiveAutomation")


def by(ai: AIUse, base: Facts = EUROPE, **model: object) -> Facts:
    """The scene with a registered model taking part."""
    known = replace(base, model=replace(WATCHED, **model), sink="live")
    return change(known, purpose={"uses_ai": True}, question={"ai": ai})


EXPLICIT = change(EUROPE, consent={"is_explicit": True})
ON_CONTRACT = by(GRAVE, CONTRACT)
SPECIAL = replace(
    change(ON_CONTRACT, purpose={"findings": {"art9": NOW + DAY}}), special=("pd:Health",)
)
SDF = change(by(LIGHT, INDIA), purpose={"duties": ("sdf",), "findings": {"sdf_dpia": NOW + DAY}})

DENIED: list[tuple[str, str, tuple[str, ...], Facts]] = [
    ("R51", "own consent", IN, change(GUARDED, consent={"given_by": "principal"})),
    ("R51", "parent of an adult", IN,
     change(GUARDED, consent={"given_by": "agent", "guardian_verified": True})),
    ("R51", "unverified", IN, change(GUARDED, consent={"guardian_verified": False})),
    ("R51", "another ground", IN, change(CERTAIN_USE, subject={"has_guardian": True})),
    ("R51", "another ground, guardian withdrew", IN,
     change(GUARDED, purpose={"grounds": {"IN": "s7e"}}, consent={"state": "withdrawn"})),
    ("R52", "own consent", EU, change(YOUNG, consent={"given_by": "principal"})),
    ("R52", "unverified", EU, change(YOUNG, consent={"guardian_verified": False})),
    ("R52", "of unknown age", EU,
     change(YOUNG, subject={"consents_at": None}, consent={"given_by": "principal"})),
    ("R52", "agreed too young", EU,
     change(GROWN, consent={"given_by": "principal", "since": NOW - 2 * DAY})),
    ("R53", "adult on record, parent agreed", IN, change(CHILD, subject={"age": "adult"})),
    ("R53", "adult on record, agreed as a child", IN,
     change(INDIA, subject={"adult_at": NOW - DAY})),
    ("R69", "older than the Act", IN, change(INDIA, consent={"is_legacy": True})),
    ("R70", "operation", ALL, change(INDIA, question={"operations": ("Profiling",)})),
    ("R70", "one of two", ALL,
     change(INDIA, question={"operations": ("Use", "Sell")}, purpose={"operations": ("Use",)})),
    ("R70", "a model nobody told of", ALL, change(by(LIGHT), purpose={"uses_ai": False})),
    ("R71", "cannot mask", ALL,
     change(INDIA, question={"data": ("pd:EmailAddress", "pd:Age"), "supported": ()})),
    ("R71", "did not say so", ALL, change(INDIA, question={"data": ("pd:EmailAddress", "pd:Age")})),
    ("R71", "nothing left to give", ALL,
     change(INDIA, question={"data": ("pd:Age",), "supported": ("mask",)})),
    ("R72", "undisclosed", ALL, change(
        replace(INDIA, recipients=(POST,)), question={"recipients": ("post",)})),
    ("R75", "no tool", EU, to(replace(ABROAD, tool="none"))),
    ("R75", "tool over", EU, to(replace(ABROAD, tool_ends_at=NOW))),
    ("R75", "adequacy nobody decided", EU, to(replace(ABROAD, country="IN", tool="adequacy"))),
    ("R75", "adequate for some recipients only", EU, to(replace(ABROAD, tool=""))),
    ("R75", "one of two", EU, to(POST, replace(ABROAD, tool=""))),
    ("R75", "unknown country", EU, to(RecipientFacts("cloud", "", "scc"))),
    ("R75", "unregistered", EU, change(
        EUROPE, purpose={"recipients": ("x",)}, question={"recipients": ("x",)})),
    ("R75", "claimed country", EU, change(EUROPE, question={"destination": "US"})),
    ("R75", "no country", EU, change(EUROPE, question={"destination": "Atlantis"})),
    ("R75", "claimed country, covered party elsewhere", EU, to(ABROAD, destination="CN")),
    ("R75", "declared by the purpose", EU,
     replace(EUROPE, recipients=(RecipientFacts("x", "US"),))),
    ("R76", "no order", IN, replace(
        INDIA, recipients=(RecipientFacts("embassy", "US", is_foreign_state=True),))),
    ("R80", "a model decides", EU,
     change(by(LIGHT), subject=standing("inaccurate"))),
    ("R80", "disclosed", EU, change(to(POST), subject=standing("inaccurate"))),
    ("R80", "disclosing operation", IN, change(
        INDIA, subject=standing("inaccurate"), question={"operations": ("Disclose",)},
        purpose={"operations": ("Disclose",)})),
    ("R85", "ordinary consent", EU, by(GRAVE)),
    ("R85", "the registry says grave", EU, by(LIGHT, is_significant=True)),
    ("R85", "odd automation", EU, by(replace(GRAVE, automation="Sometimes"))),
    ("R86", "a condition of Article 9 is not enough", EU, SPECIAL),
    ("R87", "on contract", EU, by(GRAVE, CONTRACT, has_review_route=False)),
    ("R88", "nobody watches", EU, by(LIGHT, is_high_risk=True, has_oversight=False)),
    ("R88", "nobody is told", EU, by(LIGHT, is_high_risk=True, informs_persons=False)),
    ("R89", "none", IN, replace(SDF, model=replace(WATCHED, diligence_until=None))),
    ("R89", "over", IN, replace(SDF, model=replace(WATCHED, diligence_until=NOW))),
    ("R90", "no record", ALL, replace(by(LIGHT, INDIA), sink="")),
]  # fmt: skip

PERMITS: list[tuple[str, Facts]] = [
    ("guardian agreed", GUARDED),
    ("guardian agreed, another ground", change(GUARDED, purpose={"grounds": {"IN": "s7e"}})),
    ("parent authorised", YOUNG),
    ("old enough to agree", change(GROWN, consent={"given_by": "principal", "since": NOW - DAY})),
    ("too young, another ground", change(CONTRACT, subject={"age": "child"})),
    ("grown up with a guardian", change(GUARDED, subject={"adult_at": NOW - 300 * DAY})),
    ("covered operation",
     change(INDIA, question={"operations": ("Use",)}, purpose={"operations": ("Use", "Store")})),
    ("needed data", change(INDIA, question={"data": ("pd:EmailAddress",)})),
    ("inside", to(POST)),
    ("safeguarded", to(ABROAD)),
    ("safeguarded where it goes", to(ABROAD, destination="US")),
    ("adequate", change(EUROPE, question={"destination": "CH"})),
    ("adequate for the certified", to(replace(ABROAD, tool="adequacy"))),
    ("agreed expressly", change(
        EUROPE, question={"destination": "CN"}, purpose={"needs_explicit": True},
        consent={"is_explicit": True})),
    ("no transfer rule in India", change(INDIA, question={"destination": "US"})),
    ("order met", replace(INDIA, recipients=(
        RecipientFacts("embassy", "US", is_foreign_state=True, state_order="G.S.R. 1(E)"),))),
    ("inaccurate, used alone", change(INDIA, subject=standing("inaccurate"))),
    ("light", by(LIGHT)),
    ("a human decides", by(HELPED)),
    ("on contract", ON_CONTRACT),
    ("on explicit consent", by(GRAVE, EXPLICIT)),
    ("by law", by(GRAVE, authorising_law="Loi 78-17 Art 47")),
    ("special, in the public interest", change(SPECIAL, model={"special_law": "BDSG s.22"})),
    ("high risk, watched", by(LIGHT, is_high_risk=True)),
    ("diligent", SDF),
    ("India does not know Article 22", by(GRAVE, INDIA)),
]  # fmt: skip


@pytest.mark.req("POL-08", "POL-16", "POL-17", "POL-18")
@pytest.mark.parametrize(
    ("rule", "packs", "facts"),
    [pytest.param(rule, packs, facts, id=f"{rule}-{why}") for rule, why, packs, facts in DENIED],
)
def test_rule_fires_alone(rule, packs, facts):
    decision = decide(facts)

    assert not decision.permit
    assert [(each.rule, each.pack) for each in decision.reasons] == [(rule, p) for p in packs]


@pytest.mark.parametrize("facts", [pytest.param(facts, id=why) for why, facts in PERMITS])
def test_nothing_fires(facts):
    decision = decide(facts)

    assert decision.permit, decision.reasons


@pytest.mark.req("POL-18")
def test_a_model_nobody_registered_is_taken_for_the_worst():
    facts = change(replace(BOTH, sink="live"), question={"ai": LIGHT}, purpose={"uses_ai": True})

    assert [each.rule for each in decide(facts).reasons] == ["R70", "R85", "R87", "R88"]


@pytest.mark.parametrize(
    ("residence", "years"), [("DE", 16), ("FR", 15), ("AT", 14), ("BE", 13), ("US", 16), ("", 16)]
)
def test_the_age_of_consent_online_is_the_countrys_or_sixteen(residence, years):
    majority = 1_900_000_000_000_000

    earlier = majority - consents_at(residence, majority)

    assert round(earlier / (365.25 * DAY)) == 18 - years
    assert consents_at(residence, None) is None
    assert all(13 <= age <= 16 for age in AGES.values())


def test_a_leap_birthday_comes_a_day_later():
    assert consents_at("DE", 1_835_395_200_000_000) == 1_772_323_200_000_000


def test_rules_left_out_for_their_topic_would_not_have_fired():
    scenes = [facts for _, _, _, facts in DENIED] + [facts for _, facts in PERMITS]
    asked = 0
    for facts in (*scenes, *PERMITTED.values()):
        for rule in RULES:
            if rule.about and not rule.about & topics(facts):
                asked += 1
                assert not any(rule.fires(facts, pack) for pack in rule.packs or ("",))
    assert asked > 500


class TestCalifornia:
    """A seam: rules that are known and cited, under a law that nobody is under yet."""

    SALE = change(INDIA, purpose={"is_advertising": True}, subject={"packs": (CA,)})
    FREE = California(opted_out_sale=False, is_under_16=False)

    def reasons(self, facts):
        return [each.rule for each in decide(facts).reasons if each.pack == CA]

    def test_it_permits_nothing(self):
        decision = decide(replace(self.SALE, california=self.FREE))

        assert (decision.permit, decision.reason_code) == (False, "JURISDICTION_UNKNOWN")

    @pytest.mark.req("POL-20")
    def test_what_nobody_looked_up_is_opted_out(self):
        assert self.reasons(self.SALE) == ["R35", "R54"]
        assert self.reasons(replace(self.SALE, california=self.FREE)) == []

    @pytest.mark.req("POL-20")
    def test_the_browsers_signal_is_an_opt_out(self):
        signalled = change(replace(self.SALE, california=self.FREE), question={"gpc": True})

        assert self.reasons(signalled) == ["R35"]

    def test_sensitive_data_and_automation(self):
        facts = replace(change(self.SALE, question={"ai": GRAVE}), special=("pd:Health",))
        open_ = replace(self.FREE, limits_sensitive=False, opted_out_automation=False)

        assert self.reasons(facts) == ["R35", "R36", "R37", "R54"]
        assert self.reasons(replace(facts, california=open_)) == []

    @pytest.mark.req("POL-20")
    def test_the_signal_says_nothing_under_other_laws(self):
        assert decide(change(BOTH, question={"gpc": True})) == decide(BOTH)
