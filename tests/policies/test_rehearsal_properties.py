"""What holds for every draft and all facts: rehearsing tells exactly what the engine would say."""

import pytest
from msgspec.structs import replace

from policies.guardrails.compiled import compiled
from policies.guardrails.model import parse
from policies.pdp.engine import decide
from policies.pdp.policy import NONE
from policies.rehearsal.capping import Counters
from policies.rehearsal.comparing import FLIPS, Flow, Judged, compare
from tests.policies.scenes import DAY, INDIA, NOW, change
from tests.policies.test_engine_properties import BORDER
from tests.policies.test_rehearsal import rule

pytestmark = [pytest.mark.req("POL-14")]
DENY = compiled(parse([rule(channels=["sms"])]), 7)
CAP = compiled(parse([rule("cap", {"kind": "cap", "limit": 2, "seconds": 86_400})]), 8)
DRAFTS = {
    "deny": DENY,
    "all": compiled(parse([rule(purposes=["marketing.*"])]), 8),
    "duty": compiled(parse([rule("why", {"kind": "require", "obligation": "tell_why"})]), 9),
    "off": compiled(parse([rule("off", {"kind": "off"})]), 10),
}
BY_SMS = change(INDIA, question={"channel": "sms"})


def counters():
    return Counters(b"salt")


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_that_is_in_force_already_changes_nothing(name):
    draft = DRAFTS[name]

    flows = {
        compare(facts, Judged(decide(facts, draft)), draft, counters(), "p").flow
        for facts in BORDER
    }

    assert flows <= {Flow.STILL_PERMITTED, Flow.STILL_DENIED}


@pytest.mark.parametrize("name", DRAFTS)
def test_no_draft_permits_what_the_law_denies(name):
    flows = {
        compare(facts, Judged(decide(facts, NONE)), DRAFTS[name], counters(), "p").flow
        for facts in BORDER
    }

    assert Flow.NEWLY_PERMITTED not in flows


@pytest.mark.parametrize("name", DRAFTS)
def test_what_flips_is_what_the_engine_answers_otherwise(name):
    for facts in BORDER:
        was = decide(facts, DENY)

        made = compare(facts, Judged(was), DRAFTS[name], counters(), "p")

        assert made.now == decide(facts, DRAFTS[name])
        assert (made.flow in FLIPS) == (made.now.permit != was.permit)


class TestCountersOfCaps:
    def caps(self):
        return CAP.needs(BY_SMS.question).caps

    def test_keep_people_apart(self):
        kept = counters()
        kept.permitted(self.caps(), BY_SMS.question, "asha", NOW)

        assert kept.counts(self.caps(), BY_SMS.question, "asha", NOW) == {"cap": 1}
        assert kept.counts(self.caps(), BY_SMS.question, "bela", NOW) == {"cap": 0}

    def test_go_on_as_they_were_packed(self):
        kept = counters()
        kept.permitted(self.caps(), BY_SMS.question, "asha", NOW)

        again = Counters(b"salt", kept.packed())

        assert again.counts(self.caps(), BY_SMS.question, "asha", NOW) == {"cap": 1}

    @pytest.mark.parametrize(("later", "count"), [(DAY - 1, 1), (DAY, 0), (2 * DAY, 0)])
    def test_look_back_no_further_than_the_cap(self, later, count):
        kept = counters()
        kept.permitted(self.caps(), BY_SMS.question, "asha", NOW)

        assert kept.counts(self.caps(), BY_SMS.question, "asha", NOW + later) == {"cap": count}

    @pytest.mark.req("P10")
    def test_name_nobody_in_what_is_kept(self):
        kept = Counters(b"salt")
        kept.permitted(self.caps(), BY_SMS.question, "asha", NOW)

        (key,) = kept._times
        (other,) = self.of_other_salt()
        assert b"asha" not in key
        assert key != other

    def of_other_salt(self):
        kept = Counters(b"pepper")
        kept.permitted(self.caps(), BY_SMS.question, "asha", NOW)
        return kept._times


@pytest.mark.parametrize("region", ["IN", "IN-MH"])
def test_clocks_are_told_from_where_the_person_lived(region):
    quiet = compiled(
        parse([rule("night", {"kind": "quiet", "starts": "21:00", "ends": "08:00"})]), 9
    )
    noon = NOW - NOW % DAY + 7 * 3_600_000_000  # 12:30 in India
    night = noon + 12 * 3_600_000_000
    flows = []

    for now in (noon, night):
        facts = change(BY_SMS, subject={"region": region}, consent={"since": noon - DAY})
        facts = replace(facts, now=now)
        flows.append(compare(facts, Judged(decide(facts)), quiet, counters(), "p").flow)

    assert flows == [Flow.STILL_PERMITTED, Flow.NEWLY_DENIED]


def test_counters_of_two_policies_are_kept_together_and_apart():
    caps = CAP.needs(BY_SMS.question).caps
    kept = counters()
    kept.apart("active").permitted(caps, BY_SMS.question, "asha", NOW)

    again = Counters(b"salt", kept.packed())

    assert again.counts(caps, BY_SMS.question, "asha", NOW) == {"cap": 0}
    assert again.apart("active").counts(caps, BY_SMS.question, "asha", NOW) == {"cap": 1}
