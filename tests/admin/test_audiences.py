"""Audiences in the admin: who asked, how far it is, what came of it; taking and stopping it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from keys.ids import uuid7
from policies.audiences import selectors, services
from policies.audiences.errors import AudienceStoppedError
from policies.audiences.models import Audience
from policies.pdp.model import Question
from tests.desk import house
from tests.desk.house_audiences import audience
from tests.portal.world import OFFERS
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("ADM-03", "POL-19")]
LIST = "/admin/policies/audience/"


def page_of(client, one):
    return client.get(f"{LIST}{one.id}/change/").content.decode()


def act(client, one, verb, **data):
    return client.post(f"{LIST}{one.id}/act/{verb}/", {"sure": "yes", **data})


def newest(company):
    return Audience.objects.filter(controller_id=company.id).order_by("-id").first()


@pytest.fixture
def ready(lotus):
    return newest(lotus)


@pytest.fixture
def asked(lotus):
    """One that waits for its job."""
    return services.request(
        by=house.BY, controller_id=lotus.id, service_id=lotus.rows["ServiceClient"],
        question=Question(purpose=OFFERS, caller="mailer", caller_type="service"),
    )  # fmt: skip


class TestThePage:
    def test_says_who_asked_what_for_what(self, desk, ready):
        page = page_of(desk, ready)

        for said in ("Lotus Bazaar mailer", OFFERS, "spring", "Channel: email",
                     "all people of the company", "Ready", "1 of 10", "not yet"):  # fmt: skip
            assert said in page

    def test_tells_exclusions_so_that_nobody_is_told(self, desk, ready):
        page = page_of(desk, ready)

        assert "The person withdrew the consent." not in page  # 7 and 2: subtracting tells both
        assert "9 people: several reasons with few people each" in page

    def test_tells_large_groups_by_their_reason(self, desk, ready):
        Audience.objects.filter(id=ready.id).update(
            excluded={"CONSENT_WITHDRAWN": 70, "SUBJECT_UNKNOWN": 20}
        )

        page = page_of(desk, ready)

        assert "70 people: The person withdrew the consent." in page

    def test_counts_nothing_before_the_end_but_progress(self, desk, lotus, asked):
        Audience.objects.filter(id=asked.id).update(decided=3, total=9, permitted=2,
                                                    excluded={"CONSENT_MISSING": 7})  # fmt: skip

        page = page_of(desk, asked)

        assert "In the making: 3 of 9 decided" in page
        assert "7 people" not in page
        assert "2 of 9" not in page

    def test_says_why_there_is_none(self, desk, lotus, ready):
        Audience.objects.filter(id=ready.id).update(state="failed", problem="service_without_key")

        assert "no key of the service was valid" in page_of(desk, ready)

    def test_of_a_list_or_a_segment_says_so(self, desk, ready):
        Audience.objects.filter(id=ready.id).update(is_listed=True)
        listed = page_of(desk, ready)
        Audience.objects.filter(id=ready.id).update(segment="buyers")

        assert "the people of a list" in listed
        assert "the segment buyers" in page_of(desk, ready)

    @pytest.mark.req("P9")
    def test_of_another_company_does_not_exist(self, desk, tulip):
        other = newest(tulip)

        assert desk.get(f"{LIST}{other.id}/change/").status_code in {302, 404}
        assert act(desk, other, "stop").status_code == 404
        assert str(other.id) not in desk.get(LIST).content.decode()


class TestTaking:
    def test_hands_out_the_list_and_is_recorded(self, desk, lotus, officer, ready, entries):
        answer = act(desk, ready, "take", form="csv")
        body = b"".join(answer.streaming_content)

        assert answer.headers["Content-Disposition"].endswith('.csv"')
        assert body.startswith(b"id,decision_id,valid_until,obligations")
        (taken,) = entries("audience:taken")
        assert (taken.actor_id, taken.controller_id) == (str(officer.pk), lotus.id)
        assert "once, last on" in page_of(desk, ready)

    @pytest.mark.req("POR-12")
    def test_leaves_each_entry_beside_its_count_whichever_way_one_reads(self, desk, ready):
        part = ready.parts.create(
            id=uuid7(), controller_id=ready.controller_id, number=0, count=3,
            valid_until=timezone.now(),
        )  # fmt: skip

        page = desk.get(f"{LIST}{ready.id}/change/").content.decode()

        assert f'<bdi dir="ltr">{part.id}</bdi></a>: <bdi>3 people</bdi>' in page

    def test_what_is_over_is_refused(self, desk, ready):
        Audience.objects.filter(id=ready.id).update(valid_until=timezone.now())

        assert act(desk, ready, "take", form="csv").status_code == 422

    def test_needs_more_than_looking(self, auditor, ready):
        assert auditor.get(f"{LIST}{ready.id}/change/").status_code == 200
        assert act(auditor, ready, "take", form="csv").status_code == 403
        assert act(auditor, ready, "stop").status_code == 403


class TestStopping:
    def test_ends_it_for_the_service_too(self, desk, lotus, officer, ready, entries):
        answer = act(desk, ready, "stop")

        assert answer.status_code == 302
        with pytest.raises(AudienceStoppedError):
            services.take(by=house.BY, audience=ready, form="csv", left_out=0)
        (entry,) = entries("audience:stopped")
        assert entry.actor_id == str(officer.pk)
        page = page_of(desk, ready)
        assert "Stopped by an officer" in page
        assert "act/take" not in page

    def test_ends_the_job(self, desk, lotus, asked):
        act(desk, asked, "stop")

        while work.run_available(worker="w"):
            pass

        asked.refresh_from_db()
        assert (asked.state, asked.decided) == ("stopped", 0)

    def test_happens_once(self, desk, ready):
        act(desk, ready, "stop")

        assert act(desk, ready, "stop").status_code == 422

    def test_of_what_is_over_is_refused(self, desk, lotus, ready):
        over = audience(lotus, ready.service, state="expired",
                        valid_until=timezone.now() - timedelta(hours=1))  # fmt: skip

        assert act(desk, over, "stop").status_code == 422
        assert selectors.audiences([lotus.id]).get(id=over.id).state == "expired"
