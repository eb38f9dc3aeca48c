"""Who does not answer is asked again, and in the end an officer is told."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from audit.models import EntryIndex
from erasure.errors_manual import NobodyWaitsError
from erasure.manual import reminding
from erasure.models import Step
from registry.connectors import manual
from registry.connectors.contract import ConnectorError
from tests.erasure.engine.world import alarms_of, marks, work_on
from tests.erasure.manual.test_manual import ASKED, accept, case, show, step
from tests.factories.company import company

__all__ = ["case", "step"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-07")]


def told(step, days):
    """As if the first letter had gone out so long ago."""
    Step.objects.filter(pk=step.pk).update(sent_at=timezone.now() - timedelta(days=days))


def a_round():
    """What the keeper's round asks for, and the letters that follow."""
    begun = reminding.begin_due(timezone.now())
    work_on()
    return begun


def reminded(step):
    return [kind for kind, _ in marks(step)].count("reminded")


@pytest.fixture
def next_days(time_machine):
    """Lets days pass."""

    def pass_(days):
        time_machine.move_to(timezone.now() + timedelta(days=days), tick=False)

    return pass_


def test_nobody_is_asked_again_before_the_days_are_over(step):
    told(step, days=2)

    assert a_round() == 0
    assert len(mail.outbox) == 1


def test_who_is_late_is_asked_again_by_another_link_that_names_nobody(step):
    told(step, days=4)

    assert a_round() == 1

    first, second = mail.outbox
    link = re.search(r"/errand/([^/\s]+)/", second.body)[1]
    assert second.subject == f"Reminder: {first.subject}"
    assert "people.example" not in second.subject + second.body
    assert link not in first.body
    assert Client().post(f"/errand/{link}/").status_code == 302
    assert reminded(step) == 1


def test_once_asked_again_there_are_as_many_days_anew(step, next_days):
    told(step, days=4)
    a_round()

    assert a_round() == 0
    next_days(2)
    assert a_round() == 0
    next_days(2)
    assert a_round() == 1
    assert reminded(step) == 2


def test_reminders_that_do_not_help_end_with_an_alarm(office, step, next_days):
    told(step, days=4)
    for _ in range(3):
        a_round()
        next_days(4)

    assert a_round() == 0
    assert reminding.watch(timezone.now()) == 1
    assert "errand_unanswered" in alarms_of(office)


def test_the_alarm_is_gone_with_the_answer(office, step, next_days):
    told(step, days=4)
    for _ in range(3):
        a_round()
        next_days(4)
    reminding.watch(timezone.now())

    accept(show(step))
    reminding.watch(timezone.now())

    assert "errand_unanswered" not in alarms_of(office)


def test_what_was_shown_and_waits_for_an_officer_is_nobodys_delay(step):
    told(step, days=9)
    show(step)

    assert a_round() == 0


def test_a_letter_that_did_not_go_out_does_not_count(step, monkeypatch):
    told(step, days=4)

    def broken(self, number):
        raise ConnectorError("letter_not_sent", retry=True)

    monkeypatch.setattr(manual.ManualConnector, "remind", broken)

    assert a_round() == 1
    assert reminded(step) == 0
    assert a_round() == 0  # its job tries again by itself


def test_an_officer_has_another_link_written_at_once(office, step):
    reminding.ask_again(by=ASKED, controller_id=office.company.id, system_id=step.system_id)
    work_on()

    assert len(mail.outbox) == 2
    assert EntryIndex.objects.filter(event="errand:asked_again").count() == 1


def test_where_nobody_waits_nobody_is_asked(office, step):
    accept(show(step))

    with pytest.raises(NobodyWaitsError):
        reminding.ask_again(by=ASKED, controller_id=office.company.id, system_id=step.system_id)


def test_of_another_company_nobody_is_asked(step):
    with pytest.raises(NobodyWaitsError):
        reminding.ask_again(
            by=ASKED, controller_id=company("tulip").id, system_id=step.system_id
        )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "member"),
    [({"remind_days": 0}, "remind_days"), ({"reminders": 11}, "reminders"),
     ({"batch": 0}, "batch")],
)  # fmt: skip
def test_settings_out_of_bounds_are_named(wrong, member):
    with pytest.raises(ConnectorError, match=f"settings_{member}"):
        manual.read({"to": "a@vendor.example", **wrong})
