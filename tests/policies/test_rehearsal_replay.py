"""A recorded decision is made again from its stored facts alone, and told step by step (P3)."""

import json
from io import StringIO
from uuid import UUID

import msgspec
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from msgspec.structs import replace

from audit import services as audit
from audit.actors import Actor, Target
from audit.canonical import canonical_struct
from audit.models import EntryIndex
from keys.ids import uuid7
from policies.pdp.engine import decide, failed
from policies.pdp.policy import NONE
from policies.rehearsal.recorded import UnreadableDecisionError, read
from policies.rehearsal.replaying import Finding, replay
from policies.rehearsal.selectors import replayed
from policies.rehearsal.trail import Said, trail
from policies.rules import RULES
from policies.versions import services as policy
from tests.factories.decisions import recorded as made
from tests.policies.scenes import DAY, INDIA, NOW, PERMITTED, change

pytestmark = [pytest.mark.req("P3", "POL-22")]
NILS, OLGA = Actor("officer", "nils"), Actor("officer", "olga")
WITHDRAWN = change(INDIA, consent={"state": "withdrawn", "since": NOW - DAY})


def body(facts, decision, **more):
    """The payload of such a decision's entry."""
    data = {"facts": facts, "decision": decision, **more}
    return canonical_struct({"data": msgspec.to_builtins(data), "event": "decision:made"})


def told(*arguments):
    out = StringIO()
    call_command("replay", *map(str, arguments), stdout=out)
    return out.getvalue()


class TestOneDecision:
    @pytest.mark.parametrize("scene", [*PERMITTED, "withdrawn", "nobody"])
    def test_comes_out_the_same(self, scene):
        facts = {**PERMITTED, "withdrawn": WITHDRAWN, "nobody": replace(INDIA, subject=None)}[scene]

        assert replay(read(body(facts, decide(facts))), NONE).finding == Finding.SAME

    def test_that_was_changed_afterwards_is_told(self):
        forged = body(WITHDRAWN, decide(INDIA))

        found = replay(read(forged), NONE)

        assert found.finding == Finding.DIFFERENT
        assert "permit" in {each.name for each in found.differences}

    def test_whose_facts_hold_more_than_the_engine_reads_is_not_called_the_same(self):
        data = json.loads(body(INDIA, decide(INDIA)))
        data["data"]["facts"]["consent"]["colour"] = "blue"

        assert replay(read(canonical_struct(data)), NONE).finding == Finding.DIFFERENT

    def test_of_other_rules_says_which_parts_differ(self):
        older = replace(decide(INDIA), policy_version="statutory-2025.01.1")

        found = replay(read(body(INDIA, older)), NONE)

        assert found.finding == Finding.OTHER_RULES
        assert [each.name for each in found.differences] == ["policy_version"]

    def test_whose_policy_is_not_here_is_not_called_the_same(self):
        narrowed = replace(decide(INDIA), policy_version=f"{decide(INDIA).policy_version}+7")

        assert replay(read(body(INDIA, narrowed)), None).finding == Finding.POLICY_GONE

    @pytest.mark.parametrize("code", ["ENGINE_ERROR", "INVALID_REQUEST"])
    def test_that_failed_stays_a_refusal(self, code):
        facts = None if code == "INVALID_REQUEST" else INDIA

        found = replay(read(body(facts, failed(facts, code), error="x")), NONE)

        assert found.finding == Finding.SAME
        assert not found.computed.permit

    @pytest.mark.parametrize("raw", [b"", b"{}", b'{"data":{}}', b'{"data":{"decision":{}}}'])
    def test_that_is_none_is_refused_without_its_words(self, raw):
        with pytest.raises(UnreadableDecisionError) as refused:
            read(raw)

        assert str(refused.value) == ""


