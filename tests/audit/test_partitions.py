from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.utils import timezone

from audit import services, tasks
from config.run.provision import APP, RETENTION
from keys.ids import uuid7_at
from keys.ledger import REFUSED_SQLSTATE
from work import services as work
from work.handlers import schedules

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-10")]

LONG_AGO = date(2001, 2, 1)


@pytest.fixture
def session(superuser):
    """One transaction that plays several logins and leaves nothing behind."""
    with superuser.transaction(force_rollback=True):
        yield superuser


def playing(session, role, statement, *parameters):
    session.execute(f"SET LOCAL ROLE {role}")
    try:
        with session.transaction():
            return session.execute(statement, parameters).fetchone()[0]
    finally:
        session.execute("RESET ROLE")


def ensure(session, first, months=1, role=APP):
    return playing(session, role, "SELECT audit_ensure_partitions(%s, %s)", first, months)


def drop(session, kind, month, role=RETENTION):
    """How many payloads died, were kept and were gone before; None where there was no month."""
    query = (
        "SELECT (SELECT ARRAY[died, kept, gone] FROM "
        "audit_drop_month(%s, %s, 'system', 'test', '{}', '{}'))"
    )
    return playing(session, role, query, kind, month)


def parts(session, table="audit_payload"):
    query = "SELECT relid::regclass::text FROM pg_partition_tree(%s) WHERE isleaf"
    return {row[0] for row in session.execute(query, [table]).fetchall()}


def untouched(session, table):
    """Months whose upkeep is PostgreSQL's default."""
    query = (
        "SELECT relid::regclass::text FROM pg_partition_tree(%s) JOIN pg_class c ON c.oid = relid "
        "WHERE isleaf AND NOT coalesce(reloptions, '{}') "
        "@> '{autovacuum_vacuum_insert_threshold=1000000,autovacuum_analyze_threshold=50000}'"
    )
    return {row[0] for row in session.execute(query, [table]).fetchall()}


def months_ago(count):
    """The first day of the month so many before this one."""
    now = timezone.now()
    month = now.year * 12 + now.month - 1 - count
    return date(month // 12, month % 12 + 1, 1)


class TestEnsure:
    def test_makes_each_month_of_each_class_once(self, session):
        assert ensure(session, LONG_AGO, 3) == 18
        assert ensure(session, LONG_AGO, 3) == 0
        assert ensure(session, LONG_AGO, 4) == 6
        assert {f"audit_payload_{kind}_2001{m}" for kind in ("rc1", "rc2", "rc3") for m in
                ("02", "03", "04", "05")} <= parts(session)  # fmt: skip

    @pytest.mark.parametrize("table", ["audit_payload", "audit_entryindex"])
    def test_has_no_month_kept_up_as_often_as_a_table_that_changes(self, session, table):
        ensure(session, LONG_AGO)

        assert f"{table}_rc2_200102" in parts(session, table)
        assert untouched(session, table) == set()

    def test_gathers_no_statistics_of_payloads(self, session):
        ensure(session, LONG_AGO)

        query = (
            "SELECT DISTINCT attstattarget FROM pg_attribute WHERE attnum > 0 AND attrelid IN "
            "(SELECT relid FROM pg_partition_tree('audit_payload') WHERE isleaf)"
        )
        assert session.execute(query).fetchall() == [(0,)]

    def test_the_app_calls_it_through_the_service(self):
        services.ensure_partitions()

        assert services.ensure_partitions() == 0

    def test_there_is_room_for_more_than_a_year(self, session):
        assert f"audit_payload_rc2_{months_ago(-14):%Y%m}" in parts(session)

    def test_the_keeper_ensures_them_each_day(self, session):
        assert schedules()["audit.partitions"] == 86_400
        work.keep_schedule(timezone.now())
        work.run_available(worker="test")

        assert work.run_available(worker="test") == 0
        assert tasks.ensure_partitions

    @pytest.mark.parametrize("months", [0, -1, 61])
    def test_an_absurd_number_of_months_is_refused(self, session, months):
        with pytest.raises(psycopg.errors.RaiseException):
            ensure(session, LONG_AGO, months)

    @pytest.mark.parametrize(
        ("at", "part"),
        [
            (datetime(2001, 2, 1, tzinfo=UTC), "200102"),
            (datetime(2001, 2, 28, 23, 59, 59, 999_000, tzinfo=UTC), "200102"),
            (datetime(2001, 3, 1, tzinfo=UTC), "200103"),
        ],
    )
    def test_an_entry_is_kept_in_the_month_of_its_id(self, session, at, part):
        ensure(session, LONG_AGO, 2)
        add(session, uuid7_at(at))

        where = "SELECT tableoid::regclass::text FROM audit_payload WHERE id = %s"
        assert session.execute(where, [uuid7_at(at)]).fetchone() == (f"audit_payload_rc2_{part}",)

    def test_an_entry_without_a_partition_is_refused(self, session):
        with pytest.raises(psycopg.errors.CheckViolation):
            add(session, UUID(int=0))

    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"]
    )
    def test_a_new_partition_is_protected_like_the_old_ones(self, session, statement):
        ensure(session, LONG_AGO)
        add(session, uuid7_at(datetime(2001, 2, 3, tzinfo=UTC)))
        table = "audit_payload_rc2_200102"
        session.execute("SET LOCAL session_replication_role = replica")

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            playing(session, APP, statement.format(table))
        with pytest.raises(psycopg.Error) as refusal, session.transaction():
            session.execute(statement.format(table))
        assert refusal.value.sqlstate == REFUSED_SQLSTATE


