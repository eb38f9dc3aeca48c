"""Files and rows that cannot be imported: told by line, code and field, never by value."""

import pytest

from audit.models import EntryIndex, Payload
from profiles.models import ProfileRecord
from registry import services_systems as systems
from subjects.models import Subject
from tests.profiles.files import RAVI, bring, csv, ndjson
from tests.profiles.intake_world import BY, make
from work.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def folder(tmp_path):
    return tmp_path


class TestFaults:
    """A row that is wrong is left out with line, code and field, never its value."""

    @pytest.mark.parametrize(
        ("row", "error"),
        [
            ("{", "1,malformed,"),
            ("[1]", "1,malformed,"),
            ({"id.crm": "CRM-1", "shoe": 42}, "1,unknown_field,"),
            ({"city": "Pune"}, "1,missing,subject"),
            ({"subject": "x", "city": "Pune"}, "1,invalid,subject"),
            ({"id.crm": ["CRM-1"], "city": "Pune"}, "1,invalid,id.crm"),
            ({"id.crm": "x" * 300, "city": "Pune"}, "1,too_long,id.crm"),
            ({"id.email": "nobody", "city": "Pune"}, "1,malformed_identifier,value"),
            ({"id.crm": "CRM-1", "city": "Pune", "observed_at": "soon"}, "1,invalid,observed_at"),
            ({"id.crm": "CRM-1", "city": "P", "city.at": 7}, "1,invalid,city.at"),
            ({"id.crm": "CRM-1", "city": "P", "fact.age_state": "old"}, "1,invalid,age_state"),
            ({"id.crm": "CRM-1", "city": 7}, "1,value_mistyped,city"),
            ({"id.crm": "CRM-1", "city": "x" * 31}, "1,value_too_long,city"),
            ({"id.crm": "CRM-1", "tier": "tin"}, "1,value_not_a_choice,tier"),
            (
                {"id.crm": "CRM-1", "city": "P", "observed_at": "2199-01-01T00:00:00Z"},
                "1,observed_in_future,city",
            ),
            ({"id.crm": "CRM-1", "city": "P", "verified_by": "by hand"},
             "1,verification_malformed,city"),
            ({"id.crm": "CRM-1", "city": "x" * 70_000}, "1,row_too_long,"),
        ],
    )  # fmt: skip
    def test_of_ndjson(self, lotus, folder, row, error):
        result = bring(ndjson(folder, row, RAVI))

        assert (result.code, result.errors) == (1, [error])
        assert ProfileRecord.objects.count() == 1

    def test_of_csv(self, lotus, folder):
        path = csv(
            folder,
            "id.crm,city,points,address\n"
            "CRM-1,Pune\n"
            "CRM-2,Agra,many,\n"
            "CRM-3,Agra,,{broken\n"
            "CRM-4,Agra,12,\n",
        )

        result = bring(path)

        assert result.errors == [
            "2,wrong_number_of_columns,", "3,value_mistyped,points", "4,value_malformed,address",
        ]  # fmt: skip
        assert ProfileRecord.objects.count() == 1

    def test_no_value_is_told_anywhere(self, lotus, folder, caplog):
        row = {
            "id.crm": "CRM-1",
            "city": "Jaisalmer-QZX" * 5,
            "observed_at": "2026-03-01T10:00:00Z",
        }
        result = bring(ndjson(folder, row, {"QZX": 1}))

        bodies = b"".join(bytes(one) for one in Payload.objects.values_list("body", flat=True))
        cursors = str(list(Job.objects.values()))
        said = result.text + caplog.text + "".join(result.errors) + cursors
        assert "QZX" not in said
        assert b"QZX" not in bodies


class TestWholeFile:
    """A file that cannot be imported at all leaves nothing behind."""

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("a.csv", b"", "empty"),
            ("a.csv", b"\xff\xfei\x00d", "UTF-16"),
            ("a.csv", b"PK\x03\x04", "workbook"),
            ("a.csv", b"city,tier\nPune,gold\n", "says who it is about"),
            ("a.csv", b"id.crm,asha@example.in\nCRM-1,x\n", "Not known: column 2"),
            ("a.csv", b"id.crm,city,city\nCRM-1,x,y\n", "there twice: city"),
            ("a.csv", b"id.crm;city\nCRM-1;x\n", "use commas"),
            ("a.xml", b"<a/>", "Say the format"),
            ("a.parquet", b"PAR0nonsense", "not Parquet"),
        ],
    )
    def test_that_is_something_else(self, lotus, folder, name, content, words):
        path = folder / name
        path.write_bytes(content)

        result = bring(path)

        assert result.code == 2
        assert words in result.text
        assert "asha" not in result.text
        assert not Job.objects.exists()
        assert not EntryIndex.objects.filter(event="import:started").exists()

    def test_that_is_not_there(self, lotus, folder):
        assert bring(folder / "gone.csv").code == 2
        assert bring(folder / "gone.parquet").code == 2

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"source": "nowhere"}, "no such system"),
            ({"batch": 0}, "1 to 20000 rows"),
            ({"observed_at": "soon"}, "RFC 3339"),
        ],
    )
    def test_with_orders_that_cannot_be(self, lotus, folder, options, words):
        result = bring(ndjson(folder, RAVI), **options)

        assert (result.code, words in result.text) == (2, True)

    @pytest.mark.parametrize(
        "mapping",
        ["{", "[]", '{"columns": []}', '{"columns": {"shoe": "Shoe"}}', '{"colums": {}}',
         '{"columns": {"city": 1}}', '{"values": {"city": "x"}}'],
    )  # fmt: skip
    def test_with_a_mapping_that_cannot_be(self, lotus, folder, mapping):
        path = folder / "mapping.json"
        path.write_text(mapping)

        assert bring(ndjson(folder, RAVI), mapping=path).code == 2

    def test_from_a_source_that_is_paused(self, lotus, folder):
        systems.set_state(by=BY, system=lotus.source, state="paused")

        result = bring(ndjson(folder, RAVI))

        assert result.code == 2
        assert not ProfileRecord.objects.exists()
        assert not Subject.objects.exists()
