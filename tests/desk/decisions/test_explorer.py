"""Decisions as officers read them: the list, one step by step, and the table of rules."""

import re
from uuid import UUID

import pytest

from audit.models import EntryIndex
from keys.ids import uuid7
from policies.rules import RULES
from tests.desk import house
from tests.factories.decisions import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-08", "ADM-08")]
LIST, RULE_TABLE = "/admin/decisions/", "/admin/rules/"


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

    def test_names_each_rule_once_for_each_law(self, auditor, made):
        gates = auditor.get(f"{LIST}{made[True]}/").context["shown"].gates

        steps = [(step.number, step.law) for gate in gates for step in gate.steps]
        assert len(steps) == len(set(steps))
        assert {number for number, _ in steps} == {rule.number for rule in RULES}

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
