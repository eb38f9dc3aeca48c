"""Importing what a source knows of people from files."""

import json
import os
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from pyarrow import parquet

from audit.models import EntryIndex, Payload
from profiles.importing import runner, taking
from profiles.models import ProfileRecord
from subjects import services as subjects
from subjects.models import Subject
from tests.profiles.files import ASHA, RAVI, bring, csv, ndjson, person
from tests.profiles.intake_world import BY, make
from work.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def folder(tmp_path):
    return tmp_path


class TestFormats:
    WHOLE = {
        "city": "Pune", "tier": "gold", "points": 1200, "spent": "99.5", "member": True,
        "email": "asha@example.in", "born_on": "1990-02-28",
        "address": {"lines": "12 MG Road", "region": "MH", "country": "IN"},
    }  # fmt: skip

    def test_ndjson(self, lotus, folder):
        result = bring(ndjson(folder, ASHA, RAVI))

        assert (result.code, result.errors) == (0, [])
        assert "2 rows: 2 taken in" in result.text
        assert lotus.known(person("CRM-1")) == self.WHOLE
        assert lotus.known(person("CRM-2")) == {"city": "Agra"}

    def test_csv_where_everything_is_a_text(self, lotus, folder):
        path = csv(
            folder,
            "id.crm,observed_at,city,tier,points,spent,member,email,born_on,address\n"
            "CRM-1,2026-03-01T10:00:00Z,Pune,gold,1200,99.5,yes,asha@example.in,1990-02-28,"
            '"{""lines"":""12 MG Road"",""region"":""MH"",""country"":""IN""}"\n'
            "CRM-2,2026-03-01T10:00:00Z,Agra,,,,,,,\n",
        )

        assert bring(path).code == 0

        assert lotus.known(person("CRM-1")) == self.WHOLE
        assert lotus.known(person("CRM-2")) == {"city": "Agra"}  # an empty cell says nothing

    def test_parquet_with_types_of_its_own(self, lotus, folder):
        from datetime import date
        from decimal import Decimal

        path = folder / "people.parquet"
        parquet.write_table(
            pa.table({
                "id.crm": ["CRM-1", "CRM-2"],
                "observed_at": pa.array([datetime(2026, 3, 1, 10, tzinfo=UTC)] * 2),
                "city": ["Pune", "Agra"], "tier": ["gold", None], "points": [1200, None],
                "spent": [Decimal("99.5"), None], "member": [True, None],
                "email": ["asha@example.in", None],
                "born_on": pa.array([date(1990, 2, 28), None]),
                "address": [{"lines": "12 MG Road", "region": "MH", "country": "IN"}, None],
            }),
            path,
        )  # fmt: skip

        result = bring(path)

        assert (result.code, result.errors) == (0, [])
        assert lotus.known(person("CRM-1")) == self.WHOLE
        assert lotus.known(person("CRM-2")) == {"city": "Agra"}

    def test_columns_of_other_names_by_a_mapping(self, lotus, folder):
        mapping = folder / "mapping.json"
        mapping.write_text(
            json.dumps({
                "columns": {"id.crm": "Customer No", "city": "Town", "tier": "Level"},
                "values": {"tier": {"G": "gold", "1": "silver"}},
                "defaults": {"verified_by": "kyc", "member": "true"},
            })
        )  # fmt: skip
        path = csv(folder, "Customer No,Town,Level,Internal\nCRM-1,Pune,G,x\nCRM-2,Agra,1,y\n")

        assert bring(path, mapping=mapping).code == 0

        assert lotus.known(person("CRM-1")) == {"city": "Pune", "tier": "gold", "member": True}
        assert lotus.known(person("CRM-2"))["tier"] == "silver"

    def test_one_attribute_may_have_a_time_and_verification_of_its_own(self, lotus, folder):
        lotus_asha = {**RAVI, "id.crm": "CRM-1", "tier": "gold"}
        bring(ndjson(folder, lotus_asha))

        late = {
            **lotus_asha, "city": "Delhi", "city.at": "2026-02-01T00:00:00Z", "tier": "silver",
            "tier.at": "2026-04-01T00:00:00Z", "tier.by": "kyc",
        }  # fmt: skip
        result = bring(ndjson(folder, late, name="late.ndjson"))

        assert "1 older than what is known" in result.text
        assert lotus.known(person("CRM-1")) == {"city": "Agra", "tier": "silver"}

    def test_rows_without_a_time_were_seen_when_the_file_was_written(self, lotus, folder):
        path = ndjson(folder, {"id.crm": "CRM-1", "city": "Pune"})
        written = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
        os.utime(path, (written.timestamp(), written.timestamp()))

        bring(path)
        again = bring(path)

        assert ProfileRecord.objects.get().observed_at == written
        assert "1 without news" in again.text

    def test_a_time_may_be_said(self, lotus, folder):
        bring(
            ndjson(folder, {"id.crm": "CRM-1", "city": "Pune"}), observed_at="2026-01-02T00:00:00Z"
        )

        assert ProfileRecord.objects.get().observed_at == datetime(2026, 1, 2, tzinfo=UTC)


