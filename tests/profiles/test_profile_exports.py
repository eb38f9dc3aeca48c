"""Exports of profiles: approved by a second person, as the asker sees people, marked, and gone."""

import csv
import hashlib
import io
import stat
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit.exporting.errors import ExportFolderError
from consent.errors import PurposeUnknownError
from profiles import export_job
from profiles import export_lines as lines
from profiles import services as profiles
from profiles.errors import NoSeatError
from profiles.errors_guarded import (
    ExportDecidedError,
    ExportGoneError,
    ExportMissingError,
    ExportNotReadyError,
    ExportNotYoursError,
    ExportPeopleError,
    ReasonError,
    SecondPersonError,
)
from profiles.export_folder import FOLDER
from profiles.models import ProfileExport
from profiles.services import exporting, tracing
from subjects import services as subjects
from tests.factories.company import AUTHOR
from tests.factories.profiles import VALUES
from tests.profiles.guarded_world import OFFERS, REASON, events, guarded, officer, rule
from work import services as work
from work.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-03")]


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PROFILE_EXPORT_FOLDER = str(tmp_path / "exports")


@pytest.fixture
def lotus(transactional_db):
    return guarded()


@pytest.fixture
def people(lotus):
    return [lotus.person(f"p{number}@example.in") for number in range(3)]


def asks(lotus, people, **more):
    given = {"by": lotus.ravi, "purpose": OFFERS, "reason": REASON, **more}
    ids = [getattr(one, "id", one) for one in people]
    return profiles.request_export(controller_id=lotus.id, subject_ids=ids, **given)


def work_off():
    while work.run_available(worker="w"):
        pass


def made(lotus, people, **more):
    export = asks(lotus, people, **more)
    profiles.approve_export(by=lotus.meera, export=export)
    work_off()
    export.refresh_from_db()
    return export


def rows(lotus, export):
    body = profiles.take_export(by=lotus.ravi, export=export).read_text()
    return list(csv.DictReader(io.StringIO(body)))


class TestTheFile:
    def test_holds_what_the_asker_may_see(self, lotus, people):
        export = made(lotus, people)

        found = rows(lotus, export)
        assert {row["person"] for row in found} == {str(one.id) for one in people}
        assert {row["home"] for row in found} == {""}
        assert all(row["email"] not in ("", VALUES["email"]) for row in found)
        assert (export.state, export.shown) == ("ready", 3)

    def test_has_no_cell_that_is_a_formula(self, lotus, people):
        lotus.shows(rule("show", attribute="email"))
        later = timezone.now() + timedelta(seconds=1)
        lotus.holds(people[0], at=later, email='=HYPERLINK("http://x")')

        found = {row["person"]: row["email"] for row in rows(lotus, made(lotus, people))}

        assert found[str(people[0].id)] == '\'=HYPERLINK("http://x")'

    @pytest.mark.req("PRO-07")
    def test_never_holds_special_data_nor_those_of_children(self, lotus, people):
        lotus.shows(rule("show", category="pd:Health", sensitivity="special"))

        found = rows(lotus, made(lotus, people))

        assert not {"diagnosis", "school"} & set(found[0])

    def test_leaves_out_who_is_not_there(self, lotus, people):
        subjects.set_standing(by=AUTHOR, subject=people[0], state="restricted", reason="art_18")
        theirs = guarded("rose").person("chitra@example.in")

        found = rows(lotus, made(lotus, [*people, theirs]))

        assert {row["person"] for row in found} == {str(one.id) for one in people[1:]}

    def test_leaves_out_what_was_withdrawn_meanwhile(self, lotus, people):
        export = asks(lotus, people)
        lotus.company.withdraws(people[0])
        profiles.approve_export(by=lotus.meera, export=export)
        work_off()
        export.refresh_from_db()

        found = {row["person"]: row["email"] for row in rows(lotus, export)}
        assert found[str(people[0].id)] == ""
        assert found[str(people[1].id)] != ""

    def test_is_private_and_as_its_digest_says(self, lotus, people):
        export = made(lotus, people)

        path = FOLDER.finished(export.id)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert export.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()

    @pytest.mark.req("P11")
    def test_has_a_record_of_reading_each_person(self, lotus, people):
        made(lotus, people)

        read = events(lotus, "list:viewed")
        assert {one.subject_id for one in read} == {one.id for one in people}
        assert {one.actor_id for one in read} == {lotus.ravi.id}

    @pytest.mark.req("P7")
    @pytest.mark.parametrize("size", [1, 2, 3])
    def test_has_nothing_twice_that_a_killed_step_wrote(self, lotus, people, monkeypatch, size):
        monkeypatch.setattr(export_job, "STEP", size)
        export = profiles.approve_export(by=lotus.meera, export=asks(lotus, people))
        (view,) = [one for one in work.claim(worker="w", limit=50) if one.kind == exporting.KIND]
        export_job.step(view)  # killed before it could record
        Job.objects.filter(lease_owner="w").update(state="ready", lease_until=None, lease_owner="")

        work_off()

        export.refresh_from_db()
        assert len(rows(lotus, export)) == 3


