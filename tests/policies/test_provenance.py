"""Where the data come from takes questions out of India's Act, with its section (PRO-09)."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from consent.transitions import State
from policies.pdp.engine import decide
from policies.pdp.model import Provenance
from policies.rehearsal.trail import Said, trail
from policies.rules.law import resolve
from policies.rules.provenance import KEPT
from registry import services as registry
from subjects import provenance
from subjects import services as subjects
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.policies import in_force, rule
from tests.policies.scenes import (
    CHILD,
    DAY,
    EUROPE,
    NOT_ASKED,
    NOW,
    OUTSOURCED,
    OUTSOURCED_FROM_EUROPE,
    PUBLISHED,
    SECOND,
    change,
    standing,
)

pytestmark = pytest.mark.req("PRO-09")
OUT = "PERMIT_ACT_NOT_APPLICABLE:outsourced"
PUBLIC = "PERMIT_ACT_NOT_APPLICABLE:published"
CONTRACT = "MSA-2026-114"


def flagged(facts, *flags, **subject):
    return change(facts, subject={"provenance": flags, **subject})


class TestAFlag:
    @pytest.mark.parametrize(
        ("facts", "code", "ref"),
        [
            (OUTSOURCED, OUT, "DPDP Act 2023 s.17(1)(d)"),
            (PUBLISHED, PUBLIC, "DPDP Act 2023 s.3(c)(ii)"),
        ],
    )
    def test_switches_india_off_with_its_section(self, facts, code, ref):
        decision = decide(facts)

        assert (decision.permit, decision.reason_code) == (True, code)
        assert decision.reasons[0].refs == (ref,)
        assert resolve(ref)
        assert (decision.packs, decision.basis, decision.off) == ((), {}, {"IN": ref})
        assert not decide(change(facts, subject={"provenance": ()})).permit

    def test_leaves_europe_to_decide_alone(self):
        alone = decide(EUROPE)
        both = decide(OUTSOURCED_FROM_EUROPE)

        assert (both.packs, both.basis) == (alone.packs, alone.basis)
        assert [each.code for each in both.reasons] == ["PERMIT_EU:6-1-a", OUT]
        unproven = change(OUTSOURCED_FROM_EUROPE, consent={"is_provable": False})
        assert [(each.rule, each.pack) for each in decide(unproven).reasons] == [("R67", "EU")]
        assert decide(unproven).off == {"IN": "DPDP Act 2023 s.17(1)(d)"}

    def test_is_not_an_unknown_jurisdiction(self):
        assert "R05" not in {
            look.rule.number for look in trail(OUTSOURCED) if look.said is Said.DENIED
        }
        nobody_knows = change(OUTSOURCED, subject={"packs": (), "region": ""})
        assert decide(nobody_knows).reason_code == "JURISDICTION_UNKNOWN"

    def test_ends_when_its_day_is_over_and_ends_the_permit(self):
        ends = NOW + 7 * SECOND

        assert decide(flagged(OUTSOURCED, Provenance("outsourced", "", ends))).valid_until == ends
        over = flagged(OUTSOURCED, Provenance("outsourced", "", NOW))
        assert decide(over).reason_code == "CONSENT_MISSING"

    @pytest.mark.parametrize("action", ["sell", ""])
    def test_permits_no_action_that_nothing_permits(self, action):
        decision = decide(change(OUTSOURCED, question={"action": action}))

        assert decision.reason_code == "NO_MATCHING_RULE"

    def test_about_somebody_whom_only_europe_protects_changes_nothing(self):
        facts = flagged(EUROPE, Provenance("outsourced"), region="DE")

        assert decide(facts) == decide(EUROPE)


class TestOutsourced:
    @pytest.mark.parametrize("region", ["IN", "IN-KA", ""])
    def test_does_not_count_for_whoever_may_be_in_india(self, region):
        assert decide(change(OUTSOURCED, subject={"region": region})).packs == ("IN",)


class TestPublished:
    BOTH = (Provenance("published", "pd:EmailAddress"), Provenance("published", "pd:Age"))

    @pytest.mark.parametrize(
        ("named", "needed", "flags", "is_out"),
        [
            (("pd:EmailAddress",), ("pd:EmailAddress", "pd:Age"), BOTH[:1], True),
            (("pd:EmailAddress", "pd:Age"), ("pd:EmailAddress", "pd:Age"), BOTH[:1], False),
            (("pd:EmailAddress", "pd:Age"), ("pd:EmailAddress", "pd:Age"), BOTH, True),
            (("pd:Age",), ("pd:EmailAddress", "pd:Age"), BOTH[:1], False),
            ((), ("pd:EmailAddress",), BOTH[:1], True),
            ((), ("pd:EmailAddress", "pd:Age"), BOTH[:1], False),
            ((), ("pd:EmailAddress", "pd:Age"), BOTH, True),
            ((), (), BOTH, False),
        ],
    )
    def test_counts_where_all_that_is_asked_for_was(self, named, needed, flags, is_out):
        facts = change(
            PUBLISHED, question={"data": named}, purpose={"categories": needed},
            subject={"provenance": flags},
        )  # fmt: skip

        assert (decide(facts).packs == ()) == is_out
        assert decide(facts).permit == is_out

    def test_does_not_count_where_one_has_ended(self):
        ended = (self.BOTH[0], replace_until(self.BOTH[1], NOW))
        facts = change(PUBLISHED, purpose={"categories": ("pd:EmailAddress", "pd:Age")})

        assert not decide(flagged(facts, *ended)).permit


class TestWhatStays:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"subject": standing("erasing")}, "ERASURE_PENDING"),
            ({"subject": standing("erased")}, "SUBJECT_ERASED"),
            ({"subject": standing("deceased")}, "SUBJECT_DECEASED"),
            ({"subject": standing("vault")}, "RETENTION_VAULT_ONLY"),
            ({"subject": standing("restricted")}, "REFUSAL_STANDS"),
            ({"subject": {"suppressed": ("*",)}}, "CHANNEL_SUPPRESSED"),
            ({"subject": {"is_ambiguous": True}}, "SUBJECT_UNKNOWN"),
            ({"consent": {"state": "withdrawn"}}, "REFUSAL_STANDS"),
            ({"service": {"may_ask": False}}, "CALLER_NOT_AUTHORISED"),
            ({"purpose": {"state": "draft"}}, "PURPOSE_UNKNOWN"),
            ({"question": {"data": ("pd:EmailAddress", "pd:Age")}}, "DATA_NOT_NECESSARY"),
        ],
    )
    def test_denies_as_before(self, changes, code):
        facts = change(OUTSOURCED, **changes)

        assert decide(facts).reason_code == code

    def test_a_later_express_consent_outweighs_an_objection(self):
        facts = replace(OUTSOURCED, objected_marketing_at=NOW - DAY)
        anew = change(
            facts, consent={"state": "given", "since": NOW, "is_explicit": True,
                            "is_provable": True})  # fmt: skip

        assert decide(facts).reason_code == "REFUSAL_STANDS"
        assert decide(anew).permit

    @pytest.mark.parametrize(
        ("subject", "purpose", "code"),
        [
            ({}, {"is_tracking": True}, "CHILD_TRACKING_PROHIBITED"),
            ({}, {"is_advertising": True}, "CHILD_TRACKING_PROHIBITED"),
            ({}, {"is_detrimental": True}, "CHILD_DETRIMENT_PROHIBITED"),
            ({}, {}, "PARENTAL_CONSENT_REQUIRED"),
            ({"age": "unknown", "age_assurance": "unknown"}, {"is_tracking": True}, "AGE_UNKNOWN"),
            ({"age": "adult", "adult_at": None, "has_guardian": True}, {},
             "GUARDIAN_CONSENT_REQUIRED"),
        ],
    )  # fmt: skip
    def test_protects_children_and_whoever_has_a_guardian(self, subject, purpose, code):
        child = flagged(CHILD, Provenance("outsourced"), region="US", **subject)
        facts = change(child, purpose=purpose, consent=NOT_ASKED)

        assert decide(facts).reason_code == code

    def test_asks_for_a_parents_consent_that_is_in_force(self):
        child = flagged(CHILD, Provenance("outsourced"), region="US")

        assert decide(child).reason_code == OUT
        over = change(child, consent={"state": "expired"})
        assert decide(over).reason_code == "PARENTAL_CONSENT_REQUIRED"

    def test_a_sector_law_still_binds(self):
        facts = change(
            OUTSOURCED, purpose={"duties": ("sector_in:*",)}, question={"destination": "US"}
        )

        assert decide(facts).reason_code == "SECTORAL_TRANSFER_RESTRICTED"

    def test_a_purpose_of_the_law_itself_rests_on_the_law(self):
        code = "sys.legal_obligation"
        facts = change(
            OUTSOURCED,
            question={"purpose": code, "case": "C-1"},
            purpose={"code": code, "grounds": {"IN": "s7d"}, "is_marketing": False,
                     "findings": {"s7d": NOW + DAY}},
        )  # fmt: skip

        assert decide(facts).reason_code == "PERMIT_RESERVED"


def replace_until(flag, until):
    return Provenance(flag.kind, flag.category, until)


class TestTheTrail:
    @pytest.mark.parametrize(
        ("facts", "why"), [(OUTSOURCED, "outsourced"), (PUBLISHED, "published")]
    )
    def test_says_what_switched_each_rule_of_india_off(self, facts, why):
        indian = [look for look in trail(facts) if look.pack == "IN"]

        assert {look.rule.number for look in indian if look.why != why} <= KEPT
        assert {look.rule.number for look in indian if look.why == why}.isdisjoint(KEPT)
        assert any(look.rule.number == "R65" and look.why == why for look in indian)


@pytest.fixture
def john(lotus):
    """An American whose data an Indian company processes, and who was never asked."""
    for code in ("pd:EmailAddress", "pd:Location"):
        registry.record_category(by=AUTHOR, controller_id=lotus.id, code=code, name=code)
    return lotus.person("john@example.com", residence="US")


def outsourced(person, **more):
    return provenance.set_flag(
        by=AUTHOR, subject=person, kind="outsourced", reference=CONTRACT, **more
    )


def public(person, category="pd:EmailAddress", **more):
    return provenance.set_flag(
        by=AUTHOR, subject=person, kind="published", category=category, reference="Gazette 7",
        **more,
    )  # fmt: skip


def code(answer):
    return answer["context"]["reason_code"]


class TestTheNextCheck:
    def test_reads_a_flag_and_its_end(self, lotus, john, ask):
        before = ask(lotus, john)
        outsourced(john)
        during = ask(lotus, john)
        provenance.end_flag(by=AUTHOR, subject=john, kind="outsourced")

        assert code(before) == "CONSENT_MISSING"
        assert (during["decision"], code(during)) == (True, OUT)
        assert during["context"]["packs"] == []
        assert during["context"]["reasons"][0]["refs"] == ["DPDP Act 2023 s.17(1)(d)"]
        assert code(ask(lotus, john)) == "CONSENT_MISSING"

    def test_reads_that_the_person_has_moved_to_india(self, lotus, john, ask):
        outsourced(john)

        subjects.set_facts(by=AUTHOR, subject=john, residence="IN")

        assert code(ask(lotus, john)) == "CONSENT_MISSING"

    def test_reads_a_withdrawal_after_the_flag(self, lotus, john, ask):
        lotus.yes(john)
        outsourced(john)
        assert code(ask(lotus, john)) == OUT

        lotus.withdraws(john)

        made = ask(lotus, john)
        assert (made["decision"], code(made)) == (False, "REFUSAL_STANDS")

    def test_reads_a_refusal_an_objection_and_a_restriction(self, lotus, john, ask):
        public(john)
        assert code(ask(lotus, john)) == PUBLIC

        standing = lotus.stands(john, "restricted")
        restricted = ask(lotus, john)
        subjects.end_standing(by=AUTHOR, standing=standing)
        lotus.records(john, State.REFUSED)

        assert [code(restricted), code(ask(lotus, john))] == ["REFUSAL_STANDS"] * 2

    def test_looks_at_the_categories_that_are_named(self, lotus, john, ask):
        lotus.purpose(OFFERS, categories=("pd:EmailAddress", "pd:Location"))
        public(john)

        assert code(ask(lotus, john)) == "CONSENT_MISSING"
        assert code(ask(lotus, john, data=["pd:EmailAddress"])) == PUBLIC
        assert code(ask(lotus, john, data=["pd:EmailAddress", "pd:Location"])) == "CONSENT_MISSING"
        public(john, "pd:Location")
        assert code(ask(lotus, john)) == PUBLIC

    def test_lasts_no_longer_than_the_flag(self, lotus, john, ask):
        today = datetime.now(UTC).date()

        outsourced(john, valid_until=today + timedelta(days=30))

        assert code(ask(lotus, john)) == OUT

    def test_asks_the_companys_own_rules(self, lotus, john, ask):
        outsourced(john)
        in_force(lotus.id, rule("no_letters", channels=["letter"]))

        assert code(ask(lotus, john, channel="letter")).startswith("GUARDRAIL_DENIED")
        assert code(ask(lotus, john, channel="email")) == OUT
