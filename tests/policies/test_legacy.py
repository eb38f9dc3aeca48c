"""Consents older than the Act: queued, given their notice, and used from then on (CON-20)."""

from datetime import UTC, datetime

import pytest
from django.core import mail

from audit.models import EntryIndex
from audit.selectors import payload
from consent import services as consent
from consent.errors import NoticeMissingError
from consent.models import ConsentState, Message
from consent.services import Choice, upkeep
from consent.services.bulk import import_many
from consent.transitions import State
from policies.rules.commencement import SECTION_5_AT
from subjects import channels
from tests.factories.company import APPROVER, AUTHOR, OFFERS, SURVEYS
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-20")]
LONG_AGO = datetime(2025, 6, 1, tzinfo=UTC)


def old_yes(company, person, purpose=OFFERS, at=LONG_AGO):
    choice = Choice(
        subject_id=person.id, purpose=purpose, state=State.GIVEN, method="import",
        event_at=at, is_import=True,
    )  # fmt: skip
    (outcome,) = import_many(by=AUTHOR, controller_id=company.id, choices=[choice], new={})
    assert outcome is True


@pytest.fixture
def old(lotus):
    """Somebody who said yes before the law, as another system remembers."""
    person = lotus.person(language="hi")
    old_yes(lotus, person)
    return person


def run():
    while work.run_available(worker="test"):
        pass


def order(lotus, purpose=OFFERS):
    purpose = lotus.versions[purpose].purpose
    consent.order_legacy_notices(by=APPROVER, purpose=purpose)
    run()


def reasons(answer):
    return [one["code"] for one in answer["context"]["reasons"]]


def test_the_day_is_that_of_the_rules():
    assert upkeep.SECTION_5_BEGINS.timestamp() * 1_000_000 == SECTION_5_AT


def test_it_is_refused_until_its_notice_is_given_and_permitted_from_then_on(lotus, old, ask):
    assert "LEGACY_NOTICE_DUE" in reasons(ask(lotus, old))

    order(lotus)

    assert ask(lotus, old)["decision"] is True
    (letter,) = mail.outbox
    assert letter.to == ["asha.rao@example.in"]
    assert "Lower prices." in letter.body
    assert "What we ask you" in letter.body


def test_withdrawn_it_is_refused_for_good(lotus, old, ask):
    order(lotus)

    lotus.withdraws(old)

    assert ask(lotus, old)["decision"] is False


def test_the_words_that_were_given_are_on_record(lotus, old):
    order(lotus)

    message = Message.objects.get()
    (entry,) = EntryIndex.objects.filter(event="notice:given")
    assert (message.state, message.notice_version_id) == ("sent", lotus.notice.id)
    assert message.notice_sha256 in str(payload(entry.id))
    assert ConsentState.objects.get().is_noticed


def test_ordering_twice_writes_once(lotus, old):
    order(lotus)
    order(lotus)

    assert len(mail.outbox) == 1
    assert EntryIndex.objects.filter(event="notice:ordered").count() == 2


def test_who_withdraws_before_it_goes_out_is_not_written_to(lotus, old):
    consent.order_legacy_notices(by=APPROVER, purpose=lotus.versions[OFFERS].purpose)
    lotus.withdraws(old)

    run()

    assert not mail.outbox
    assert not Message.objects.exclude(state="dropped").exists()


def test_without_a_notice_in_force_nothing_is_ordered(lotus):
    version = lotus.purpose(SURVEYS)

    with pytest.raises(NoticeMissingError):
        consent.order_legacy_notices(by=APPROVER, purpose=version.purpose)

    assert not EntryIndex.objects.filter(event="notice:ordered").exists()


@pytest.mark.req("POR-13")
def test_what_cannot_be_sent_waits_in_the_portal_and_counts_for_nothing(lotus, old, ask):
    channels.suppress(by=AUTHOR, subject=old, channel="email", reason="bounced")

    order(lotus)

    message = Message.objects.get()
    assert (message.state, message.reason) == ("portal", "suppressed")
    assert not mail.outbox
    assert ask(lotus, old)["decision"] is False


def test_only_those_of_the_purpose_who_had_none_are_written_to(lotus, old):
    lotus.yes(lotus.person("new@example.in"))

    order(lotus)

    assert [message.subject_id for message in Message.objects.all()] == [old.id]


def test_many_are_worked_through_batch_by_batch(lotus, monkeypatch):
    monkeypatch.setattr(upkeep, "AT_ONCE", 2)
    for number in range(5):
        old_yes(lotus, lotus.person(f"p{number}@example.in"))

    order(lotus)

    assert len(mail.outbox) == 5
    assert not upkeep.unnoticed(lotus.versions[OFFERS].purpose_id).exists()


class TestTheNoticeDoesNotHelp:
    def test_a_consent_that_is_not_so_old(self, lotus, ask):
        person = lotus.person()
        old_yes(lotus, person)
        ConsentState.objects.update(
            is_noticed=True, since_at=datetime(2027, 5, 13, 0, 0, 1, tzinfo=UTC)
        )

        assert "CONSENT_UNPROVABLE" in reasons(ask(lotus, person))

    def test_in_the_european_union(self, lotus, ask):
        person = lotus.person(residence="FR")
        old_yes(lotus, person)
        ConsentState.objects.update(is_noticed=True)

        assert "CONSENT_UNPROVABLE" in reasons(ask(lotus, person))
