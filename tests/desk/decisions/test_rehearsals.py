"""The pages of rehearsals: begin one, see who flips and by what, take the list, stop."""

import csv
import io

import pytest

from audit.actors import Actor
from keys.ids import uuid7
from policies.rehearsal.models import Rehearsal
from policies.versions import services as policy
from tests.desk import house
from tests.desk.decisions.test_explorer import NO_SMS, text
from tests.factories.decisions import OFFERS, recorded
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-14", "ADM-08")]
LIST = "/admin/rehearsals/"


@pytest.fixture
def draft(lotus):
    version = policy.draft_policy(by=Actor("officer", "nils"), controller_id=lotus.id, note="try")
    return policy.put_guardrail(by=Actor("officer", "nils"), version=version, guardrail=NO_SMS)


@pytest.fixture
def made(lotus):
    """One decision that the draft turns round, and one that it lets be."""
    service = lotus.rows["ServiceClient"]
    return [
        recorded(lotus.id, service, lotus.person, asks={"channel": channel, "campaign": "diwali"})
        for channel in ("sms", "email")
    ]


@pytest.fixture
def auditor(lotus):
    return house.signed_in(house.officer(lotus, "ada", "auditor"))


def begin(client, lotus, kind="period", **data):
    given = {"hours": "24", "days": "7", **data}
    return client.post(f"{LIST}begin/{lotus.id}/{kind}/", given)


@pytest.fixture
def rehearsed(desk, lotus, made, draft):
    """A rehearsal that has ended."""
    begin(desk, lotus)
    while work.run_available(worker="test"):
        pass
    return Rehearsal.objects.get()


class TestBeginning:
    def test_leads_to_its_page(self, desk, lotus, draft, officer):
        answer = begin(desk, lotus)

        found = Rehearsal.objects.get()
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}{found.id}/")
        assert (found.requested_by, found.kind) == (str(officer.id), "period")

    def test_without_a_draft_says_so(self, desk, lotus):
        answer = desk.post(f"{LIST}begin/{lotus.id}/period/", {"hours": "24"}, follow=True)

        assert "There is no draft to rehearse" in answer.content.decode()
        assert "There is no draft." in text(desk.get(LIST))

    @pytest.mark.parametrize("hours", ["", "0", "-5", "99999999", "x"])
    def test_takes_only_times_that_are_offered(self, desk, lotus, draft, hours):
        begin(desk, lotus, hours=hours)

        assert not Rehearsal.objects.exists()

    def test_in_the_shadow_is_one_at_a_time(self, desk, lotus, draft):
        begin(desk, lotus, "shadow")
        begin(desk, lotus, "shadow")

        assert Rehearsal.objects.get().kind == "shadow"
        assert "A draft runs in the shadow already" in desk.get(LIST).content.decode()

    def test_is_not_for_auditors_and_not_at_other_controllers(
        self, auditor, desk, lotus, draft, tulip
    ):
        assert begin(auditor, lotus).status_code == 403
        assert begin(desk, tulip).status_code == 404
        assert not Rehearsal.objects.exists()


class TestTheReport:
    def test_tells_who_flips_and_by_what(self, auditor, rehearsed, made):
        said = text(auditor.get(f"{LIST}{rehearsed.id}/"))

        assert "Of 2" in text(auditor.get(LIST))
        assert "1 would be newly denied and 0 newly permitted" in said
        assert "diwali" in said
        assert str(made[0]) in said
        assert "GUARDRAIL_DENIED:no_sms" in said
        assert "The draft is still the one that was rehearsed here." in said

    def test_has_every_chart_as_a_table_too(self, auditor, rehearsed):
        shown = auditor.get(f"{LIST}{rehearsed.id}/").context["report"]

        assert {one.code for one in shown.dimensions} == {
            "purpose", "campaign", "language", "age", "region", "service",
        }  # fmt: skip
        (row,) = next(one for one in shown.dimensions if one.code == "campaign").rows
        assert (row.name, row.denied, row.share) == ("diwali", "1", "50.0 %")

    def test_says_when_the_draft_is_another_by_now(self, auditor, rehearsed, draft):
        other = {**NO_SMS, "code": "no_fax", "match": {"channels": ["fax"]}}
        policy.put_guardrail(by=Actor("officer", "nils"), version=draft, guardrail=other)

        assert "The draft was changed since" in text(auditor.get(f"{LIST}{rehearsed.id}/"))

    def test_while_it_runs_says_how_far(self, desk, lotus, made, draft):
        begin(desk, lotus)

        assert "Running: 0 decisions so far" in text(desk.get(LIST))

    def test_is_recorded(self, auditor, rehearsed, entries):
        auditor.get(f"{LIST}{rehearsed.id}/")

        assert entries("list:viewed")[0].target_id == str(rehearsed.id)


class TestTheList:
    def test_is_a_table_of_the_flips_and_its_taking_is_recorded(
        self, auditor, rehearsed, made, entries
    ):
        answer = auditor.post(f"{LIST}{rehearsed.id}/flips/")

        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert [(row["decision"], row["purpose"]) for row in rows] == [(str(made[0]), OFFERS)]
        assert entries("rehearsal:taken")[0].target_id == str(rehearsed.id)

    def test_cannot_be_fetched_by_a_link(self, auditor, rehearsed, entries):
        assert auditor.get(f"{LIST}{rehearsed.id}/flips/").status_code == 405
        assert entries("rehearsal:taken") == []


class TestStopping:
    def test_ends_it(self, desk, lotus, draft):
        begin(desk, lotus, "shadow")
        found = Rehearsal.objects.get()

        desk.post(f"{LIST}{found.id}/stop/")
        again = desk.post(f"{LIST}{found.id}/stop/", follow=True)

        found.refresh_from_db()
        assert found.state == "stopped"
        assert "This rehearsal has ended already." in again.content.decode()

    def test_is_not_for_auditors(self, auditor, desk, lotus, draft):
        begin(desk, lotus, "shadow")

        assert auditor.post(f"{LIST}{Rehearsal.objects.get().id}/stop/").status_code == 403


@pytest.mark.req("P9")
class TestWhoseRehearsals:
    def test_of_another_controller_do_not_exist(self, tulip, rehearsed):
        bela = house.signed_in(house.officer(tulip, "bela", "privacy_officer"))

        for page in ("", "flips/", "stop/"):
            answer = bela.post if page else bela.get
            assert answer(f"{LIST}{rehearsed.id}/{page}").status_code == 404
        assert bela.get(LIST).context["rows"] == []
        assert bela.get(f"{LIST}{uuid7()}/").status_code == 404

    def test_are_closed_to_who_may_not_view_the_audit(self, lotus, rehearsed):
        operator = house.signed_in(house.officer(lotus, "omar", "operator"))

        assert operator.get(LIST).status_code == 403
        assert operator.get(f"{LIST}{rehearsed.id}/").status_code == 403
