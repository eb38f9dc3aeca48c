"""An export is whole, proven, recorded, private, and gone after some days."""

import json
import stat
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from audit import door, sealing
from audit.actors import Target
from audit.exporting import job, services
from audit.exporting.errors import (
    ExportFolderError,
    ExportGoneError,
    FormatMissingError,
    ReasonMissingError,
)
from audit.exporting.folder import FOLDER
from audit.exporting.models import Export
from audit.models import EntryIndex, Payload
from audit.selectors import payload
from tests.audit.exporting import house
from tests.audit.log import LOG, OTHER_LOG, PERSON, unguarded, write
from work.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-09")]


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.AUDIT_EXPORT_FOLDER = str(tmp_path / "exports")


def entries_of(event):
    return list(EntryIndex.objects.filter(event=event).order_by("id"))


class TestTheFile:
    def test_verifies_offline_with_the_pinned_key(self):
        write(300)
        write(5, controller_id=OTHER_LOG)

        export, path = house.made()

        answer = house.verify(path, "--vkey", house.key())
        assert (answer.returncode, answer.stderr) == (0, ""), answer
        assert "All 300 entries" in answer.stdout
        assert (export.state, export.entries, export.pending) == ("ready", 300, 0)
        assert export.size_bytes == path.stat().st_size

    def test_holds_exactly_what_was_asked_for(self):
        wanted = write(7, purpose="mail", subject=PERSON)
        write(9, purpose="sms")

        _, path = house.made(purposes=("mail",), subject_id=PERSON.id)

        assert [UUID(one["id"]) for one in house.lines(path)] == wanted
        assert {one["log"] for one in house.lines(path)} == {str(LOG)}

    def test_holds_nothing_that_was_recorded_after_the_asking(self):
        before = write(3)
        export = house.asked()
        write(3)
        house.work_off()

        found = house.lines(FOLDER.finished_file(export.id))

        assert [UUID(one["id"]) for one in found] == before

    def test_of_nothing_verifies_too(self):
        write(3)

        _, path = house.made(purposes=("nothing",))

        answer = house.verify(path, "--vkey", house.key())
        assert answer.returncode == 0, answer
        assert "All 0 entries" in answer.stdout

    def test_tells_why_by_whom_and_what_of_a_person_only_the_pseudonym(self):
        write(2, subject=PERSON)
        export = services.start(
            by=house.OFFICER, controller_id=LOG, subject=PERSON, reason="Complaint 7", formats=(),
            criteria=house.Criteria(controller_ids=(LOG,), subject_id=PERSON.id),
        )  # fmt: skip
        house.work_off()

        found = house.content(FOLDER.finished_file(export.id))
        manifest = json.loads(found["manifest.json"])

        assert (manifest["kind"], manifest["reason"]) == ("export", "Complaint 7")
        assert manifest["made_by"] == house.OFFICER.id
        assert manifest["filters"]["subject"] == str(PERSON.pseudonym)
        assert str(PERSON.id).encode() not in b"".join(found.values())

    @pytest.mark.req("AUD-05")
    def test_names_entries_whose_record_is_gone_by_commitment(self, superuser):
        ids = write(4)
        sealing.seal_all()
        with unguarded(superuser, "audit_payload"):
            superuser.execute("DELETE FROM audit_payload WHERE id = %s", [ids[2]])

        _, path = house.made()

        gone = [one for one in house.lines(path) if "commitment" in one]
        assert [UUID(one["id"]) for one in gone] == [ids[2]]
        assert "salt" not in gone[0]
        answer = house.verify(path, "--vkey", house.key())
        assert "of 1 the record is gone" in answer.stdout

    def test_that_was_changed_is_named_by_the_verifier(self, tmp_path):
        import zipfile

        write(20)
        _, path = house.made()
        for name, old, new in (
            ("entries.ndjson", b'"index":3,', b'"index":4,'),
            ("entries.csv", b"consent:given", b"consent:taken"),
            ("manifest.json", b"A case", b"a case"),
        ):
            parts = house.content(path)
            assert old in parts[name]
            parts[name] = parts[name].replace(old, new, 1)
            wrong = tmp_path / "wrong.zip"
            with zipfile.ZipFile(wrong, "w") as archive:
                for member, value in parts.items():
                    archive.writestr(member, value)
            assert house.verify(wrong, "--vkey", house.key()).returncode == 1, name

    def test_lists_what_has_no_place_yet(self, monkeypatch):
        monkeypatch.setattr(job, "WAITS", 0)
        write(3)
        sealing.seal_all()
        late = write(2)
        export = house.asked()
        from work import services as work

        while work.run_available(worker="w"):
            pass

        found = house.content(FOLDER.finished_file(export.id))
        manifest = json.loads(found["manifest.json"])
        assert (manifest["count"], manifest["pending"]) == (3, [str(one) for one in late])
        assert Export.objects.get(id=export.id).pending == 2

    def test_waits_for_the_seal(self):
        write(3)
        export = house.asked()
        from work import services as work

        work.run_available(worker="w", limit=1)

        (found,) = Job.objects.filter(kind="audit.export")
        assert (found.state, found.cursor) == ("ready", {"tries": 1})
        assert Export.objects.get(id=export.id).state == "making"

    def test_is_made_in_steps_and_shows_its_progress(self, monkeypatch):
        from audit.exporting import entries
        from work import services as work

        monkeypatch.setattr(entries, "AT_ONCE", 10)
        write(35)
        sealing.seal_all()
        house.asked()
        seen = []
        for _ in range(8):
            work.run_available(worker="w", limit=1)
            seen.append(Job.objects.get(kind="audit.export").progress_done)

        assert seen[:5] == [0, 10, 20, 30, 35]

    def test_copies_and_packing_show_their_progress_too(self, monkeypatch):
        """In the middle of a step: each is one, however large the files are."""
        from audit.exporting import meter, packing

        seen = []

        class Watched(meter.Meter):
            def __call__(self, size):
                super().__call__(size)
                phase = Job.objects.get(kind="audit.export")
                seen.append((phase.cursor["phase"], phase.progress_done, phase.progress_total))

        monkeypatch.setattr(meter, "EVERY_SECONDS", 0)
        monkeypatch.setattr(job, "Meter", Watched)
        monkeypatch.setattr(packing, "PIECE", 512)
        write(35)

        export, path = house.made()

        for phase in ("copies", "packing"):
            done = [one[1] for one in seen if one[0] == phase]
            (total,) = {one[2] for one in seen if one[0] == phase}
            assert done == sorted(done)
            assert len(set(done)) > 10
            assert 0 < done[0] < total / 3 < done[-1] <= total
        assert house.verify(path, "--vkey", house.key()).returncode == 0
        assert export.state == "ready"


