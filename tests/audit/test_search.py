"""Pages of the log by key: the right rows, once each, from the right logs, at a bounded price."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import search as searching
from audit import services
from audit.actors import Actor, Target
from audit.criteria import Criteria
from audit.errors import CursorError
from audit.models import EntryIndex
from audit.search import search, walk
from keys.ids import uuid7_at
from tests.audit.log import LOG, OTHER_LOG, PERSON, write

pytestmark = pytest.mark.django_db
ALL = Criteria(controller_ids=(LOG,))
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
UNSUMMARIZED = """
SELECT brin_desummarize_range(i.indexrelid::regclass, 0) FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i'
JOIN pg_am m ON m.oid = c.relam AND m.amname = 'brin'
WHERE i.indrelid::regclass::text LIKE 'audit_entryindex_rc2_%'
"""


def pages(criteria, limit):
    """All pages from the newest on, as their ids."""
    page = search(criteria, limit=limit)
    found = [[row.pk for row in page.rows]]
    while page.next_cursor:
        page = search(criteria, cursor=page.next_cursor, limit=limit)
        found.append([row.pk for row in page.rows])
    return found


def at(moment, number=0, **parts):
    """An index line of that moment, as a busy log has millions."""
    line = {
        "retention_class": "rc2", "controller_id": LOG, "at": moment, "event": "decision:made",
        "actor_type": "service", "actor_id": "s", "target_type": "decision", "target_id": "d",
        "purpose": "p", "outcome": "permit", "reason_code": "", **parts,
    }  # fmt: skip
    entry_id = UUID(int=uuid7_at(moment).int + number)
    return EntryIndex.objects.create(id=entry_id, **line).pk


class TestPages:
    def test_have_every_entry_once_newest_first(self):
        ids = write(23)

        found = pages(ALL, 5)

        assert [len(one) for one in found] == [5, 5, 5, 5, 3]
        assert sum(found, []) == sorted(ids, reverse=True)

    def test_go_on_while_new_entries_arrive(self):
        ids = write(6)
        first = search(ALL, limit=3)
        write(4)

        second = search(ALL, cursor=first.next_cursor, limit=3)

        assert [row.pk for row in [*first.rows, *second.rows]] == sorted(ids, reverse=True)
        assert second.next_cursor == ""

    def test_go_back_to_newer_ones(self):
        ids = sorted(write(9), reverse=True)
        first = search(ALL, limit=3)
        second = search(ALL, cursor=first.next_cursor, limit=3)
        third = search(ALL, cursor=second.next_cursor, limit=3)

        back = search(ALL, cursor=third.newer_cursor, limit=3)
        newest = search(ALL, cursor=back.newer_cursor, limit=3)

        assert [row.pk for row in back.rows] == ids[3:6]
        assert [row.pk for row in newest.rows] == ids[:3]
        assert (first.newer_cursor, newest.newer_cursor) == ("", "")

    def test_cross_months_that_have_nothing(self):
        old = at(NOW - timedelta(days=27))
        new = at(NOW)

        assert pages(ALL, 1) == [[new], [old]]

    def test_of_several_logs_are_one_list(self):
        ids = [write()[0], write(controller_id=OTHER_LOG)[0], write()[0]]

        found = search(replace(ALL, controller_ids=(LOG, OTHER_LOG)))

        assert [row.pk for row in found.rows] == ids[::-1]

    def test_need_no_count_and_no_offset(self):
        write(5)
        with CaptureQueriesContext(connection) as queries:
            search(ALL, limit=2)

        statements = " ".join(one["sql"] for one in queries).upper()
        assert "COUNT(" not in statements
        assert "OFFSET" not in statements
        assert len(queries) == 1

    def test_have_a_bounded_size(self):
        for limit in (0, 1001, -1):
            with pytest.raises(ValueError, match="1 to 1000"):
                search(ALL, limit=limit)

    def test_of_nothing_are_empty(self):
        assert search(ALL).rows == ()
        assert search(replace(ALL, controller_ids=())).rows == ()


class TestFilters:
    def find(self, **parts):
        return [row.pk for row in search(replace(ALL, **parts)).rows]

    @pytest.mark.req("AUD-15")
    def test_by_person(self):
        mine, _ = write(subject=PERSON)[0], write()

        assert self.find(subject_id=PERSON.id) == [mine]

    def test_by_actor_and_kind_of_actor(self):
        service = write(by=Actor("service", "svc"))[0]
        write(by=Actor("system", "keeper"))

        assert self.find(actor_id="svc") == [service]
        assert self.find(actor_type="service") == [service]
        assert self.find(actor_id="svc", actor_type="officer") == []

    def test_by_event_purpose_outcome_and_target(self):
        one = write(event="decision:made", purpose="mail", outcome="deny", target=Target("x", "7"))
        write(event="consent:given", purpose="mail")

        assert self.find(events=("decision:made",)) == one
        assert self.find(events=("decision:made", "standing:set")) == one
        assert self.find(except_events=("consent:given",)) == one
        assert self.find(purposes=("mail",), outcome="deny") == one
        assert self.find(target_type="x", target_id="7") == one
        assert self.find(target_id="8") == []

    def test_by_reasons_any_of_them(self):
        gone = write(reason_code="CONSENT_EXPIRED")[0]
        away = write(reason_code="CONSENT_WITHDRAWN")[0]
        write(reason_code="PERMIT")

        assert self.find(reasons=("CONSENT_EXPIRED",)) == [gone]
        assert self.find(reasons=("CONSENT_EXPIRED", "CONSENT_WITHDRAWN")) == [away, gone]
        assert self.find(reasons=()) == []

    def test_by_time_of_the_entry_not_of_its_id(self):
        moment = NOW - timedelta(hours=5)
        late = at(moment + timedelta(seconds=20), at=moment - timedelta(seconds=1))
        first = at(moment, 1)
        last = at(moment + timedelta(minutes=1), at=moment + timedelta(seconds=59))
        at(moment + timedelta(minutes=1), 1)

        found = self.find(since=moment, until=moment + timedelta(minutes=1))

        assert found == [last, first]
        assert late in self.find(until=moment)

    def test_of_times_that_cannot_be_find_nothing(self):
        write(2)

        assert self.find(since=NOW, until=NOW - timedelta(days=1)) == []
        assert self.find(since=NOW + timedelta(days=900)) == []
        assert self.find(until=datetime(1970, 1, 1, tzinfo=UTC)) == []

    def test_hold_what_is_aside_for_a_hold(self):
        old = at(NOW - timedelta(days=3000), retention_class="held")
        new = at(NOW)

        assert pages(ALL, 1) == [[new], [old]]
        assert [one for one, _ in walk(ALL, after=None, limit=5)] == [old, new]

    @pytest.mark.parametrize(
        "value", ["'; DROP TABLE x; --", "%s", "%", "\\", "ж", "🦊", "a" * 300]
    )
    def test_take_any_text_as_a_value(self, value):
        write()

        for name in ("actor_id", "target_id", "outcome", "actor_type"):
            assert self.find(**{name: value}) == []
        assert self.find(purposes=(value,), reasons=(value, value)) == []


@pytest.mark.req("P9")
class TestCursors:
    def cursor(self, criteria=ALL):
        write(4)
        return search(criteria, limit=2).next_cursor

    def refused(self, cursor, criteria=ALL):
        with pytest.raises(CursorError) as caught:
            search(criteria, cursor=cursor)
        return caught.value.message

    @pytest.mark.parametrize(
        "change",
        [
            {"controller_ids": (OTHER_LOG,)}, {"controller_ids": (LOG, OTHER_LOG)},
            {"purposes": ("x",)}, {"events": ("decision:made",)}, {"since": NOW},
            {"subject_id": PERSON.id}, {"reasons": ("A",)}, {"outcome": "deny"},
        ],
    )  # fmt: skip
    def test_belong_to_their_search(self, change):
        assert "another search" in self.refused(self.cursor(), replace(ALL, **change))

    def test_that_were_changed_are_refused_at_each_byte(self):
        cursor = self.cursor()
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        for place in range(len(raw)):
            wrong = bytearray(raw)
            wrong[place] ^= 1
            text = base64.urlsafe_b64encode(bytes(wrong)).decode().rstrip("=")
            assert "not one of ours" in self.refused(text)

    @pytest.mark.parametrize(
        "cursor", ["x", "=", "AAAA", "ж", "a" * 5000, "../..", " ", "\0", "-_"]
    )
    def test_of_others_are_refused(self, cursor):
        assert "not one of ours" in self.refused(cursor)

    def test_never_open_another_controllers_log(self):
        write(3, controller_id=OTHER_LOG)
        foreign = search(replace(ALL, controller_ids=(OTHER_LOG,)), limit=1).next_cursor

        self.refused(foreign)

        write(3)
        found = sum(pages(ALL, 1), [])
        logs = EntryIndex.objects.filter(pk__in=found).values_list("controller_id", flat=True)
        assert set(logs) == {LOG}

    def test_say_nothing_of_what_they_hold(self):
        cursor = self.cursor(replace(ALL, actor_id="01900000-0000-7000-8000-0000000000ff"))

        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert b"01900000" not in raw
        assert LOG.bytes not in raw


class TestPatience:
    def test_ends_a_page_early_and_says_how_far_it_looked(self, monkeypatch):
        monkeypatch.setattr(searching, "PATIENCE_SECONDS", -1)
        old = at(NOW - timedelta(days=20), reason_code="RARE")
        criteria = replace(ALL, reasons=("RARE",))

        page = search(criteria)

        assert page.rows == ()
        assert NOW - timedelta(days=1) < page.looked_back_to <= NOW + timedelta(days=1)
        assert [one for one in sum(pages(criteria, 5), []) if one] == [old]

    def test_is_not_needed_by_a_small_log(self):
        at(NOW - timedelta(days=20), reason_code="RARE")

        page = search(replace(ALL, reasons=("RARE",)))

        assert len(page.rows) == 1
        assert (page.looked_back_to, page.next_cursor) == (None, "")


def explained(criteria, low, high):
    """How PostgreSQL reads one span."""
    statement = searching._Statement(criteria, ("id",), newest_first=True)
    with CaptureQueriesContext(connection) as queries:
        statement.rows(searching.Span(uuid7_at(low), uuid7_at(high), True), 10)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (COSTS OFF) " + queries[0]["sql"])
        return "\n".join(row[0] for row in cursor.fetchall())


class TestPlans:
    def test_touch_the_partitions_of_the_span_only(self):
        months = {f"{NOW:%Y%m}", f"{NOW - timedelta(days=2):%Y%m}"}

        plan = explained(ALL, NOW - timedelta(days=2), NOW)

        touched = {word for word in plan.split() if word.startswith("audit_entryindex_rc")}
        assert {word.split("_")[3][:6] for word in touched} <= months
        assert "audit_entryindex_rc2" in plan


class TestWalking:
    def test_has_every_entry_once_oldest_first(self):
        ids = write(11)
        found, after = [], None
        while part := walk(ALL, after=after, limit=4):
            found += part
            after = part[-1][0]

        assert [one for one, _ in found] == ids
        assert {name for _, name in found} == {"rc1"}


class TestSummaries:
    def test_are_made_by_the_app_and_hide_nothing_that_comes_later(self, superuser):
        lines = [
            EntryIndex(
                id=UUID(int=uuid7_at(NOW).int + number), retention_class="rc2", controller_id=LOG,
                at=NOW, event="decision:made", actor_type="service", actor_id="s",
                target_type="decision", target_id="d", reason_code="A",
            )
            for number in range(5000)
        ]  # fmt: skip
        EntryIndex.objects.bulk_create(lines)
        superuser.execute(UNSUMMARIZED)  # pages of an earlier test may be in use again

        assert services.summarize_index() >= 1

        late = at(NOW, 6000, reason_code="B")
        self.refuse("seqscan", "indexscan")
        plan = explained(replace(ALL, reasons=("B",)), NOW - timedelta(hours=1), NOW + HOUR)
        assert "Bitmap Index Scan" in plan
        assert [row.pk for row in search(replace(ALL, reasons=("B",))).rows] == [late]

    def refuse(self, *ways):
        with connection.cursor() as cursor:
            for way in ways:
                cursor.execute(f"SET LOCAL enable_{way} = off")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hours=st.lists(st.integers(0, 700), min_size=1, max_size=12, unique=True),
    limit=st.integers(1, 5), rare=st.sets(st.integers(0, 11)),
)  # fmt: skip
def test_any_log_is_found_whole_whatever_the_page_size(db, hours, limit, rare):
    EntryIndex.objects.all().delete()
    made = [
        at(NOW - timedelta(hours=hour), reason_code="R" if number in rare else "D")
        for number, hour in enumerate(hours)
    ]
    wanted = [one for number, one in enumerate(made) if number in rare]

    assert sum(pages(ALL, limit), []) == sorted(made, reverse=True)
    assert sum(pages(replace(ALL, reasons=("R",)), limit), []) == sorted(wanted, reverse=True)
