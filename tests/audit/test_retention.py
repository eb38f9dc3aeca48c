"""Payloads whose time is over are destroyed, held ones are not, and the log still verifies."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from uuid import UUID

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit import retention, sealing, selectors
from audit.actors import SubjectRef, Target
from audit.canonical import canonical
from audit.classes import FLOORS, RetentionClass
from audit.errors import RetentionLoginMissingError
from audit.models import Alarm, Dropped, EntryIndex, Payload
from audit.retention import Drop, Month
from audit.tiles import LogReader
from config.places import BASE_DIR
from config.run.provision import RETENTION
from keys.ids import SYSTEM_ID
from tests.audit import ages
from tests.audit.ages import BY, FEBRUARY, MARCH, alive, ended, months, problems, recorded
from tests.audit.log import LOG, OTHER_LOG, PERSON, unguarded, write
from tests.patience import wait_until
from tests.subjects import people
from work import services as work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.req("AUD-06"),
    pytest.mark.usefixtures("past"),
]

PROCESSING, EVIDENCE, AI = (
    RetentionClass.PROCESSING, RetentionClass.EVIDENCE, RetentionClass.AI_DECISION,
)  # fmt: skip
NOTHING = {
    "class": "rc2", "count": 0, "lost": 0, "held": 0,
    "held_sha256": hashlib.sha256(b"").hexdigest(),
}  # fmt: skip
DROPPED = """
INSERT INTO audit_dropped (entry_id, controller_id, retention_class, month, count, lost, held, at)
VALUES (%s, %s, %s, %s, %s, 0, '', now())
"""
OTHER = SubjectRef(UUID(int=0xABCD), UUID(int=0xDCBA))
YEAR_LATER = datetime(2002, 3, 1, tzinfo=UTC)


class TestTheTime:
    def test_processing_ends_after_a_year_and_evidence_stays(self):
        looks = recorded(FEBRUARY, 3, event="list:viewed")
        consents = recorded(FEBRUARY, 2, event="consent:given")

        assert ended(YEAR_LATER - timedelta(seconds=1)).dropped == ()
        assert alive(looks) == looks

        ran = ended(YEAR_LATER)

        assert ran.dropped == (Drop(Month(date(2001, 2, 1), PROCESSING), 3, 0, 0),)
        assert alive(looks) == []
        assert alive(consents) == consents
        assert not EntryIndex.objects.filter(id__in=looks).exists()
        assert problems() == []

    def test_evidence_ends_after_seven(self):
        consents = recorded(FEBRUARY, event="consent:given")

        assert "rc1/2001-02" not in months(ended(datetime(2008, 2, 29, tzinfo=UTC)))
        assert "rc1/2001-02" in months(ended(datetime(2008, 3, 1, tzinfo=UTC)))

        assert alive(consents) == []
        assert problems() == []

    def test_a_month_ends_whole_by_utc(self):
        first = recorded(datetime(2001, 2, 1, tzinfo=UTC), event="list:viewed")
        last = recorded(datetime(2001, 2, 28, 23, 59, 59, 999_000, tzinfo=UTC), event="list:viewed")
        after = recorded(datetime(2001, 3, 1, tzinfo=UTC), event="list:viewed")

        ended(YEAR_LATER)

        assert alive([*first, *last, *after]) == after

    @pytest.mark.parametrize(
        ("kind", "month", "days", "expected"),
        [
            (PROCESSING, date(2001, 2, 1), 365, datetime(2002, 3, 1, tzinfo=UTC)),
            (PROCESSING, date(2001, 12, 1), 365, datetime(2003, 1, 1, tzinfo=UTC)),
            (PROCESSING, date(2003, 2, 1), 365, datetime(2004, 3, 1, tzinfo=UTC)),  # a leap year
            (PROCESSING, date(2001, 2, 1), 400, datetime(2002, 4, 5, tzinfo=UTC)),
            (PROCESSING, date(2001, 2, 1), 1, datetime(2002, 3, 1, tzinfo=UTC)),  # the floor
            (EVIDENCE, date(2001, 2, 1), 2555, datetime(2008, 3, 1, tzinfo=UTC)),
            (AI, date(2001, 2, 1), 1095, datetime(2004, 2, 29, tzinfo=UTC)),
        ],
    )
    def test_is_counted_from_the_end_of_the_month(self, settings, kind, month, days, expected):
        settings.AUDIT_RETENTION_DAYS = {kind.value: days}

        assert retention.ends_at(Month(month, kind)) == expected

    def test_the_database_has_the_same_floors(self, superuser):
        query = "SELECT prosrc FROM pg_proc WHERE proname = 'audit_drop_month'"
        (source,) = superuser.execute(query).fetchone()

        for kind, floor in FLOORS.items():
            years = f"{floor.years} year{'s' if floor.years > 1 else ''}"
            assert f"WHEN '{kind.value}' THEN interval '{years}'" in source

    def test_a_clock_that_goes_before_meets_the_floor_of_the_database(self):
        entries = write(2, event="list:viewed")
        sealing.seal_all()

        ran = ended(timezone.now() + timedelta(days=9 * 365))

        assert ran.dropped == ()
        assert len(ran.put_off) > 20
        assert all("younger than the floor" in why for why in ran.put_off)
        assert alive(entries) == entries


class TestTheRecord:
    def test_each_log_says_what_ended_in_it(self):
        recorded(FEBRUARY, 3, event="list:viewed")
        recorded(FEBRUARY, 2, event="list:viewed", controller_id=OTHER_LOG)

        ended(YEAR_LATER)

        rows = {row.controller_id: row for row in Dropped.objects.all()}
        assert {log: row.count for log, row in rows.items()} == {LOG: 3, OTHER_LOG: 2, SYSTEM_ID: 0}
        for log, row in rows.items():
            said = selectors.payload(row.entry_id)
            assert said["event"] == "retention:dropped"
            assert said["target"] == {"type": "retention", "id": "rc2/2001-02"}
            assert said["data"] == {**NOTHING, "month": "2001-02", "count": row.count}
            assert LogReader.of(log).position(row.entry_id) is not None

    def test_its_entry_is_canonical_like_any_other(self):
        recorded(FEBRUARY, event="list:viewed")
        ended()

        for payload in Payload.objects.filter(id__in=Dropped.objects.values("entry_id")):
            assert canonical(json.loads(bytes(payload.body))) == bytes(payload.body)
            assert payload.id.version == 7
        assert problems() == []

    def test_what_it_says_outlives_its_own_class(self, superuser):
        """Otherwise nobody could tell in ten years what ended and what was deleted."""
        january = {**NOTHING, "month": "2000-01"}
        target = Target("retention", "rc2/2000-01")
        (said,) = recorded(MARCH, event="retention:dropped", target=target, data=january)
        (other,) = recorded(MARCH, event="consent:given")
        superuser.execute(DROPPED, [said, LOG, "rc2", "2000-01-01", 0])

        ended()

        assert alive([said, other]) == [said]
        assert problems() == []
        assert ended().released == 0

    def test_payloads_missing_before_their_time_are_told(self, superuser):
        entries = recorded(FEBRUARY, 3, event="list:viewed")
        with unguarded(superuser, "audit_payload"):
            superuser.execute("DELETE FROM audit_payload WHERE id = %s", [entries[1]])

        ran = ended()

        assert [(one.died, one.lost) for one in ran.dropped if one.month.retention == PROCESSING] \
            == [(2, 1)]  # fmt: skip
        assert Dropped.objects.get(controller_id=LOG, retention_class="rc2").lost == 1
        assert Alarm.objects.get().detail.startswith("rc2/2001-02: 1 payloads")

    def test_many_bundles_are_counted_exactly(self):
        recorded(datetime(2001, 1, 31, 23, tzinfo=UTC), 100, event="list:viewed")
        recorded(FEBRUARY, 300, event="list:viewed")
        recorded(FEBRUARY, 50, event="consent:given")
        recorded(FEBRUARY, 700, event="list:viewed")
        recorded(MARCH, 10, event="list:viewed")

        ended(YEAR_LATER)

        counts = Dropped.objects.filter(controller_id=LOG).values_list("month", "count", "lost")
        assert set(counts) == {(date(2001, 1, 1), 100, 0), (date(2001, 2, 1), 1000, 0)}


class TestVerification:
    def test_a_deleted_payload_of_another_class_is_found(self, superuser):
        recorded(FEBRUARY, 3, event="list:viewed")
        (consent,) = recorded(FEBRUARY, event="consent:given")
        ended(YEAR_LATER)
        with unguarded(superuser, "audit_payload"):
            superuser.execute("DELETE FROM audit_payload WHERE id = %s", [consent])

        assert [found.entry_id for found in problems()] == [consent]

    def test_a_deleted_payload_of_another_month_is_found(self, superuser):
        recorded(FEBRUARY, 3, event="list:viewed")
        later = recorded(MARCH, 2, event="list:viewed")
        ended(YEAR_LATER)
        with unguarded(superuser, "audit_payload"):
            superuser.execute("DELETE FROM audit_payload WHERE id = %s", [later[1]])

        assert [found.entry_id for found in problems()] == [later[1]]

    def test_a_deleted_payload_that_was_held_is_found(self, superuser):
        kept = recorded(FEBRUARY, 2, event="list:viewed", subject=PERSON)
        recorded(FEBRUARY, 2, event="list:viewed")
        with ages.holding((LOG, PERSON.id)):
            ended(YEAR_LATER)
        assert problems() == []
        with unguarded(superuser, "audit_payload"):
            superuser.execute("DELETE FROM audit_payload WHERE id = %s", [kept[0]])

        assert [found.entry_id for found in problems()] == [kept[0]]

    def test_a_month_dropped_by_hand_is_found(self, superuser):
        entries = recorded(FEBRUARY, 2, event="list:viewed")
        superuser.execute("DROP TABLE audit_payload_rc2_200102, audit_entryindex_rc2_200102")

        assert "rc2/2001-02" not in months(ended())
        assert [found.entry_id for found in problems()] == entries

    def test_a_drop_that_was_made_up_explains_nothing(self, superuser):
        """Neither the rows of the ledger nor an entry that repeats them make a young month old."""
        deleted, _ = write(2, event="list:viewed")
        month = timezone.now().date().replace(day=1)
        said = {**NOTHING, "month": f"{month:%Y-%m}", "count": 1}
        (entry,) = write(event="retention:dropped", data=said, target=Target("retention", "x"))
        superuser.execute(DROPPED, [entry, LOG, "rc2", month, 1])
        with unguarded(superuser, "audit_payload"):
            superuser.execute("DELETE FROM audit_payload WHERE id = %s", [deleted])
        sealing.seal_all()

        assert {found.entry_id for found in problems()} & {deleted, entry}


class TestTrouble:
    def test_nothing_due_is_quiet(self):
        before, out = selectors.count(), StringIO()

        call_command("audit_retention", stdout=out)

        assert out.getvalue() == ""
        assert selectors.count() == before

    def test_entries_without_a_place_put_their_month_off(self):
        entries = recorded(FEBRUARY, event="list:viewed", seal=False)

        ran = retention.run(by=BY)
        assert [why for why in ran.put_off if "wait for their place" in why]
        assert alive(entries) == entries

        sealing.seal_all()
        assert "rc2/2001-02" in months(ended())

    def test_a_reader_puts_it_off_and_recording_goes_on(self, superuser, monkeypatch):
        monkeypatch.setattr(retention, "PAUSES_SECONDS", (0.01,))
        entries = recorded(FEBRUARY, event="list:viewed")
        with superuser.transaction():
            superuser.execute("SELECT count(*) FROM audit_payload")

            ran = retention.run(by=BY)
            began = time.monotonic()
            write(event="list:viewed")

            assert time.monotonic() - began < 20
        assert ran.dropped == ()
        assert all("lock timeout" in why for why in ran.put_off)
        assert alive(entries) == entries
        assert "rc2/2001-02" in months(ended())

    def test_two_at_once_end_each_month_once(self):
        for month in range(1, 7):
            recorded(datetime(2001, month, 2, tzinfo=UTC), 5, event="list:viewed")

        first, second = people.at_once(*[lambda: retention.run(by=BY)] * 2)

        assert sorted(months(first) + months(second)) == sorted(
            f"{kind.value}/2001-{month:02}" for kind in RetentionClass for month in range(1, 7)
        )
        assert Dropped.objects.filter(controller_id=LOG).count() == 6
        sealing.seal_all()
        assert problems() == []

    @pytest.mark.fault
    def test_killed_between_two_months_it_goes_on_where_it_was(self, superuser, test_database):
        january = recorded(datetime(2001, 1, 5, tzinfo=UTC), 2, event="list:viewed")
        february = recorded(FEBRUARY, 2, event="list:viewed")
        environment = {
            **test_database.environment(), "DATABASE_RETENTION_URL": test_database.url(RETENTION),
        }  # fmt: skip
        with superuser.transaction():
            superuser.execute("SELECT count(*) FROM audit_payload_rc2_200102")
            process = subprocess.Popen(
                [sys.executable, "manage.py", "audit_retention"], cwd=BASE_DIR, env=environment,
            )  # fmt: skip
            wait_until(lambda: alive(january) == [])
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert alive(february) == february

        wait_until(lambda: alone(superuser))
        ran = ended()

        assert "rc2/2001-02" in months(ran)
        assert "rc2/2001-01" not in months(ran)
        assert alive(february) == []
        assert problems() == []

    def test_the_login_that_is_missing_is_named(self, settings):
        settings.DATABASE_IS_EMBEDDED = False
        settings.DATABASE_RETENTION_URL = ""

        with pytest.raises(RetentionLoginMissingError):
            retention.run(by=BY)
        with pytest.raises(CommandError, match="DATABASE_RETENTION_URL"):
            call_command("audit_retention")

    def test_another_login_than_that_one_may_not(self, settings, test_database):
        settings.DATABASE_RETENTION_URL = test_database.url("sammati_app")
        recorded(FEBRUARY, event="list:viewed")

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            retention.run(by=BY)

    @pytest.mark.parametrize("by", [("subject", "1"), ("system", 'x","type":"y'), ("system", "")])
    def test_who_acts_is_checked_by_the_database(self, test_database, by):
        recorded(FEBRUARY, event="list:viewed")
        call = "SELECT audit_drop_month('rc2', '2001-02-01', %s, %s, '{}', '{}')"

        with (
            psycopg.connect(test_database.url(RETENTION)) as session,
            pytest.raises(psycopg.errors.RaiseException, match="not an actor"),
        ):
            session.execute(call, by)


class TestWhoRunsIt:
    def test_the_command_says_what_it_did(self):
        recorded(FEBRUARY, 3, event="list:viewed")
        due, did = StringIO(), StringIO()

        call_command("audit_retention", "--list", stdout=due)
        call_command("audit_retention", stdout=did)

        assert due.getvalue().split() == ["rc1/2001-02", "rc2/2001-02", "rc3/2001-02"]
        assert "rc2/2001-02: 3 destroyed, 0 held." in did.getvalue()

    def test_the_keeper_has_it_done_each_day(self):
        entries = [
            *recorded(FEBRUARY, event="list:viewed"), *recorded(MARCH, event="list:viewed"),
        ]  # fmt: skip
        work.keep_schedule(timezone.now())

        while work.run_available(worker="test"):
            pass

        assert alive(entries) == []


def alone(superuser):
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
    return superuser.execute(query, [RETENTION]).fetchone() == (0,)
