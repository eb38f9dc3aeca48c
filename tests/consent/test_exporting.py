"""An export of the ledger: whole, in order, harmless to spreadsheets, private, and gone in time."""

import csv
import hashlib
import io
import json
import stat
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from accounts import services as accounts
from audit.actors import Actor
from audit.exporting.errors import ExportFolderError
from audit.models import EntryIndex
from audit.selectors import payload
from consent import services as consent
from consent.errors import PurposeUnknownError
from consent.exporting import job, lines, services
from consent.exporting.errors import (
    ExportGoneError,
    ExportMissingError,
    ExportNotReadyError,
    ExportReasonError,
    ExportSpanError,
)
from consent.exporting.folder import FOLDER
from consent.models import ConsentEvent, ConsentExport
from consent.transitions import State
from tests.portal.world import MAPS, OFFERS, SURVEYS
from work import services as work
from work.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("POR-01", "CON-14")]
MAILER = Actor("service", "01900000-0000-7000-8000-0000000000aa")
OLGA = Actor("officer", "01900000-0000-7000-8000-0000000000bb")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.CONSENT_EXPORT_FOLDER = str(tmp_path / "exports")


@pytest.fixture
def lived(company, asha):
    bela = company.person("bela@example.in")
    company.yes(asha)
    company.answer(asha, OFFERS, State.WITHDRAWN, reason="too_many")
    company.answer(bela, SURVEYS, State.REFUSED)
    company.yes(bela, MAPS, language="hi")
    return company


def asked(company, form="ndjson", purposes=(OFFERS, SURVEYS, MAPS), by=MAILER, **more):
    return services.start(by=by, controller_id=company.id, form=form, purposes=purposes, **more)


def work_off():
    while work.run_available(worker="w"):
        pass


def made(company, **more):
    export = asked(company, **more)
    work_off()
    export.refresh_from_db()
    return export, services.take(by=MAILER, export=export).read_bytes()


def test_every_line_is_there_once_in_order(lived):
    export, body = made(lived)

    found = [json.loads(line) for line in body.splitlines()]
    kept = ConsentEvent.objects.order_by("id")
    assert [one["id"] for one in found] == [str(one.id) for one in kept]
    assert [one["state"] for one in found] == [one.state for one in kept]
    assert found[1]["reason"] == "too_many"
    assert (export.lines, export.size_bytes) == (4, len(body))
    assert export.sha256 == hashlib.sha256(body).hexdigest()


def test_what_was_recorded_in_this_very_millisecond_is_in_it(lived):
    last = ConsentEvent.objects.latest("id")
    same = datetime.fromtimestamp((last.id.int >> 80) / 1000, UTC)
    with mock.patch("consent.exporting.services.timezone.now", return_value=same):
        export = asked(lived)

    found = lines.page(export, None, 100)

    assert found[-1].id == last.id


def test_csv_and_ndjson_say_the_same(lived):
    _, text = made(lived, form="csv")
    _, body = made(lived)

    rows = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    assert list(rows[0]) == list(lines.COLUMNS)
    for row, one in zip(rows, map(json.loads, body.splitlines()), strict=True):
        assert row["event_at"] == one["event_at"]
        assert {k: row[k] for k in ("id", "subject", "purpose", "state", "notice_sha256")} == {
            k: one[k] for k in ("id", "subject", "purpose", "state", "notice_sha256")
        }