class TestCopies:
    def test_have_a_row_for_each_entry(self):
        ids = write(3, purpose="mail", reason_code="WHY", subject=PERSON)

        _, path = house.made()

        rows = house.table(path)
        assert [UUID(row["id"]) for row in rows] == ids
        assert [row["index"] for row in rows] == ["0", "1", "2"]
        row = rows[0]
        assert (row["event"], row["purpose"], row["reason_code"]) == (
            "consent:given", "mail", "WHY",
        )  # fmt: skip
        assert row["person"] == str(PERSON.pseudonym)
        assert row["at"].endswith("Z")

    @pytest.mark.req("AUD-02")
    def test_tell_the_request_and_the_network(self):
        door.enter(door.Door("A" * 32, "203.0.113.0/24"))
        write(1)
        door.leave()
        write(1)

        _, path = house.made()

        told = [(row["request"], row["network"]) for row in house.table(path)]
        assert told == [("A" * 32, "203.0.113.0/24"), ("", "")]
        assert house.verify(path, "--vkey", house.key()).returncode == 0

    @pytest.mark.parametrize(
        "text",
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "＝1", '=cmd|" /C calc"!A0'],
    )
    def test_run_no_formula_in_a_spreadsheet(self, text):
        write(1, target=Target("thing", text))

        _, path = house.made()

        (row,) = house.table(path)
        assert row["target_id"] == f"'{text}"

    def test_as_parquet_say_the_same(self):
        parquet = pytest.importorskip("pyarrow.parquet")
        import io

        write(3, purpose="mail", target=Target("thing", "=1+1"))

        _, path = house.made(formats=("csv", "parquet"))

        found = parquet.read_table(io.BytesIO(house.content(path)["entries.parquet"])).to_pylist()
        assert [row["id"] for row in found] == [row["id"] for row in house.table(path)]
        assert {row["target_id"] for row in found} == {"=1+1"}
        assert house.verify(path, "--vkey", house.key()).returncode == 0