class TestItsSteps:
    def test_name_every_rule_in_order(self):
        looks = trail(INDIA)

        numbers = [look.rule.number for look in looks]
        assert numbers == sorted(numbers)
        assert set(numbers) == {rule.number for rule in RULES}

    @pytest.mark.parametrize("scene", PERMITTED)
    def test_of_a_permit_deny_nowhere(self, scene):
        assert Said.DENIED not in {look.said for look in trail(PERMITTED[scene])}

    def test_deny_where_the_decision_says_so_and_tell_what_was_seen(self):
        denying = [look for look in trail(WITHDRAWN) if look.said == Said.DENIED]

        assert [look.rule.code for look in denying] == [
            reason.code for reason in decide(WITHDRAWN).reasons
        ]
        assert ("consent.state", "withdrawn") in denying[0].saw

    def test_leave_out_the_law_that_does_not_apply(self):
        asked = {look.pack for look in trail(INDIA) if look.said != Said.NOT_ASKED}

        assert asked == {"", "IN"}


@pytest.mark.django_db
class TestTheCommand:
    @pytest.fixture
    def decision(self, lotus):
        return made(lotus.id, lotus.service.id, lotus.person(), given=False)

    def test_proves_the_decision_and_is_recorded(self, decision):
        said = told(decision, "--steps")

        assert "recorded: deny R60 CONSENT_WITHDRAWN" in said
        assert "The same answer, byte for byte." in said
        assert "R60 IN: DENIES  consent.state=withdrawn" in said
        look = EntryIndex.objects.get(event="record:viewed", target_id=str(decision))
        assert (look.actor_id, look.subject_id is not None) == ("replay", True)

    def test_fails_for_a_record_whose_answer_does_not_follow_from_its_facts(self, lotus):
        data = msgspec.to_builtins({"facts": WITHDRAWN, "decision": decide(INDIA)})
        with transaction.atomic():
            forged = audit.record(
                event="decision:made", by=Actor("service", "s"), controller_id=lotus.id,
                target=Target("decision", ""), purpose="p", outcome="permit", data=data,
            )  # fmt: skip

        with pytest.raises(CommandError, match="could not be proven"):
            told(forged)

    def test_knows_no_other_entry_and_no_other_id(self, lotus):
        viewed = EntryIndex.objects.filter(controller_id=lotus.id).first()

        for stranger in (uuid7(), viewed.id, UUID(int=0)):
            with pytest.raises(CommandError, match="No log here"):
                told(stranger)


@pytest.mark.req("POL-14")
class TestWhatTheDecisionPointRecorded:
    def test_replays_under_the_very_policy_that_decided(self, lotus, asha, ask):
        put_in_force(lotus, CAP, DUTY)

        answers = [ask(lotus, asha, channel="sms") for _ in range(3)]

        assert [one["decision"] for one in answers] == [True, True, False]
        for one in answers:
            found = replayed([lotus.id], UUID(one["context"]["decision_id"]))
            assert found.replay.finding == Finding.SAME
            assert found.replay.computed.policy_version.endswith("+1")

    def test_replays_after_that_policy_was_followed_by_another(self, lotus, asha, ask):
        put_in_force(lotus, DUTY)
        answer = ask(lotus, asha, channel="sms")
        put_in_force(lotus, CAP)

        found = replayed([lotus.id], UUID(answer["context"]["decision_id"]))

        assert found.replay.finding == Finding.SAME


WORDS = {"en": "A rule."}
CAP = {
    "code": "twice", "title": "Twice", "match": {"channels": ["sms"]}, "text": WORDS,
    "effect": {"kind": "cap", "limit": 2, "seconds": 86_400}, "person": WORDS,
}  # fmt: skip
DUTY = {
    "code": "why", "title": "Why", "match": {"channels": ["sms"]}, "text": WORDS, "person": WORDS,
    "effect": {"kind": "require", "obligation": "why_am_i_seeing_this"},
}  # fmt: skip


def put_in_force(company, *rules):
    """The next version, with these rules in place of those before."""
    version = policy.draft_policy(by=NILS, controller_id=company.id, note="x")
    version = policy.replace_guardrails(by=NILS, version=version, guardrails=list(rules))
    version = policy.note_rehearsed(by=NILS, version=version, job_id=uuid7())
    policy.approve_policy(by=OLGA, version=version)