@pytest.mark.parametrize("reason", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_no_cell_is_a_formula(lived, asha, reason):
    """The API takes codes only; a line that came in by another way must not do harm either."""
    consent.record(
        by=MAILER, controller_id=lived.id,
        choice=consent.Choice(subject_id=asha.id, purpose=MAPS, state=State.GIVEN, method="button",
                              language="en", reason=reason),
    )  # fmt: skip

    _, text = made(lived, form="csv", purposes=(MAPS,))

    cells = [row["reason"] for row in csv.DictReader(io.StringIO(text.decode(), newline=""))]
    assert f"'{reason}" in cells
    assert not [one for one in cells if one.lstrip(" ").startswith(("=", "+", "-", "@", "\t"))]


def test_only_the_purposes_asked_for(lived):
    _, body = made(lived, purposes=(SURVEYS,))

    assert [json.loads(line)["purpose"] for line in body.splitlines()] == [SURVEYS]


@pytest.mark.req("P9")
def test_nothing_of_another_company(lived, other):
    other.yes(other.person("eva@example.nl"))

    _, body = made(lived)

    assert len(body.splitlines()) == 4
    with pytest.raises(PurposeUnknownError):
        asked(lived, purposes=("no.such",))


def test_only_what_was_recorded_in_that_time(lived, asha):
    moment = timezone.now()
    lived.yes(asha)

    _, before = made(lived, until=moment)
    _, after = made(lived, since=moment)

    assert (len(before.splitlines()), len(after.splitlines())) == (4, 1)
    with pytest.raises(ExportSpanError):
        asked(lived, since=moment, until=moment)


def test_a_service_without_purposes_gets_nothing_rather_than_all(lived):
    with pytest.raises(PurposeUnknownError):
        asked(lived, purposes=())


def test_an_officer_without_purposes_gets_all_and_says_why(lived):
    with pytest.raises(ExportReasonError):
        asked(lived, purposes=(), by=OLGA, reason=" ")

    _, body = made(lived, purposes=(), by=OLGA, reason="A case at the board")

    assert len(body.splitlines()) == 4


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_steps_of_any_size_make_the_same_file(lived, monkeypatch, step):
    _, whole = made(lived, form="csv")
    monkeypatch.setattr(job, "STEP", step)

    _, body = made(lived, form="csv")

    assert body == whole


@pytest.mark.req("P7")
def test_what_a_killed_step_wrote_is_not_there_twice(lived, monkeypatch):
    monkeypatch.setattr(job, "STEP", 2)
    export = asked(lived)
    (view,) = [one for one in work.claim(worker="w", limit=50) if one.kind == services.KIND]
    job.step(view)  # killed before it could record
    Job.objects.filter(lease_owner="w").update(state="ready", lease_until=None, lease_owner="")

    work_off()

    export.refresh_from_db()
    assert len(services.take(by=MAILER, export=export).read_bytes().splitlines()) == 4


def test_nobody_else_can_read_the_file(lived):
    export, _ = made(lived)

    assert stat.S_IMODE(FOLDER.finished(export.id).stat().st_mode) == 0o600
    assert stat.S_IMODE(FOLDER.root().stat().st_mode) == 0o700


def test_a_folder_that_others_can_read_is_refused(lived, tmp_path):
    (tmp_path / "exports").mkdir(mode=0o755)

    with pytest.raises(ExportFolderError, match="chmod 700"):
        asked(lived)
    assert not ConsentExport.objects.exists()


@pytest.mark.req("P11")
def test_asking_finishing_and_taking_are_recorded(lived):
    export, _ = made(lived, by=OLGA, reason="A case")

    events = EntryIndex.objects.filter(target_id=str(export.id)).order_by("id")
    assert [one.event for one in events] == [
        "ledger:export_started", "ledger:export_finished", "ledger:export_taken",
    ]  # fmt: skip
    assert payload(events[0].id)["data"]["reason"] == "A case"


def test_only_who_asked_finds_it(lived, other):
    export, _ = made(lived)
    stranger = Actor("service", "01900000-0000-7000-8000-0000000000cc")

    assert services.own(MAILER, lived.id, export.id) == export
    for by, controller in ((stranger, lived.id), (MAILER, other.id)):
        with pytest.raises(ExportMissingError):
            services.own(by, controller, export.id)


def test_it_cannot_be_taken_before_it_is_there_nor_after_it_is_gone(lived, settings):
    export = asked(lived)
    with pytest.raises(ExportNotReadyError):
        services.take(by=MAILER, export=export)
    work_off()
    ConsentExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert services.end_expired() == 1
    assert not FOLDER.finished(export.id).exists()
    with pytest.raises(ExportGoneError):
        services.take(by=MAILER, export=export)


def test_where_there_is_no_folder_nothing_is_asked_for_and_nothing_ends(lived, settings):
    settings.CONSENT_EXPORT_FOLDER = ""

    with pytest.raises(ExportFolderError, match="SAMMATI_CONSENT_EXPORT_FOLDER"):
        asked(lived)
    assert services.end_expired() == 0


def test_files_of_no_export_are_deleted(lived):
    stray = FOLDER.root() / "01900000-0000-7000-8000-0000000000dd.part"
    stray.touch()
    export, _ = made(lived)

    services.end_expired()

    assert not stray.exists()
    assert FOLDER.finished(export.id).exists()


def test_a_service_registered_for_nothing_known_is_told_so(company):
    made_service = accounts.create_service(
        by=OLGA, controller_id=company.id, code="idle", name="Idle", purposes=[]
    )

    with pytest.raises(PurposeUnknownError):
        asked(company, purposes=(), by=Actor("service", str(made_service.id)))
