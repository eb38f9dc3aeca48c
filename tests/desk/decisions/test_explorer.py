"""Decisions as officers read them: the list, one step by step, and the table of rules."""

import re
from uuid import UUID

import msgspec
import pytest
from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from audit.models import EntryIndex
from keys.ids import uuid7
from policies.pdp.engine import decide
from policies.rules import RULES
from policies.rules.version import EDITIONS
from policies.versions import selectors as versions
from policies.versions import services as policy
from subjects.services import ref
from tests.desk import house
from tests.factories.decisions import recorded
from tests.policies.scenes import INDIA, change

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-08", "ADM-08")]
LIST, RULE_TABLE = "/admin/decisions/", "/admin/rules/"
NILS, OLGA = Actor("officer", "nils"), Actor("officer", "olga")
NO_SMS = {
    "code": "no_sms", "title": "No text messages", "match": {"channels": ["sms"]},
    "effect": {"kind": "deny"}, "text": {"en": "We send no text messages."},
    "person": {"en": "No text messages."},
}  # fmt: skip


def text(answer):
    main = answer.content.decode().split("<main")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


@pytest.fixture
def made(lotus):
    """A permit and a denial about the person of Lotus."""
    service = lotus.rows["ServiceClient"]
    return {
        given: recorded(lotus.id, service, lotus.person, given=given) for given in (True, False)
    }


@pytest.fixture
def auditor(lotus):
    return house.signed_in(house.officer(lotus, "ada", "auditor"))


def put_in_force(lotus):
    """A version of the company's own rules, rehearsed and approved."""
    version = policy.draft_policy(by=NILS, controller_id=lotus.id, note="x")
    version = policy.put_guardrail(by=NILS, version=version, guardrail=NO_SMS)
    version = policy.note_rehearsed(by=NILS, version=version, job_id=uuid7())
    return policy.approve_policy(by=OLGA, version=version)


def denied_by(version):
    """Facts that the law permits and the version denies, with the decision."""
    facts = change(INDIA, question={"channel": "sms"})
    decision = decide(facts, versions.compiled_version(version))
    assert decision.rule == "G:no_sms"
    return facts, decision


def entry_of(lotus, facts, decision):
    """The entry that the decision point leaves of it."""
    with transaction.atomic():
        return audit.record(
            event="decision:made", by=Actor("service", "s"), controller_id=lotus.id,
            target=Target("decision", ""), subject=ref(lotus.person), purpose=facts.purpose.code,
            outcome="deny", reason_code=decision.reason_code,
            data=msgspec.to_builtins({"facts": facts, "decision": decision}),
        )  # fmt: skip


class TestTheList:
    def test_tells_answer_reason_and_service_newest_first(self, auditor, made):
        page = auditor.get(LIST)

        rows = page.context["rows"]
        assert [one.id for one in rows[:2]] == [made[False], made[True]]
        assert [one.is_permit for one in rows[:2]] == [False, True]
        assert "The person withdrew the consent." in text(page)
        assert "Lotus Bazaar mailer" in text(page)

    @pytest.mark.parametrize(
        ("query", "given"), [("outcome=permit", True), ("reason=withdrew&period=24h", False)]
    )
    def test_is_narrowed_by_what_is_asked(self, auditor, made, query, given):
        rows = auditor.get(f"{LIST}?{query}").context["rows"]

        assert made[given] in {one.id for one in rows}
        assert made[not given] not in {one.id for one in rows}

    def test_leaves_out_choices_nobody_offered(self, auditor, made):
        page = auditor.get(f"{LIST}?outcome=maybe&service=nobody&period=ever&cursor=forged")

        assert page.status_code == 200
        assert "This page is not there any more" in page.content.decode()
        assert made[True] in {one.id for one in page.context["rows"]}

    def test_is_recorded_for_the_person_shown(self, auditor, lotus, made, entries):
        auditor.get(LIST)

        looked = entries("record:viewed")[0]
        assert (looked.target_type, looked.subject_id) == ("decision", lotus.person.id)

    def test_is_not_shown_where_the_look_cannot_be_recorded(self, auditor, made, broken_log):
        broken_log.breaks()

        answer = auditor.get(LIST)

        assert answer.status_code == 503
        assert "withdrew" not in answer.content.decode()


