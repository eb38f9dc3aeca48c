"""Guardrails at the decision point: real server, real PostgreSQL; in force with the next check."""

import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from policies.versions import services
from policies.wishes import services as wishes
from tests.factories import policies
from tests.factories.company import OFFERS, company
from tests.factories.policies import AUTHOR, rule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("POL-14")]


def test_a_rule_denies_from_the_next_check_on_and_its_version_is_named(lotus, asha, ask):
    before = ask(lotus, asha)
    policies.in_force(lotus.id, rule("no_sms", channels=["sms"]))

    after = ask(lotus, asha, channel="sms")
    other = ask(lotus, asha, channel="email")

    assert before["decision"] is True
    assert "+" not in before["context"]["policy_version"]
    assert after["decision"] is False
    assert after["context"]["reason_code"] == "GUARDRAIL_DENIED:no_sms"
    assert after["context"]["policy_version"].endswith("+1")
    assert other["decision"] is True
    assert other["context"]["policy_version"].endswith("+1")


def test_without_a_channel_it_may_be_any(lotus, asha, ask):
    policies.in_force(lotus.id, rule("no_sms", channels=["sms"]))

    assert ask(lotus, asha)["decision"] is False


def test_rolled_back_it_counts_no_more(lotus, asha, ask):
    policies.in_force(lotus.id, rule("no_sms", channels=["sms"]))
    services.roll_back(by=AUTHOR, controller_id=lotus.id, number=0)

    answer = ask(lotus, asha, channel="sms")

    assert answer["decision"] is True
    assert "+" not in answer["context"]["policy_version"]


def test_it_counts_at_its_controller_only(lotus, asha, ask):
    other = company("other", name="Other")
    person = other.person()
    other.yes(person)
    policies.in_force(other.id, rule("no_sms", channels=["sms"]))

    assert ask(lotus, asha, channel="sms")["decision"] is True
    assert ask(other, person, channel="sms")["decision"] is False


def test_a_version_to_come_begins_at_its_moment_without_a_restart(lotus, asha, ask):
    begins = datetime.now(UTC) + timedelta(seconds=6)
    policies.in_force(lotus.id, rule("no_sms", channels=["sms"]), effective_from=begins)

    early = ask(lotus, asha, channel="sms")
    time.sleep(max(0.0, (begins - datetime.now(UTC)).total_seconds()) + 0.1)
    late = ask(lotus, asha, channel="sms")

    assert early["decision"] is True
    assert datetime.fromisoformat(early["context"]["valid_until"]) <= begins
    assert late["decision"] is False


def test_a_version_changed_behind_its_signature_refuses_every_use(
    lotus, asha, ask, django_db_setup
):
    version = policies.in_force(lotus.id, rule("no_sms", channels=["sms"]))
    with psycopg.connect(django_db_setup.superuser_dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE policies_policyversion SET rules = '[]' WHERE id = %s", [version.id]
        )
        connection.execute("UPDATE accounts_cataloguestamp SET version = version + 1")

    answer = ask(lotus, asha, channel="email")

    assert answer["decision"] is False
    assert answer["context"]["reason_code"] == "POLICY_UNVERIFIED"


def test_an_obligation_goes_with_the_permit(lotus, asha, ask):
    why = {"obligation": "why_am_i_seeing_this", "args": {"url": "https://lotus.example/why"}}
    policies.in_force(lotus.id, rule("why", "require", purposes=["marketing.*"], **why))

    answer = ask(lotus, asha)

    assert answer["decision"] is True
    assert {
        "id": "why_am_i_seeing_this", "type": "custom",
        "properties": {"url": "https://lotus.example/why"},
    } in answer["context"]["obligations"]  # fmt: skip


def test_a_sensitive_attribute_needs_the_person_to_have_offered_it_for_this(lotus, asha, ask):
    policies.in_force(lotus.id, rule("health", attributes=["health.*"], unless_volunteered=True))
    asked = {"attributes": ["health.pregnancy"]}

    before = ask(lotus, asha, **asked)
    told = {"by": AUTHOR, "controller_id": lotus.id, "subject_id": asha.id, "purpose": OFFERS}
    wishes.volunteer(**told, attributes=["health.pregnancy"])
    offered = ask(lotus, asha, **asked)
    other = ask(lotus, asha, attributes=["health.pregnancy", "health.diet"])
    wishes.take_back(**told, attributes=["health.pregnancy"])
    after = ask(lotus, asha, **asked)

    assert before["context"]["reason_code"] == "ATTRIBUTE_NOT_VOLUNTEERED:health"
    assert offered["decision"] is True
    assert other["decision"] is False
    assert after["decision"] is False
    assert ask(lotus, asha, attributes=["taste.music"])["decision"] is True


def test_whoever_switched_personalisation_off_is_left_alone(lotus, asha, ask):
    policies.in_force(lotus.id, rule("off", "off", purposes=["marketing.*"]))

    before = ask(lotus, asha)
    wishes.switch_off(by=AUTHOR, controller_id=lotus.id, subject_id=asha.id)
    off = ask(lotus, asha)
    wishes.switch_on(by=AUTHOR, controller_id=lotus.id, subject_id=asha.id)

    assert before["decision"] is True
    assert off["context"]["reason_code"] == "PERSONALISATION_OFF:off"
    assert ask(lotus, asha)["decision"] is True


def test_officers_words_explain_the_denial(lotus, asha, ask):
    policies.in_force(lotus.id, rule("no_sms", channels=["sms"]))

    context = ask(lotus, asha, channel="sms")["context"]

    assert context["reason_admin"]["en"] == policies.WORDS["en"]
    assert context["reason_user"]["hi"] == policies.WORDS["hi"]


def test_a_region_is_where_the_person_lives(lotus, ask):
    policies.in_force(lotus.id, rule("not_mh", regions=["IN-MH"]))
    people = {
        part: lotus.person(f"{part or 'nowhere'}@example.in", region=part)
        for part in ("MH", "KA", "")
    }
    for person in people.values():
        lotus.yes(person)

    assert {part: ask(lotus, one)["decision"] for part, one in people.items()} == {
        "MH": False, "KA": True, "": False,
    }  # fmt: skip