class TestTheWatermark:
    def test_tells_each_line_and_the_export(self, lotus, people):
        export = made(lotus, people)
        key = exporting.watermark_key(export)

        for row in rows(lotus, export):
            person = next(one for one in people if str(one.id) == row["person"])
            assert row["watermark"] == lines.line_mark(key, person.id)
            (found,) = tracing.traced(lotus.id, row["watermark"].lower())
            assert (found.export, found.marked, found.changed) == (export, 1, 0)

    def test_of_another_company_is_nobodys(self, lotus, people):
        export = made(lotus, people)

        assert tracing.traced(guarded("rose").id, export.watermark) == []
        assert tracing.traced(lotus.id, "") == []

    def test_stands_in_the_order_too(self, lotus, people):
        export = made(lotus, people)
        order = [row["person"] for row in rows(lotus, export)]

        expected = lines.ordered(exporting.watermark_key(export), [one.id for one in people])
        assert order == [str(one) for one in expected]
        assert lines.agreement(exporting.watermark_key(export), expected) == 1.0

    def test_tells_who_took_the_file_and_how_often(self, lotus, people):
        export = made(lotus, people)
        body = profiles.take_export(by=lotus.ravi, export=export).read_text()

        (found,) = tracing.traced(lotus.id, f"From: somewhere\n{body}\nregards")

        assert (found.marked, found.changed, found.order) == (3, 0, False)
        assert [by for _, by in found.takings] == [lotus.ravi.id]

    def test_tells_lines_that_were_put_together_anew(self, lotus, people):
        export = made(lotus, people)
        body = profiles.take_export(by=lotus.ravi, export=export).read_text()

        mixed = body.replace(str(people[0].id), str(lotus.person("p9@example.in").id))

        (found,) = tracing.traced(lotus.id, mixed)
        assert (found.marked, found.changed) == (3, 1)

    def test_is_missed_no_more_when_the_marks_are_gone(self, lotus):
        crowd = [lotus.person(f"c{number}@example.in") for number in range(12)]
        export, other = made(lotus, crowd), made(lotus, crowd)
        ids = [row["person"] for row in rows(lotus, export)]

        (found,) = tracing.traced(lotus.id, "\n".join(ids))

        assert (found.export, found.order) == (export, True)
        assert found.export != other
        assert tracing.traced(lotus.id, "\n".join(sorted(ids))) == []
        assert tracing.traced(lotus.id, "\n".join(ids[:9])) == []  # too few to tell


