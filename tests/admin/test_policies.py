"""The editor of guardrails: a form an effect, words of each rule, what changes, the signature."""

import json

import msgspec
import pytest
from django.db import transaction
from django.urls import reverse

from audit import services as audit
from audit.actors import Actor, Target
from policies.pdp.engine import decide
from policies.versions import selectors, services
from policies.versions.models import PolicyVersion
from tests.desk import house
from tests.factories import policies
from tests.factories.company import company
from tests.factories.policies import AUTHOR, REHEARSAL, rule
from tests.policies.scenes import INDIA, change

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-14")]

WORDS = {"text_en": "Not on phones.", "text_hi": "", "person_en": "No texts.", "person_hi": ""}
BASE = {"code": "no_sms", "title": "No texts", **WORDS}


def add(client, lotus):
    address = reverse("admin:policies_policyversion_add")
    return client.post(address, {"controller": str(lotus.id), "note": "Fewer messages"})


def address(version, verb):
    return reverse("admin:policies_policyversion_act", args=[version.pk, verb])


def act(client, version, verb, **form):
    return client.post(address(version, verb), {"go": "1", **form})


def page(client, version):
    shown = client.get(reverse("admin:policies_policyversion_change", args=[version.pk]))
    assert shown.status_code == 200
    return shown.content.decode()


@pytest.fixture
def second(lotus):
    """Another privacy officer of Lotus."""
    return house.signed_in(house.officer(lotus, "omar", "privacy_officer"))


@pytest.fixture
def draft(desk, lotus):
    assert add(desk, lotus).status_code == 302
    return PolicyVersion.objects.get(controller_id=lotus.id, state="draft")


def stored(version):
    version.refresh_from_db()
    return version.rules


EFFECTS = {
    "deny": ({}, {"kind": "deny"}),
    "require": (
        {"obligation": "why_am_i_seeing_this", "detail": "https://lotus.example/why"},
        {
            "kind": "require", "obligation": "why_am_i_seeing_this",
            "args": {"url": "https://lotus.example/why"},
        },
    ),
    "cap": (
        {"limit": "3", "length": "7", "unit": "86400", "per": ["channel"]},
        {"kind": "cap", "limit": 3, "seconds": 604_800, "per": ["channel"]},
    ),
    "delay": (
        {"triggers": "cart.left", "length": "24", "unit": "3600"},
        {"kind": "delay", "triggers": ["cart.left"], "seconds": 86_400},
    ),
    "quiet": (
        {"starts": "21:00", "ends": "09:00", "days": ["6", "7"]},
        {"kind": "quiet", "starts": "21:00", "ends": "09:00", "days": [6, 7]},
    ),
    "off": ({"whom": "everybody"}, {"kind": "off", "whom": "everybody"}),
}  # fmt: skip


@pytest.mark.parametrize("verb", EFFECTS)
def test_each_effect_has_a_form_and_its_rule_is_stored(desk, draft, verb):
    fields, effect = EFFECTS[verb]

    answer = act(desk, draft, verb, **BASE, channels="sms, push", **fields)

    assert answer.status_code == 302, answer.content.decode()
    (found,) = stored(draft)
    assert found["effect"] == effect
    assert found["match"] == {"channels": ["sms", "push"]}


class TestThePreview:
    def test_tells_what_a_rule_would_do_and_stores_nothing(self, desk, draft):
        fields, _ = EFFECTS["quiet"]

        answer = act(desk, draft, "quiet", **BASE, channels="sms", **fields, preview="Preview")

        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Denied from 21:00 to 09:00 on the person" in page
        assert "Nothing was permitted in the last seven days" in page
        assert "Nothing is stored yet" in page
        assert stored(draft) == []
        assert answer.context["form"]["starts"].value() == "21:00"

    def test_counts_the_newest_permits_that_it_concerns(self, desk, lotus, draft):
        for channel in ("sms", "email"):
            permitted(lotus, channel)

        page = act(desk, draft, "deny", **BASE, channels="sms", preview="1").content.decode()

        assert "It concerns 1 of the newest 2 permits." in page

    def test_says_why_the_rule_will_be_refused(self, desk, draft):
        page = act(desk, draft, "deny", **BASE, preview="1").content.decode()

        assert "It will be refused:" in page
        assert stored(draft) == []

    def test_of_what_is_wrong_is_none(self, desk, draft):
        answer = act(desk, draft, "deny", **{**BASE, "code": "No SMS"}, preview="1")

        assert answer.status_code == 422
        assert not answer.context["preview"]


def permitted(lotus, channel):
    """A permit such as the decision point leaves."""
    facts = change(INDIA, question={"channel": channel})
    with transaction.atomic():
        audit.record(
            event="decision:made", by=Actor("service", "mailer"), controller_id=lotus.id,
            target=Target("decision", "d"), purpose=facts.question.purpose, outcome="permit",
            data={"facts": msgspec.to_builtins(facts),
                  "decision": msgspec.to_builtins(decide(facts))},
        )  # fmt: skip


