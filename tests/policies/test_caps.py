"""Caps, delays and quiet hours at the decision point: what counts, what waits, on whose clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from consent import services as consent
from policies.pdp.engine import decide
from policies.rehearsal.recorded import read
from policies.versions import selectors
from subjects import services as subjects
from subjects import triggers
from tests.factories.company import (
    AUTHOR,
    EVALUATIONS,
    OFFERS,
    SURVEYS,
    company,
    content,
)
from tests.factories.languages import publish
from tests.factories.policies import in_force, rule

HOUR = 3600
DAY = 24 * HOUR
PERMIT = "PERMIT_IN:consent"

pytestmark = pytest.mark.req("POL-08")


def capped(lotus, limit=1, code="once", **more):
    return in_force(lotus.id, rule(code, "cap", limit=limit, seconds=HOUR, **more))


@pytest.fixture
def code(ask, lotus):
    """Asks about a person, with claims of the action and the context; gives the reason code."""

    def decide_one(person, campaign="", item="", trigger="", asker=lotus, **action):
        body = asker.question(person, **action)
        said = {"campaign": campaign, "item": item, "trigger": trigger}
        body["context"] = {name: value for name, value in said.items() if value}
        return ask(asker, body)["context"]["reason_code"]

    return decide_one


def counters(superuser):
    return superuser.execute(
        "SELECT cap, length(permits) / 8 FROM policies_counter ORDER BY 1, 2"
    ).fetchall()


class TestACap:
    def test_permits_as_often_as_it_says_and_tells_the_count(self, lotus, asha, ask):
        capped(lotus, limit=2)

        made = [ask(lotus, asha) for _ in range(3)]

        assert [one["decision"] for one in made] == [True, True, False]
        assert made[2]["context"]["reason_code"] == "CAP_REACHED:once"

    def test_counts_each_person_apart(self, lotus, asha, code):
        capped(lotus)
        ravi = lotus.person("ravi@example.in")
        lotus.yes(ravi)

        assert [code(asha), code(ravi), code(asha)] == [PERMIT, PERMIT, "CAP_REACHED:once"]

    @pytest.mark.parametrize("per", ["channel", "campaign", "item"])
    def test_counts_apart_what_it_is_told_to(self, lotus, asha, code, per):
        capped(lotus, per=[per])

        asked = [{}, {per: "a"}, {per: "b"}, {per: "a"}, {per: "b"}, {}]
        found = [code(asha, **one) for one in asked]

        assert found == [PERMIT] * 3 + ["CAP_REACHED:once"] * 3

    def test_counts_purposes_together_unless_told_otherwise(self, lotus, asha, code):
        asks_about_surveys(lotus)
        lotus.yes(asha, purpose=SURVEYS)
        in_force(
            lotus.id, rule("all", "cap", limit=2, seconds=HOUR),
            rule("each", "cap", limit=1, seconds=HOUR, per=["purpose"]),
        )  # fmt: skip

        found = [code(asha, purpose=one) for one in (OFFERS, OFFERS, SURVEYS, SURVEYS)]

        assert found == [PERMIT, "CAP_REACHED:each", PERMIT, "CAP_REACHED:all"]

    def test_counts_only_uses_it_concerns(self, lotus, asha, code, superuser):
        capped(lotus, channels=["sms"])

        found = [code(asha, channel=one) for one in ("email", "sms", "email", "sms")]

        assert found == [PERMIT, PERMIT, PERMIT, "CAP_REACHED:once"]
        assert counters(superuser) == [("once", 1)]

    def test_counts_no_denial_of_the_law_or_of_another_rule(self, lotus, asha, code, superuser):
        in_force(
            lotus.id, rule("once", "cap", limit=1, seconds=HOUR), rule("no_sms", channels=["sms"])
        )
        ravi = lotus.person("ravi@example.in")

        found = [code(ravi), code(asha, channel="sms"), code(asha, channel="email")]

        assert found == ["CONSENT_MISSING", "GUARDRAIL_DENIED:no_sms", PERMIT]
        assert counters(superuser) == [("once", 1)]

    def test_moves_its_window_with_the_clock(self, lotus, asha, code, superuser):
        capped(lotus, limit=2)
        first = [code(asha), code(asha)]
        age(superuser, HOUR - 5)
        still = code(asha)
        age(superuser, 5)

        assert first == [PERMIT] * 2
        assert still == "CAP_REACHED:once"
        assert [code(asha) for _ in range(3)] == [PERMIT, PERMIT, "CAP_REACHED:once"]

    def test_keeps_counting_when_the_rules_change(self, lotus, asha, code):
        capped(lotus, limit=2)
        first = [code(asha), code(asha)]
        capped(lotus, limit=3)

        assert first == [PERMIT] * 2
        assert [code(asha), code(asha)] == [PERMIT, "CAP_REACHED:once"]

    def test_holds_within_one_request(self, lotus, asha, http):
        capped(lotus, limit=2)
        items = [lotus.question(asha)] * 5

        made = many(http, lotus, items)

        assert made == [True, True, False, False, False]

    def test_counts_nothing_behind_the_first_denial(self, lotus, asha, http, superuser):
        capped(lotus, limit=5)
        items = [lotus.question(one) for one in (asha, "nobody", asha, asha)]

        made = many(http, lotus, items, options={"evaluations_semantic": "deny_on_first_deny"})

        assert made == [True, False]
        assert counters(superuser) == [("once", 1)]

    def test_counts_nothing_of_a_bad_item(self, lotus, asha, http):
        capped(lotus, limit=5)
        good = lotus.question(asha)

        made = many(http, lotus, [good, {**good, "action": 5}, good])

        assert made == [True, False, True]

    def test_of_one_company_counts_no_permit_of_another(self, lotus, asha, code):
        capped(lotus)
        tulip = company("tulip")
        capped(tulip)
        other = tulip.person()
        tulip.yes(other)

        assert code(asha) == PERMIT
        assert code(other, asker=tulip) == PERMIT

    def test_is_not_used_up_by_a_search(self, lotus, asha, http, code):
        capped(lotus)
        body = {**lotus.question(asha), "resource": {"type": "customer"}}

        def found():
            answer = http.post("/access/v1/search/resource", json=body, headers=lotus.headers)
            assert answer.status_code == 200, answer.text
            return [one["id"] for one in answer.json()["results"]]

        assert [found(), found()] == [[str(asha.id)]] * 2
        assert code(asha) == PERMIT
        assert found() == []

    def test_is_replayed_from_the_count_it_saw(self, lotus, asha, code, superuser):
        policy = selectors.compiled_version(capped(lotus))

        for _ in range(2):
            code(asha)

        bodies = superuser.execute(
            "SELECT p.body FROM audit_payload p JOIN audit_entryindex e USING (id, retention_class)"
            " WHERE e.event = 'decision:made' ORDER BY id"
        ).fetchall()
        for (body,), count in zip(bodies, (0, 1), strict=True):
            recorded = read(bytes(body))
            assert recorded.facts.counts == {"once": count}
            assert decide(recorded.facts, policy) == recorded.decision


class TestADelay:
    @pytest.fixture(autouse=True)
    def rested(self, lotus):
        in_force(lotus.id, rule("rest", "delay", seconds=DAY, triggers=["basket_left", "searched"]))

    def report(self, person, hours, trigger="basket_left"):
        at = datetime.now(UTC) - timedelta(hours=hours)
        triggers.report(by=AUTHOR, subject=person, code=trigger, at=at)

    def test_waits_until_its_time_has_passed(self, asha, code):
        self.report(asha, 23)
        early = code(asha)
        self.report(asha, 30, "searched")
        still = code(asha)

        assert [early, still] == ["COOLING_OFF:rest"] * 2

    def test_is_over_afterwards_and_begins_again(self, asha, code):
        self.report(asha, 25)
        over = code(asha)
        self.report(asha, 1, "searched")

        assert [over, code(asha)] == [PERMIT, "COOLING_OFF:rest"]

    def test_is_of_one_person(self, lotus, asha, code):
        ravi = lotus.person("ravi@example.in")
        lotus.yes(ravi)
        self.report(ravi, 1)

        assert [code(ravi), code(asha)] == ["COOLING_OFF:rest", PERMIT]

    def test_waits_for_a_report_of_what_is_claimed(self, asha, code):
        claimed = code(asha, trigger="basket_left")
        other = code(asha, trigger="birthday")
        self.report(asha, 25)

        assert [claimed, other] == ["COOLING_OFF:rest", PERMIT]
        assert code(asha, trigger="basket_left") == PERMIT


class TestQuietHours:
    def around(self, zone):
        """A quiet stretch of two hours around the present in a zone."""
        local = datetime.now(ZoneInfo(zone))
        starts, ends = local - timedelta(hours=1), local + timedelta(hours=1)
        return {"starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}

    @pytest.mark.parametrize(
        ("residence", "zone", "expected"),
        [
            ("IN", "", "QUIET_HOURS:night"),
            ("IN", "Asia/Kolkata", "QUIET_HOURS:night"),
            ("IN", "Pacific/Honolulu", PERMIT),
            ("IN", "Nowhere/Land", "QUIET_HOURS:night"),
            ("US", "", PERMIT),
        ],
    )
    def test_are_told_by_the_persons_clock(self, lotus, code, residence, zone, expected):
        in_force(lotus.id, rule("night", "quiet", **self.around("Asia/Kolkata")))
        person = lotus.person("ravi@example.in", residence=residence, time_zone=zone)
        lotus.yes(person)

        assert code(person) == expected

    def test_are_kept_on_every_clock_of_a_wide_country(self, lotus, code):
        in_force(lotus.id, rule("night", "quiet", **self.around("Pacific/Honolulu")))
        ravi = lotus.person("ravi@example.in", residence="US")
        lotus.yes(ravi)

        somewhere = code(ravi)
        subjects.set_facts(by=AUTHOR, subject=ravi, time_zone="America/New_York")

        assert [somewhere, code(ravi)] == ["QUIET_HOURS:night", PERMIT]

    def test_are_kept_where_the_clock_is_unknown(self, lotus, code):
        in_force(lotus.id, rule("night", "quiet", **self.around("Pacific/Kiritimati")))
        person = lotus.person("ravi@example.in", residence="XX")
        lotus.yes(person)

        assert code(person) == "QUIET_HOURS:night"


def asks_about_surveys(lotus):
    words = content("We also ask about surveys.")
    words["items"][0]["purpose"] = SURVEYS
    draft = consent.draft_notice(
        by=AUTHOR, controller_id=lotus.id, code="surveys", pack="IN",
        purposes=[lotus.purpose(SURVEYS)], translations={"en": words},
    )  # fmt: skip
    publish(draft)


def age(superuser, seconds):
    """Make every counted permit so many seconds older."""
    rows = superuser.execute("SELECT id, permits FROM policies_counter").fetchall()
    for counter, permits in rows:
        raw = bytes(permits)
        times = [int.from_bytes(raw[n : n + 8]) for n in range(0, len(raw), 8)]
        older = b"".join((at - seconds * 1_000_000).to_bytes(8) for at in times)
        superuser.execute(
            "UPDATE policies_counter SET permits = %s WHERE id = %s", [older, counter]
        )


def many(http, lotus, items, **top):
    body = {"evaluations": items, **top}
    answer = http.post(EVALUATIONS, json=body, headers=lotus.headers)
    assert answer.status_code == 200, answer.text
    return [one["decision"] for one in answer.json()["evaluations"]]
