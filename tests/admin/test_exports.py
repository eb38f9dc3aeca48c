"""Exports in the admin: who may ask, watch and take, and what they are told."""

import asyncio
import io
import json
import stat
import zipfile

import pytest

from audit import sealing
from audit.exporting.folder import FOLDER
from audit.exporting.models import Export
from audit.files import FileStream
from audit.models import EntryIndex
from audit.selectors import payload
from tests.desk import house
from tests.portal.world import OFFERS
from work import services as work
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-09")]
ADD, LIST = "/admin/audit/export/add/", "/admin/audit/export/"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.AUDIT_EXPORT_FOLDER = str(tmp_path / "exports")


def form(lotus, **parts):
    return {
        "controller": str(lotus.id), "reason": "A case at the board", "kind": "all",
        "copies": ["csv"], **parts,
    }  # fmt: skip


def newest():
    return Export.objects.order_by("-id").first()


def made(desk, lotus, **parts):
    """An export whose file is there."""
    assert desk.post(ADD, form(lotus, **parts)).status_code == 302
    sealing.seal_all()
    while work.run_available(worker="w"):
        sealing.seal_all()
    return newest()


def take(client, export, reason="To the auditor"):
    """The answer, read to its end: `body` is what came."""
    answer = client.post(f"{LIST}{export.id}/act/take/", {"reason": reason})
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def files(answer):
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.req("BRD-LG4")
class TestAsking:
    def test_makes_a_file_that_can_be_taken(self, desk, lotus, officer, entries):
        export = made(desk, lotus, purpose=OFFERS)

        answer = take(desk, export)

        found = files(answer)
        manifest = json.loads(found["manifest.json"])
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="log-')
        assert "no-store" in answer.headers["Cache-Control"]
        assert (manifest["made_by"], manifest["reason"]) == (
            str(officer.pk), "A case at the board",
        )  # fmt: skip
        assert manifest["filters"]["purposes"] == [OFFERS]
        (taken,) = entries("export:taken")
        assert (taken.actor_id, taken.controller_id) == (str(officer.pk), lotus.id)
        assert payload(taken.id)["data"]["reason"] == "To the auditor"
        assert stat.S_IMODE(FOLDER.finished_file(export.id).stat().st_mode) == 0o600

    def test_is_open_to_auditors(self, auditor, lotus):
        export = made(auditor, lotus)

        assert take(auditor, export).status_code == 200

    def test_takes_over_what_the_list_shows(self, desk, lotus):
        query = {"purpose": OFFERS, "outcome": "deny", "reason": "withdrawn", "kind": "all",
                 "person": str(lotus.person.id)}  # fmt: skip
        list_page = desk.get("/admin/audit/entryindex/", query).content.decode()
        page = desk.get(ADD, query).context["form"]

        assert "/admin/audit/export/add/?" in list_page
        values = {name: page[name].value() for name in ("purpose", "outcome", "words", "kind")}
        assert values == {
            "purpose": OFFERS, "outcome": "deny", "words": "withdrawn", "kind": "all",
        }  # fmt: skip
        assert page["person"].value() == str(lotus.person.id)
        assert page["since"].value() is not None

    def test_about_a_person_names_only_the_pseudonym(self, desk, lotus, entries):
        export = made(desk, lotus, person=str(lotus.person.id))

        found = files(take(desk, export))
        ids = {json.loads(line)["id"] for line in found["entries.ndjson"].splitlines()}
        mine = EntryIndex.objects.filter(subject_id=lotus.person.id).values_list("id", flat=True)
        assert ids <= {str(one) for one in mine}
        assert ids
        assert str(lotus.person.id).encode() not in b"".join(found.values())
        (started,) = entries("export:started")
        assert str(lotus.person.id) not in str(payload(started.id))
        assert started.subject_id == lotus.person.id

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"reason": ""}, "reason"), ({"reason": "   "}, "reason"),
            ({"reason": "x" * 301}, "reason"), ({"copies": ["xlsx"]}, "copies"),
            ({"kind": "some"}, "kind"), ({"person": "asha"}, "person"),
            ({"person": "01900000-0000-7000-8000-000000000bad"}, "person"),
            ({"words": "asha@lotus.example"}, "words"), ({"purpose": "none.such"}, "purpose"),
            ({"service": "none"}, "service"), ({"event": "none"}, "event"),
            ({"since": "yesterday"}, "since"),
            ({"since": "2026-01-02T00:00", "until": "2026-01-01T00:00"}, "until"),
            ({"controller": "01900000-0000-7000-8000-000000000bad"}, "controller"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_wrong_and_leaves_nothing(self, desk, lotus, wrong, field):
        before = Export.objects.count()

        answer = desk.post(ADD, form(lotus, **wrong))

        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert Export.objects.count() == before
        assert not Job.objects.filter(kind="audit.export").exists()


@pytest.mark.req("P9")
class TestOtherControllers:
    def test_know_nothing_of_an_export(self, desk, lotus, tulip, entries):
        export = made(desk, lotus)
        stranger = house.signed_in(house.officer(tulip, "tina", "privacy_officer"))

        answers = [
            stranger.get(f"{LIST}{export.id}/change/"),
            stranger.get(f"{LIST}{export.id}/act/take/"),
            take(stranger, export),
        ]  # fmt: skip

        assert [one.status_code for one in answers] == [404, 404, 404]
        assert str(export.id) not in stranger.get(LIST).content.decode()
        assert entries("export:taken") == []

    def test_cannot_be_exported(self, desk, lotus, tulip):
        foreign = form(lotus, controller=str(tulip.id))

        assert desk.post(ADD, foreign).status_code == 422

    def test_have_no_person_here(self, desk, lotus, tulip):
        answer = desk.post(ADD, form(lotus, person=str(tulip.person.id)))

        assert answer.status_code == 422
        assert "person" in answer.context["form"].errors

    def test_are_named_to_nobody(self, desk, lotus, tulip):
        assert "Tulip" not in desk.get(ADD).content.decode()


class TestRoles:
    def test_without_the_permission_see_and_take_nothing(self, desk, lotus, entries):
        export = made(desk, lotus)
        operator = house.signed_in(house.officer(lotus, "otto", "operator"))

        answers = [
            operator.get(LIST), operator.get(ADD), operator.post(ADD, form(lotus)),
            operator.get(f"{LIST}{export.id}/change/"), take(operator, export),
        ]  # fmt: skip

        assert {one.status_code for one in answers} <= {403, 404}
        assert entries("export:taken") == []

    def test_of_another_officer_with_it_may_take_for_reasons_of_their_own(
        self, desk, lotus, entries
    ):
        export = made(desk, lotus)
        colleague = house.officer(lotus, "cora", "auditor")

        answer = take(house.signed_in(colleague), export, "Second look")

        assert answer.status_code == 200
        (taken,) = entries("export:taken")
        assert taken.actor_id == str(colleague.pk)
        assert payload(taken.id)["data"]["reason"] == "Second look"


class TestTaking:
    def test_needs_a_reason_and_a_file(self, desk, lotus, entries):
        export = made(desk, lotus)
        assert take(desk, export, "").status_code == 422
        FOLDER.delete(export.id)

        gone = take(desk, export)

        assert gone.status_code == 422
        assert "There is no file to take" in gone.content.decode()
        assert entries("export:taken") == []

    @pytest.mark.req("P11")
    def test_that_cannot_be_recorded_gives_nothing(self, desk, lotus, broken_log):
        export = made(desk, lotus)
        desk.raise_request_exception = False
        broken_log.breaks()

        answer = take(desk, export)

        assert answer.status_code == 500
        assert not answer.streaming

    def test_of_one_in_the_making_is_not_offered(self, desk, lotus):
        desk.post(ADD, form(lotus))
        page = desk.get(f"{LIST}{newest().id}/change/").content.decode()

        assert "In the making: 0 entries so far" in page

    @pytest.mark.parametrize(
        ("phase", "told"), [("copies", "copies 25%"), ("packing", "packing 25%")]
    )
    def test_of_one_that_is_packed_says_how_far_it_is(self, desk, lotus, phase, told):
        desk.post(ADD, form(lotus))
        Job.objects.filter(kind="audit.export").update(
            cursor={"phase": phase, "count": 7}, progress_done=25, progress_total=100
        )

        page = desk.get(f"{LIST}{newest().id}/change/").content.decode()

        assert f"In the making: 7 entries, {told}" in page

    def test_of_one_in_the_making_cannot_be_taken(self, desk, lotus):
        desk.post(ADD, form(lotus))

        page = desk.get(f"{LIST}{newest().id}/change/").content.decode()

        assert "act/take" not in page
        assert take(desk, newest()).status_code == 422


def test_a_file_is_sent_piece_by_piece_by_both_kinds_of_server(tmp_path, monkeypatch):
    monkeypatch.setattr(FileStream, "PIECE", 4)
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    asynchronous, plain = FileStream(path, name="a.zip"), FileStream(path, name="a.zip")
    asynchronous.streaming_content = iter(asynchronous.streaming_content)  # as middleware does

    async def collected():
        return [piece async for piece in asynchronous]

    assert asyncio.run(collected()) == [b"0123", b"4567", b"89"]
    assert b"".join(plain) == b"0123456789"
    asynchronous.close()
    plain.close()
