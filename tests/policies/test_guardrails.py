"""Guardrails: their strict form, which uses they concern, what they then do. Only narrowing."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from policies import texts
from policies.guardrails import NONE, Refusing, RulesError, canonical_rules, compiled, parse
from policies.guardrails.effects import seconds_to_quiet
from policies.guardrails.matching import LISTS, Index, meets, patterns
from policies.guardrails.model import Quiet
from policies.pdp.engine import decide
from tests.factories.policies import WORDS, rule
from tests.policies.scenes import INDIA, NOW, PURPOSE, change

pytestmark = pytest.mark.req("POL-14")

HOUR = 3600
SECOND = 1_000_000
HOME = change(INDIA, subject={"region": "IN-KA"}, question={"channel": "email"})
WHOLE = replace(
    HOME, counts={"three": 0}, triggers={"cart.left": 0}, offsets=(19_800,),
    personalisation_off_at=0,
)  # fmt: skip


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

        assert index.concerned(facts.question, facts) == [0]

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

    found = Index(rules).concerned(facts.question, facts)

    assert found == [n for n, one in enumerate(rules) if _concerns(one.match, facts)]


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

    if meets(one.match, facts.question, facts):
        assert meets(one.match, facts.question, None)


class TestEffects:
    def test_the_first_rule_decides_and_the_others_follow(self):
        decision = judged(WHOLE, rule("b"), rule("a", "off", whom="everybody"))

        assert decision.reason_code == "GUARDRAIL_DENIED:b"
        assert [one.rule for one in decision.reasons] == ["G:b", "G:a"]
        assert decision.policy_version.endswith("+7")

    def test_a_denial_by_law_is_not_looked_at_twice_and_names_the_version(self):
        refused = change(WHOLE, consent={"state": "refused"})

        decision = judged(refused, rule("b"))

        assert decision.reason_code == "CONSENT_REFUSED"
        assert decision.policy_version.endswith("+7")

    def test_duties_come_in_their_order_beside_those_of_the_law(self):
        duties = [rule(code, "require", obligation=code) for code in ("why", "log")]

        decision = judged(WHOLE, *duties)

        assert [one.code for one in decision.obligations][-2:] == ["why", "log"]
        assert decision.obligations[:-2] == decide(WHOLE).obligations

    @pytest.mark.parametrize(
        ("counts", "is_permitted"), [({"three": 2}, True), ({"three": 3}, False), ({}, False)]
    )
    def test_a_cap_denies_when_full_or_uncounted(self, counts, is_permitted):
        decision = judged(replace(WHOLE, counts=counts), rule("three", "cap", limit=3, seconds=60))

        assert decision.permit is is_permitted
        if not is_permitted:
            assert decision.reason_code == "CAP_REACHED:three"
            assert decision.cure == "wait"

    @pytest.mark.parametrize(
        ("triggers", "trigger", "is_permitted"),
        [
            ({"cart.left": 0}, "", True),
            ({"cart.left": 0}, "cart.left", False),
            ({"cart.left": NOW - HOUR * SECOND}, "", True),
            ({"cart.left": NOW - HOUR * SECOND + 1}, "", False),
            ({}, "", False),
        ],
    )
    def test_a_delay_waits_and_an_unknown_behaviour_counts_as_just_done(
        self, triggers, trigger, is_permitted
    ):
        facts = replace(change(WHOLE, question={"trigger": trigger}), triggers=triggers)

        decision = judged(facts, rule("slow", "delay", triggers=["cart.left"], seconds=HOUR))

        assert decision.permit is is_permitted

    @pytest.mark.parametrize(
        ("switched", "is_permitted"), [(0, True), (NOW - 1, False), (None, False)]
    )
    def test_personalisation_is_off_for_whoever_switched_it_off(self, switched, is_permitted):
        facts = replace(WHOLE, personalisation_off_at=switched)

        assert judged(facts, rule("off", "off")).permit is is_permitted

    @pytest.mark.parametrize(
        ("used", "volunteered", "is_permitted"),
        [
            ((), (), True),
            (("taste",), (), True),
            (("health.diet",), (), False),
            (("health.diet",), ("health.diet",), True),
            (("health.diet", "health.sleep"), ("health.diet",), False),
            (("health.diet", "taste"), ("health.diet",), True),
            (("health.diet",), ("health",), False),
        ],
    )
    def test_sensitive_attributes_need_to_be_volunteered(self, used, volunteered, is_permitted):
        facts = replace(change(WHOLE, question={"attributes": used}), volunteered=volunteered)

        decision = judged(facts, rule("h", attributes=["health.*"], unless_volunteered=True))

        assert decision.permit is is_permitted

    def test_a_policy_that_cannot_be_trusted_refuses(self):
        decision = decide(WHOLE, Refusing(4))

        assert not decision.permit
        assert decision.reason_code == "POLICY_UNVERIFIED"
        assert decision.policy_version.endswith("+4")

    def test_no_policy_is_the_law_alone(self):
        assert decide(WHOLE, NONE) == decide(WHOLE)


class TestQuiet:
    night = Quiet(starts="21:00", ends="09:00")

    @pytest.mark.parametrize(
        ("hour", "is_quiet"),
        [(21, True), (23.5, True), (3, True), (8.99, True), (9, False), (20.99, False)],
    )  # fmt: skip
    def test_a_night_goes_past_midnight(self, hour, is_quiet):
        assert (seconds_to_quiet(self.night, int(hour * HOUR)) == 0) is is_quiet

    def test_days_name_when_it_begins(self):
        friday_night = Quiet(starts="21:00", ends="09:00", days=(5,))
        saturday = 2 * 86_400  # 3 January 1970

        assert seconds_to_quiet(friday_night, saturday + 3 * HOUR) == 0
        assert seconds_to_quiet(friday_night, saturday + 22 * HOUR) == 6 * 86_400 - HOUR

    def test_equal_hours_are_a_whole_day(self):
        assert seconds_to_quiet(Quiet(starts="10:00", ends="10:00"), 9 * HOUR) == 0

    def test_a_permit_ends_when_quiet_begins(self):
        local = NOW // SECOND + 19_800
        soon = (local + 30) % 86_400
        starts = f"{soon // HOUR:02}:{soon % HOUR // 60:02}"
        start = (soon // 60) * 60
        facts = replace(WHOLE, now=NOW - (local % 86_400 - start + 30) * SECOND)
        later = (soon // HOUR + 1) % 24

        decision = judged(facts, rule("q", "quiet", starts=starts, ends=f"{later:02}:00"))

        assert decision.permit
        assert decision.valid_until == facts.now + 30 * SECOND

    def test_an_unknown_clock_may_show_any_time(self):
        quiet = rule("q", "quiet", starts="03:00", ends="03:01")

        assert not judged(replace(WHOLE, offsets=()), quiet).permit

    def test_every_clock_the_person_may_have_must_show_a_loud_hour(self):
        local = (NOW // SECOND + 19_800) % 86_400
        hour = local // HOUR
        quiet = rule("q", "quiet", starts=f"{hour:02}:00", ends=f"{(hour + 1) % 24:02}:00")

        assert not judged(replace(WHOLE, offsets=(-18_000, 19_800)), quiet).permit
        assert judged(replace(WHOLE, offsets=(-18_000,)), quiet).permit


class TestNeeds:
    def test_nothing_is_looked_up_for_rules_that_look_at_nothing(self):
        policy = compiled(
            parse([rule("a", channels=["sms"]), rule("b", "require", obligation="w")])
        )

        assert policy.needs(HOME.question) is None

    def test_everything_that_may_concern_a_question_is_named(self):
        policy = compiled(
            parse([
                rule("three", "cap", limit=3, seconds=60, per=["channel"], channels=["email"]),
                rule("no", "cap", limit=3, seconds=60, channels=["sms"]),
                rule("slow", "delay", triggers=["cart.left"], seconds=60),
                rule("q", "quiet", starts="21:00", ends="09:00", regions=["DE"]),
                rule("h", unless_volunteered=True),
                rule("off", "off"),
            ])
        )  # fmt: skip

        needs = policy.needs(HOME.question)
        exact = policy.needs(HOME.question, HOME)

        assert [cap.code for cap in needs.caps] == ["three"]
        assert needs.triggers == ("cart.left",)
        assert (needs.is_timed, needs.is_volunteered, needs.is_switched) == (True, True, True)
        assert exact.is_timed is False


class TestWords:
    def test_of_a_rule_are_found_by_the_number_of_its_reason(self):
        policy = compiled(parse([rule("a")]))

        assert policy.words("G:a").user == WORDS
        assert policy.words("G:b") is None
        assert policy.words("R60") is None

    @pytest.mark.req("POL-09")
    def test_every_family_has_texts_and_a_citation_that_resolves(self):
        facts = replace(
            change(WHOLE, question={"attributes": ("x",)}), counts={}, triggers={}, offsets=(),
            personalisation_off_at=None,
        )  # fmt: skip
        decision = judged(
            facts,
            rule("a"), rule("b", unless_volunteered=True),
            rule("c", "cap", limit=1, seconds=60), rule("d", "delay", triggers=["t"], seconds=60),
            rule("e", "quiet", starts="01:00", ends="02:00"), rule("f", "off"),
        )  # fmt: skip

        assert len(decision.reasons) == 6
        for reason in decision.reasons:
            assert texts.reason_text(reason.code) != texts.UNKNOWN_CODE
            assert texts.legal_refs(reason.code)
            assert all(texts.instrument(ref) for ref in reason.refs)
        assert texts.cure(decision.cure).code