@pytest.mark.parametrize("verb", EFFECTS)
def test_a_rule_is_changed_in_the_form_that_made_it(desk, draft, verb):
    fields, effect = EFFECTS[verb]
    act(desk, draft, verb, **BASE, channels="sms", **fields)
    change = f"{address(draft, verb)}?rule=no_sms"
    assert change in page(desk, draft)

    form = desk.get(change).context["form"]
    first = {name: form[name].value() for name in form.fields}
    answer = desk.post(change, {
        name: value
        for name, value in {**first, "title": "Other"}.items()
        if value is not None and value is not False
    })  # fmt: skip

    assert answer.status_code == 302, answer.content.decode()
    (found,) = stored(draft)
    assert found["title"] == "Other"
    assert found["effect"] == effect


@pytest.mark.parametrize(
    ("verb", "fields", "said"),
    [
        ("deny", {}, "leave nothing that could ever be permitted"),
        ("deny", {"purposes": "nothing.such"}, "does not exist"),
        ("deny", {"purposes": "sys.rights"}, "No rule may stand in the way"),
        ("deny", {"regions": "india"}, "two capital letters"),
        ("require", {"obligation": "why_am_i_seeing_this", "detail": "x"}, "The https address"),
        ("cap", {"limit": "0", "length": "1", "unit": "60"}, "greater than or equal to 1"),
        ("quiet", {"starts": "25:00", "ends": "09:00"}, "two digits each"),
    ],
)
def test_a_refusal_is_explained_and_nothing_is_stored(desk, draft, verb, fields, said):
    answer = act(desk, draft, verb, **BASE, **fields)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert stored(draft) == []


def test_rules_are_removed_and_edited_as_json(desk, draft):
    rules = [rule("a", channels=["sms"]), rule("b", channels=["push"])]

    assert act(desk, draft, "replace", rules=json.dumps(rules)).status_code == 302
    assert act(desk, draft, "remove", code="a").status_code == 302

    assert [one["code"] for one in stored(draft)] == ["b"]


def test_the_page_tells_rules_in_words_what_changes_and_whether_it_is_signed(desk, lotus, draft):
    act(desk, draft, "cap", **BASE, **EFFECTS["cap"][0])
    told = page(desk, draft)

    assert "At most 3 within 7 days for one person, for each channel." in told
    assert "CAP_REACHED:no_sms" in told
    assert "Added no_sms" in told
    assert "Not signed: not approved." in told


def test_a_second_person_approves_what_was_rehearsed_and_it_is_signed(desk, second, draft):
    act(desk, draft, "deny", **BASE, channels="sms")
    assert act(desk, draft, "approve").status_code == 422
    draft.refresh_from_db()
    services.note_rehearsed(by=AUTHOR, version=draft, job_id=REHEARSAL)

    assert act(desk, draft, "approve").status_code == 422
    assert act(second, draft, "approve").status_code == 302

    told = page(second, draft)
    assert "Verified: this is what was approved." in told
    assert "In force" in told


def test_going_back_is_one_step(desk, lotus):
    first = policies.in_force(lotus.id, rule("a", channels=["sms"]))
    later = policies.in_force(lotus.id, rule("b", channels=["push"]))

    assert act(desk, first, "go-back").status_code == 302

    later.refresh_from_db()
    assert later.state == "withdrawn"
    assert selectors.in_force(lotus.id, later.withdrawn_at) == first


def test_a_version_is_taken_out_of_force(desk, lotus):
    version = policies.in_force(lotus.id, rule("a", channels=["sms"]))

    assert act(desk, version, "end").status_code == 302

    version.refresh_from_db()
    assert version.state == "withdrawn"


def test_a_draft_is_given_up(desk, draft):
    assert act(desk, draft, "discard").status_code == 302

    draft.refresh_from_db()
    assert draft.state == "withdrawn"


def test_an_approved_version_has_no_verbs_that_change_it(desk, lotus):
    version = policies.in_force(lotus.id, rule("a", channels=["sms"]))

    told = page(desk, version)

    assert "Write a rule" not in told
    assert act(desk, version, "deny", **BASE, channels="push").status_code == 422


@pytest.mark.req("P9")
def test_another_controllers_policy_does_not_exist(desk, lotus):
    other = company("other", name="Other")
    version = policies.draft(other.id)

    assert act(desk, version, "deny", **BASE, channels="sms").status_code == 404
    shown = desk.get(reverse("admin:policies_policyversion_change", args=[version.pk]))
    assert shown.status_code == 404


def test_an_auditor_may_not_write_rules(lotus, draft):
    auditor = house.signed_in(house.officer(lotus, "aud", "auditor"))

    assert act(auditor, draft, "deny", **BASE, channels="sms").status_code == 403


def test_the_list_tells_where_each_version_stands(desk, lotus):
    policies.in_force(lotus.id, rule("a", channels=["sms"]))
    policies.in_force(lotus.id, rule("b", channels=["sms"]))

    told = desk.get(reverse("admin:policies_policyversion_changelist")).content.decode()

    assert "In force" in told
    assert "Replaced by a later one" in told
