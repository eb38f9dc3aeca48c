"""Who used or saw a person's data, by the log's index."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actors import Actor, SubjectRef
from audit.uses import KINDS, Kind, by_day, uses_of
from tests.audit.log import LOG, OTHER_LOG, PERSON, write

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-15")]
SERVICE = Actor("service", "01900000-0000-7000-8000-000000000aaa")
SOMEBODY = SubjectRef(UUID(int=7), UUID(int=8))


def decide(count=1, *, outcome="permit", reason="PERMIT_IN:consent", **more):
    return write(
        count, event="decision:made", by=SERVICE, subject=more.pop("subject", PERSON),
        purpose=more.pop("purpose", "offers"), outcome=outcome, reason_code=reason, **more,
    )  # fmt: skip


def asked(**more):
    return uses_of(LOG, PERSON.id, **more)


class TestUses:
    def test_say_who_what_for_and_on_which_ground_newest_first(self):
        decide()
        decide(outcome="deny", reason="CONSENT_WITHDRAWN")
        write(event="record:viewed", subject=PERSON)

        found = asked().uses

        assert [one.kind for one in found] == [Kind.SEEN, Kind.DECISION, Kind.DECISION]
        assert [one.permit for one in found] == [None, False, True]
        assert (found[2].actor_id, found[2].purpose, found[2].reason_code) == (
            SERVICE.id, "offers", "PERMIT_IN:consent",
        )  # fmt: skip

    def test_leave_out_the_persons_own_acts_and_the_suites(self):
        write(event="consent:given", subject=PERSON)
        write(event="subject:signed_in", subject=PERSON, by=Actor("subject", str(PERSON.id)))

        assert asked().uses == ()

    @pytest.mark.parametrize("event", sorted(KINDS))
    def test_hold_every_event_that_is_a_use(self, event):
        write(event=event, subject=PERSON)

        assert [one.event for one in asked().uses] == [event]

    @pytest.mark.req("P9")
    def test_of_others_stay_theirs(self):
        decide(subject=SOMEBODY)
        decide(controller_id=OTHER_LOG)

        assert asked().uses == ()

    def test_come_in_pages_that_neither_repeat_nor_leave_out(self):
        ids = decide(25)
        pages, cursor = [], None
        while True:
            page = asked(limit=10, cursor=cursor)
            pages += [[one.id for one in page.uses]]
            decide()  # what comes meanwhile is newer
            cursor = page.cursor
            if cursor is None:
                break

        assert [len(page) for page in pages] == [10, 10, 5]
        assert sum(pages, []) == sorted(ids, reverse=True)

    def test_lie_between_two_times(self):
        decide()
        now = timezone.now()

        assert asked(since=now - timedelta(minutes=1), until=now + timedelta(minutes=1)).uses
        assert not asked(since=now + timedelta(minutes=1)).uses
        assert not asked(until=now - timedelta(minutes=1)).uses

    @pytest.mark.parametrize(
        "wrong",
        [{"limit": 0}, {"limit": 501}, {"since": datetime(2026, 11, 22)}],  # noqa: DTZ001 (so)
    )
    def test_refuse_what_has_no_answer(self, wrong):
        with pytest.raises(ValueError):  # noqa: PT011 (three sentences)
            asked(**wrong)

    def test_cost_one_query_by_the_index_of_the_person_and_one_over_what_names_many(self):
        decide(3)
        with CaptureQueriesContext(connection) as queries:
            asked()

        _, query = queries
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + query["sql"])
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Index Scan" in plan
        assert "subject_id" in plan
        assert "rc1" not in plan
        assert "Sort" not in plan.replace("Sort Key", "")


class TestDays:
    def test_group_equal_uses_of_one_party(self):
        decide(3)
        decide(outcome="deny", reason="CONSENT_WITHDRAWN")
        write(event="record:viewed", subject=PERSON)

        (day,) = by_day(asked().uses)

        assert [party.type for party in day.parties] == ["officer", "service"]
        assert [line.count for line in day.parties[1].lines] == [1, 3]

    def test_are_those_of_the_reader(self, time_machine):
        for hour in (18, 19):
            time_machine.move_to(datetime(2026, 11, 22, hour, 0, tzinfo=UTC), tick=False)
            decide()

        with timezone.override("Asia/Kolkata"):
            days = by_day(asked().uses)

        assert [day.date.day for day in days] == [23, 22]

    def test_keep_ai_decisions_apart(self):
        write(2, event="ai:decided", subject=PERSON, by=SERVICE, purpose="scoring")

        (day,) = by_day(asked().uses)

        assert len(day.parties[0].lines) == 2
