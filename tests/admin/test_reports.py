"""The lists of what services reported: filtered, told in words, values only after a reveal."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts import services as accounts
from audit.actors import Actor
from audit.selectors import payload
from policies.intake import services
from policies.intake.reports import Model, Report
from policies.models import AIDecision, Processing
from subjects import services as subjects
from subjects.naming import Named
from tests.desk import house
from tests.portal.world import OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-08")]

VALUES = {"pd:City": "Pune-411001"}


def model(name="scorer"):
    return Model(name=name, version="7", output="refused", automation_level="full_automation")


def tell(found, *, purpose=OFFERS, service=None, **more):
    """Something the company's service reports about its person, without a decision."""
    service_id = service or found.rows["ServiceClient"]
    report = Report(
        who=Named(subject_id=found.person.id), purpose=purpose, started_at=datetime.now(UTC), **more
    )
    (made,) = services.report(
        by=Actor("service", str(service_id)), controller_id=found.id, service_id=service_id,
        reports=[report],
    )  # fmt: skip
    return made.entry_id


def listed(client, kind, **filters):
    address = reverse(f"admin:policies_{kind._meta.model_name}_changelist")
    answer = client.get(address, filters)
    assert answer.status_code == 200
    return {row.pk for row in answer.context["cl"].result_list}


def page(client, kind, entry_id):
    return client.get(reverse(f"admin:policies_{kind._meta.model_name}_change", args=[entry_id]))


class TestTheLists:
    def test_tell_the_kinds_apart(self, desk, lotus):
        decision, use = tell(lotus, model=model()), tell(lotus)

        assert decision in listed(desk, AIDecision)
        assert use in listed(desk, Processing)
        assert not listed(desk, AIDecision) & listed(desk, Processing)

    def test_filter_by_each_column(self, desk, lotus):
        other = accounts.create_service(
            by=house.BY, controller_id=lotus.id, code="other", name="Other", purposes=[]
        )
        first = tell(lotus, model=model("alpha"))
        second = tell(lotus, model=model("beta"), purpose=SURVEYS, service=other.id)
        backed = lotus.rows["AIDecision"]

        assert listed(desk, AIDecision) == {first, second, backed}
        assert listed(desk, AIDecision, model="alpha") == {first}
        assert listed(desk, AIDecision, model="nobody's") == set()
        assert listed(desk, AIDecision, purpose=SURVEYS) == {second}
        assert listed(desk, AIDecision, service=str(other.id)) == {second}
        assert listed(desk, AIDecision, outcome="unbacked") == {first, second}
        assert listed(desk, AIDecision, outcome="backed") == {backed}

    @pytest.mark.req("P9")
    def test_offer_nothing_of_another_company(self, desk, lotus, tulip):
        tell(tulip, model=model("tulips-own"))
        tell(lotus, model=model("lotus-own"))

        text = desk.get(reverse("admin:policies_aidecision_changelist")).content.decode()

        assert "lotus-own" in text
        assert "tulip" not in text.lower()

    @pytest.mark.parametrize("filters", [{"service": "x" * 300}, {"model": "'--"}, {"outcome": ""}])
    def test_take_any_filter_without_harm(self, desk, lotus, filters):
        listed(desk, AIDecision, **filters)


class TestThePage:
    def test_tells_the_account_and_the_facts(self, desk, lotus):
        entry_id = tell(lotus, model=model(), data=("pd:City",), values=VALUES)

        text = page(desk, AIDecision, entry_id).content.decode()

        assert "decided: refused. The model was scorer, version 7." in text
        assert "No decision allowed it" in text
        assert "The report names no decision that allowed the use." in text
        assert "&quot;automation_level&quot;: &quot;full_automation&quot;" in text
        assert "Pune" not in text
        assert "sealed under the person" in text

    @pytest.mark.req("P9")
    def test_of_another_company_does_not_exist(self, desk, lotus, tulip):
        entry_id = tell(tulip, model=model())

        assert page(desk, AIDecision, entry_id).status_code == 404
        address = reverse("admin:policies_aidecision_act", args=[entry_id, "reveal-values"])
        assert desk.post(address, {"reason": "contest"}).status_code == 404


@pytest.mark.req("P10", "P11")
class TestTheReveal:
    @pytest.fixture
    def entry_id(self, lotus):
        return tell(lotus, model=model(), data=("pd:City",), values=VALUES)

    def act(self, client, entry_id, **form):
        address = reverse("admin:policies_aidecision_act", args=[entry_id, "reveal-values"])
        return client.post(address, form or {"reason": "contest"})

    def test_shows_the_values_and_is_recorded(self, desk, lotus, officer, entry_id, entries):
        answer = self.act(desk, entry_id)

        assert "pd:City: Pune-411001" in answer.content.decode()
        (entry,) = entries("values:revealed")
        assert (entry.actor_id, entry.subject_id) == (str(officer.id), lotus.person.id)
        assert payload(entry.id)["data"] == {"reason": "contest"}

    def test_shows_nothing_when_it_cannot_be_recorded(self, desk, entry_id, broken_log):
        broken_log.breaks()
        desk.raise_request_exception = False

        assert "Pune" not in self.act(desk, entry_id).content.decode()

    def test_needs_the_right_and_a_reason(self, desk, auditor, entry_id, entries):
        assert self.act(auditor, entry_id).status_code == 403
        assert self.act(desk, entry_id, reason="curiosity").status_code == 422
        assert not entries("values:revealed")

    def test_finds_nothing_after_the_key_is_gone(self, desk, lotus, entry_id, entries):
        subjects.destroy_key(by=house.BY, subject=lotus.person)

        answer = self.act(desk, entry_id)

        assert answer.status_code == 422
        assert "destroyed" in answer.content.decode()
        assert not entries("values:revealed")
