"""Plans: what goes, what stays and why; for any people and systems there may be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erasure.planning.exemptions import may_cite
from erasure.planning.facts import (
    Ask,
    Claim,
    Hold,
    Minimum,
    PartyFacts,
    PersonFacts,
    SystemFacts,
    Use,
    World,
)
from erasure.planning.fates import VAULT_CITATION
from erasure.planning.plans import LAW_UNKNOWN, LEGAL_CONFLICT, NOT_BY_CATEGORY, plan
from erasure.planning.telling import how

TODAY = date(2026, 11, 22)
EMAIL, PHONE, ADDRESS = "pd:EmailAddress", "pd:TelephoneNumber", "pd:PhysicalAddress"
ALL = frozenset({EMAIL, PHONE, ADDRESS})
CRM = SystemFacts(id="1", code="crm", holds=ALL, by_category=True)
MAILER = SystemFacts(id="2", code="mailer", holds=frozenset({EMAIL}), by_category=False)
TICKETS = SystemFacts(id="3", code="tickets", holds=None, by_category=False)
OWN = SystemFacts(id="9", code="sammati", holds=None, by_category=True, is_own=True)
EVERYTHING = Ask(verb="erase", scope_type="everything", scope="", categories=None, today=TODAY)
OFFERS = replace(
    EVERYTHING, scope_type="purpose", scope="offers", categories=frozenset({EMAIL, PHONE}),
    is_wish=False,
)  # fmt: skip
CONTRACT = Use(purpose="orders", citation="C-1", categories=frozenset({EMAIL}), survives=True)
HOLD = Hold(id="h", citation="Court order 7", review_on=date(2027, 1, 1), categories=None)


def world(*systems):
    return World(systems=systems, universe=ALL)


def made(person, ask=EVERYTHING, *systems):
    return plan(person, ask, world(*(systems or (CRM,))))


def fates(found):
    return {(one["system"], one["category"]): one["fate"] for one in found.plan["elements"]}


def steps(found):
    return {one.get("system") or one["party"]: one for one in found.plan["steps"]}


EU, IN = PersonFacts(packs=("EU",)), PersonFacts(packs=("IN",))


class TestElements:
    @pytest.mark.req("ERA-02")
    def test_a_shared_address_stays_for_the_contract_and_the_copy_for_marketing_goes(self):
        person = replace(EU, uses=(CONTRACT,))
        marketing = SystemFacts(
            id="4", code="newsletter", holds=frozenset({PHONE}), by_category=False
        )

        found = made(person, OFFERS, CRM, marketing)

        assert fates(found) == {
            ("crm", EMAIL): "keep", ("crm", PHONE): "erase", ("newsletter", PHONE): "erase",
        }  # fmt: skip
        assert steps(found)["1"]["categories"] == [PHONE]
        kept = steps(found)["1"]["kept"]
        assert [(one["category"], one["because"], one["citation"]) for one in kept] == [
            (EMAIL, "purpose", "C-1")
        ]

    @pytest.mark.req("ERA-02")
    def test_a_consent_does_not_outlive_a_request_but_does_another_withdrawal(self):
        survey = Use(purpose="surveys", citation="consent", categories=frozenset({EMAIL}))
        person = replace(EU, uses=(survey,))

        assert fates(made(person))["crm", EMAIL] == "erase"
        assert fates(made(person, OFFERS))["crm", EMAIL] == "keep"

    def test_a_purpose_does_not_outlive_its_own_end(self):
        offers = Use(purpose="offers", citation="consent", categories=frozenset({EMAIL}))

        assert fates(made(replace(EU, uses=(offers,)), OFFERS))["crm", EMAIL] == "erase"

    def test_what_a_system_does_not_hold_it_is_not_told_of(self):
        ask = replace(OFFERS, categories=frozenset({ADDRESS}))

        assert made(EU, ask, MAILER).plan["steps"] == []

    @pytest.mark.req("ERA-14")
    def test_nobody_looks_where_a_hold_keeps_all_and_nothing_has_to_be_parted(self):
        part = replace(HOLD, categories=frozenset({EMAIL}))

        assert made(replace(EU, holds=(HOLD,)), EVERYTHING, TICKETS).review == ""
        assert made(replace(EU, holds=(part,)), EVERYTHING, TICKETS).review == NOT_BY_CATEGORY

    @pytest.mark.req("ERA-17")
    @pytest.mark.parametrize("verb", ["restrict", "lift", "correct"])
    def test_what_is_not_erased_is_not_said_to_be(self, verb):
        found = made(EU, replace(EVERYTHING, verb=verb), CRM, TICKETS)

        assert set(fates(found).values()) == {verb}

    @pytest.mark.req("ERA-14")
    def test_a_hold_keeps_everything_and_names_its_law(self):
        found = made(replace(EU, holds=(HOLD,)), EVERYTHING, CRM, MAILER, TICKETS)

        assert set(fates(found).values()) == {"keep"}
        assert all(one["exempt"] for one in found.plan["steps"])
        assert {one["citation"] for one in found.plan["elements"]} == {"Court order 7"}

    @pytest.mark.req("ERA-05")
    def test_an_exemption_keeps_one_category_until_a_day(self):
        claim = Claim(category=EMAIL, pack="EU", citation="Art 17(3)(b)", until=date(2027, 5, 1))

        found = made(replace(EU, claims=(claim,)))

        element = next(one for one in found.plan["elements"] if one["category"] == EMAIL)
        assert (element["fate"], element["because"], element["until"]) == (
            "keep", "exemption", "2027-05-01",
        )  # fmt: skip
        assert found.revisit_on == date(2027, 5, 1)

    @pytest.mark.req("ERA-05")
    def test_indian_law_exempts_nothing_of_somebody_in_the_union(self):
        claim = Claim(category=EMAIL, pack="IN", citation="s.8(7)", until=date(2027, 5, 1))
        least = Minimum(category=PHONE, rule="r", pack="IN", citation="s.8(7)", until=date.max)

        found = made(replace(EU, claims=(claim,), minima=(least,)))

        assert set(fates(found).values()) == {"erase"}
        assert not may_cite(("EU",), "IN")
        assert may_cite(("IN",), "IN")
        assert may_cite((), "EU")
        assert not may_cite(("IN",), "CA")


class TestVault:
    @pytest.mark.req("ERA-04")
    def test_our_own_data_of_somebody_in_india_go_into_the_vault_for_a_year(self):
        found = made(IN, EVERYTHING, CRM, OWN)

        assert {found_fate for key, found_fate in fates(found).items() if key[0] == "crm"} == {
            "erase"
        }
        own = [one for one in found.plan["elements"] if one["system"] == "sammati"]
        assert {one["fate"] for one in own} == {"vault"}
        assert {one["until"] for one in own} == {(TODAY + timedelta(days=365)).isoformat()}
        assert {one["citation"] for one in own} == {VAULT_CITATION}
        assert not steps(found)["9"]["exempt"]

    @pytest.mark.req("ERA-04")
    def test_the_gdpr_knows_no_vault(self):
        assert "vault" not in fates(made(EU, EVERYTHING, CRM, OWN)).values()

    def test_a_policy_may_switch_it_off(self):
        assert "vault" not in fates(made(IN, replace(EVERYTHING, vault=False), OWN)).values()

    @pytest.mark.req("ERA-13")
    def test_a_longer_minimum_of_indian_law_lasts_longer_in_the_vault(self):
        until = TODAY + timedelta(days=800)
        least = Minimum(category=EMAIL, rule="tax", pack="", citation="Tax Act 5", until=until)

        found = made(replace(IN, minima=(least,)), EVERYTHING, CRM, OWN)

        own = {one["category"]: one for one in found.plan["elements"] if one["system"] == "sammati"}
        assert own[EMAIL]["until"] == until.isoformat()
        assert own[EMAIL]["citation"] == "Tax Act 5"
        assert fates(found)["crm", EMAIL] == "keep"


class TestReviews:
    @pytest.mark.req("ERA-04")
    def test_both_laws_at_once_wait_for_an_officer(self):
        both = PersonFacts(packs=("IN", "EU"))

        assert made(both).review == LEGAL_CONFLICT
        assert "vault" not in fates(made(both, EVERYTHING, OWN)).values()
        assert made(both, replace(EVERYTHING, law="EU")).review == ""
        decided = made(both, replace(EVERYTHING, law="IN"), OWN)
        assert set(fates(decided).values()) == {"vault"}
        assert decided.plan["packs"] == ["IN"]

    def test_an_unknown_law_waits_for_an_officer(self):
        assert made(PersonFacts(packs=())).review == LAW_UNKNOWN

    def test_a_system_that_cannot_part_with_some_is_told_nothing_before_somebody_looked(self):
        person = replace(EU, uses=(replace(CONTRACT, categories=frozenset({EMAIL})),))
        rigid = replace(CRM, by_category=False)

        found = made(person, EVERYTHING, rigid)

        assert found.review == NOT_BY_CATEGORY
        assert steps(found)["1"]["exempt"]
        assert made(person, replace(EVERYTHING, accepted=True), rigid).review == ""

    def test_the_end_of_one_purpose_erases_nobody_where_nothing_is_told_apart(self):
        found = made(EU, OFFERS, TICKETS)

        assert found.review == NOT_BY_CATEGORY
        assert steps(found)["3"]["exempt"]

    def test_everything_goes_from_a_system_that_tells_nothing_apart(self):
        found = made(EU, EVERYTHING, TICKETS)

        assert found.review == ""
        assert (steps(found)["3"]["categories"], steps(found)["3"]["exempt"]) == ([], False)

    def test_restricting_waits_for_nobody(self):
        ask = replace(EVERYTHING, verb="restrict")

        assert made(PersonFacts(packs=("IN", "EU")), ask, CRM, TICKETS).review == ""


class TestSteps:
    @pytest.mark.req("ERA-06")
    def test_recipients_are_informed_and_processors_instructed_and_nobody_else(self):
        shop = PartyFacts(id="p1", code="shop", duty="inform", categories=frozenset({EMAIL}))
        post = PartyFacts(id="p2", code="post", duty="instruct", categories=frozenset({ADDRESS}))
        found = made(replace(EU, parties=(shop, post)))

        assert {key: one["duty"] for key, one in steps(found).items()} == {
            "1": "instruct", "p1": "inform", "p2": "instruct",
        }  # fmt: skip
        assert set(steps(made(replace(EU, parties=(shop, post)), OFFERS))) == {"1", "p1"}

    def test_nobody_is_informed_of_what_stays(self):
        shop = PartyFacts(id="p1", code="shop", duty="inform", categories=frozenset({EMAIL}))

        assert "p1" not in steps(made(replace(EU, parties=(shop,), holds=(HOLD,))))

    def test_our_own_comes_after_all_others_and_waits_are_heeded(self):
        mailer = replace(MAILER, waits=(("1", 60), ("77", 5)))

        found = steps(made(EU, EVERYTHING, CRM, mailer, OWN))

        assert (found["2"]["after"], found["2"]["after_seconds"]) == (["1"], 60)
        assert found["9"]["after"] == ["1", "2"]
        assert found["1"]["after"] == []

    @pytest.mark.req("ERA-17")
    def test_a_correction_reaches_every_system_whatever_is_held(self):
        ask = replace(EVERYTHING, verb="correct")

        found = made(replace(EU, holds=(HOLD,), uses=(CONTRACT,)), ask, CRM, MAILER, TICKETS, OWN)

        assert set(steps(found)) == {"1", "2", "3", "9"}
        assert not any(one["exempt"] for one in found.plan["steps"])


categories = st.sets(st.sampled_from(sorted(ALL))).map(frozenset)
packs = st.sampled_from([("IN",), ("EU",), ("IN", "EU"), ()])
days = st.dates(date(2026, 1, 1), date(2030, 1, 1))
uses = st.builds(
    Use, purpose=st.sampled_from(["offers", "orders", "tax"]), citation=st.just("c"),
    categories=categories, until=st.none() | days, survives=st.booleans(),
)  # fmt: skip
holds = st.builds(
    Hold, id=st.just("h"), citation=st.just("order"), review_on=days,
    categories=st.none() | categories,
)  # fmt: skip
claims = st.builds(
    Claim, category=st.sampled_from(sorted(ALL)), pack=st.sampled_from(["IN", "EU"]),
    citation=st.just("law"), until=days,
)  # fmt: skip
minima = st.builds(
    Minimum, category=st.sampled_from(sorted(ALL)), rule=st.just("r"),
    pack=st.sampled_from(["", "IN", "EU"]), citation=st.just("act"), until=days,
)  # fmt: skip
parties = st.builds(
    PartyFacts, id=st.sampled_from(["p1", "p2"]), code=st.just("p"),
    duty=st.sampled_from(["inform", "instruct"]), categories=categories,
)  # fmt: skip


def few(what):
    return st.lists(what, max_size=3).map(tuple)


people = st.builds(
    PersonFacts, packs=packs, uses=few(uses), holds=few(holds), minima=few(minima),
    claims=few(claims), parties=few(parties),
)  # fmt: skip
systems = st.lists(
    st.builds(
        SystemFacts, id=st.integers(1, 6).map(str), code=st.just("s"),
        holds=st.none() | categories, by_category=st.booleans(),
        duty=st.sampled_from(["inform", "instruct"]), is_own=st.booleans(),
        waits=few(st.tuples(st.integers(1, 8).map(str), st.integers(0, 9))),
    ),
    max_size=5, unique_by=lambda one: one.id,
).map(tuple)  # fmt: skip
asks = st.builds(
    Ask, verb=st.sampled_from(["erase", "correct", "restrict", "lift"]),
    scope_type=st.just("everything"), scope=st.just(""), categories=st.none(),
    today=st.just(TODAY), is_wish=st.booleans(), vault=st.booleans(),
    law=st.sampled_from(["", "IN", "EU"]), accepted=st.booleans(),
) | st.builds(
    Ask, verb=st.just("erase"), scope_type=st.just("purpose"), scope=st.just("offers"),
    categories=categories, today=st.just(TODAY), is_wish=st.booleans(), vault=st.booleans(),
)  # fmt: skip


class TestTelling:
    @pytest.mark.req("ERA-06")
    @pytest.mark.parametrize(
        ("step", "way"),
        [({"system": "1", "verb": "erase", "declared": {"verbs": ["erase"]}}, "call"),
         ({"system": "1", "verb": "restrict", "declared": {"verbs": ["erase"]}}, "by_hand"),
         ({"system": "1", "verb": "erase", "declared": {"needs_person": True}}, "letter"),
         ({"system": "1", "verb": "erase", "declared": {}}, "call"),
         ({"party": "p"}, "letter"), ({"party": "q"}, "by_hand"),
         ({"party": "p", "exempt": True}, "not_told")],
    )  # fmt: skip
    def test_it_is_known_beforehand_who_has_to_tell_whom(self, step, way):
        assert how(step, {"p"}) == way


class TestAnyPlan:
    @given(person=people, ask=asks, some=systems)
    def test_nothing_held_is_ever_erased(self, person, ask, some):
        found = plan(person, ask, world(*some))
        held = [one.categories for one in person.holds]

        gone = [one for one in found.plan["elements"] if one["fate"] != "keep"]
        if ask.verb == "erase":
            for element in gone:
                category = element["category"]
                assert not any(
                    reach is None or category == "" or category in reach for reach in held
                )

    @given(person=people, ask=asks, some=systems)
    def test_whatever_stays_says_why_and_by_which_law(self, person, ask, some):
        for element in plan(person, ask, world(*some)).plan["elements"]:
            if element["fate"] != ask.verb:
                assert element["because"] in {"hold", "exemption", "retention", "purpose"}
                assert element["citation"]

    @given(person=people, ask=asks, some=systems)
    def test_a_step_tells_exactly_what_its_elements_say(self, person, ask, some):
        found = plan(person, ask, world(*some)).plan
        by_system = {}
        for one in found["elements"]:
            by_system.setdefault(one["system_id"], {})[one["category"]] = one["fate"]
        for step in found["steps"]:
            if "system" not in step or ask.verb != "erase":
                continue
            said = by_system.get(step["system"], {})
            gone = {one for one, fate in said.items() if fate != "keep"}
            assert {one["category"] for one in step["kept"]} == set(said) - gone
            if step["categories"]:
                assert set(step["categories"]) == gone
            elif not step["exempt"]:
                assert gone == set(said)  # everything is told only where everything goes
            assert step["exempt"] == (bool(said) and not gone)

    @given(person=people, ask=asks, some=systems)
    def test_no_step_waits_for_one_that_is_not_there_or_for_itself(self, person, ask, some):
        found = plan(person, ask, world(*some)).plan["steps"]
        told = {one["system"] for one in found if "system" in one}

        for step in found:
            assert set(step["after"]) <= told - {step.get("system")}

    @given(person=people, ask=asks, some=systems)
    def test_the_vault_is_for_india_alone_and_for_our_own_alone(self, person, ask, some):
        own = {one.id for one in some if one.is_own}

        for element in plan(person, ask, world(*some)).plan["elements"]:
            if element["fate"] == "vault":
                assert (ask.law or "+".join(person.packs)) == "IN"
                assert element["system_id"] in own

    @given(person=people, ask=asks, some=systems)
    def test_what_stays_is_looked_at_again(self, person, ask, some):
        found = plan(person, ask, world(*some))
        stays = any(one["fate"] == "keep" for one in found.plan["elements"])

        assert (found.revisit_on is not None) == stays
        assert found.revisit_on is None or found.revisit_on > TODAY

    @given(person=people, ask=asks, some=systems)
    def test_the_same_facts_make_the_same_plan(self, person, ask, some):
        assert plan(person, ask, world(*some)) == plan(person, ask, world(*some))
