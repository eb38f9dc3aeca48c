"""What a running consent needs in time: a reminder, a new question, a word of confirmation."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import EntryIndex
from consent import messages as selectors
from consent import services
from consent.errors import ContactPlanError
from consent.models import ConsentEvent, Message
from consent.services import messages, upkeep
from consent.transitions import State
from subjects import services as subjects
from tests.portal import world
from tests.portal.world import AUTHOR, MAPS, OFFERS
from work import services as work
from work.models import Job

pytestmark = pytest.mark.django_db


def run():
    while work.run_available(worker="test"):
        pass


def plan(company, purpose=OFFERS, *, days=(), confirms=()):
    return services.set_contact_plan(
        by=AUTHOR, purpose=company.versions[purpose].purpose, remind_days=days, confirms=confirms
    )


def kinds():
    return sorted(Message.objects.values_list("kind", "state"))


@pytest.mark.req("BRD-CR1", "BRD-NT1")
@pytest.mark.req("CON-18")
class TestReminders:
    @pytest.fixture
    def ending(self, company, asha):
        """A yes that ends in twenty days, and reminders a month and a week before."""
        plan(company, days=[7, 30])
        return company.yes(asha, expires_at=timezone.now() + timedelta(days=20))

    def test_comes_once_at_each_offset(self, ending):
        noted = [upkeep.remind_due(), upkeep.remind_due()]
        with time_machine.travel(timezone.now() + timedelta(days=14), tick=True):
            noted += [upkeep.remind_due(), upkeep.remind_due()]

        assert noted == [1, 0, 1, 0]

    def test_only_the_nearest_of_several_that_have_passed_is_told(self, company, asha):
        plan(company, days=[7, 30])
        company.yes(asha, expires_at=timezone.now() + timedelta(days=3))

        upkeep.remind_due()

        (message,) = Message.objects.all()
        assert message.key.endswith(":7")

    def test_is_written_in_the_persons_language(self, company):
        gita = company.person("gita@example.in", language="hi")
        plan(company, days=[30])
        company.yes(gita, expires_at=timezone.now() + timedelta(days=20))

        upkeep.remind_due()
        run()

        (letter,) = mail.outbox
        assert "ई-मेल से ऑफ़र" in letter.body
        assert "gita" not in letter.subject

    def test_nobody_is_reminded_who_renewed_meanwhile(self, company, asha, ending):
        upkeep.remind_due()
        company.yes(asha)

        run()

        assert not mail.outbox
        assert kinds() == [("expiry_reminder", "dropped")]

    def test_nothing_goes_on_by_itself(self, ending):
        upkeep.remind_due()
        run()

        with time_machine.travel(timezone.now() + timedelta(days=21), tick=True):
            services.expire_due()

        assert list(ConsentEvent.objects.order_by("sequence").values_list("state", flat=True)) == [
            "given", "expired",
        ]  # fmt: skip

    def test_a_batch_takes_no_more_than_its_limit(self, company):
        plan(company, days=[30])
        for number in range(3):
            person = company.person(f"p{number}@example.in")
            company.yes(person, expires_at=timezone.now() + timedelta(days=5))

        assert [upkeep.remind_due(limit=2), upkeep.remind_due(limit=2)] == [2, 1]

    @pytest.mark.parametrize("days", [[0], [-1], [366], [1, 2, 3, 4, 5, 6]])
    def test_days_that_cannot_be_are_refused(self, company, days):
        with pytest.raises(ContactPlanError):
            plan(company, days=days)

        assert not EntryIndex.objects.filter(event="reminders:set").exists()


@pytest.mark.req("CON-19")
class TestAskingAgain:
    def test_a_material_change_asks_everybody_it_suspends_once(self, company, asha):
        company.yes(asha)
        company.yes(asha, MAPS)
        company.republish()

        for _ in range(2):
            upkeep.order_asking_again()
            run()

        assert kinds() == [("reconsent_request", "sent")] * 2
        assert len(mail.outbox) == 2
        assert Job.objects.filter(kind=upkeep.ASK_AGAIN).count() == 1

    def test_an_editorial_change_asks_nobody(self, company, asha):
        company.yes(asha)
        company.republish(is_material=False)

        upkeep.order_asking_again()
        run()

        assert not Message.objects.exists()

    def test_who_answers_before_it_goes_out_is_not_written_to(self, company, asha):
        company.yes(asha)
        company.republish()
        (change,) = upkeep.changes_begun()
        upkeep.note_asking_again(change=change, after=None)
        company.yes(asha)

        run()

        assert kinds() == [("reconsent_request", "dropped")]

    def test_a_purpose_that_means_something_else_asks_those_who_agreed_to_it(self, company, asha):
        company.yes(asha)
        company.yes(asha, MAPS)
        world.purpose(company.controller, OFFERS, ("Offers by e-mail and SMS", "More of them."))

        upkeep.order_asking_again()
        run()

        (message,) = Message.objects.all()
        assert (message.purpose.code, message.state) == (OFFERS, "sent")

    def test_who_agreed_to_the_new_words_is_not_asked(self, company, asha):
        company.republish()
        company.yes(asha)

        upkeep.order_asking_again()
        run()

        assert not Message.objects.exists()

    def test_a_change_to_come_asks_nobody_yet(self, company, asha):
        company.yes(asha)
        version = world.consent.draft_notice(
            by=AUTHOR, controller_id=company.id, code="website", pack="IN",
            purposes=[company.versions[OFFERS]], translations={},
        )  # fmt: skip
        soon = timezone.now() + timedelta(days=9)
        type(version).objects.filter(pk=version.pk).update(
            published_at=timezone.now(), published_by="another", effective_from=soon
        )

        assert upkeep.changes_begun() == []

    def test_who_said_no_is_left_in_peace(self, company, asha):
        company.answer(asha, OFFERS, State.REFUSED)
        company.republish()

        upkeep.order_asking_again()
        run()

        assert not Message.objects.exists()


@pytest.mark.req("POR-13")
class TestConfirmations:
    def test_is_sent_where_the_plan_says_so(self, company, asha):
        plan(company, confirms=["withdrawn"])
        company.yes(asha)

        services.withdraw(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS,
            method="phone", channel="phone",
        )  # fmt: skip
        run()

        (letter,) = mail.outbox
        assert "You withdrew your yes" in letter.body

    def test_nothing_is_noted_without_a_plan(self, company, asha):
        company.yes(asha)

        assert not Message.objects.exists()

    def test_history_is_not_confirmed(self, company, asha):
        plan(company, confirms=["given"])

        company.yes(asha, event_at=timezone.now() - timedelta(days=2))

        assert not Message.objects.exists()

    def test_it_exists_exactly_if_its_cause_does(self, company, asha):
        plan(company, confirms=["given"])

        with transaction.atomic():
            company.yes(asha)
            transaction.set_rollback(True)

        assert not Message.objects.exists()
        assert not Job.objects.filter(kind=messages.SEND).exists()


@pytest.mark.req("POR-13")
class TestDelivery:
    @pytest.fixture
    def told(self, company, asha):
        plan(company, confirms=["given"])
        company.yes(asha)
        return Message.objects.get()

    def test_is_tracked(self, told, asha):
        run()

        told.refresh_from_db()
        assert (told.state, told.reason) == ("sent", "")
        assert told.sent_at is not None
        assert EntryIndex.objects.filter(event="message:sent", subject_id=asha.id).exists()

    def test_falls_back_to_the_portal_when_mail_is_refused_for_good(self, told, settings):
        settings.EMAIL_BACKEND = "tests.portal.mail.Refusing"

        for _ in range(8):
            Job.objects.filter(state="ready").update(run_at=timezone.now() - timedelta(days=1))
            run()

        told.refresh_from_db()
        assert (told.state, told.reason, told.sent_at) == ("portal", "mail_failed", None)
        assert selectors.unread(told.controller_id, told.subject_id) == 1
        assert EntryIndex.objects.filter(event="message:kept").count() == 1

    @pytest.mark.parametrize("state", ["erasing", "erased", "deceased"])
    def test_nobody_writes_to_who_is_gone(self, told, asha, state):
        subjects.set_standing(by=AUTHOR, subject=asha, state=state)

        run()

        told.refresh_from_db()
        assert (told.state, told.reason) == ("dropped", "person_gone")
        assert not mail.outbox

    def test_a_child_is_not_written_to(self, told, asha):
        subjects.set_facts(by=AUTHOR, subject=asha, age_state="child", age_assurance="declared")

        run()

        told.refresh_from_db()
        assert (told.state, told.reason) == ("portal", "child")

    @pytest.mark.req("P11")
    def test_reading_the_address_is_on_record(self, told, asha):
        run()

        found = EntryIndex.objects.filter(event="identifier:revealed", subject_id=asha.id)
        assert found.count() == 1

    @pytest.mark.req("P10")
    def test_the_job_names_nobody(self, told):
        job = Job.objects.get(kind=messages.SEND)

        assert job.payload == {"message": str(told.id)}

    def test_settling_twice_changes_nothing(self, told):
        first = messages.settle(message_id=told.id, state="portal", reason="no_address")

        assert messages.settle(message_id=told.id, state="sent") is None
        assert first is not None
        told.refresh_from_db()
        assert told.state == "portal"

    def test_the_database_refuses_a_sent_message_without_its_time(self, told):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=told.pk).update(state="sent")


@pytest.mark.req("P9")
def test_another_companys_people_are_not_among_the_messages(company, other, asha):
    plan(company, confirms=["given"])
    company.yes(asha)

    assert selectors.unread(company.id, asha.id) == 1
    assert selectors.unread(other.id, asha.id) == 0


def test_a_plan_is_replaced_not_doubled(company):
    plan(company, days=[30])
    made = plan(company, days=[7], confirms=["given", "unknown"])

    assert (made.remind_days, made.confirms) == ([7], ["given"])
