"""The first page: true figures, bounded, readable without seeing the chart."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from audit.figures import decisions
from consent import figures
from consent import services as consent
from desk import dashboard
from erasure.models import Case
from keys.ids import SYSTEM_ID, uuid7
from rights.models import Pause, Request
from tests.desk import house
from tests.portal.world import OFFERS
from work.models import Job

pytestmark = pytest.mark.django_db


def figure(page, label):
    return next(one for one in page.context["overview"].figures if one.label == label)


@pytest.mark.req("ADM-08")
class TestTheFigures:
    def test_count_what_there_is(self, desk, lotus):
        house.new_person(lotus, "b@lotus.example")
        house.decide(lotus, outcome="permit", reason="PERMIT_IN:consent")
        consent.withdraw(
            by=house.BY, controller_id=lotus.id, subject_id=lotus.person.id, purpose=OFFERS,
            method="portal",
        )  # fmt: skip

        page = desk.get("/admin/")

        told = {one.label: one.text for one in page.context["overview"].figures}
        assert told == {
            "People": str(2 + len(lotus.twins)), "Withdrawals, 7 days": "1",
            "Permitted, 24 hours": "1", "Denied, 24 hours": "1",
            "Work that waits": told["Work that waits"], "Work given up": "0",
            "Erasure cases under way": "1", "Erasure cases overdue": "0",
            "Erasure cases due this week": "0", "Erasure steps that failed": "1",
        }  # fmt: skip

    def test_lead_to_lists_of_what_they_count(self, desk, lotus):
        page = desk.get("/admin/")
        denied = desk.get(figure(page, "Denied, 24 hours").link)

        answers = [desk.get(one.link).status_code for one in page.context["overview"].figures]

        assert set(answers) == {200}
        assert [row.outcome for row in denied.context["cl"].result_list] == ["deny"]

    def test_leave_out_what_is_too_old(self, lotus):
        later = timezone.now() + timedelta(seconds=1)

        assert decisions(lotus.id, since=later, at_most=10).denied == 0
        assert figures.withdrawals(lotus.id, since=later, at_most=10) == (0, False)

    def test_say_so_where_they_stop_counting(self, desk, lotus, monkeypatch):
        monkeypatch.setattr(dashboard, "CAP", 1)

        page = desk.get("/admin/")

        assert figure(page, "People").text == "at least 1"
        assert figure(page, "Denied, 24 hours").text.startswith("at least")

    def test_do_not_count_consents_that_ran_out(self, lotus):
        person = house.new_person(lotus, "late@lotus.example")
        past = timezone.now() - timedelta(days=2)
        lotus.world.yes(person, event_at=past, expires_at=past + timedelta(days=1))

        running = {one.purpose: one.count for one in figures.running(lotus.id, at_most=100)}

        assert running[OFFERS] == 1

    def test_raise_the_alarm_about_work_given_up(self, desk, lotus):
        Job.objects.create(
            controller_id=SYSTEM_ID, kind="k", state="dead", max_attempts=1, lease_seconds=1,
            finished_at=timezone.now(),
        )  # fmt: skip

        page = desk.get("/admin/")

        assert figure(page, "Work given up").is_alarming
        assert "1 job was given up" in page.context["overview"].sentence


class TestTheCharts:
    def test_have_a_name_a_description_and_a_table(self, desk, lotus):
        page = desk.get("/admin/").content.decode()

        for name in ("running", "denials", "requests", "oldest"):
            assert f'aria-labelledby="{name}-title {name}-desc"' in page
        assert "Offers by e-mail: 1." in page
        assert re.search(
            r'<th scope="row"><a href="[^"]+">Offers by e-mail</a></th><td>1</td>', page
        )

    def test_use_no_style_that_the_policy_forbids(self, desk, lotus):
        page = desk.get("/admin/").content.decode()

        assert "style=" not in page
        assert "<style" not in page

    def test_say_the_reason_in_words(self, desk, lotus):
        assert "The person withdrew the consent." in desk.get("/admin/").content.decode()


@pytest.mark.req("ERA-15")
class TestErasures:
    def test_a_case_that_is_late_and_a_step_that_failed_are_alarming(self, desk, lotus):
        Case.objects.filter(controller_id=lotus.id).update(
            due_at=timezone.now() - timedelta(days=1)
        )

        page = desk.get("/admin/")

        assert figure(page, "Erasure cases overdue").is_alarming
        assert figure(page, "Erasure steps that failed").is_alarming

    def test_a_request_counts_by_its_clock_and_once(self, desk, lotus):
        now = timezone.now()
        Request.objects.filter(controller_id=lotus.id).update(due_at=now + timedelta(days=3))
        other = Request.objects.get(controller_id=lotus.id)
        other.pk, other.subject_id = None, lotus.twins[0].id
        other.id, other.due_at = uuid7(), now - timedelta(days=1)
        other.save(force_insert=True)
        Pause.objects.create(
            controller_id=lotus.id, request=other, reason="Unknown", began_at=now, began_by="one"
        )

        chart = desk.get("/admin/").context["overview"].erasures.requests

        assert [bar.datum.value for bar in chart.bars] == [0, 1, 0, 1]

    def test_who_may_not_see_cases_sees_no_figures_of_them(self, lotus):
        operator = house.signed_in(house.officer(lotus, "olga", "operator"))

        overview = operator.get("/admin/").context["overview"]

        assert overview.erasures is None
        assert not [one for one in overview.figures if "rasure" in one.label]


class TestSeveralCompanies:
    @pytest.fixture
    def both(self, lotus, tulip):
        officer = house.officer(lotus, "both", "auditor")
        house.officer(tulip, "both", "auditor")
        return house.signed_in(officer)

    def test_are_shown_one_at_a_time(self, both, lotus, tulip):
        first = both.get("/admin/")
        second = both.get("/admin/", {"controller": str(tulip.id)})

        assert first.context["overview"].controller == "Lotus Bazaar"
        assert second.context["overview"].controller == "Tulip Stores"
        assert escape(f"?controller={tulip.id}") in first.content.decode()

    def test_an_unknown_one_shows_the_first(self, both, lotus):
        page = both.get("/admin/", {"controller": "x"})

        assert page.context["overview"].controller == "Lotus Bazaar"
