"""The page of a policy version leads to its rehearsals, for those who may read them."""

import pytest
from django.urls import reverse

from policies.versions import services as versions
from tests.desk import house
from tests.desk.decisions.test_rehearsals import begin, draft, made, rehearsed, text
from tests.factories.policies import AUTHOR, rule

__all__ = ["draft", "made", "rehearsed"]

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-14")]


def page(client, version):
    answer = client.get(reverse("admin:policies_policyversion_change", args=[version.pk]))
    assert answer.status_code == 200
    return answer


def link(of):
    return f'href="{reverse("admin:rehearsal", args=[of.pk])}"'


def test_names_each_with_its_state_and_its_counts(desk, draft, rehearsed):
    answer = page(desk, draft)

    assert link(rehearsed) in answer.content.decode()
    assert "Over recorded decisions · Finished" in text(answer)
    assert "Of 2 decisions, 1 would be newly denied and 0 newly permitted." in text(answer)
    assert "Its rules were other ones" not in text(answer)


def test_follows_the_link_to_the_report(desk, draft, rehearsed):
    page(desk, draft)

    assert desk.get(reverse("admin:rehearsal", args=[rehearsed.pk])).status_code == 200


def test_says_how_far_a_running_one_is(desk, lotus, made, draft):
    begin(desk, lotus)

    assert "Running: 0 decisions so far" in text(page(desk, draft))


def test_says_when_the_rules_were_changed_since(desk, draft, rehearsed):
    versions.replace_guardrails(by=AUTHOR, version=draft, guardrails=[rule("b", channels=["fax"])])

    assert "Its rules were other ones than this version has now." in text(page(desk, draft))


def test_without_one_leads_to_where_it_is_begun(desk, lotus, draft):
    body = page(desk, draft).content.decode()

    assert f"/admin/rehearsals/?controller={lotus.id}" in body


def test_leaves_out_those_of_other_versions(desk, lotus, draft, rehearsed):
    versions.discard_draft(by=AUTHOR, version=draft)
    later = versions.draft_policy(by=AUTHOR, controller_id=lotus.id, note="again")

    assert link(rehearsed) not in page(desk, later).content.decode()


def test_tells_nothing_to_who_may_not_read_them(lotus, draft, rehearsed):
    operator = house.signed_in(house.officer(lotus, "omar", "operator"))

    body = page(operator, draft).content.decode()

    assert link(rehearsed) not in body
    assert "/admin/rehearsals/" not in body
