import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from audit.models import EntryIndex, Payload
from consent.models import ConsentEvent, ConsentState
from consent.services import close_purpose
from subjects.models import Identifier, Subject
from subjects.selectors import find
from subjects.services import set_facts, set_standing
from tests.consent.importing import LATER, WHEN, bring, row, write_csv
from tests.factories.company import AUTHOR, OFFERS, company
from work.models import Job
from work.progress import Progress

ASHA = "asha.rao@example.in"
MUCH_LATER = "2025-09-01T10:00:00Z"


@pytest.fixture
def lotus(db):
    return company()


@pytest.fixture
def bring_rows(lotus, tmp_path):
    """Writes rows to a file and imports it."""
    number = iter(range(100))

    def run(*rows, **options):
        return bring(write_csv(tmp_path / f"people{next(number)}.csv", *rows), **options)

    return run


def states(email=ASHA, slug="lotus"):
    found = Subject.objects.get(pk=Identifier.objects.order_by("id")[0].subject_id)
    return list(
        ConsentEvent.objects.filter(subject=found)
        .order_by("sequence")
        .values_list("state", flat=True)
    )


class TestImport:
    def test_a_row_adds_the_person_the_event_the_state_and_the_entries(self, bring_rows, lotus):
        result = bring_rows(row(crm="C-1", language="hi", session="s-9"))

        person = find(lotus.id, "email", ASHA)
        event, state = ConsentEvent.objects.get(), ConsentState.objects.get()
        assert result.code == 0
        assert "1 rows: 1 recorded, 0 already there, 0 left out; 1 new people." in result.text
        assert (person.residence, person.language, person.age_state) == ("IN", "hi", "adult")
        assert find(lotus.id, "crm", "C-1") == person
        assert (event.state, event.method, event.evidence) == (
            "given", "checkbox", {"session": "s-9"},
        )  # fmt: skip
        assert event.notice_sha256 == lotus.notice.translations.get().sha256
        assert (state.event_id, state.is_provable, state.sequence) == (event.id, True, 1)
        events = EntryIndex.objects.filter(event__regex="^(import|consent|subject):")
        assert sorted(events.values_list("event", flat=True)) == [
            "consent:given", "import:finished", "import:started", "subject:created",
        ]  # fmt: skip

    @pytest.mark.req("CON-12")
    def test_steps_follow_the_transition_table_in_the_order_of_the_file(self, bring_rows):
        result = bring_rows(
            row(), row(event_at=LATER), row(state="withdrawn", event_at=MUCH_LATER),
            row(state="renewed", event_at="2025-10-01T00:00:00Z"),
        )  # fmt: skip

        assert states() == ["given", "renewed", "withdrawn"]
        assert result.code == 1
        assert result.errors == ["5,illegal_transition,state"]

    def test_a_step_is_judged_by_what_stood_when_the_person_took_it(self, bring_rows):
        ended = row(expires_at="2025-06-01T00:00:00Z")

        result = bring_rows(ended, row(event_at=LATER, state="revoked"))

        assert result.code == 0
        assert states() == ["given", "revoked"]

    @pytest.mark.req("CON-30")
    def test_what_is_older_than_the_last_event_takes_its_place_before_it(self, bring_rows):
        result = bring_rows(row(event_at=LATER), row(event_at=WHEN, state="refused"))

        assert (result.code, states()) == (0, ["given", "refused"])
        assert ConsentState.objects.get().state == "given"

    def test_the_future_is_left_out(self, bring_rows):
        far = timezone.now().replace(year=timezone.now().year + 1)

        result = bring_rows(row(event_at=far.strftime("%Y-%m-%dT%H:%M:%SZ")))

        assert result.errors == ["2,event_time_invalid,event_at"]

    @pytest.mark.req("CON-08")
    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"method": "preselected"}, "method_forbidden,method"),
            ({"method": "smoke"}, "method_unknown,method"),
            ({"purpose": "no.such"}, "purpose_unknown,purpose"),
            ({"email": "no address"}, "malformed_identifier,value"),
            ({"notice": "other"}, "notice_not_in_force,notice"),
            ({"notice_version": "7"}, "notice_not_in_force,notice"),
            ({"notice_language": "fr"}, "notice_not_in_force,notice_language"),
        ],
    )
    def test_a_bad_row_is_left_out_alone_and_nobody_is_named(
        self, bring_rows, tmp_path, changes, error
    ):
        good = row(email="bela@example.in")

        result = bring_rows(row(**changes), good)

        assert (result.code, result.errors) == (1, [f"2,{error}"])
        assert "1 recorded" in result.text
        assert Subject.objects.count() == 1  # nobody is added by what is left out
        assert f"  {error.split(',')[0]}: 1" in result.text
        written = result.text + (tmp_path / "people0.errors.csv").read_text()
        assert "asha" not in written
        assert "no address" not in written

    def test_who_has_a_good_row_beside_a_bad_one_is_added(self, bring_rows):
        result = bring_rows(row(purpose="no.such"), row())

        assert result.errors == ["2,purpose_unknown,purpose"]
        assert "1 recorded, 0 already there, 1 left out; 1 new people." in result.text

    @pytest.mark.parametrize(
        "changes",
        [
            {"notice": None, "notice_version": None, "notice_language": None},
            {"notice_language": None},
            {"method": None},
        ],
    )
    @pytest.mark.req("CON-13")
    def test_a_yes_whose_notice_or_act_is_not_known_cannot_be_proven(self, bring_rows, changes):
        bring_rows(row(**changes))

        assert ConsentState.objects.get().is_provable is False

    def test_a_parents_yes_counts_as_verified_only_with_how_it_was(self, bring_rows):
        bring_rows(
            row(given_by="parent"),
            row(email="b@example.in", given_by="parent", guardian_verification="school-register"),
        )

        found = ConsentEvent.objects.order_by("id").values_list("guardian_verified", "evidence")
        assert list(found) == [
            (False, {}), (True, {"guardian_verification": "school-register"}),
        ]  # fmt: skip

    def test_a_closed_purpose_takes_endings_and_no_beginnings(self, bring_rows, lotus):
        bring_rows(row())
        close_purpose(by=AUTHOR, purpose=lotus.versions[OFFERS].purpose)

        result = bring_rows(
            row(state="withdrawn", event_at=LATER), row(state="given", event_at=MUCH_LATER)
        )

        assert states() == ["given", "withdrawn"]
        assert result.errors == ["3,purpose_closed,purpose"]

    def test_a_withdrawal_keeps_the_evidence_of_the_yes(self, bring_rows):
        bring_rows(row(), row(state="withdrawn", event_at=LATER, notice=None, notice_version=None))

        state = ConsentState.objects.get()
        assert (state.state, state.is_provable, state.language) == ("withdrawn", True, "en")

    def test_ndjson_is_imported_alike(self, lotus, tmp_path):
        path = tmp_path / "people.ndjson"
        path.write_text(json.dumps(row()) + "\n{}\n")

        result = bring(path)

        assert states() == ["given"]
        assert result.errors == ["2,missing,purpose"]

    def test_another_controllers_people_are_other_people(self, bring_rows, tmp_path):
        company("tulip")
        bring_rows(row())

        bring(write_csv(tmp_path / "tulip.csv", row()), slug="tulip")

        assert Subject.objects.count() == 2
        assert set(ConsentEvent.objects.values_list("controller__slug", flat=True)) == {
            "lotus", "tulip",
        }  # fmt: skip

    def test_a_formula_is_data_like_any_other(self, bring_rows, lotus):
        bring_rows(row(crm="=1+1|'cmd'!A1"))

        assert find(lotus.id, "crm", "=1+1|'cmd'!A1") is not None

    def test_progress_says_how_far_and_how_fast(self, bring_rows):
        rows = [row(email=f"p{n}@example.in") for n in range(40)]

        result = bring_rows(*rows, batch=4)

        bars = [line for line in result.text.splitlines() if "rows/s" in line]
        percents = [int(line.split("]")[1].split("%")[0]) for line in bars]
        assert percents == sorted(percents)
        assert len(percents) >= 9
        assert percents[-1] == 100


