"""Whoever has a number and no address for letters is told by a text message (POR-13)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import EntryIndex
from config import checks
from consent import services as consent
from consent.models import ConsentState, Message
from consent.services import Choice
from consent.services.bulk import import_many
from consent.transitions import State
from portal.texts import Text
from subjects import channels
from subjects import services as subjects
from tests.portal.world import APPROVER, AUTHOR, OFFERS
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-13", "BRD-NT1")]
NUMBER = "+919812345678"
SENDER = f"{__name__}.Phone"


class Phone:
    """A provider that keeps what it is handed."""

    def send(self, text):
        mail.outbox.append(text)


class Refusing:
    def send(self, text):
        raise ValueError(text.number)


@pytest.fixture(autouse=True)
def _sender(settings):
    settings.TEXT_SENDER = SENDER


def person(company, *identifiers, **facts):
    given = {
        "residence": "IN", "language": "hi", "age_state": "adult", "age_assurance": "declared",
        **facts,
    }  # fmt: skip
    new = subjects.NewSubject(identifiers=identifiers, **given)
    return subjects.create(by=AUTHOR, controller_id=company.id, new=new)


def told(company, somebody):
    consent.set_contact_plan(
        by=AUTHOR, purpose=company.versions[OFFERS].purpose, remind_days=[], confirms=["given"]
    )
    company.yes(somebody)
    return Message.objects.get()


def after(run_jobs, message):
    run_jobs()
    message.refresh_from_db()
    return message.state, message.reason, message.channel


def test_says_that_there_is_something_to_read_and_names_no_purpose(company, run_jobs, settings):
    meena = person(company, ("phone", NUMBER))
    message = told(company, meena)

    assert after(run_jobs, message) == ("sent", "", "sms")

    url = f"{settings.BASE_URL}/privacy/messages/"
    words = f"{company.controller.name} · आपका विकल्प दर्ज हो गया · {url}"
    assert mail.outbox == [Text(NUMBER, words, "confirmation", "hi")]
    assert EntryIndex.objects.filter(event="message:sent", subject_id=meena.id).count() == 1
    assert EntryIndex.objects.filter(event="identifier:revealed", subject_id=meena.id).exists()


def test_a_letter_comes_first(company, run_jobs):
    message = told(company, person(company, ("phone", NUMBER), ("email", "m@example.in")))

    assert after(run_jobs, message) == ("sent", "", "email")
    assert [one.to for one in mail.outbox] == [["m@example.in"]]


@pytest.mark.parametrize(
    ("closed", "found"),
    [
        (["email"], ("sent", "", "sms")),
        (["email", "sms"], ("portal", "suppressed", "")),
        (["*"], ("portal", "suppressed", "")),
    ],
)
def test_a_closed_channel_is_not_used(company, run_jobs, closed, found):
    meena = person(company, ("phone", NUMBER), ("email", "m@example.in"))
    message = told(company, meena)
    for channel in closed:
        channels.suppress(by=AUTHOR, subject=meena, channel=channel, reason="register")

    assert after(run_jobs, message) == found


def test_what_the_provider_refuses_for_good_waits_in_the_portal(
    company, run_jobs, settings, caplog
):
    settings.TEXT_SENDER = f"{__name__}.Refusing"
    message = told(company, person(company, ("phone", NUMBER)))

    for _ in range(8):
        Job.objects.filter(state="ready").update(run_at=timezone.now() - timedelta(days=1))
        run_jobs()

    message.refresh_from_db()
    assert (message.state, message.reason) == ("portal", "text_failed")
    assert NUMBER not in caplog.text


def test_without_a_provider_it_waits_in_the_portal(company, run_jobs, settings):
    settings.TEXT_SENDER = ""
    message = told(company, person(company, ("phone", NUMBER)))

    assert after(run_jobs, message) == ("portal", "no_address", "")


@pytest.mark.req("CON-20")
def test_gives_no_notice_by_itself(company, run_jobs):
    meena = person(company, ("phone", NUMBER))
    choice = Choice(
        subject_id=meena.id, purpose=OFFERS, state=State.GIVEN, method="import",
        event_at=datetime(2025, 6, 1, tzinfo=UTC), is_import=True,
    )  # fmt: skip
    import_many(by=AUTHOR, controller_id=company.id, choices=[choice], new={})
    consent.order_legacy_notices(by=APPROVER, purpose=company.versions[OFFERS].purpose)

    while run_jobs():
        pass

    assert [one.kind for one in mail.outbox] == ["legacy_notice"]
    assert not ConsentState.objects.get().is_noticed


def test_a_provider_that_does_not_load_is_named(settings):
    assert checks.texts_can_be_sent(None) == []

    settings.TEXT_SENDER = "portal.texts.Nowhere"
    assert [one.id for one in checks.texts_can_be_sent(None)] == ["sammati.E013"]
