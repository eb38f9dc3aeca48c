"""A draft is tried on recorded decisions: who flips, why, and nothing is counted twice."""

import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.db import transaction
from msgspec.structs import replace

from audit import services as audit
from audit.actors import Actor, Target
from audit.models import EntryIndex
from policies.guardrails.compiled import compiled
from policies.guardrails.model import parse
from policies.pdp.engine import decide, failed
from policies.rehearsal import job as jobs
from policies.rehearsal import selectors, services
from policies.rehearsal.comparing import Flow
from policies.rehearsal.errors import (
    NothingToRehearseError,
    PeriodError,
)
from policies.rehearsal.models import RehearsalState
from policies.rehearsal.tally import COLUMNS, EXAMPLES, MOST_VALUES, OTHERS, Tally
from policies.versions import selectors as versions
from policies.versions import services as policy
from policies.versions.errors import NotRehearsedError
from tests.factories.company import OFFERS, company
from tests.factories.decisions import recorded
from tests.policies.rehearsing import NILS, NOW, OLGA, done, lines, rehearse, rule
from tests.policies.scenes import INDIA, change
from work import services as work
from work.models import Job, JobState

pytestmark = [pytest.mark.req("POL-14")]
CAP_DAY = {"kind": "cap", "limit": 2, "seconds": 86_400}


class TestWhoFlips:
    def test_is_told_by_what_the_draft_does(self, lotus, draft, asked):
        flipped = asked("asha", campaign="diwali")
        asked("bela", channel="email")
        asked("chris", given=False)
        draft(rule(channels=["sms"]))

        counted = done(rehearsal := rehearse(lotus))

        assert rehearsal.state == RehearsalState.FINISHED
        assert counted.flows == {"newly_denied": 1, "still_permitted": 1, "still_denied": 1}
        assert counted.by["campaign"]["diwali"] == {"newly_denied": 1}
        assert counted.by["language"]["en"] == {
            "newly_denied": 1, "still_permitted": 1, "still_denied": 1,
        }  # fmt: skip
        assert counted.reasons == {"PERMIT_IN:consent>GUARDRAIL_DENIED:no_sms": 1}
        assert [one["id"] for one in counted.examples["newly_denied"]] == [str(flipped)]
        (line,) = lines(rehearsal)
        assert tuple(line) == COLUMNS
        assert (line["decision"], line["campaign"], line["answer_of_draft"]) == (
            str(flipped), "diwali", "deny",
        )  # fmt: skip
        assert counted.unproven == counted.unreadable == counted.skipped == 0
        assert (rehearsal.examined, rehearsal.newly_denied, rehearsal.newly_permitted) == (3, 1, 0)

    def test_is_nobody_where_the_law_denies_already(self, lotus, draft, asked):
        asked(given=False)
        draft(rule())

        assert done(rehearse(lotus)).flows == {"still_denied": 1}

    def test_is_told_against_the_version_in_force_and_not_the_law_alone(self, lotus, draft, asked):
        asked("asha")
        asked("bela", channel="email")
        draft(rule(channels=["sms"]))
        done(rehearse(lotus))
        policy.approve_policy(by=NILS, version=versions.draft(lotus.id))
        draft(rule("no_email", channels=["email"]))
        loose = policy.remove_guardrail(by=OLGA, version=versions.draft(lotus.id), code="no_sms")

        counted = done(rehearsal := rehearse(lotus))

        assert rehearsal.active_number == loose.number - 1
        assert counted.flows == {"newly_permitted": 1, "newly_denied": 1}

    def test_leaves_out_what_lies_outside_the_period_and_other_controllers(
        self, lotus, draft, asked
    ):
        tulip = company("tulip")
        recorded(tulip.id, tulip.service.id, tulip.person(), asks={"channel": "sms"})
        mine = asked()
        draft(rule())
        until = datetime.now(UTC)
        time.sleep(0.002)  # ids tell milliseconds apart
        asked("bela")

        counted = done(rehearse(lotus, until=until))

        assert [one["id"] for one in counted.examples["newly_denied"]] == [str(mine)]
        assert counted.examined == 1

    def test_of_other_terms_is_no_flip(self, lotus, draft, asked):
        asked()
        draft(rule("why", {"kind": "require", "obligation": "why_am_i_seeing_this"}))

        counted = done(rehearsal := rehearse(lotus))

        assert counted.flows == {"other_terms": 1}
        assert lines(rehearsal) == []


class TestWhatCannotBeTried:
    def test_is_counted_apart(self, lotus, draft, asked):
        asked()
        leave(lotus, {"facts": None, "decision": failed(None, "INVALID_REQUEST")})
        leave(lotus, {"facts": {"now": "then"}})
        draft(rule())

        counted = done(rehearse(lotus))

        assert (counted.examined, counted.skipped, counted.unreadable) == (1, 1, 1)

    @pytest.mark.req("P3")
    def test_a_record_that_does_not_replay_is_told(self, lotus, draft, asked):
        asked()
        leave(lotus, {"facts": INDIA, "decision": replace(decide(INDIA), cure="retry")})
        draft(rule())

        assert done(rehearse(lotus)).unproven == 1


