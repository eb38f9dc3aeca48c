"""The rules of the first five gates that rest on recorded findings, freezes and standings."""

import pytest
from msgspec.structs import replace

from policies.law import tables
from policies.pdp.engine import decide
from policies.pdp.model import Facts, ModelFacts, Objection, RecipientFacts, Standing
from policies.rules import prohibited
from tests.policies.scenes import (
    BOTH,
    CERTAIN_USE,
    CHILD,
    CONTRACT,
    DAY,
    EUROPE,
    INDIA,
    NOW,
    OUTSOURCED,
    PUBLISHED,
    PURPOSE,
    change,
    standing,
)

IN, EU, BOTH_LAWS, ALL = ("IN",), ("EU",), ("IN", "EU"), ("",)
LATER = NOW + DAY
OVER = {"dpia": NOW}
AGELESS = {"age": "unknown", "age_assurance": "unknown"}
SDF = change(INDIA, purpose={"duties": ("sdf",), "findings": {"sdf_dpia": LATER}},
             service={"country": "IN"})  # fmt: skip
KEPT = change(SDF, purpose={"duties": ("localised:pd:EmailAddress", "sdf")})
SECTOR_IN = change(INDIA, purpose={"duties": ("sector_in:*",)}, service={"country": "IN"})
SECTOR_EU = change(EUROPE, purpose={"duties": ("sector_eu:pd:EmailAddress",)},
                   service={"country": "DE"})  # fmt: skip
ABROAD = (RecipientFacts("agency", "US", "scc"),)
INTEREST = change(EUROPE, purpose={"grounds": {"EU": "6-1-f"}, "is_marketing": False})
ELECTRONIC = change(
    CONTRACT,
    purpose={"is_marketing": True, "findings": {"lia": LATER}},
    question={"channel": "sms"},
)
VOLUNTARY = change(CERTAIN_USE, purpose={"grounds": {"IN": "s7a"}})
SPECIAL = change(EUROPE, purpose={"special": ("pd:Health",)})


def objecting(facts: Facts, kind: str, state: str = "pending", since: int = NOW - DAY) -> Facts:
    return replace(facts, objections=(Objection(kind, state, since),))


def targeted(facts: Facts, **subject: object) -> Facts:
    return change(facts, purpose={"is_tracking": True}, subject=subject)


CHILD_EU = change(CHILD, subject={"packs": ("EU",)})
EXPLICIT_SINCE = {"is_explicit": True, "since": NOW - 1}