class TestDeciding:
    def test_is_a_second_persons(self, lotus, people):
        export = asks(lotus, people)

        for decide in (profiles.approve_export, profiles.refuse_export):
            with pytest.raises(SecondPersonError):
                decide(by=lotus.ravi, export=export)

    def test_by_the_same_person_is_refused_by_the_database_too(self, lotus, people):
        export = asks(lotus, people)

        with pytest.raises(IntegrityError), transaction.atomic():
            ProfileExport.objects.filter(pk=export.pk).update(
                decided_at=timezone.now(), decided_by=lotus.ravi.id
            )

    def test_happens_once(self, lotus, people):
        export = asks(lotus, people)
        profiles.refuse_export(by=lotus.meera, export=export)

        with pytest.raises(ExportDecidedError):
            profiles.approve_export(by=lotus.meera, export=export)

    def test_against_it_reads_nobody(self, lotus, people):
        export = asks(lotus, people)

        profiles.refuse_export(by=lotus.meera, export=export)
        work_off()

        export.refresh_from_db()
        assert (export.state, export.selection) == ("refused", [])
        assert not events(lotus, "list:viewed")

    def test_adds_nobody(self, lotus, people):
        export = asks(lotus, people[:1])

        with pytest.raises(DatabaseError), transaction.atomic():
            ProfileExport.objects.filter(pk=export.pk).update(selection=[one.id for one in people])


class TestTaking:
    def test_is_for_who_asked(self, lotus, people):
        export = made(lotus, people)

        with pytest.raises(ExportNotYoursError):
            profiles.take_export(by=lotus.meera, export=export)
        with pytest.raises(ExportMissingError):
            exporting.own_export(lotus.meera, lotus.id, export.id)

    def test_is_on_record(self, lotus, people):
        profiles.take_export(by=lotus.ravi, export=made(lotus, people))

        assert events(lotus, "profiles:export_taken")[0].actor_id == lotus.ravi.id

    def test_before_it_is_made_is_refused(self, lotus, people):
        with pytest.raises(ExportNotReadyError):
            profiles.take_export(by=lotus.ravi, export=asks(lotus, people))

    def test_that_cannot_be_recorded_hands_out_nothing(self, lotus, people, broken_log):
        export = made(lotus, people)
        broken_log.breaks()

        with pytest.raises(DatabaseError):
            profiles.take_export(by=lotus.ravi, export=export)

    def test_after_its_days_is_refused_and_the_file_is_gone(self, lotus, people):
        export = made(lotus, people)

        with time_machine.travel(export.expires_at + timedelta(seconds=1), tick=False):
            with pytest.raises(ExportGoneError):
                profiles.take_export(by=lotus.ravi, export=export)
            assert exporting.end_expired() == 1

        export.refresh_from_db()
        assert export.state == "ended"
        assert not FOLDER.finished(export.id).exists()


class TestWhatIsRefused:
    @pytest.mark.parametrize("count", [0, 10_001])
    def test_nobody_or_too_many(self, lotus, count):
        from keys.ids import uuid7

        with pytest.raises(ExportPeopleError):
            asks(lotus, [uuid7() for _ in range(count)])

    def test_a_purpose_that_does_not_exist(self, lotus, people):
        with pytest.raises(PurposeUnknownError):
            asks(lotus, people, purpose="no.such")

    def test_no_reason(self, lotus, people):
        with pytest.raises(ReasonError):
            asks(lotus, people, reason="")

    def test_who_has_no_seat(self, lotus, people):
        with pytest.raises(NoSeatError):
            asks(lotus, people, by=officer(lotus, "other", "profile_reader"))

    def test_a_folder_that_is_not_there_or_not_private(self, lotus, people, settings, tmp_path):
        settings.PROFILE_EXPORT_FOLDER = ""
        with pytest.raises(ExportFolderError):
            asks(lotus, people)
        (tmp_path / "open").mkdir(mode=0o755)
        settings.PROFILE_EXPORT_FOLDER = str(tmp_path / "open")
        with pytest.raises(ExportFolderError):
            asks(lotus, people)

        assert not ProfileExport.objects.exists()


def test_a_reader_who_lost_the_seat_gets_no_file(lotus, people):
    export = asks(lotus, people)
    profiles.end_seat(by=lotus.meera, seat=lotus.seat_of_ravi)
    profiles.approve_export(by=lotus.meera, export=export)

    work_off()

    export.refresh_from_db()
    assert (export.state, export.selection) == ("failed", [])
    assert not FOLDER.part(export.id).exists()
    with pytest.raises(ExportGoneError):
        profiles.take_export(by=lotus.ravi, export=export)
