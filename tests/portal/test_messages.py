"""Messages on the person's own pages: listed, opened, and that opening them is a delivery."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from audit.models import EntryIndex
from consent import resting, services
from consent.models import ConsentState, Message
from consent.services import Choice, upkeep
from consent.services.bulk import import_many
from consent.services.messages import settle
from consent.transitions import State
from subjects import channels
from tests.portal import world
from tests.portal.world import APPROVER, AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-13")]
LIST = "/privacy/messages/"


@pytest.fixture
def owed(company, asha, run_jobs):
    """An old yes of Asha's, whose notice could not be sent."""
    channels.suppress(by=AUTHOR, subject=asha, channel="email", reason="bounced")
    choice = Choice(
        subject_id=asha.id, purpose=OFFERS, state=State.GIVEN, method="import",
        event_at=datetime(2025, 6, 1, tzinfo=UTC), is_import=True,
    )  # fmt: skip
    import_many(by=AUTHOR, controller_id=company.id, choices=[choice], new={})
    services.order_legacy_notices(by=APPROVER, purpose=company.versions[OFFERS].purpose)
    while run_jobs():
        pass
    return Message.objects.get(state="portal")


def address(message):
    return f"{LIST}{message.id}/"


@pytest.mark.req("CON-20")
def test_opening_the_notice_gives_it(asha_in, owed):
    assert not ConsentState.objects.get().is_noticed

    page = asha_in.get(address(owed)).content.decode()

    assert "We write to you about new things" in page
    assert "Complain to the Board" in page
    assert ConsentState.objects.get().is_noticed
    owed.refresh_from_db()
    assert owed.seen_at is not None
    assert (owed.language, bool(owed.notice_sha256)) == ("en", True)


@pytest.mark.req("CON-20")
def test_what_was_read_before_it_went_out_stays_to_be_read(asha_in, company, asha, owed, run_jobs):
    Message.objects.filter(pk=owed.pk).update(state="queued", reason="")
    asha_in.get(address(owed))

    settle(message_id=owed.pk, state="dropped", reason="not_due")

    assert asha_in.get(address(owed)).status_code == 200
    assert Message.objects.get(pk=owed.pk).state == "portal"


def test_the_list_alone_gives_nothing(asha_in, owed):
    page = asha_in.get(LIST).content.decode()

    assert f'href="{address(owed)}"' in page
    assert "New:" in page
    assert not ConsentState.objects.get().is_noticed


def test_a_message_is_opened_once(asha_in, owed):
    for _ in range(2):
        asha_in.get(address(owed))

    assert EntryIndex.objects.filter(event="message:seen").count() == 1
    assert EntryIndex.objects.filter(event="notice:given").count() == 1


def test_the_choices_tell_what_is_new(asha_in, owed):
    assert "You have 1 new message" in asha_in.get("/privacy/choices/").content.decode()

    asha_in.get(address(owed))

    assert "new message" not in asha_in.get("/privacy/choices/").content.decode()


@pytest.mark.req("P9")
@pytest.mark.parametrize("of", ["company", "other"])
def test_nobody_else_opens_it(company, owed, sign_in, of):
    where = company if of == "company" else world.make("tulip", "Tulip", "NL")
    where.person("else@example.in")
    client = sign_in(where, "else@example.in")

    assert client.get(address(owed)).status_code == 404
    owed.refresh_from_db()
    assert owed.seen_at is None


def test_asking_for_its_head_opens_nothing(asha_in, owed):
    assert asha_in.head(address(owed)).status_code == 405
    owed.refresh_from_db()
    assert owed.seen_at is None


@pytest.mark.req("BRD-CR1")
@pytest.mark.req("CON-18")
class TestRenewal:
    @pytest.fixture
    def ending(self, company, asha):
        return company.yes(asha, expires_at=timezone.now() + timedelta(days=9))

    def test_a_yes_that_ends_soon_may_be_said_again(self, asha_in, company, ending):
        page = asha_in.get("/privacy/choices/").content.decode()
        assert "Say yes again" in page
        assert "The words in force now" in page

        answer = asha_in.post(
            "/privacy/choices/",
            {"purpose": OFFERS, "answer": "yes", "notice": str(company.notice.id),
             "language": "en"},
        )  # fmt: skip

        assert answer.status_code == 303
        state = ConsentState.objects.get()
        assert (state.state, state.expires_at > ending.expires_at) == ("renewed", True)

    def test_one_that_goes_on_for_long_is_not_pressed(self, asha_in, company, asha):
        company.yes(asha, expires_at=timezone.now() + timedelta(days=200))

        assert "Say yes again" not in asha_in.get("/privacy/choices/").content.decode()

    def test_the_plan_of_the_purpose_says_when_that_begins(self, asha_in, company, asha):
        services.set_contact_plan(
            by=AUTHOR, purpose=company.versions[OFFERS].purpose, remind_days=[300], confirms=[]
        )
        company.yes(asha, expires_at=timezone.now() + timedelta(days=200))

        assert "Say yes again" in asha_in.get("/privacy/choices/").content.decode()


@pytest.mark.req("BRD-CU2", "BRD-NT1")
@pytest.mark.req("CON-19")
def test_the_message_about_a_change_shows_the_new_words(asha_in, company, asha, run_jobs):
    company.yes(asha)
    company.republish(introduction="We now also ask your shop.")
    upkeep.order_asking_again()
    while run_jobs():
        pass
    message = Message.objects.get(kind="reconsent_request")

    page = asha_in.get(address(message)).content.decode()

    assert "We now also ask your shop." in page
    assert "does not count for the new words" in page


@pytest.mark.req("CON-21")
class TestGroundsOnRecord:
    def put(self, company, asha, **more):
        return services.record_ground(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=world.DELIVERY,
            ground="s7a", evidence=services.Evidence(
                provided_at=datetime(2026, 3, 14, 9, tzinfo=UTC), reference="order-77"
            ), **more,
        )  # fmt: skip

    def test_the_person_sees_on_what_else_the_use_rests(self, asha_in, company, asha):
        self.put(company, asha)

        page = asha_in.get("/privacy/choices/").content.decode()

        assert "order-77" in page
        assert "you gave the data yourself on 14 March 2026" in page

    def test_one_that_is_over_is_none_any_more(self, asha_in, company, asha):
        row = self.put(company, asha, ends_on=timezone.now().date() - timedelta(days=1))

        assert "order-77" not in asha_in.get("/privacy/choices/").content.decode()
        assert (row.state, resting.standing(row)) == ("active", "ended")
