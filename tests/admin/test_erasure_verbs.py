"""What officers do with cases, holds, the vault, connectors and requests, some of it in twos."""

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from accounts.models import ServiceClient
from consent.selectors import purpose_titles
from erasure.models import (
    Callback,
    Case,
    Hold,
    InactivityNotice,
    Policy,
    RetentionRule,
    Step,
    VaultAccess,
)
from registry.models import Connector, Party, Wait
from registry.selectors import category_titles
from rights.models import Request
from subjects import selectors as subjects
from subjects.models import Quarantined
from tests.desk import house
from tests.erasure import ended
from tests.portal.world import OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("ADM-03", "ERA-14")]
SENT = {"sent": "1"}


@pytest.fixture
def second(lotus):
    """Another privacy officer of Lotus."""
    return house.signed_in(house.officer(lotus, "second", "privacy_officer"))


@pytest.fixture
def bela(lotus):
    return house.new_person(lotus, "bela@lotus.example")


def act(client, model, row, verb, **said):
    return client.post(f"/admin/{model}/{row}/act/{verb}/", said or SENT)


def add(client, lotus, model, **said):
    return client.post(f"/admin/{model}/add/", {"controller": str(lotus.id), **said})


def failed(lotus):
    return Step.objects.get(controller_id=lotus.id, state="failed")


class TestCases:
    def test_are_opened(self, desk, lotus, bela):
        said = {
            "subject": str(bela.id), "verb": "erase", "trigger": "unlawful",
            "trigger_ref": "order-1", "scope_type": "everything", "scope": "ignored",
        }  # fmt: skip

        assert add(desk, lotus, "erasure/case", **said).status_code == 302
        assert Case.objects.get(subject_id=bela.id).trigger == "unlawful"

    def test_of_somebody_elsewhere_are_not(self, desk, lotus, tulip):
        said = {
            "subject": str(tulip.person.id), "verb": "erase", "trigger": "request",
            "trigger_ref": "r", "scope_type": "everything",
        }  # fmt: skip

        assert add(desk, lotus, "erasure/case", **said).status_code == 422
        assert not Case.objects.filter(controller_id=lotus.id, trigger_ref="r").exists()

    def test_wait_for_a_second_person_where_the_policy_says_so(self, desk, second, lotus, bela):
        said = '{"approval": ["legal_duty"]}'
        add(desk, lotus, "erasure/policy", content=said, note="In twos")
        policy = Policy.objects.order_by("-number").first()
        own = act(desk, "erasure/policy", policy.pk, "approve")
        act(second, "erasure/policy", policy.pk, "approve")
        add(desk, lotus, "erasure/case", subject=str(bela.id), verb="erase", trigger="legal_duty",
            trigger_ref="o-1", scope_type="everything")  # fmt: skip
        case = Case.objects.get(subject_id=bela.id)

        mine = act(desk, "erasure/case", case.pk, "approve")
        theirs = act(second, "erasure/case", case.pk, "approve")

        assert (own.status_code, mine.status_code, theirs.status_code) == (422, 422, 302)
        case.refresh_from_db()
        assert case.state == "running"


class TestSteps:
    def test_are_tried_again(self, desk, lotus):
        step = failed(lotus)

        assert act(desk, "erasure/step", step.pk, "retry").status_code == 302
        step.refresh_from_db()
        assert (step.state, step.code) == ("planned", "")

    def test_are_excepted_with_a_reason_only(self, desk, lotus):
        step = failed(lotus)

        without = act(desk, "erasure/step", step.pk, "except", reason="no")
        signed = act(desk, "erasure/step", step.pk, "except", reason="The vendor was wound up.")

        assert (without.status_code, signed.status_code) == (422, 302)
        step.refresh_from_db()
        assert step.evidence["exception"]["signature"]

    def test_end_by_evidence(self, desk, lotus):
        step = failed(lotus)

        assert (
            act(desk, "erasure/step", step.pk, "evidence", reference="letter 7").status_code == 302
        )
        step.refresh_from_db()
        assert step.state == "absent"