class TestOneDecision:
    def test_tells_answer_law_steps_and_facts(self, auditor, made):
        said = text(auditor.get(f"{LIST}{made[False]}/"))

        assert "Denied · The person withdrew the consent." in said
        assert "DPDP Act 2023 s.6(4)" in said
        assert "the same answer, byte for byte" in said
        assert "consent.state : withdrawn" in said
        assert "Gate 7: The state of the consent" in said

    def test_opens_the_gate_that_decided_and_no_other(self, auditor, made):
        page = auditor.get(f"{LIST}{made[False]}/").content.decode()

        assert page.count('class="gate" open') == 1

    def test_names_each_rule_of_the_laws_that_apply_once(self, auditor, made):
        gates = auditor.get(f"{LIST}{made[True]}/").context["shown"].gates

        steps = [(step.number, step.law) for gate in gates for step in gate.steps]
        assert len(steps) == len(set(steps))
        assert {law for _, law in steps} == {"", "India"}
        assert {number for number, _ in steps} == {
            rule.number for rule in RULES if not rule.packs or "IN" in rule.packs
        }

    def test_names_the_companys_own_rules_that_concern_it(self, auditor, lotus):
        version = put_in_force(lotus)
        facts, decision = denied_by(version)
        entry = entry_of(lotus, facts, decision)

        page = auditor.get(f"{LIST}{entry}/")

        (own,) = page.context["shown"].own
        assert (own.title, str(own.state)) == ("No text messages", "denied")
        assert "the same answer, byte for byte" in text(page)

    def test_whose_record_has_no_facts_says_so(self, auditor, lotus):
        odd = house.decide(lotus)

        assert "cannot be read as a decision" in text(auditor.get(f"{LIST}{odd}/"))

    def test_is_recorded_for_the_person_it_is_about(self, auditor, lotus, made, entries):
        auditor.get(f"{LIST}{made[True]}/")

        looked = entries("record:viewed")[0]
        assert (looked.target_id, looked.subject_id) == (str(made[True]), lotus.person.id)


@pytest.mark.req("P9")
class TestWhoseDecisions:
    def test_of_another_controller_do_not_exist(self, auditor, tulip):
        theirs = recorded(tulip.id, tulip.rows["ServiceClient"], tulip.person)

        assert auditor.get(f"{LIST}{theirs}/").status_code == 404
        assert theirs not in {one.id for one in auditor.get(LIST).context["rows"]}

    def test_no_other_entry_passes_for_one(self, auditor, lotus):
        other = EntryIndex.objects.filter(controller_id=lotus.id, event="consent:given").first()

        for stranger in (other.id, uuid7(), UUID(int=0)):
            assert auditor.get(f"{LIST}{stranger}/").status_code == 404

    @pytest.mark.parametrize("address", [LIST, f"{LIST}{UUID(int=1)}/", RULE_TABLE])
    def test_are_closed_to_who_may_not_view_the_audit(self, lotus, address):
        operator = house.signed_in(house.officer(lotus, "omar", "operator"))

        assert operator.get(address).status_code == 403
        assert operator.post(address).status_code in {403, 405}


class TestTheRules:
    def test_stand_with_code_sentence_law_and_gate(self, auditor):
        said = text(auditor.get(RULE_TABLE))

        for rule in RULES:
            assert f"{rule.number} {rule.code}" in said
            assert all(ref in said for refs in rule.refs.values() for ref in refs)

    def test_each_gate_has_its_name(self, auditor):
        assert all(title for _, title, _ in auditor.get(RULE_TABLE).context["gates"])

    def test_of_one_law_leave_out_those_of_others(self, auditor):
        shown = auditor.get(f"{RULE_TABLE}?law=EU").context["gates"]

        numbers = {rule.number for _, _, rules in shown for rule in rules}
        assert numbers == {rule.number for rule in RULES if not rule.packs or "EU" in rule.packs}

    def test_of_a_law_nobody_knows_do_not_exist(self, auditor):
        assert auditor.get(f"{RULE_TABLE}?law=XX").status_code == 404

    @pytest.mark.req("POL-14")
    def test_tells_what_each_version_of_them_brought(self, auditor):
        page = auditor.get(RULE_TABLE).content.decode()

        assert "What changed, version by version" in page
        for one in EDITIONS:
            assert f'<code dir="ltr">{one.version}</code>' in page
        assert "R39" in page.rpartition("What changed")[2]
