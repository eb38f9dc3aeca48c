"""P11: whatever breaks while a reading of profiles is recorded, nothing of it is shown."""

import re
import uuid
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit import services as audit
from audit.models import EntryIndex
from keys.errors import KeyUnavailableError
from profiles import services as profiles
from profiles.errors import ReadNotRecordedError
from profiles.models import Seat
from tests.factories.company import OFFERS
from tests.profiles.guarded_world import CASE, REASON
from tests.promises.profiled import SECRETS, Api, company, desk, finds, planted
from work import services as work

pytestmark = [pytest.mark.req("P11"), pytest.mark.django_db(transaction=True)]

TABLES = ("audit_pending", "audit_payload", "audit_entryindex")
RAISE = "RAISE EXCEPTION 'the log is full: asha.planted@example.in'"
KILL = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1)"
WAIT = "PERFORM pg_sleep(20)"


@pytest.fixture
def lotus(transactional_db):
    return company()


@pytest.fixture
def asha(lotus):
    return planted(lotus)


@contextmanager
def failing(superuser, table, what=RAISE, when="BEFORE INSERT", deferred=False):
    """While this lasts, adding to the table does that to whoever tries."""
    kind = "CONSTRAINT TRIGGER" if deferred else "TRIGGER"
    moment = "AFTER INSERT" if deferred else when
    late = "DEFERRABLE INITIALLY DEFERRED" if deferred else ""
    superuser.execute(
        "CREATE FUNCTION pg_temp_break() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {what}; RETURN NEW; END $$"
    )
    superuser.execute(
        f"CREATE {kind} zz_break {moment} ON {table} {late} FOR EACH ROW "
        "EXECUTE FUNCTION pg_temp_break()"
    )
    try:
        yield
    finally:
        superuser.execute(f"DROP TRIGGER zz_break ON {table}")
        superuser.execute("DROP FUNCTION pg_temp_break()")


def entries(superuser):
    return superuser.execute("SELECT count(*) FROM audit_entryindex").fetchone()[0]


def nothing_of(text):
    found = [one for one in SECRETS if one.lower() in str(text).lower()]
    assert found == []
    return True


def given(lotus, by=None):
    return {"by": by or lotus.service, "controller_id": lotus.id, "purpose": OFFERS}


class TestTheServices:
    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize("deferred", [False, True], ids=["at once", "at the commit"])
    def test_show_nothing_when_any_part_of_the_record_fails(
        self, lotus, asha, superuser, table, deferred
    ):
        assert profiles.read(subject_id=asha.id, **given(lotus)).fields
        before = entries(superuser)

        with failing(superuser, table, deferred=deferred):
            with pytest.raises(ReadNotRecordedError) as refused:
                profiles.read(subject_id=asha.id, **given(lotus))
            with pytest.raises(ReadNotRecordedError):
                profiles.read_many(subject_ids=[asha.id], **given(lotus))

        assert entries(superuser) == before
        assert nothing_of(refused.value)
        assert refused.value.__cause__ is None
        assert profiles.read(subject_id=asha.id, **given(lotus)).fields

    @pytest.mark.parametrize("what", [KILL], ids=["killed"])
    def test_show_nothing_when_the_database_goes_away(self, lotus, asha, superuser, what):
        with failing(superuser, "audit_payload", what), pytest.raises(ReadNotRecordedError):
            profiles.read(subject_id=asha.id, **given(lotus))

        assert profiles.read(subject_id=asha.id, **given(lotus)).fields

    def test_show_nothing_when_the_record_takes_too_long(self, lotus, asha, superuser):
        with failing(superuser, "audit_payload", WAIT), connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 400")
            try:
                with pytest.raises(ReadNotRecordedError):
                    profiles.read(subject_id=asha.id, **given(lotus))
            finally:
                cursor.execute("RESET statement_timeout")

    @pytest.mark.parametrize(
        "error", [KeyError("no such event"), RuntimeError(), KeyUnavailableError("gone"),
                  MemoryError(), TimeoutError()], ids=lambda one: type(one).__name__,
    )  # fmt: skip
    def test_show_nothing_whatever_recording_raises(
        self, lotus, asha, superuser, monkeypatch, error
    ):
        """Also what nobody thought of: it is an error, and never a profile."""

        def fails(drafts):
            raise error

        before = entries(superuser)
        monkeypatch.setattr(audit, "record_many", fails)

        for call, more in (
            (profiles.read, {"subject_id": asha.id}),
            (profiles.read_many, {"subject_ids": [asha.id]}),
        ):
            with pytest.raises((type(error), ReadNotRecordedError)) as refused:
                call(**more, **given(lotus))
            assert nothing_of(refused.value)
        assert entries(superuser) == before

    def test_have_recorded_it_for_good_before_they_return(self, lotus, asha, superuser):
        """Another connection sees the entry as soon as there is an answer."""
        before = entries(superuser)

        profiles.read(subject_id=asha.id, **given(lotus))
        assert entries(superuser) == before + 1
        profiles.read_many(subject_ids=[asha.id], **given(lotus))
        assert entries(superuser) == before + 2

    def test_record_also_that_nobody_was_there(self, lotus, superuser):
        before = entries(superuser)
        profiles.read_many(subject_ids=[uuid.uuid4()], **given(lotus))

        assert entries(superuser) == before + 1

    @pytest.mark.parametrize("table", TABLES)
    def test_open_nothing_when_the_opening_is_not_recorded(self, lotus, asha, superuser, table):
        more = {"subject_id": asha.id, "reason": REASON, **given(lotus, lotus.ravi)}

        with failing(superuser, table):
            with pytest.raises(DatabaseError):
                profiles.reveal(attribute="email", **more)
            with pytest.raises(DatabaseError):
                profiles.break_glass(case=CASE, **more)

        shown = profiles.read(subject_id=asha.id, **given(lotus, lotus.ravi))
        email = next(one for one in shown.fields if one.code == "email")
        assert email.why == "masked"
        assert not any(one.is_beyond_view for one in shown.fields)

    @pytest.mark.parametrize("table", TABLES)
    def test_find_nobody_when_the_search_is_not_recorded(self, lotus, asha, superuser, table):
        assert finds(lotus, lotus.ravi, "asha.planted@example.in") == asha.id

        full = "RAISE EXCEPTION 'full'"
        with failing(superuser, table, full), pytest.raises(DatabaseError) as refused:
            finds(lotus, lotus.ravi, "asha.planted@example.in")

        assert nothing_of(refused.value)

    def test_a_reading_inside_a_transaction_that_fails_later_is_not_on_record_nor_returned(
        self, lotus, asha, superuser
    ):
        """Whoever reads within their own transaction has nothing to show before it commits."""
        before = entries(superuser)

        with suppress(ZeroDivisionError), transaction.atomic():
            profiles.read(subject_id=asha.id, **given(lotus))
            assert entries(superuser) == before
            raise ZeroDivisionError

        assert entries(superuser) == before