class TestKeeping:
    def test_a_hold_is_set_and_lifted(self, desk, lotus, bela):
        day = timezone.now().date().replace(year=timezone.now().year + 1).isoformat()
        add(desk, lotus, "erasure/hold", matter="M-9", authority="Court", citation="CPC",
            review_on=day, subject=str(bela.id), scope_type="everything")  # fmt: skip
        hold = Hold.objects.get(matter="M-9")

        assert act(desk, "erasure/hold", hold.pk, "lift", reason="Settled.").status_code == 302
        hold.refresh_from_db()
        assert hold.lifted_at

    def test_a_rule_of_retention_must_cite_its_law(self, desk, lotus):
        said = {"code": "keep", "counts_from": "collected", "minimum_days": "30",
                "category": "pd:EmailAddress"}  # fmt: skip

        without = add(desk, lotus, "erasure/retentionrule", **said)
        cited = add(desk, lotus, "erasure/retentionrule", **said, citation="The Act s.1")

        assert (without.status_code, cited.status_code) == (422, 302)
        assert RetentionRule.objects.filter(code="keep").count() == 1

    def test_rules_and_holds_name_what_they_are_about(self, desk, lotus):
        day = timezone.now().date().replace(year=timezone.now().year + 1).isoformat()
        add(desk, lotus, "erasure/retentionrule", code="keep", counts_from="collected",
            minimum_days="0", maximum_days="30", category="pd:EmailAddress")  # fmt: skip
        add(desk, lotus, "erasure/hold", matter="M-9", authority="Court", citation="CPC",
            review_on=day, scope_type="purpose", scope=OFFERS)  # fmt: skip

        rules = desk.get("/admin/erasure/retentionrule/").content.decode()
        holds = desk.get("/admin/erasure/hold/").content.decode()

        assert category_titles(lotus.id)["pd:EmailAddress"] in rules
        assert "pd:EmailAddress" not in rules
        assert purpose_titles(lotus.id)[OFFERS] in holds

    @pytest.mark.req("ERA-04")
    def test_the_vault_opens_in_twos_alone(self, desk, second, lotus, bela):
        add(desk, lotus, "erasure/vaultaccess", subject=str(bela.id), ground="security",
            citation="r.6(1)(e)", matter="I-1", reason="An incident")  # fmt: skip
        access = VaultAccess.objects.get(subject_id=bela.id)

        early = act(desk, "erasure/vaultaccess", access.pk, "read")
        own = act(desk, "erasure/vaultaccess", access.pk, "approve")
        other = act(second, "erasure/vaultaccess", access.pk, "approve")
        theirs = act(second, "erasure/vaultaccess", access.pk, "read")
        read = act(desk, "erasure/vaultaccess", access.pk, "read")

        codes = [one.status_code for one in (early, own, other, theirs, read)]
        assert codes == [422, 422, 302, 422, 200]

    @pytest.mark.req("ERA-16")
    def test_an_arrival_is_settled(self, desk, lotus):
        arrival = Quarantined.objects.get(controller_id=lotus.id)

        act(desk, "subjects/quarantined", arrival.pk, "settle", note="The source was put right.")

        arrival.refresh_from_db()
        assert arrival.settled_at

    @pytest.mark.req("ERA-16")
    def test_an_arrival_names_the_service_it_came_from(self, desk, lotus):
        caller = lotus.rows["ServiceClient"]
        known = Quarantined.objects.get(controller_id=lotus.id)
        Quarantined.objects.create(
            controller_id=lotus.id, tombstone=known.tombstone, source=f"service:{caller}",
            kind="person", first_at=known.first_at, last_at=known.last_at,
        )  # fmt: skip

        listed = desk.get("/admin/subjects/quarantined/?settled_at__isempty=1").content.decode()

        assert f"service {ServiceClient.objects.get(pk=caller).name}" in listed
        assert str(caller) not in listed
        assert "Not empty" not in listed