class TestPeople:
    def test_the_unknown_are_added_with_their_facts_and_found_again(self, lotus, folder):
        bring(ndjson(folder, {**ASHA, "fact.residence": "in", "fact.age_state": "adult"}))
        bring(ndjson(folder, {"id.email": "ASHA@example.in", "city": "Agra"}, name="b.ndjson"))

        found = Subject.objects.get()
        assert (found.residence, found.age_state, found.age_assurance) == (
            "IN", "adult", "declared",
        )  # fmt: skip
        assert lotus.known(found)["city"] == "Agra"

    def test_nobody_is_added_by_a_row_that_is_left_out(self, lotus, folder):
        bad = {**RAVI, "points": "many"}
        late = {**RAVI, "id.crm": "CRM-3", "observed_at": "2090-01-01T00:00:00Z"}

        result = bring(ndjson(folder, ASHA, bad, late))

        assert (result.code, Subject.objects.count()) == (1, 1)
        assert "1 taken in, 0 without news, 2 left out" in result.text
        assert "1 new people." in result.text
        assert [one.split(",")[1] for one in result.errors] == [
            "value_mistyped", "observed_in_future"
        ]  # fmt: skip

    def test_known_only_adds_nobody(self, lotus, folder):
        asha = lotus.person("CRM-1")

        result = bring(ndjson(folder, ASHA, RAVI), known_only=True)

        assert result.code == 1
        assert result.errors == ["2,subject_unknown,subject"]
        assert Subject.objects.count() == 1
        assert lotus.known(asha)["city"] == "Pune"

    def test_our_own_ids_may_be_used(self, lotus, folder):
        asha = lotus.person("CRM-1")

        bring(ndjson(folder, {"subject": str(asha.id), "city": "Pune"}))

        assert lotus.known(asha) == {"city": "Pune"}

    def test_identifiers_of_two_people_are_a_conflict_of_that_row(self, lotus, folder):
        bring(ndjson(folder, ASHA, RAVI))

        both = {"id.crm": "CRM-2", "id.email": "asha@example.in", "city": "Delhi"}
        result = bring(ndjson(folder, both, name="b.ndjson"))

        assert result.errors == ["1,identity_conflict,identifiers"]
        assert lotus.known(person("CRM-2")) == {"city": "Agra"}

    @pytest.mark.req("P8")
    def test_the_erased_stay_erased(self, lotus, folder):
        asha = lotus.person("CRM-1")
        subjects.set_standing(by=BY, subject=asha, state="erased")

        result = bring(ndjson(folder, {**RAVI, "id.crm": "CRM-1"}, RAVI))

        assert (result.code, result.errors) == (1, ["1,subject_erased,subject"])
        assert lotus.known(asha) == {}

    @pytest.mark.req("P8")
    def test_an_erased_category_is_left_out_and_told(self, lotus, folder):
        asha = lotus.person("CRM-1")
        subjects.set_standing(
            by=BY, subject=asha, state="erased", scope_type="category", scope="pd:City"
        )

        result = bring(ndjson(folder, {"id.crm": "CRM-1", "city": "Pune", "tier": "gold"}))

        assert (result.code, result.errors) == (0, ["1,category_erased,city"])
        assert lotus.known(asha) == {"tier": "gold"}


class TestRunning:
    def test_importing_a_file_again_changes_nothing(self, lotus, folder):
        path = ndjson(folder, ASHA, RAVI)
        bring(path)
        before = list(ProfileRecord.objects.order_by("id").values())
        written = EntryIndex.objects.filter(event="profile:recorded").count()

        result = bring(path)

        assert "0 taken in, 2 without news" in result.text
        assert list(ProfileRecord.objects.order_by("id").values()) == before
        assert EntryIndex.objects.filter(event="profile:recorded").count() == written

    def test_a_dry_run_keeps_nothing(self, lotus, folder):
        result = bring(ndjson(folder, ASHA, {"city": 1}), dry_run=True)

        assert "1 would be taken in" in result.text
        assert result.errors == ["2,missing,subject"]
        assert not ProfileRecord.objects.exists()
        assert not Subject.objects.exists()
        assert not Job.objects.exists()

    @pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
    def test_one_that_was_stopped_goes_on_where_it_was(self, lotus, folder, form, monkeypatch):
        rows = [{"id.crm": f"CRM-{n}", "city": f"City {n}"} for n in range(10)]
        path = folder / f"people.{form}"
        if form == "parquet":
            parquet.write_table(pa.Table.from_pylist(rows), path)
        elif form == "csv":
            csv(folder, "id.crm,city\n" + "".join(f"{r['id.crm']},{r['city']}\n" for r in rows))
        else:
            ndjson(folder, *rows)
        usual, calls = taking.take, []

        def take(**given):
            calls.append(len(given["contents"]))
            if len(calls) == 3:
                raise KeyboardInterrupt
            return usual(**given)

        monkeypatch.setattr(taking, "take", take)
        order = runner.Order(path=path, controller_id=lotus.id, source="crm", batch=3)
        with pytest.raises(KeyboardInterrupt):
            runner.run(by=BY, order=order)
        assert ProfileRecord.objects.count() == 6

        result = bring(path, batch=3, resume=True)

        assert "10 rows: 10 taken in" in result.text
        assert calls == [3, 3, 3, 3, 1]
        assert ProfileRecord.objects.count() == 10

    def test_what_was_imported_is_on_record_in_numbers(self, lotus, folder):
        bring(ndjson(folder, ASHA, RAVI, {"city": 1}))

        entries = EntryIndex.objects.filter(event__startswith="import:").order_by("id")
        finished = json.loads(bytes(Payload.objects.get(id=entries[1].id).body))
        assert [one.event for one in entries] == ["import:started", "import:finished"]
        assert finished["data"] == {
            "rows": 3, "recorded": 2, "already": 0, "failed": 1, "people": 2, "values": 9,
            "older": 0, "codes": {"missing": 1},
        }  # fmt: skip
