"""What is done by hand: a letter that names nobody, a link that opens once, and two people."""

import hashlib
import io
import re
import stat

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client

from audit.actors import Actor
from audit.models import EntryIndex
from erasure.errors_manual import (
    ErrandUnknownError,
    EvidenceDecidedError,
    EvidenceFileError,
    EvidenceFolderError,
    EvidenceGoneError,
    EvidenceReasonError,
    EvidenceStepError,
    EvidenceWaitsError,
    SamePersonError,
)
from erasure.manual import services
from erasure.manual.media import MOST_BYTES, media_type
from erasure.models import Case, ShownEvidence
from tests.erasure.engine.world import marks, work_on
from tests.factories.company import company

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-07")]
PDF = b"%PDF-1.7 the record is gone: asha@example.in"
ASKED, LOOKED = Actor("officer", "officer-1"), Actor("officer", "officer-2")


@pytest.fixture
def case(office, asha):
    """A case with one step that somebody does by hand, who has been written to."""
    office.system("paper", kind="manual", to="archive@vendor.example", schemes=["email"])
    case = office.began(asha, "paper")
    work_on()
    return case


@pytest.fixture
def step(office, case):
    return office.step(case, "paper")


def token():
    return re.search(r"/errand/([^/\s]+)/", mail.outbox[-1].body)[1]


def show(step, by=ASKED, claim="done", content=PDF, **more):
    return services.show(
        by=by, controller_id=step.controller_id, step_id=step.id, claim=claim, content=content,
        **more,
    )  # fmt: skip


def accept(row, by=LOOKED):
    return services.accept(by=by, controller_id=row.controller_id, evidence_id=row.id)


def opened(client):
    client.post(f"/errand/{token()}/")
    return client


class TestTheLetter:
    def test_it_goes_to_whom_the_settings_name_and_names_nobody(self, step):
        [letter] = mail.outbox

        assert letter.to == ["archive@vendor.example"]
        assert "1 person in Paper" in letter.body
        assert "people.example" not in letter.subject + letter.body
        assert str(step.subject_id) not in letter.subject + letter.body

    def test_nothing_is_done_because_a_letter_went_out(self, step, case):
        assert (step.state, step.code) == ("accepted", "by_hand")
        assert Case.objects.get(pk=case.pk).state == "running"


class TestTheLink:
    def test_a_look_at_it_takes_and_tells_nothing(self, case):
        page = Client().get(f"/errand/{token()}/")

        assert page.status_code == 200
        assert b"people.example" not in page.content
        assert Client().post(f"/errand/{token()}/").status_code == 302

    def test_it_opens_once_and_shows_who_is_to_go(self, case, step):
        client = opened(Client())

        page = client.get("/errand/")

        assert b"a@people.example" in page.content
        assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
        assert Client().post(f"/errand/{token()}/").status_code == 403

    def test_every_look_at_a_person_is_on_record(self, case, step):
        opened(Client()).get("/errand/")

        shown = EntryIndex.objects.filter(event="identifier:revealed", subject_id=step.subject_id)
        assert shown.count() == 1

    @pytest.mark.req("P6")
    def test_no_erasure_overtakes_a_look(self, case, step, locked_first):
        opened(Client()).get("/errand/")

        assert locked_first("identifier:revealed", step.subject_id)

    @pytest.mark.parametrize("word", ["x", "eyJ4Ijox:1:2", "a" * 500])
    def test_what_was_never_a_link_opens_nothing(self, case, word):
        assert Client().post(f"/errand/{word}/").status_code == 403
        with pytest.raises(ErrandUnknownError):
            services.open_errand(token=word)

    def test_without_it_there_is_no_list(self, case):
        assert Client().get("/errand/").status_code == 403

    def test_it_ends_after_eight_hours(self, case, time_machine):
        client = opened(Client())
        from django.utils import timezone

        time_machine.move_to(timezone.now() + timezone.timedelta(hours=8, seconds=1))

        assert client.get("/errand/").status_code == 403

    def test_it_is_too_old_after_two_weeks(self, case, time_machine):
        from datetime import timedelta

        from django.utils import timezone

        time_machine.move_to(timezone.now() + timedelta(days=14, seconds=2))

        assert Client().post(f"/errand/{token()}/").status_code == 403

    def test_it_leads_to_its_own_system_only(self, office, case, step, asha):
        office.system("other", kind="manual", to="x@vendor.example")
        other = office.began(office.company.person("b@people.example"), "other")
        work_on()
        from erasure.models import Errand

        services.open_errand(token=token())
        errand = Errand.objects.get()

        with pytest.raises(EvidenceStepError):
            show(step, place_id=errand.system_id)
        assert errand.system_id == office.step(other, "other").system_id