class TestConnectors:
    def test_a_system_is_connected_with_settings_that_fit(self, desk, lotus):
        system = ended.system(lotus, "letters", "Letters")
        said = {"system": str(system.pk), "kind": "manual", "per_minute": "0"}

        wrong = add(desk, lotus, "registry/connector", **said, settings='{"to": "nobody"}')
        right = add(desk, lotus, "registry/connector", **said, settings='{"to": "it@x.example"}')

        assert (wrong.status_code, right.status_code) == (422, 302)
        assert Connector.objects.get(system=system).kind == "manual"
        assert "The connector’s settings are wrong at “to”." in wrong.content.decode()

    def test_what_is_wrong_in_a_file_is_said_by_its_place(self, desk, lotus):
        system = ended.system(lotus, "letters", "Letters")
        said = {"system": str(system.pk), "kind": "declared", "per_minute": "0"}

        answer = add(
            desk, lotus, "registry/connector", **said,
            settings='{"file": {"form": 1, "surprise": "<script>"}}',
        )  # fmt: skip

        assert "The description of the system is wrong at “surprise”." in answer.content.decode()
        assert "&lt;script&gt;" in answer.content.decode()
        assert not Connector.objects.filter(system=system).exists()

    def test_a_shape_that_cannot_be_accepted_says_why(self, desk, lotus):
        system = ended.system(lotus, "dwh", "Warehouse")
        settings = (
            '{"host": "10.0.0.1", "database": "d", "user": "u", "tls": "verify-full",'
            ' "tables": {"people": {"match": {"email": "email"}}}}'
        )
        add(desk, lotus, "registry/connector", system=str(system.pk), kind="postgresql",
            per_minute="0", settings=settings, secret="s")  # fmt: skip
        row = Connector.objects.get(system=system)

        answer = act(desk, "registry/connector", row.pk, "accept")

        assert answer.status_code == 422
        assert "The system’s address is one that may not be called." in answer.content.decode()

        checked = act(desk, "registry/connector", row.pk, "check")

        (said,) = get_messages(checked.wsgi_request)
        assert (checked.status_code, said.level_tag) == (302, "warning")
        assert "not as the settings say" in str(said)

    def test_no_system_waits_for_itself_in_a_circle(self, desk, lotus):
        wait = Wait.objects.get(controller_id=lotus.id)
        said = {"system": str(wait.after_id), "after": str(wait.system_id), "seconds": "0"}

        assert add(desk, lotus, "registry/wait", **said).status_code == 422
        assert act(desk, "registry/wait", wait.pk, "remove").status_code == 302
        assert not Wait.objects.filter(controller_id=lotus.id).exists()


@pytest.mark.req("ERA-15")
class TestRequests:
    def test_are_taken_in_identified_and_begun(self, desk, lotus, bela):
        add(desk, lotus, "rights/request", subject=str(bela.id), kind="erasure",
            scope_type="everything", channel="phone")  # fmt: skip
        request = Request.objects.get(subject_id=bela.id)

        act(desk, "rights/request", request.pk, "identify", how="contact")

        request.refresh_from_db()
        assert (request.state, bool(request.case_id)) == ("working", True)

    def test_are_paused_with_a_reason(self, desk, lotus, bela):
        add(desk, lotus, "rights/request", subject=str(bela.id), kind="access",
            scope_type="everything", channel="paper")  # fmt: skip
        request = Request.objects.get(subject_id=bela.id)

        act(desk, "rights/request", request.pk, "pause", reason="An unknown number called.")

        request.refresh_from_db()
        assert request.state == "identity"

    @pytest.mark.req("ERA-17", "POR-06")
    def test_a_correction_shows_what_is_said_and_is_accepted(self, desk, lotus, bela):
        add(desk, lotus, "rights/request", subject=str(bela.id), kind="correction",
            scope_type="everything", channel="paper", attribute="email",
            value="bela.k@lotus.example", identified_how="in_person")  # fmt: skip
        request = Request.objects.get(subject_id=bela.id)

        page = desk.get(f"/admin/rights/request/{request.pk}/change/").content.decode()
        answer = act(desk, "rights/request", request.pk, "accept")

        assert "bela.k@lotus.example" in page
        assert answer.status_code == 302
        assert {one.text for one in subjects.reveal(bela)} == {"bela.k@lotus.example"}
        request.refresh_from_db()
        assert Case.objects.get(pk=request.case_id).verb == "correct"

    def test_are_begun_anew_when_their_case_was_called_off(self, desk, lotus, bela):
        add(desk, lotus, "rights/request", subject=str(bela.id), kind="erasure",
            scope_type="everything", channel="phone", identified_how="contact")  # fmt: skip
        request = Request.objects.get(subject_id=bela.id)
        first = request.case_id
        act(desk, "erasure/case", first, "cancel", reason="Opened about the wrong person.")

        assert act(desk, "rights/request", request.pk, "begin-again").status_code == 302

        request.refresh_from_db()
        assert (request.state, request.case_id != first) == ("working", True)


