"""What obligations come to here: the officer is told, and a use that must be reported is missed."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit import alarms
from audit.models import EntryIndex
from keys.ids import uuid7_at
from policies.duties import watching
from policies.duties.models import DutyWatch
from policies.intake import services as intake
from policies.intake.reports import Report
from registry import services as registry
from subjects.naming import Named
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.policies import in_force, rule
from tests.policies.hearing import work_off

pytestmark = pytest.mark.req("POL-11")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """Decisions are old enough to be looked at as soon as they are made."""
    monkeypatch.setattr(watching, "SETTLED", timedelta(0))


def since_the_beginning(company):
    """As if the watch had begun before everything."""
    began = uuid7_at(timezone.now() - timedelta(days=10))
    DutyWatch.objects.update_or_create(
        controller_id=company.id, defaults={"denials_through": began, "permits_through": began}
    )


def alarm(company, kind):
    return alarms.open_alarms([company.id]).filter(kind=kind).first()


@pytest.mark.django_db(transaction=True)
class TestTheOfficer:
    @pytest.fixture
    def frozen(self, lotus):
        since_the_beginning(lotus)
        registry.freeze(
            by=AUTHOR, controller_id=lotus.id, kind="service", code="mailer", incident="INC-1"
        )
        return lotus

    def test_is_told_once_of_what_a_service_was_never_to_ask(self, frozen, ask):
        person = frozen.person()
        frozen.yes(person)
        answer = ask(frozen, person)
        watching.watch()
        ask(frozen, person)
        watching.watch()
        work_off()

        (duty,) = answer["context"]["obligations"]
        assert (duty["id"], duty["mandatory"]) == ("notify_dpo", False)
        assert alarm(frozen, "forbidden_asked").detail == "SYSTEM_FROZEN 1"
        assert alarm(frozen, "forbidden_asked").count == 2
        (letter,) = mail.outbox
        assert letter.to == [frozen.controller.contact_email]
        assert "frozen" in letter.body
        assert str(person.id) not in letter.body

    def test_is_left_alone_by_denials_of_every_day(self, lotus, ask):
        since_the_beginning(lotus)
        assert ask(lotus, lotus.person())["decision"] is False

        watching.watch()
        work_off()

        assert alarm(lotus, "forbidden_asked") is None
        assert not mail.outbox

    def test_is_not_told_of_what_was_before_the_watch(self, frozen, ask):
        DutyWatch.objects.all().delete()
        ask(frozen, frozen.person())

        watching.watch()

        assert alarm(frozen, "forbidden_asked") is None


@pytest.mark.django_db(transaction=True)
class TestTheReport:
    @pytest.fixture
    def permitted(self, lotus, ask, monkeypatch):
        """Two permits that had to be reported, long ago."""
        in_force(lotus.id, rule("report", "require", obligation="log_receipt"))
        since_the_beginning(lotus)
        person = lotus.person()
        lotus.yes(person)
        answers = [ask(lotus, person)["context"] for _ in range(2)]
        monkeypatch.setattr(watching, "REPORTED_WITHIN", timedelta(seconds=-120))
        assert [one["id"] for one in answers[0]["obligations"]] == ["log_receipt"]
        return person, [one["decision_id"] for one in answers]

    def reports(self, lotus, person, decision):
        one = Report(who=Named(subject_id=person.id), purpose=OFFERS, started_at=timezone.now(),
                     decision_id=decision)  # fmt: skip
        return intake.report(
            by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, reports=[one]
        )

    def test_that_is_missing_is_an_alarm(self, lotus, permitted):
        watching.watch()

        found = alarm(lotus, "permit_unreported")
        assert found.detail == "2 without a report"

    def test_that_came_is_none(self, lotus, permitted):
        person, decisions = permitted
        for one in decisions:
            self.reports(lotus, person, one)

        watching.watch()

        assert EntryIndex.objects.filter(event="processing:reported").count() == 2
        assert alarm(lotus, "permit_unreported") is None

    def test_is_looked_for_once(self, lotus, permitted):
        watching.watch()
        watching.watch()

        assert alarm(lotus, "permit_unreported").count == 1

    def test_has_its_day(self, lotus, permitted, monkeypatch):
        monkeypatch.setattr(watching, "REPORTED_WITHIN", timedelta(days=1))

        watching.watch()

        assert alarm(lotus, "permit_unreported") is None

    def test_nobody_asked_for_is_not_missed(self, lotus, ask, monkeypatch):
        since_the_beginning(lotus)
        person = lotus.person()
        lotus.yes(person)
        assert ask(lotus, person)["decision"] is True
        monkeypatch.setattr(watching, "REPORTED_WITHIN", timedelta(seconds=-120))

        watching.watch()

        assert alarm(lotus, "permit_unreported") is None