class TestPeople:
    def test_any_identifier_finds_the_person_who_gains_the_others(self, bring_rows, lotus):
        bring_rows(row(crm="C-1", email=None))
        bring_rows(row(crm="C-1", event_at=LATER), row(crm=None, event_at=MUCH_LATER))

        assert Subject.objects.count() == 1
        assert states() == ["given", "renewed", "renewed"]
        assert EntryIndex.objects.filter(event="subject:identified").count() == 1

    def test_identifiers_of_two_people_are_a_conflict(self, bring_rows):
        bring_rows(row(crm="C-1", email=None), row(crm="C-2"))

        result = bring_rows(row(crm="C-1", event_at=LATER))

        assert result.errors == ["2,identity_conflict,identifiers"]

    def test_two_customer_numbers_are_two_people_even_at_one_address(self, bring_rows):
        result = bring_rows(row(crm="C-1"), row(crm="C-2", event_at=LATER))

        assert result.errors == ["3,identity_conflict,identifiers"]
        assert Subject.objects.count() == 1

    def test_facts_of_a_known_person_stay(self, bring_rows, lotus):
        bring_rows(row(region="Goa"))
        person = find(lotus.id, "email", ASHA)
        set_facts(by=AUTHOR, subject=person, language="mr")

        bring_rows(row(region="Pune", language="hi", residence="DE", event_at=LATER))

        person.refresh_from_db()
        assert (person.region, person.language, person.residence) == ("Goa", "mr", "IN")

    @pytest.mark.req("P8")
    @pytest.mark.parametrize("state", ["erasing", "erased"])
    def test_nothing_is_begun_again_for_who_is_being_erased(self, bring_rows, lotus, state):
        bring_rows(row())
        person = find(lotus.id, "email", ASHA)
        set_standing(by=AUTHOR, subject=person, state=state)

        again = bring_rows(row())
        more = bring_rows(
            row(event_at=LATER), row(state="withdrawn", event_at=MUCH_LATER),
            row(phone="+447700900123", event_at=MUCH_LATER, state="withdrawn"),
        )  # fmt: skip

        assert "1 already there" in again.text
        assert more.errors == ["2,subject_erased,subject", "4,subject_erased,subject"]
        assert states() == ["given", "withdrawn"]
        assert Identifier.objects.count() == 1

    def test_an_erasure_of_one_purpose_keeps_out_that_purpose_only(self, bring_rows, lotus):
        lotus.purpose("other")
        bring_rows(row())
        person = find(lotus.id, "email", ASHA)
        scope = {"scope_type": "purpose", "scope": OFFERS}
        set_standing(by=AUTHOR, subject=person, state="erasing", **scope)
        bare = {"notice": None, "notice_version": None, "notice_language": None}

        result = bring_rows(row(event_at=LATER), row(event_at=LATER, purpose="other", **bare))

        assert result.errors == ["2,subject_erased,subject"]