def leave(lotus, data):
    """An entry of a decision with this data."""
    with transaction.atomic():
        audit.record(
            event="decision:made", by=Actor("service", "s"), controller_id=lotus.id,
            target=Target("decision", ""), outcome="deny", data=msgspec.to_builtins(data),
        )  # fmt: skip


class TestCaps:
    def test_are_counted_along_the_decisions(self, lotus, draft, asked):
        for _ in range(4):
            asked("asha")
        asked("bela")
        draft(rule("twice", CAP_DAY))

        counted = done(rehearse(lotus))

        assert counted.flows == {"still_permitted": 3, "newly_denied": 2}

    def test_forget_what_is_older_than_they_look_back(self, lotus, draft, asked):
        for days in (3, 3, 0, 0):
            asked(at=datetime.now(UTC) - timedelta(days=days))
        draft(rule("twice", CAP_DAY))

        assert done(rehearse(lotus)).flows == {"still_permitted": 4}

    def test_go_on_where_the_step_before_ended(self, lotus, draft, asked, monkeypatch):
        monkeypatch.setattr(jobs, "AT_ONCE", 1)
        monkeypatch.setattr(jobs, "CAPPED_STEP_SECONDS", 0.000001)
        for _ in range(4):
            asked()
        draft(rule("twice", CAP_DAY))

        counted = done(rehearsal := rehearse(lotus))

        assert rehearsal.parts.count() == 4
        assert counted.flows == {"still_permitted": 2, "newly_denied": 2}
        assert bytes(rehearsal.counters) == b""


class TestDecisionsFromBeforeTheVersionInForce:
    """They were made without looking at what its rules look at."""

    def test_are_counted_by_its_caps_too(self, lotus, draft, asked):
        for _ in range(3):
            asked("asha")
        asked("bela", channel="email")
        self.in_force(draft, lotus, rule("twice", CAP_DAY))
        draft(rule("no_email", channels=["email"]))

        counted = done(rehearse(lotus))

        assert counted.flows == {"still_permitted": 2, "still_denied": 1, "newly_denied": 1}

    def test_are_not_judged_where_only_the_record_makes_it_deny(self, lotus, draft, asked):
        asked("asha")
        asked("bela", channel="email")
        waits = {"kind": "delay", "triggers": ["cart_left"], "seconds": 3600}
        self.in_force(draft, lotus, rule("rest", waits))
        draft(rule("no_email", channels=["email"]))
        policy.remove_guardrail(by=OLGA, version=versions.draft(lotus.id), code="rest")

        counted = done(rehearse(lotus))

        assert counted.flows == {"unjudged": 1, "newly_denied": 1}

    def test_are_counted_alike_for_a_draft_that_keeps_the_cap(self, lotus, draft, asked):
        earlier = change(INDIA, question={"channel": "sms"})
        for _ in range(2):
            leave(lotus, {"facts": earlier, "decision": decide(earlier)})
        twice = rule("twice", CAP_DAY)
        self.in_force(draft, lotus, twice)
        later = replace(earlier, counts={"twice": 0})
        own = decide(
            later, compiled(parse([twice]), versions.in_force(lotus.id, datetime.now(UTC)).number)
        )
        leave(lotus, {"facts": later, "decision": own})
        draft(rule("no_email", channels=["email"]))

        counted = done(rehearse(lotus))

        assert own.permit
        assert counted.flows == {"still_permitted": 2, "still_denied": 1}
        assert counted.unproven == 0

    def in_force(self, draft, lotus, guardrail):
        draft(guardrail)
        done(rehearse(lotus))
        policy.approve_policy(by=NILS, version=versions.draft(lotus.id))


class TestAGapOfTheRecord:
    def test_is_not_put_down_to_the_draft(self, lotus, draft, asked):
        asked()
        draft(rule("rest", {"kind": "delay", "triggers": ["cart_left"], "seconds": 3600}))

        counted = done(rehearsal := rehearse(lotus))

        assert counted.flows == {"unjudged": 1}
        assert lines(rehearsal) == []

    def test_of_wishes_is_not_put_down_to_it_either(self, lotus, draft, asked):
        asked()
        draft(rule("off", {"kind": "off", "whom": "whoever_asked"}))

        assert done(rehearse(lotus)).flows == {"unjudged": 1}

    def test_does_not_hide_what_is_denied_in_any_case(self, lotus, draft, asked):
        asked()
        off = {"kind": "off", "whom": "whoever_asked"}
        draft(rule("off", off, purposes=[OFFERS]), rule("no_sms"))

        assert done(rehearse(lotus)).flows == {"newly_denied": 1}