class TestDrop:
    def test_an_old_month_goes_and_only_that(self, session):
        ensure(session, LONG_AGO, 2)
        add(session, uuid7_at(datetime(2001, 2, 3, tzinfo=UTC)))
        before = parts(session)

        assert drop(session, "rc2", LONG_AGO) is not None

        assert before - parts(session) == {"audit_payload_rc2_200102"}
        assert drop(session, "rc2", LONG_AGO) is None

    @pytest.mark.parametrize(("kind", "months"), [("rc2", 13), ("rc3", 13), ("rc1", 12 * 7 + 1)])
    def test_a_month_past_its_floor_goes(self, session, kind, months):
        ensure(session, months_ago(months))

        assert drop(session, kind, months_ago(months)) == [0, 0, 0]

    def test_a_month_that_ended_does_not_come_back(self, session):
        ensure(session, LONG_AGO)
        drop(session, "rc2", LONG_AGO)

        assert ensure(session, LONG_AGO) == 0
        with pytest.raises(psycopg.errors.CheckViolation), session.transaction():
            add(session, uuid7_at(datetime(2001, 2, 3, tzinfo=UTC)))

    def test_a_month_of_one_kind_leaves_the_other_kinds(self, session):
        ensure(session, LONG_AGO)
        before = parts(session, "audit_entryindex")

        drop(session, "rc3", LONG_AGO)

        assert before - parts(session, "audit_entryindex") == {"audit_entryindex_rc3_200102"}

    def test_half_a_month_that_is_missing_keeps_nothing_from_ending(self, session):
        ensure(session, LONG_AGO)
        session.execute("DROP TABLE audit_payload_rc2_200102")

        assert drop(session, "rc2", LONG_AGO) == [0, 0, 0]
        assert "audit_entryindex_rc2_200102" not in parts(session, "audit_entryindex")

    def test_a_young_month_under_the_name_of_an_old_one_stays(self, session):
        """What counts is what a partition holds."""
        young = f"audit_payload_rc2_{months_ago(2):%Y%m}"
        ensure(session, months_ago(2))
        session.execute(f"ALTER TABLE {young} RENAME TO audit_payload_rc2_200102")

        assert drop(session, "rc2", LONG_AGO) is None
        assert "audit_payload_rc2_200102" in parts(session)

    @pytest.mark.parametrize("zone", ["Asia/Kolkata", "Pacific/Kiritimati", "America/New_York"])
    def test_months_are_those_of_utc_wherever_the_session_is(self, session, zone):
        session.execute(f"SET LOCAL timezone = '{zone}'")
        ensure(session, LONG_AGO)
        add(session, uuid7_at(datetime(2001, 2, 1, tzinfo=UTC)))
        with pytest.raises(psycopg.errors.CheckViolation), session.transaction():
            add(session, uuid7_at(datetime(2001, 3, 1, tzinfo=UTC)))

        drop(session, "rc2", date(2001, 2, 28))

        dropped = session.execute("SELECT DISTINCT month FROM audit_dropped").fetchall()
        assert dropped == [(LONG_AGO,)]

    @pytest.mark.parametrize("day", ["infinity", "-infinity", "0044-03-15 BC", "9999-12-31", None])
    def test_a_day_that_is_no_month_of_ours_is_refused(self, session, day):
        with pytest.raises(psycopg.errors.RaiseException):
            drop(session, "rc2", day)

    @pytest.mark.parametrize("role", [APP, RETENTION])
    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT audit_keep_only('2001-02-01', NULL, NULL, '{}')",
            "SELECT audit_move_aside('rc2', '2001-02-01', '{}')",
            "SELECT audit_note_retention(NULL, '', '', '', '', NULL, 0, 0, '')",
            "SELECT audit_kept('rc2', NULL, NULL, '{}', '{}')",
        ],
    )
    def test_its_parts_are_nobodys_to_call(self, session, role, statement):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            playing(session, role, statement)

    def test_the_app_cannot_claim_that_a_month_ended(self, session):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            playing(
                session, APP,
                "INSERT INTO audit_dropped (entry_id, controller_id, retention_class, month, count,"
                " lost, held, at) VALUES (gen_random_uuid(), gen_random_uuid(), 'rc2', now(), 1,"
                " 0, '', now()) RETURNING 1",
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("kind", "months"),
        [("rc2", 0), ("rc2", 12), ("rc2", -3), ("rc3", 12), ("rc1", 13), ("rc1", 84)],
    )
    def test_a_younger_month_stays_whoever_asks(self, session, kind, months):
        ensure(session, months_ago(months))

        with pytest.raises(psycopg.errors.RaiseException, match="younger than the floor"):
            drop(session, kind, months_ago(months))

    def test_the_last_day_of_a_month_counts_not_its_first(self, session):
        """A month given by any of its days is the same month."""
        month = months_ago(12)
        ensure(session, month)

        with pytest.raises(psycopg.errors.RaiseException, match="younger than the floor"):
            drop(session, "rc2", month + timedelta(days=27))

    @pytest.mark.parametrize("role", [APP])
    def test_nobody_else_may_ask(self, session, role):
        ensure(session, LONG_AGO)

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            drop(session, "rc2", LONG_AGO, role)

    def test_an_unknown_class_is_an_error(self, session):
        with pytest.raises(psycopg.errors.RaiseException, match="unknown retention class"):
            drop(session, "rc9", LONG_AGO)

    @pytest.mark.parametrize(
        "statement", ["DROP TABLE audit_payload_rc2_200102", "DELETE FROM audit_payload",
                      "DELETE FROM audit_bundle", "SELECT 1 FROM subjects_identifier",
                      "SELECT 1 FROM audit_payload",
                      "SELECT audit_ensure_partitions(now()::date, 1)"],
    )  # fmt: skip
    def test_the_retention_login_may_do_nothing_else(self, session, statement):
        ensure(session, LONG_AGO)

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            playing(session, RETENTION, statement)


def add(session, entry_id):
    session.execute(
        "INSERT INTO audit_payload (id, retention_class, salt, body) VALUES (%s, 'rc2', %s, %s)",
        [entry_id, bytes(16), b"{}"],
    )