class TestRepeating:
    @pytest.mark.req("CON-30")
    def test_a_second_time_adds_nothing(self, bring_rows):
        rows = (
            row(), row(event_at=LATER), row(state="refused", event_at=MUCH_LATER),
            row(email="b@example.in", state="refused"),
        )  # fmt: skip
        bring_rows(*rows)
        before = list(ConsentEvent.objects.values_list("id", flat=True))

        result = bring_rows(*rows)

        assert result.code == 0
        assert "0 recorded, 4 already there, 0 left out; 0 new people." in result.text
        assert list(ConsentEvent.objects.values_list("id", flat=True)) == before

    def test_a_row_twice_in_one_file_is_one_event(self, bring_rows):
        result = bring_rows(row(), row())

        assert "1 recorded, 1 already there" in result.text
        assert states() == ["given"]

    def test_batches_make_no_difference(self, bring_rows):
        rows = [row(email=f"p{n % 3}@example.in", event_at=f"2025-0{n + 1}-01T00:00:00Z")
                for n in range(9)]  # fmt: skip

        bring_rows(*rows, batch=2)

        found = ConsentEvent.objects.values_list("state", flat=True)
        assert sorted(found) == ["given"] * 3 + ["renewed"] * 6

    def test_a_finished_import_keeps_its_counts_in_its_job(self, bring_rows):
        bring_rows(row(), row(state="nonsense"))

        job = Job.objects.get(kind="consent.import")
        assert (job.state, job.progress_done) == ("done", job.progress_total)
        assert job.cursor["codes"] == {"invalid": 1}