DENIED: list[tuple[str, str, tuple[str, ...], Facts]] = [
    ("R06", "Europe", EU, change(EUROPE, purpose={"needs_dpia": True})),
    ("R06", "ended now", EU, change(EUROPE, purpose={"needs_dpia": True, "findings": OVER})),
    ("R06", "significant fiduciary", IN, change(INDIA, purpose={"duties": ("sdf",)})),
    ("R06", "both laws", BOTH_LAWS,
     change(BOTH, purpose={"duties": ("sdf",), "needs_dpia": True})),
    ("R07", "frozen", ALL, replace(INDIA, frozen=("recipient:mailer",))),
    ("R08", "no case", ALL, change(INDIA, purpose={"code": "sys.odd"},
                                   question={"purpose": "sys.odd"})),
    ("R08", "blank case", ALL, change(INDIA, purpose={"code": "sys.odd"},
                                      question={"purpose": "sys.odd", "case": "  "})),
    ("R11", "in the vault", IN, change(INDIA, subject=standing("vault"))),
    ("R11", "one category", IN,
     change(INDIA, subject=standing("vault", "category", "pd:EmailAddress"))),
    ("R13", "over", ALL, change(INDIA, subject=standing("expired"))),
    ("R13", "over for the purpose", ALL,
     change(EUROPE, subject=standing("expired", "purpose", PURPOSE))),
    ("R20", "detrimental", IN, change(CHILD, purpose={"is_detrimental": True})),
    ("R20", "no schedule item lifts it", IN,
     change(CHILD, purpose={"is_detrimental": True, "schedule_item": "Part B, item 5"})),
    ("R20", "of age on an unknown day", IN,
     change(CHILD, purpose={"is_detrimental": True}, subject={"adult_at": None})),
    ("R21", "tracking", IN, targeted(CHILD)),
    ("R21", "advertising", IN, change(CHILD, purpose={"is_advertising": True})),
    ("R21", "operations monitor", IN, change(
        CHILD, question={"operations": ("dpv:Profiling",)},
        purpose={"operations": ("dpv:Profiling",)})),
    ("R22", "tracking", IN, targeted(INDIA, **AGELESS)),
    ("R22", "an age nobody has heard of", IN, targeted(INDIA, age="elder")),
    ("R23", "marketing that tracks", EU, targeted(CHILD_EU)),
    ("R23", "advertising", EU,
     change(CHILD_EU, purpose={"is_advertising": True, "is_marketing": False})),
    ("R24", "prohibited", EU, replace(EUROPE, model=ModelFacts(code="m", is_prohibited=True))),
    ("R26", "goes abroad", IN, replace(KEPT, recipients=ABROAD)),
    ("R26", "service abroad", IN, change(KEPT, service={"country": "SG"})),
    ("R26", "nobody knows where", IN, replace(KEPT, recipients=(RecipientFacts("stranger"),))),
    ("R26", "destination abroad", IN, change(KEPT, question={"destination": "AE"})),
    ("R26", "data named", IN, change(
        SDF, question={"data": ("pd:Bank",), "destination": "AE"},
        purpose={"categories": ("pd:Bank",), "duties": ("localised:pd:Bank", "sdf")})),
    ("R27", "India", IN, replace(SECTOR_IN, recipients=ABROAD)),
    ("R27", "Europe", EU, replace(SECTOR_EU, recipients=(RecipientFacts("agency", "CH"),))),
    ("R29", "withdrawn", ALL, change(OUTSOURCED, consent={"state": "withdrawn"})),
    ("R29", "refused, made public", ALL, change(PUBLISHED, consent={"state": "refused"})),
    ("R29", "restricted", ALL, change(OUTSOURCED, subject=standing("restricted"))),
    ("R29", "restricted in India, where the flag does not count", ALL, change(
        INDIA, subject={"provenance": OUTSOURCED.subject.provenance, **standing("restricted")})),
    ("R29", "objected", ALL, objecting(PUBLISHED, "particular_situation")),
    ("R29", "no to what needs no consent", ALL, objecting(PUBLISHED, "said_no", "upheld")),
    ("R29", "no marketing", ALL, replace(OUTSOURCED, objected_marketing_at=NOW - DAY)),
    ("R29", "opted out of advertising", ALL, objecting(
        change(OUTSOURCED, purpose={"is_advertising": True}), "sale_sharing", "upheld")),
    ("R31", "pending", EU, objecting(INTEREST, "particular_situation")),
    ("R31", "on consent too", EU, objecting(EUROPE, "particular_situation")),
    ("R31", "consented at the same time", EU, objecting(
        change(EUROPE, consent={"is_explicit": True, "since": NOW - DAY}),
        "particular_situation")),
    ("R32", "upheld", EU, objecting(INTEREST, "particular_situation", "upheld")),
    ("R34", "signalled", IN, objecting(VOLUNTARY, "voluntary_use")),
    ("R34", "refused consent", IN, objecting(VOLUNTARY, "said_no", "upheld")),
    ("R38", "suppressed", ALL, change(INDIA, question={"channel": "sms"},
                                      subject={"suppressed": ("sms",)})),
    ("R38", "in other letters", ALL, change(INDIA, question={"channel": " SMS"},
                                            subject={"suppressed": ("sms",)})),
    ("R38", "every channel", ALL, change(INDIA, question={"channel": "push"},
                                         subject={"suppressed": ("*",)})),
    ("R38", "channel left out", ALL, change(INDIA, subject={"suppressed": ("email",)})),
    ("R38", "no marketing either", ALL, change(VOLUNTARY, question={"channel": "email"},
                                               subject={"suppressed": ("email",)})),
    ("R39", "opted out", IN, objecting(
        change(INDIA, purpose={"is_advertising": True}), "sale_sharing", "upheld")),
    ("R39", "opted out, other law", EU, objecting(
        change(EUROPE, purpose={"is_advertising": True}), "sale_sharing", "upheld")),
    ("R39", "consented, not expressly", EU, objecting(
        change(EUROPE, consent={"since": NOW}, purpose={"is_advertising": True}),
        "sale_sharing", "upheld")),
    ("R41", "no facts", IN, change(CERTAIN_USE, purpose={"findings": {}})),
    ("R41", "facts of another clause", IN,
     change(CERTAIN_USE, purpose={"findings": {"s7a": LATER}})),
    ("R41", "facts over", IN, change(CERTAIN_USE, purpose={"findings": {"s7e": NOW}})),
    ("R43", "no balancing", EU, change(INTEREST, purpose={"findings": {}})),
    ("R43", "balancing over", EU, change(INTEREST, purpose={"findings": {"lia": NOW - 1}})),
    ("R44", "ordinary consent", EU, SPECIAL),
    ("R44", "data named", EU, replace(EUROPE, special=("pd:Health",))),
    ("R44", "explicit consent is not the ground", EU, change(
        INTEREST, purpose={"special": ("pd:Health",), "needs_explicit": True})),
    ("R44", "condition over", EU, change(SPECIAL, purpose={"findings": {"art9": NOW}})),
    ("R45", "no authority", EU, change(EUROPE, purpose={"criminal": ("pd:Conviction",)})),
    ("R45", "data named", EU, replace(EUROPE, criminal=("pd:Conviction",))),
    ("R46", "never asked", EU, ELECTRONIC),
    ("R46", "channel left out", EU, change(ELECTRONIC, question={"channel": ""})),
    ("R46", "soft opt-in over", EU,
     change(ELECTRONIC, purpose={"findings": {"soft_opt_in": NOW}})),
    ("R46", "soft opt-in, said no", EU, objecting(
        change(ELECTRONIC, purpose={"findings": {"soft_opt_in": LATER}}), "said_no", "upheld")),
    ("R46", "opt-in over", EU,
     change(ELECTRONIC, consent={"state": "given", "is_provable": True, "expires_at": NOW})),
    ("R46", "opt-in unprovable", EU, change(ELECTRONIC, consent={"state": "given"})),
    ("R47", "claimed", EU, change(INTEREST, question={"collected_for": "orders"})),
    ("R47", "recorded", EU, change(INTEREST, purpose={"duties": ("further_use:orders",)})),
    ("R47", "compatible with something else", EU, change(
        INTEREST, question={"collected_for": "orders"},
        purpose={"findings": {"lia": LATER, "compatibility:surveys": LATER}})),
]  # fmt: skip