@pytest.mark.req("P7")
class TestKilledWorkers:
    def test_count_nothing_twice(self, lotus, draft, asked, monkeypatch):
        monkeypatch.setattr(jobs, "AT_ONCE", 1)
        monkeypatch.setattr(jobs, "STEP_SECONDS", 0.000001)
        for number in range(3):
            asked(f"p{number}")
        draft(rule())
        rehearsal = rehearse(lotus)

        while claimed := work.claim(worker="dies"):
            jobs.step(claimed[0])  # counted, and then killed before anything was recorded
            Job.objects.filter(id=claimed[0].id).update(
                state=JobState.READY, lease_owner="", lease_until=None
            )
            work.run_available(worker="lives", limit=1)

        rehearsal.refresh_from_db()
        assert selectors.counted(rehearsal).flows == {"newly_denied": 3}
        assert len(lines(rehearsal)) == 3


class TestADraft:
    def test_may_be_approved_once_it_was_rehearsed(self, lotus, draft, asked):
        asked()
        version = draft(rule())
        with pytest.raises(NotRehearsedError):
            policy.approve_policy(by=NILS, version=version)

        done(rehearsal := rehearse(lotus))

        fresh = versions.draft(lotus.id)
        assert (fresh.state, fresh.rehearsal_id) == ("rehearsed", rehearsal.id)
        assert policy.approve_policy(by=NILS, version=fresh).approved_by == "nils"

    def test_changed_meanwhile_was_not_rehearsed(self, lotus, draft, asked):
        asked()
        version = draft(rule())
        rehearsal = rehearse(lotus)
        policy.put_guardrail(by=OLGA, version=version, guardrail=rule("other", channels=["fax"]))

        done(rehearsal)

        assert rehearsal.state == RehearsalState.FINISHED
        assert versions.draft(lotus.id).state == "draft"

    def test_is_rehearsed_as_it_was_when_it_began(self, lotus, draft, asked):
        asked()
        version = draft(rule(channels=["post"]))
        rehearsal = rehearse(lotus)
        policy.put_guardrail(by=OLGA, version=version, guardrail=rule())

        assert done(rehearsal).flows == {"still_permitted": 1}

    def test_is_needed(self, lotus):
        with pytest.raises(NothingToRehearseError):
            rehearse(lotus)

    @pytest.mark.parametrize(
        ("since", "until"),
        [
            (NOW, NOW - timedelta(days=1)),
            (NOW - timedelta(days=401), NOW),
            (NOW + timedelta(days=1), NOW + timedelta(days=2)),
        ],
    )
    def test_needs_a_period_of_the_past(self, lotus, draft, since, until):
        draft(rule())

        with pytest.raises(PeriodError):
            rehearse(lotus, since=since, until=until)

        assert not Job.objects.filter(kind=services.KIND).exists()

    def test_without_a_decision_to_try_it_on_says_so(self, lotus, draft):
        draft(rule())

        assert done(rehearse(lotus)).examined == 0


class TestWhatIsRecorded:
    def test_begin_end_and_taking_the_list(self, lotus, draft, asked):
        asked()
        draft(rule())
        done(rehearsal := rehearse(lotus))
        b"".join(services.take_flips(by=NILS, rehearsal=rehearsal))

        said = EntryIndex.objects.filter(target_id=str(rehearsal.id)).order_by("id")

        assert [(one.event, one.actor_id) for one in said] == [
            ("rehearsal:started", "olga"), ("rehearsal:finished", "rehearsal"),
            ("rehearsal:taken", "nils"),
        ]  # fmt: skip


@pytest.mark.req("P10")
def test_a_line_of_the_list_is_no_formula_and_names_nobody(lotus, draft, asked):
    asked("asha", campaign="=cmd()")
    draft(rule())

    done(rehearsal := rehearse(lotus))

    (line,) = lines(rehearsal)
    person = EntryIndex.objects.get(id=line["decision"]).subject_id
    assert line["campaign"] == "'=cmd()"
    assert str(person) not in ",".join(line.values())


def test_values_beyond_many_are_counted_together():
    tally = Tally()

    for number in range(MOST_VALUES + 5):
        cell = tally._cell("campaign", f"c{number}")
        cell[Flow.NEWLY_DENIED.value] = cell.get(Flow.NEWLY_DENIED.value, 0) + 1

    assert len(tally.by["campaign"]) == MOST_VALUES + 1
    assert tally.by["campaign"][OTHERS] == {"newly_denied": 5}


def test_parts_add_up():
    first, second = Tally(), Tally()
    for one in (first, second):
        one.flows["newly_denied"] = 2
        one.by["purpose"] = {"p": {"newly_denied": 2}}
        one.examples["newly_denied"] = [{"id": str(n), "was": "", "now": ""} for n in range(8)]

    first.add(Tally.of_dict(second.as_dict()))

    assert first.of(Flow.NEWLY_DENIED) == 4
    assert first.by["purpose"]["p"] == {"newly_denied": 4}
    assert len(first.examples["newly_denied"]) == EXAMPLES