class TestDryRun:
    def test_every_row_is_judged_and_nothing_stays(self, bring_rows):
        tables = (Subject, Identifier, ConsentEvent, ConsentState, Job)
        before = EntryIndex.objects.count(), Payload.objects.count()

        result = bring_rows(row(), row(event_at=LATER), row(state="nonsense"), dry_run=True)

        assert result.code == 1
        assert "2 would be recorded" in result.text
        assert result.errors == ["4,invalid,state"]
        assert [model.objects.count() for model in tables] == [0] * 5
        assert (EntryIndex.objects.count(), Payload.objects.count()) == before


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [("a,b\n1,2\n", "The first line must name the columns."), ("", "The file is empty.")],
    )
    def test_a_file_that_does_not_fit_leaves_nothing(self, lotus, tmp_path, content, sentence):
        path = tmp_path / "people.csv"
        path.write_text(content)

        result = bring(path)

        assert result.code == 2
        assert result.text.startswith(sentence)
        assert not Job.objects.exists()
        assert not EntryIndex.objects.filter(event="import:started").exists()

    def test_an_unknown_controller_is_refused(self, lotus, tmp_path):
        result = bring(write_csv(tmp_path / "people.csv", row()), slug="nobody")

        assert (result.code, result.text) == (2, "There is no controller of that slug.")

    @pytest.mark.parametrize("batch", [0, 1_000_000])
    def test_a_batch_has_a_sensible_size(self, bring_rows, batch):
        assert bring_rows(row(), batch=batch).code == 2

    def test_a_mapping_that_cannot_be_read_is_refused(self, bring_rows, tmp_path):
        assert bring_rows(row(), mapping=tmp_path / "none.json").code == 2

    def test_an_errors_file_that_cannot_be_written_stops_the_import(self, lotus, tmp_path):
        path = write_csv(tmp_path / "people.csv", row(state="nonsense"))
        path.with_suffix(".errors.csv").mkdir()

        assert bring(path).code == 2
        assert not Job.objects.exists()

    def test_a_file_that_is_no_errors_file_is_not_written_over(self, lotus, tmp_path):
        path = write_csv(tmp_path / "people.csv", row(state="nonsense"))
        path.with_suffix(".errors.csv").write_text("precious\n")

        assert bring(path).code == 2
        assert path.with_suffix(".errors.csv").read_text() == "precious\n"

    def test_the_errors_of_an_earlier_import_are_replaced(self, bring_rows, tmp_path):
        bad, good = row(state="nonsense"), row()
        first = bring(write_csv(tmp_path / "people.csv", bad, bad))
        second = bring(write_csv(tmp_path / "people.csv", good, bad))
        third = bring(write_csv(tmp_path / "people.csv", good))

        assert [len(one.errors) for one in (first, second, third)] == [2, 1, 0]


@pytest.mark.req("P10")
def test_nothing_personal_is_in_logs_or_jobs(bring_rows, caplog):
    with caplog.at_level("DEBUG"):
        bring_rows(row(crm="C-77"), row(state="nonsense", email="bela@example.in"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT payload::text || cursor::text || dedupe_key FROM work_job")
        kept = " ".join(found[0] for found in cursor.fetchall())
    for secret in ("asha", "bela", "C-77", "example.in"):
        assert secret not in kept
        assert not any(secret in record.getMessage() for record in caplog.records
                       if record.name != "django.db.backends")  # fmt: skip


class TestProgress:
    class Screen(StringIO):
        def isatty(self):
            return True

    def test_on_a_terminal_one_bar_moves(self):
        screen = self.Screen()
        progress = Progress(screen, 200)

        progress.show(50, 10)
        progress.show(200, 40)
        progress.end()

        first, second = screen.getvalue().removeprefix("\r").removesuffix("\n").split("\r")
        assert "[#######.....................]  25 %  10 rows" in first
        assert "100 %  40 rows" in second

    def test_nothing_is_more_than_done_where_rows_came_since_they_were_counted(self):
        screen = self.Screen()

        Progress(screen, 200).show(206, 206)

        assert "[############################] 100 %  206 rows" in screen.getvalue()

    def test_the_bar_of_the_command_moves_too(self, bring_rows, lotus, tmp_path):
        path = write_csv(tmp_path / "people.csv", row(), row(event_at=LATER))
        screen = self.Screen()

        call_command("import_consents", str(path), controller="lotus", batch=1, stdout=screen)

        bar, summary, rest = screen.getvalue().split("\n")
        assert bar.count("\r") == 3
        assert summary.startswith("2 rows: 2 recorded")
        assert rest == ""