PERMITS: list[tuple[str, Facts]] = [
    ("assessed", change(EUROPE, purpose={"needs_dpia": True, "findings": {"dpia": NOW + 1}})),
    ("an assessment India does not ask for", change(INDIA, purpose={"needs_dpia": True})),
    ("a fiduciary's duty Europe does not know", change(EUROPE, purpose={"duties": ("sdf",)})),
    ("significant fiduciary, assessed", SDF),
    ("vault is India's", change(EUROPE, subject=standing("vault"))),
    ("another category in the vault",
     change(INDIA, subject=standing("vault", "category", "pd:Age"))),
    ("retention ends later", change(
        INDIA, subject={"standings": (Standing("expired", "everything", "", NOW + 1),)})),
    ("adult, detrimental to children", change(INDIA, purpose={"is_detrimental": True})),
    ("detriment to children is Indian law", change(CHILD_EU, purpose={"is_detrimental": True})),
    ("adult, tracked", targeted(INDIA)),
    ("schedule item, tracked", change(targeted(CHILD), purpose={"schedule_item": "Part A, 3"})),
    ("age unknown, schedule item",
     change(targeted(INDIA, **AGELESS), purpose={"schedule_item": "Part B, item 6"})),
    ("age unknown, not tracked", change(INDIA, subject=AGELESS)),
    ("age unknown in Europe", targeted(EUROPE, **AGELESS)),
    ("European child, tracked without advertising",
     change(targeted(CHILD_EU), purpose={"is_marketing": False})),
    ("European child, advertising without tracking", CHILD_EU),
    ("a model that is allowed", replace(EUROPE, model=ModelFacts(code="m"))),
    ("prohibited practices are European law",
     replace(INDIA, model=ModelFacts(code="m", is_prohibited=True))),
    ("kept data stay", change(KEPT, question={"destination": "IN"})),
    ("other data abroad", replace(
        change(SDF, purpose={"duties": ("localised:pd:Bank", "sdf")}), recipients=ABROAD)),
    ("localisation binds significant fiduciaries only", replace(
        change(INDIA, purpose={"duties": ("localised:pd:EmailAddress",)}), recipients=ABROAD)),
    ("sector law, stays in India", SECTOR_IN),
    ("sector law, stays in the EEA",
     replace(SECTOR_EU, recipients=(RecipientFacts("agency", "NO"),))),
    ("sector law of another territory",
     replace(change(EUROPE, purpose={"duties": ("sector_in:*",)}), recipients=ABROAD)),
    ("objection is European", objecting(INDIA, "particular_situation")),
    ("objected, consented expressly since",
     objecting(change(EUROPE, consent=EXPLICIT_SINCE), "particular_situation")),
    ("non-consent counts against s.7(a) only", objecting(CERTAIN_USE, "voluntary_use")),
    ("non-consent, consented expressly since", objecting(
        change(VOLUNTARY, consent={**EXPLICIT_SINCE, "state": "given", "is_provable": True}),
        "voluntary_use")),
    ("opted out of advertising, and this is none", objecting(EUROPE, "sale_sharing", "upheld")),
    ("opted out, consented expressly since", objecting(
        change(EUROPE, purpose={"is_advertising": True}, consent=EXPLICIT_SINCE),
        "sale_sharing", "upheld")),
    ("another channel", change(INDIA, question={"channel": "email"},
                               subject={"suppressed": ("sms",)})),
    ("no channel, nothing is written", change(VOLUNTARY, subject={"suppressed": ("sms",)})),
    ("special data, explicit consent", change(
        SPECIAL, purpose={"needs_explicit": True}, consent={"is_explicit": True})),
    ("special data, condition met", change(SPECIAL, purpose={"findings": {"art9": NOW + 1}})),
    ("special data are European law", change(SPECIAL, subject={"packs": ("IN",)})),
    ("data on offences, authorised", change(
        EUROPE, purpose={"criminal": ("pd:Conviction",), "findings": {"art10": LATER}})),
    ("marketing by letter", change(ELECTRONIC, question={"channel": "post"})),
    ("soft opt-in", change(ELECTRONIC, purpose={"findings": {"soft_opt_in": NOW + 1}})),
    ("opted in", change(ELECTRONIC, consent={"state": "given", "is_provable": True})),
    ("compatible", change(
        INTEREST, question={"collected_for": "orders"},
        purpose={"findings": {"lia": LATER, "compatibility:orders": LATER}})),
    ("consented to the further use", change(EUROPE, question={"collected_for": "orders"})),
    ("collected for this very purpose", change(INTEREST, question={"collected_for": PURPOSE})),
]  # fmt: skip


