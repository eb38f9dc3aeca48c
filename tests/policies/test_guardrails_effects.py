"""What guardrails do to the uses they concern, and what they must look up for it."""

import pytest
from msgspec.structs import replace

from policies import texts
from policies.guardrails import NONE, Refusing, compiled, parse
from policies.guardrails.effects import seconds_to_quiet
from policies.guardrails.model import Quiet
from policies.pdp.engine import decide
from tests.factories.policies import WORDS, rule
from tests.policies.scenes import INDIA, NOW, change

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