class TestTelling:
    @pytest.mark.req("ERA-06")
    def test_a_party_is_given_an_address(self, desk, lotus):
        party = Party.objects.filter(controller_id=lotus.id).exclude(kind="internal").first()

        wrong = act(desk, "registry/party", party.pk, "set-contact", contact_email="nowhere")
        right = act(desk, "registry/party", party.pk, "set-contact", contact_email="a@b.example")

        party.refresh_from_db()
        assert (wrong.status_code, right.status_code) == (422, 302)
        assert party.contact_email == "a@b.example"

    @pytest.mark.req("ERA-12")
    def test_a_letter_to_the_silent_is_noted_with_what_shows_it(self, desk, lotus):
        notice = InactivityNotice.objects.filter(controller_id=lotus.id).first()

        off = act(desk, "erasure/inactivitynotice", notice.pk, "put-off", hours="240")
        bare = act(desk, "erasure/inactivitynotice", notice.pk, "delivered", how="letter")
        proven = act(
            desk, "erasure/inactivitynotice", notice.pk, "delivered", how="letter", proof="RL 4711"
        )

        notice.refresh_from_db()
        assert (off.status_code, bare.status_code, proven.status_code) == (302, 422, 302)
        assert (notice.delivered_how, notice.proof) == ("letter", "RL 4711")

    def test_a_closed_shop_is_decided_about_once(self, desk, lotus):
        shop = Callback.objects.create(
            controller_id=lotus.id, platform="shopify", message_id="m-shop", code="c-shop",
            outcome="shop_closed",
        )  # fmt: skip

        page = desk.get(f"/admin/erasure/callback/{shop.pk}/act/erase-people/")
        kept = act(desk, "erasure/callback", shop.pk, "keep-people")
        again = act(desk, "erasure/callback", shop.pk, "keep-people")

        assert "A case of everything would be opened" in page.content.decode()
        assert (kept.status_code, again.status_code) == (302, 422)


def test_an_auditor_sees_them_and_does_nothing(auditor, lotus):
    step = failed(lotus)

    assert auditor.get("/admin/erasures/").status_code == 200
    assert b"Try again" not in auditor.get(f"/admin/erasures/{step.case_id}/").content
    assert act(auditor, "erasure/step", step.pk, "retry").status_code == 403


@pytest.mark.req("P9", "P11")
class TestTheDesksPages:
    def test_know_no_case_of_another_company(self, desk, lotus, tulip):
        assert desk.get(f"/admin/erasures/{tulip.rows['Case']}/").status_code == 404
        assert desk.get("/admin/erasures/", {"controller": str(tulip.id)}).status_code == 404

    def test_show_nothing_that_is_not_recorded(self, desk, lotus, entries, broken_log):
        desk.get(f"/admin/erasures/{lotus.rows['Case']}/")
        seen = {one.subject_id for one in entries("record:viewed")}
        broken_log.breaks()

        assert seen == {lotus.person.id}
        assert desk.get(f"/admin/erasures/{lotus.rows['Case']}/").status_code == 503
        assert desk.get("/admin/erasures/").status_code == 503

    def test_are_fetched_again_only_on_request(self, desk, lotus):
        assert "Refresh" not in desk.get("/admin/erasures/").headers
        assert desk.get("/admin/erasures/", {"live": "1"}).headers["Refresh"] == "10"