class TestTheApi:
    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize("deferred", [False, True], ids=["at once", "at the commit"])
    def test_answers_with_a_refusal_and_no_value(self, lotus, asha, superuser, table, deferred):
        api = Api(lotus)
        assert "845019" in api.read(asha.id).content.decode()

        with failing(superuser, table, deferred=deferred):
            answers = [api.read(asha.id), api.list(asha.id)]

        for answer in answers:
            assert answer.status_code == 503, answer.content
            assert answer["Content-Type"] == "application/problem+json"
            assert nothing_of(answer.content.decode())
            assert answer["Cache-Control"] == "no-store"

    def test_answers_without_a_value_whatever_recording_raises(
        self, lotus, asha, superuser, monkeypatch
    ):
        def fails(drafts):
            raise RuntimeError("asha.planted@example.in")

        monkeypatch.setattr(audit, "record_many", fails)

        for answer in (Api(lotus).read(asha.id), Api(lotus).list(asha.id)):
            assert answer.status_code == 500
            assert nothing_of(answer.content.decode())


class TestThePages:
    @pytest.mark.parametrize("table", TABLES)
    def test_show_nothing(self, lotus, asha, superuser, table):
        client = desk(lotus.ravi)
        client.raise_request_exception = False
        address = reverse("admin:profile", args=[asha.id])
        query = {"purpose": OFFERS, "seat": seat(lotus, lotus.ravi)}
        shown = client.get(address, query)
        assert re.search(r"845\D?019", shown.content.decode())

        with failing(superuser, table):
            answer = client.get(address, query)

        assert answer.status_code >= 500
        assert nothing_of(answer.content.decode())
        assert not re.search(r"845\D?019", answer.content.decode())


class TestTheExport:
    def test_writes_nobody_whose_reading_is_not_on_record(
        self, lotus, asha, superuser, settings, tmp_path
    ):
        tmp_path.chmod(0o700)
        settings.PROFILE_EXPORT_FOLDER = str(tmp_path)
        export = profiles.request_export(
            by=lotus.ravi, controller_id=lotus.id, subject_ids=[asha.id], purpose=OFFERS,
            reason=REASON,
        )  # fmt: skip
        profiles.approve_export(by=lotus.meera, export=export)

        with failing(superuser, "audit_payload"):
            work.run_available(worker="w", limit=1)

        export.refresh_from_db()
        assert export.state == "approved"  # to be tried again
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or nothing_of(path.read_text())

        while work.run_available(worker="w", due_by=later()):
            pass
        export.refresh_from_db()
        assert export.state == "ready"
        assert EntryIndex.objects.filter(event="list:viewed", subject_id=asha.id).count() == 1
        with failing(superuser, "audit_payload"), pytest.raises(DatabaseError):
            profiles.take_export(by=lotus.ravi, export=export)


def later():
    return timezone.now() + timedelta(hours=2)


def seat(lotus, by):
    return str(Seat.objects.get(controller_id=lotus.id, holder_id=by.id).id)
