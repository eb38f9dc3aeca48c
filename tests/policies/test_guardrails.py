"""Guardrails: their strict form, which uses they concern, what they then do. Only narrowing."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.guardrails import Refusing, RulesError, canonical_rules, compiled, parse
from policies.guardrails.matching import LISTS, Index, Use, meets, patterns
from policies.pdp.engine import decide
from tests.factories.policies import rule
from tests.policies.scenes import INDIA, PURPOSE, change

pytestmark = pytest.mark.req("POL-14")

HOUR = 3600
SECOND = 1_000_000
HOME = change(INDIA, subject={"region": "IN-KA"}, question={"channel": "email"})


def judged(facts, *rules):
    return decide(facts, compiled(parse(list(rules)), 7))


class TestForm:
    def test_what_is_read_is_written_back_the_same(self):
        rules = [
            rule("a", purposes=["marketing.*"], channels=["sms"]),
            rule("b", "require", obligation="why", args={"url": "https://x.example"}),
            rule("c", "cap", limit=3, seconds=7 * 86_400, per=["channel"]),
            rule("d", "delay", triggers=["cart.left"], seconds=86_400),
            rule("e", "quiet", starts="21:00", ends="09:00", days=[7]),
            rule("f", "off", whom="everybody", purposes=["marketing.*"]),
        ]

        written = canonical_rules(parse(rules))

        assert canonical_rules(parse(msgspec.json.decode(written))) == written

    @pytest.mark.parametrize(
        "change",
        [
            {"code": "Upper"},
            {"code": "a" * 31},
            {"code": "a\n"},
            {"title": ""},
            {"extra": 1},
            {"text": {"hi": "only"}},
            {"effect": {"kind": "permit"}},
            {"effect": {"kind": "cap", "limit": 0, "seconds": 60}},
            {"effect": {"kind": "cap", "limit": 1.5, "seconds": 60}},
            {"effect": {"kind": "cap", "limit": 1, "seconds": 59}},
            {"effect": {"kind": "cap", "limit": 1, "seconds": 60, "per": ["person"]}},
            {"effect": {"kind": "delay", "triggers": [], "seconds": 60}},
            {"effect": {"kind": "quiet", "starts": "24:00", "ends": "09:00"}},
            {"effect": {"kind": "quiet", "starts": "21:00", "ends": "9:00"}},
            {"effect": {"kind": "quiet", "starts": "21:00", "ends": "09:00", "days": [8]}},
            {"effect": {"kind": "require", "obligation": "why", "args": {"ä": 1}}},
            {"effect": {"kind": "require", "obligation": "why", "args": {"a": 1.5}}},
            {"match": {"purposes": ["*"]}},
            {"match": {"purposes": ["mark*"]}},
            {"match": {"regions": ["India"]}},
            {"match": {"channels": ["sms.*\u0000"]}},
            {"match": {"peoples": ["x"]}},
            {"match": None},
        ],
    )
    def test_anything_else_is_refused_with_its_place_and_without_its_value(self, change):
        with pytest.raises(RulesError, match=r"\$\[0\]"):
            parse([{**rule(), **change}])

    @pytest.mark.parametrize("sent", [{}, "x", None, [None], [[]]])
    def test_what_is_no_list_of_rules_is_refused(self, sent):
        with pytest.raises(RulesError):
            parse(sent)


class TestMatching:
    @pytest.mark.parametrize(
        ("lists", "is_met"),
        [
            ({}, True),
            ({"purposes": [PURPOSE]}, True),
            ({"purposes": ["marketing.*"]}, True),
            ({"purposes": ["marketing.email.*"]}, True),
            ({"purposes": [f"{PURPOSE}.*"]}, False),
            ({"purposes": ["market.*"]}, False),
            ({"categories": ["pd:EmailAddress"]}, True),
            ({"categories": ["pd:Health"]}, False),
            ({"channels": ["email"]}, True),
            ({"channels": ["sms", "push"]}, False),
            ({"regions": ["IN"]}, True),
            ({"regions": ["IN-KA"]}, True),
            ({"regions": ["IN-MH", "DE"]}, False),
            ({"operations": ["dpv:Profile"]}, True),
            ({"recipients": ["post"]}, False),
            ({"campaigns": ["diwali"]}, False),
            ({"attributes": ["health.*"]}, False),
            ({"channels": ["email"], "regions": ["DE"]}, False),
        ],
    )
    def test_every_list_must_be_met(self, lists, is_met):
        assert judged(HOME, rule("one", **lists)).permit is not is_met

    @pytest.mark.parametrize(
        ("asked", "lists"),
        [
            ({"recipients": ("post",)}, {"recipients": ["post"]}),
            ({"campaign": "diwali"}, {"campaigns": ["diwali"]}),
            ({"attributes": ("health.diet",)}, {"attributes": ["health.*"]}),
            ({"data": ("pd:Health",)}, {"categories": ["pd:Health"]}),
            ({"operations": ("dpv:Profile",)}, {"operations": ["dpv:Profile"]}),
            ({"channel": ""}, {"channels": ["sms"]}),
        ],
    )
    def test_what_the_caller_names_or_leaves_open_is_concerned(self, asked, lists):
        index = Index(parse([rule("one", **lists)]))
        facts = change(HOME, question=asked)

        assert index.concerned(Use.of(facts.question, facts)) == (0,)

    def test_where_the_part_of_a_country_is_unknown_it_may_be_any(self):
        nowhere = change(HOME, subject={"region": "IN"})

        assert not judged(nowhere, rule("one", regions=["IN-MH"])).permit
        assert judged(nowhere, rule("one", regions=["DE"])).permit

    def test_where_the_region_is_unknown_it_may_be_any(self):
        assert not judged(change(HOME, subject={"region": ""}), rule("one", regions=["DE"])).permit

    def test_what_the_law_demands_is_out_of_reach(self):
        policy = compiled(parse([rule("all")]), 1)
        facts = change(HOME, question={"purpose": "sys.rights"})

        assert policy.concerning(facts) == ()
        assert Refusing(1).judge(facts).denials == ()

    def test_patterns_of_a_term_are_its_beginnings(self):
        assert patterns("a.b.c") == ("a.b.c", "a.*", "a.b.*")
        assert patterns("a") == ("a",)


VALUES = {
    "purposes": [PURPOSE, "marketing.*", "other.*", "marketing.email.*", "research"],
    "categories": ["pd:EmailAddress", "pd:Health"],
    "channels": ["email", "sms"],
    "recipients": ["post", "bank"],
    "regions": ["IN", "IN-KA", "IN-MH", "DE"],
    "operations": ["Use", "Share"],
    "attributes": ["health.*", "health.diet", "taste"],
    "campaigns": ["diwali", "holi"],
}
MATCHES = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.sampled_from(each), max_size=3) for name, each in VALUES.items()
    },
)  # fmt: skip
QUESTIONS = st.fixed_dictionaries({
    "purpose": st.sampled_from([PURPOSE, "research", "other.x", ""]),
    "channel": st.sampled_from(["", "email", "sms", "push"]),
    "campaign": st.sampled_from(["", "diwali", "x"]),
    "recipients": st.sampled_from([(), ("post",), ("bank", "x")]),
    "operations": st.sampled_from([(), ("Use",), ("Share", "Use")]),
    "attributes": st.sampled_from([(), ("health.diet",), ("taste", "x")]),
    "data": st.sampled_from([(), ("pd:Health",), ("pd:EmailAddress", "x")]),
})  # fmt: skip
REGIONS = st.sampled_from(["", "IN", "IN-KA", "DE", "DE-BY"])


@given(st.lists(MATCHES, max_size=12), QUESTIONS, REGIONS)
@settings(max_examples=300, deadline=None)
def test_the_index_finds_just_the_rules_that_concern_a_use(matches, question, region):
    rules = parse([rule(f"r{n}", **match) for n, match in enumerate(matches)])
    facts = change(HOME, question=question, subject={"region": region})

    found = Index(rules).concerned(Use.of(facts.question, facts))

    assert list(found) == [n for n, one in enumerate(rules) if _concerns(one.match, facts)]


def _concerns(match, facts):
    """The same meaning once more, said the slow way."""
    asked, person = facts.question, facts.subject
    told = {
        "campaigns": [asked.campaign] if asked.campaign else [],
        "attributes": asked.attributes,
        "recipients": asked.recipients,
        "purposes": [asked.purpose],
        "categories": asked.data or facts.purpose.categories,
        "regions": [person.region],
        "channels": [asked.channel],
        "operations": asked.operations or [""],
    }
    return all(
        any(_stands_for(name, wanted, one) for wanted in getattr(match, name) for one in told[name])
        for name in LISTS
        if getattr(match, name)
    )


def _stands_for(name, wanted, one):
    if one == "" and name in {"purposes", "channels", "operations", "regions"}:
        return True
    if name == "regions":
        return wanted[:2] == one[:2] and ("-" not in wanted or "-" not in one or wanted == one)
    if name in {"purposes", "attributes"} and wanted.endswith(".*"):
        return one.startswith(wanted[:-1])
    return wanted == one


@given(st.lists(MATCHES, max_size=6), QUESTIONS, REGIONS)
@settings(max_examples=100, deadline=None)
def test_guardrails_never_turn_a_denial_into_a_permit(matches, question, region):
    rules = [rule(f"r{n}", "require", obligation="why", **each) for n, each in enumerate(matches)]
    facts = change(HOME, question=question, subject={"region": region})
    lawful = decide(facts)

    assert judged(facts, *rules).permit == lawful.permit
    assert not judged(facts, *rules, rule("all")).permit


@given(MATCHES, QUESTIONS, REGIONS)
@settings(max_examples=100, deadline=None)
def test_what_could_concern_a_use_takes_in_what_does(match, question, region):
    (one,) = parse([rule("r", **match)])
    facts = change(HOME, question=question, subject={"region": region})

    if meets(one.match, Use.of(facts.question, facts)):
        assert meets(one.match, Use.of(facts.question, None))
