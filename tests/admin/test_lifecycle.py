"""Officers order the notices owed, plan reminders, and decide on grounds and commitments."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from audit.models import EntryIndex
from consent import services
from consent.models import Commitment, ContactPlan, Message, PersonalGround
from consent.services import Choice, Evidence
from consent.services.bulk import import_many
from consent.transitions import State
from tests.desk import house
from tests.portal.world import AUTHOR, DELIVERY, OFFERS
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("ADM-03")]
SENT = {"sent": "1"}
"""A form without fields is told from a page that is opened by something that comes with it."""


@pytest.fixture
def lotus(db):
    return house.make()


@pytest.fixture
def client(lotus):
    return house.signed_in(house.officer(lotus, "asha", "privacy_officer"))


@pytest.fixture
def auditor(lotus):
    return house.signed_in(house.officer(lotus, "arun", "auditor"))


def address(model, row, verb=""):
    base = f"/admin/consent/{model}/{row.pk}"
    return f"{base}/act/{verb}/" if verb else f"{base}/change/"


@pytest.fixture
def owed(lotus):
    """An old yes whose notice nobody has ordered yet; the purpose it is about."""
    person = house.new_person(lotus, "old@example.in")
    choice = Choice(
        subject_id=person.id, purpose=OFFERS, state=State.GIVEN, method="import",
        event_at=datetime(2025, 6, 1, tzinfo=UTC), is_import=True,
    )  # fmt: skip
    import_many(by=AUTHOR, controller_id=lotus.id, choices=[choice], new={})
    return lotus.world.versions[OFFERS].purpose


@pytest.mark.req("CON-20")
class TestTheQueue:
    def test_shows_who_waits_and_sends_on_order(self, client, owed):
        before = client.get(address("legacyqueue", owed)).content.decode()

        answer = client.post(address("legacyqueue", owed, "send-notices"), SENT)
        while work.run_available(worker="test"):
            pass

        after = client.get(address("legacyqueue", owed)).content.decode()
        assert answer.status_code == 302
        assert "<dd>1</dd>" in before
        assert Message.objects.filter(kind="legacy_notice", state="sent").count() == 1
        assert "send-notices" in before
        assert "send-notices" not in after

    def test_an_auditor_sends_nothing(self, auditor, owed):
        assert auditor.post(address("legacyqueue", owed, "send-notices")).status_code == 403

        assert not EntryIndex.objects.filter(event="notice:ordered").exists()

    def test_the_list_says_which_purposes_wait(self, client, owed):
        page = client.get("/admin/consent/legacyqueue/").content.decode()

        assert page.count('alt="True"') == 1


@pytest.mark.req("CON-18")
class TestPlans:
    def add(self, client, lotus, **more):
        said = {"controller": str(lotus.id), "purpose": OFFERS, "remind_days": "30, 7"}
        return client.post("/admin/consent/contactplan/add/", {**said, **more})

    def test_is_set_and_changed(self, client, lotus):
        ContactPlan.objects.all().delete()
        assert self.add(client, lotus, confirms=["withdrawn"]).status_code == 302
        plan = ContactPlan.objects.get()
        assert (plan.remind_days, plan.confirms) == ([7, 30], ["withdrawn"])

        client.post(address("contactplan", plan, "change-plan"), {"remind_days": ""})

        plan.refresh_from_db()
        assert (plan.remind_days, plan.confirms) == ([], [])

    @pytest.mark.parametrize("days", ["soon", "0", "400", "1 2 3 4 5 6", "-7", "99999"])
    def test_days_that_cannot_be_are_told(self, client, lotus, days):
        assert self.add(client, lotus, remind_days=days).status_code == 422

    def test_an_unknown_purpose_is_told(self, client, lotus):
        assert self.add(client, lotus, purpose="no.such").status_code == 422


@pytest.mark.req("CON-21")
class TestGrounds:
    @pytest.fixture
    def claim(self, lotus):
        person = house.new_person(lotus, "claim@example.in")
        return services.record_ground(
            by=AUTHOR, controller_id=lotus.id, subject_id=person.id, purpose=DELIVERY,
            ground="6-1-b", evidence=Evidence(), is_claim=True,
        )  # fmt: skip

    def test_a_claim_is_completed_and_ended(self, client, claim):
        client.post(address("personalground", claim, "complete"), {"reference": "contract-77"})
        assert PersonalGround.objects.get(pk=claim.pk).state == "active"

        client.post(address("personalground", claim, "end"), {"reason": "contract_ended"})
        assert PersonalGround.objects.get(pk=claim.pk).state == "ended"

    def test_without_evidence_it_stays_a_claim(self, client, claim):
        answer = client.post(address("personalground", claim, "complete"), SENT)

        assert answer.status_code == 422
        assert "reference" in answer.content.decode()
        assert PersonalGround.objects.get(pk=claim.pk).state == "claimed"


@pytest.mark.req("CON-17")
def test_a_commitment_is_ended(client, lotus):
    made = services.record_commitment(
        by=AUTHOR, controller_id=lotus.id, subject_id=lotus.person.id, purpose=OFFERS,
        reference="order-9", started_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip

    assert client.post(address("commitment", made, "end"), SENT).status_code == 302

    assert Commitment.objects.get(pk=made.pk).ends_at is not None