class TestAsking:
    @pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
    def test_needs_a_reason(self, reason):
        with pytest.raises(ReasonMissingError):
            house.asked(reason=reason)
        assert (Export.objects.count(), EntryIndex.objects.count(), Job.objects.count()) == (
            0,
            0,
            0,
        )

    def test_needs_a_known_format(self):
        with pytest.raises(FormatMissingError):
            house.asked(formats=("xlsx",))

    def test_needs_a_private_folder(self, settings, tmp_path):
        open_folder = tmp_path / "open"
        open_folder.mkdir(mode=0o755)
        for wrong in ("", str(open_folder)):
            settings.AUDIT_EXPORT_FOLDER = wrong
            with pytest.raises(ExportFolderError):
                house.asked()
        assert not Export.objects.exists()

    @pytest.mark.req("P9")
    def test_never_reaches_another_log(self):
        mine = write(2)
        write(2, controller_id=OTHER_LOG)
        export = services.start(
            by=house.OFFICER, controller_id=LOG, reason="Because", formats=(),
            criteria=house.Criteria(controller_ids=(LOG, OTHER_LOG)),
        )  # fmt: skip
        house.work_off()

        found = house.lines(FOLDER.finished_file(export.id))
        assert [UUID(one["id"]) for one in found] == mine
        assert Export.objects.get(id=export.id).pending == 0


class TestRecords:
    @pytest.mark.req("P11")
    def test_say_who_asked_who_took_and_why(self):
        write(3)
        export, path = house.made()

        taken = services.take(by=house.OFFICER, export=export, reason="For the board")

        assert taken == path
        (started,) = entries_of("export:started")
        (finished,) = entries_of("export:finished")
        (took,) = entries_of("export:taken")
        assert {one.target_id for one in (started, finished, took)} == {str(export.id)}
        assert (started.actor_id, finished.actor_type) == (house.OFFICER.id, "system")
        assert payload(started.id)["data"]["reason"] == "A case at the board"
        assert payload(finished.id)["data"]["sha256"] == export.sha256
        assert payload(took.id)["data"]["reason"] == "For the board"

    @pytest.mark.req("P10")
    def test_never_hold_a_persons_id(self):
        write(1, subject=PERSON)
        services.start(
            by=house.OFFICER, controller_id=LOG, subject=PERSON, reason="Because", formats=(),
            criteria=house.Criteria(
                controller_ids=(LOG,), subject_id=PERSON.id, actor_id=str(PERSON.id),
                target_id=str(PERSON.id), purposes=("mail",),
            ),
        )  # fmt: skip

        (started,) = entries_of("export:started")
        assert started.subject_id == PERSON.id
        assert str(PERSON.id) not in str(payload(started.id))
        assert payload(started.id)["data"]["filters"]["purposes"] == ["mail"]
        assert str(PERSON.id) not in str(Job.objects.values_list("payload", "cursor"))

    @pytest.mark.req("P11")
    def test_that_fail_let_nothing_be_taken(self, superuser):
        write(1)
        export, _ = house.made()
        superuser.execute("REVOKE INSERT ON audit_payload FROM sammati_app")
        try:
            with pytest.raises(Exception, match="permission denied"):
                services.take(by=house.OFFICER, export=export, reason="For the board")
        finally:
            superuser.execute("GRANT INSERT ON audit_payload TO sammati_app")
        with pytest.raises(ReasonMissingError):
            services.take(by=house.OFFICER, export=export, reason=" ")
        assert entries_of("export:taken") == []


class TestTheFolder:
    def test_opens_for_nobody_else(self):
        write(2)
        _, path = house.made()

        modes = {stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)}
        assert modes == {0o600, 0o700}

    def test_holds_nothing_but_finished_files(self):
        write(2)
        export, path = house.made()

        assert [one.name for one in path.parent.iterdir()] == [f"{export.id}.zip"]

    def test_is_emptied_after_the_days_of_a_file(self, settings):
        write(2)
        export, path = house.made()
        young, other = house.made()
        stray = path.parent / "01900000-0000-7000-8000-000000000000.zip"
        stray.write_bytes(b"left behind")
        late = timezone.now() - timedelta(seconds=1)
        Export.objects.filter(id=export.id).update(expires_at=late)

        assert services.end_expired() == 1

        export.refresh_from_db()
        assert (export.state, export.criteria) == ("expired", {})
        assert [one.name for one in path.parent.iterdir()] == [other.name]
        with pytest.raises(ExportGoneError):
            services.take(by=house.OFFICER, export=export, reason="Late")
        assert services.take(by=house.OFFICER, export=young, reason="In time") == other

    def test_gives_up_what_never_came_to_an_end(self):
        export = house.asked()
        Export.objects.update(created_at=timezone.now() - timedelta(days=8))

        assert services.end_expired() == 1

        house.work_off()
        export.refresh_from_db()
        assert export.state == "expired"
        assert Payload.objects.count() == EntryIndex.objects.count()