class TestShowing:
    def test_a_file_that_was_handed_in_waits_for_another_person(self, case, step):
        client = opened(Client())
        file = SimpleUploadedFile("asha.pdf", PDF, "text/html")

        answer = client.post("/errand/", {"step": step.id, "claim": "done", "file": file})

        row = ShownEvidence.objects.get()
        step.refresh_from_db()
        assert answer.status_code == 302
        assert (row.media_type, row.sha256) == ("application/pdf", hashlib.sha256(PDF).hexdigest())
        assert (step.state, step.code, step.ended_at) == ("confirmed", "needs_evidence", None)
        assert Case.objects.get(pk=case.pk).state == "running"
        assert str(step.id).encode() not in client.get("/errand/").content

    def test_the_file_is_sealed_and_readable_by_the_suite_alone(self, step, place):
        row = show(step)

        [file] = place.iterdir()
        assert file.name == str(row.id)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert b"asha" not in file.read_bytes()

    @pytest.mark.parametrize(
        "content",
        [b"", b"<html>", b"MZ\x90\x00", b"\xff\xfe", b"%PDF-" + b"x" * MOST_BYTES],
        ids=["empty", "page", "program", "bytes", "big"],
    )
    def test_what_shows_nothing_is_refused(self, step, content, place):
        if content == b"<html>":
            assert media_type(content) == "text/plain"
            return
        with pytest.raises(EvidenceFileError):
            show(step, content=content)

        assert not ShownEvidence.objects.exists()
        assert not place.exists()

    def test_a_wrong_form_says_so_and_changes_nothing(self, step, case):
        client = opened(Client())

        answer = client.post("/errand/", {"step": step.id, "claim": "done"})

        assert answer.status_code == 422
        assert b'role="alert"' in answer.content

    def test_one_thing_at_a_time_waits_for_a_look(self, step):
        show(step)

        with pytest.raises(EvidenceWaitsError):
            show(step)

    def test_what_cannot_be_done_is_for_an_officer(self, step):
        show(step, claim="refused")

        step.refresh_from_db()
        assert (step.state, step.code) == ("failed", "shown_refused")

    def test_without_a_folder_nothing_is_taken(self, step, settings):
        settings.ERASURE_EVIDENCE_FOLDER = ""

        with pytest.raises(EvidenceFolderError), transaction.atomic():
            show(step)

        assert not ShownEvidence.objects.exists()

    def test_a_folder_that_others_read_is_refused(self, step, place):
        place.mkdir(mode=0o755)

        with pytest.raises(EvidenceFolderError):
            show(step)

    def test_another_companys_step_is_unknown(self, step):
        with pytest.raises(EvidenceStepError):
            services.show(
                by=ASKED, controller_id=company("tulip").id, step_id=step.id, claim="done",
                content=PDF,
            )  # fmt: skip


class TestDeciding:
    def test_another_person_ends_the_step(self, case, step):
        row = show(step)

        accept(row)
        work_on()

        step.refresh_from_db()
        assert step.state == "absent"
        assert step.evidence["shown"]["sha256"] == row.sha256
        assert [kind for kind, _ in marks(step)] == ["sent", "accepted", "confirmed", "absent"]
        assert Case.objects.get(pk=case.pk).state == "closed"

    def test_who_showed_it_does_not_accept_it(self, step):
        row = show(step)

        with pytest.raises(SamePersonError):
            accept(row, by=ASKED)

    def test_nor_does_the_database_let_them(self, step):
        row = show(step)

        with pytest.raises(DatabaseError), transaction.atomic():
            ShownEvidence.objects.filter(pk=row.pk).update(
                decided_at=row.shown_at, decided_by=row.shown_by, is_accepted=True
            )

    def test_nor_what_is_no_person(self, step):
        row = show(step)

        with pytest.raises(SamePersonError):
            accept(row, by=Actor.system("errand:1"))

    def test_what_proves_nothing_is_rejected_and_shown_anew(self, step):
        row = show(step)
        services.reject(
            by=LOOKED, controller_id=row.controller_id, evidence_id=row.id,
            reason="The picture shows another record.",
        )  # fmt: skip

        accept(show(step))

        step.refresh_from_db()
        assert step.state == "absent"

    def test_a_rejection_says_why(self, step):
        row = show(step)

        with pytest.raises(EvidenceReasonError):
            services.reject(
                by=LOOKED, controller_id=row.controller_id, evidence_id=row.id, reason="no"
            )

    def test_once_is_enough(self, step):
        row = show(step)
        accept(row)

        with pytest.raises(EvidenceDecidedError):
            accept(row)

    def test_what_could_not_be_done_is_not_accepted_as_done(self, step):
        row = show(step, claim="refused")

        with pytest.raises(EvidenceStepError):
            accept(row)

        row.refresh_from_db()
        assert row.decided_at is None

    def test_what_was_shown_stays_as_it_was_shown(self, step):
        row = show(step)

        for change in ({"sha256": "0" * 64}, {"claim": "nobody"}, {"shown_by": "x"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                ShownEvidence.objects.filter(pk=row.pk).update(**change)


class TestFiles:
    def test_a_look_at_a_file_is_on_record(self, step):
        row = show(step)

        found = services.opened_file(by=LOOKED, controller_id=row.controller_id, evidence_id=row.id)

        assert found == ("application/pdf", PDF)
        assert EntryIndex.objects.filter(event="evidence:read").count() == 1

    def test_it_opens_after_a_rotation_of_the_wrapping_key(self, key_copy, step):
        row = show(step)

        call_command("rotate_keys", stdout=io.StringIO())

        found = services.opened_file(by=LOOKED, controller_id=row.controller_id, evidence_id=row.id)
        row.refresh_from_db()
        assert (found[1], row.wrapping_version) == (PDF, 2)

    def test_it_goes_with_the_last_look_at_its_case_and_its_digest_stays(self, case, step, place):
        row = show(step)
        accept(row)
        work_on()
        Case.objects.filter(pk=case.pk).update(sealed=None, wrapped_key=None, wrapping_version=None)

        number = services.forget_files()

        row.refresh_from_db()
        assert (number, list(place.iterdir()), row.wrapped_key) == (1, [], None)
        assert row.sha256 == hashlib.sha256(PDF).hexdigest()
        with pytest.raises(EvidenceGoneError):
            services.opened_file(by=LOOKED, controller_id=row.controller_id, evidence_id=row.id)

    def test_before_that_it_stays(self, case, step, place):
        accept(show(step))

        assert services.forget_files() == 0
        assert len(list(place.iterdir())) == 1