@pytest.mark.req("POL-08")
@pytest.mark.parametrize(
    ("rule", "packs", "facts"),
    [pytest.param(rule, packs, facts, id=f"{rule}-{why}") for rule, why, packs, facts in DENIED],
)
def test_rule_fires_alone(rule, packs, facts):
    decision = decide(facts)

    assert not decision.permit
    assert [(each.rule, each.pack) for each in decision.reasons] == [(rule, p) for p in packs]


@pytest.mark.req("POL-08")
@pytest.mark.parametrize("facts", [pytest.param(facts, id=why) for why, facts in PERMITS])
def test_nothing_fires(facts):
    decision = decide(facts)

    assert decision.permit, decision.reasons


@pytest.mark.req("POL-17")
class TestARestrictedCountry:
    LINE = 'code = "US"\neffective_from = 2026-11-01\nsource = "S.O. 1"\nreviewed_by = "counsel"'

    @pytest.fixture
    def listed(self, monkeypatch):
        table = tables.read("restricted", f"checked_on = 2026-11-01\n[[line]]\n{self.LINE}")
        monkeypatch.setattr(prohibited, "RESTRICTED", table)

    @pytest.mark.parametrize(
        "facts",
        [
            replace(INDIA, recipients=ABROAD),
            change(INDIA, question={"destination": "US"}),
            change(INDIA, service={"country": "US"}),
        ],
    )
    def test_is_denied_even_with_consent(self, listed, facts):
        decision = decide(facts)

        assert [each.rule for each in decision.reasons] == ["R25"]
        assert decision.cure == "change_destination"

    def test_binds_from_its_day_on(self, listed):
        before = replace(INDIA, recipients=ABROAD, now=NOW - 60 * DAY, valid_seconds=60)

        assert "R25" not in [each.rule for each in decide(before).reasons]

    def test_is_no_matter_of_european_law(self, listed):
        assert decide(replace(EUROPE, recipients=ABROAD)).permit
