"""Files with rows about people in object storage are written anew without them."""

import csv
import gzip
import io
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from registry.connectors.contract import Act, Effect, Finding
from registry.connectors.objects.store import Bucket
from tests.registry.connectors.house import RAVI, person, probe, refused, tell
from tests.registry.connectors.test_objects import bucket, rows, s3, versioned

__all__ = ["bucket", "s3", "versioned"]
pytestmark = [pytest.mark.req("ERA-07"), pytest.mark.usefixtures("inside")]
CSV = (
    'email,city,note\nasha@example.in,Pune,"a,\nb"\nravi@example.in,Goa,x\n'
    " ASHA@Example.in ,Pune,z\n"
)


class TestFiles:
    def test_rows_go_and_the_rest_of_a_csv_stays(self, bucket):
        bucket.put("exports/a.csv", CSV, ContentType="text/csv", Metadata={"team": "x"})

        [said] = tell(bucket.connector(**rows()), person())

        assert said.evidence == {"objects": 0, "rows": 2}
        assert list(csv.reader(io.StringIO(bucket.get("exports/a.csv").decode()))) == [
            ["email", "city", "note"], ["ravi@example.in", "Goa", "x"],
        ]  # fmt: skip
        kept = bucket.client.head_object(Bucket=bucket.name, Key="exports/a.csv")
        assert (kept["ContentType"], kept["Metadata"]) == ("text/csv", {"team": "x"})

    def test_a_file_without_the_person_is_not_written(self, bucket):
        bucket.put("exports/a.csv", "email\nravi@example.in\n")
        before = bucket.client.head_object(Bucket=bucket.name, Key="exports/a.csv")["LastModified"]

        [said] = tell(bucket.connector(**rows()), person())

        after = bucket.client.head_object(Bucket=bucket.name, Key="exports/a.csv")["LastModified"]
        assert (said.act, before) == (Act.UNKNOWN_PERSON, after)

    def test_ndjson_compressed(self, bucket):
        lines = [{"who": {"email": "asha@example.in"}}, {"who": {"email": "r@e.in"}}, {"who": 1}]
        content = b"".join(json.dumps(one).encode() + b"\n" for one in lines)
        bucket.put("exports/a.ndjson.gz", gzip.compress(content))

        tell(bucket.connector(**rows("ndjson", compression="gzip")), person())

        left = gzip.decompress(bucket.get("exports/a.ndjson.gz")).splitlines()
        assert [json.loads(one) for one in left] == lines[1:]

    def test_parquet_keeps_its_schema(self, bucket):
        table = pa.table({"email": ["asha@example.in", "r@e.in", None], "n": [1, 2, 3]})
        out = io.BytesIO()
        parquet.write_table(table.replace_schema_metadata({"team": "x"}), out, compression="zstd")
        bucket.put("exports/a.parquet", out.getvalue())

        [said] = tell(bucket.connector(**rows("parquet")), person())

        left = parquet.read_table(io.BytesIO(bucket.get("exports/a.parquet")))
        assert (said.evidence["rows"], left.column("n").to_pylist()) == (1, [2, 3])
        assert left.schema.metadata[b"team"] == b"x"

    @pytest.mark.parametrize("format", ["csv", "ndjson", "parquet"])
    def test_blanks_instead_of_rows(self, bucket, format):
        key = f"exports/a.{format}"
        if format == "parquet":
            out = io.BytesIO()
            parquet.write_table(pa.table({"email": ["asha@example.in"], "city": ["Pune"]}), out)
            bucket.put(key, out.getvalue())
        elif format == "csv":
            bucket.put(key, "email,city\nasha@example.in,Pune\n")
        else:
            bucket.put(key, '{"who":{"email":"asha@example.in"},"city":"Pune"}\n')
        blank = ["/who/email"] if format == "ndjson" else ["email"]
        connector = bucket.connector(**rows(format, blank=blank))

        tell(connector, person())

        assert connector.declaration.effect is Effect.ANONYMISE
        assert b"asha" not in bucket.get(key)
        assert b"Pune" in bucket.get(key)
        assert probe(connector, person())[0].finding is Finding.ABSENT

    def test_a_batch_is_one_reading_and_each_gets_their_number(self, bucket):
        bucket.put("exports/a.csv", CSV)
        ravi = person(RAVI, identifiers={"email": ("ravi@example.in",)})

        said = tell(bucket.connector(**rows()), person(), ravi)

        assert [one.evidence["rows"] for one in said] == [2, 1]
        assert bucket.get("exports/a.csv") == b"email,city,note\n"

    def test_former_versions_with_the_person_go_and_others_stay(self, versioned):
        for content in ("email\nasha@example.in\n", "email\nr@e.in\n", CSV):
            versioned.put("exports/a.csv", content)

        tell(versioned.connector(**rows()), person())

        assert len(versioned.keys()) == 2
        assert probe(versioned.connector(**rows()), person())[0].finding is Finding.ABSENT

    def test_a_file_that_changed_meanwhile_is_not_overwritten(self, bucket, monkeypatch):
        bucket.put("exports/a.csv", CSV)
        fetch = Bucket.fetch

        def slow(self, one, into):
            found = fetch(self, one, into)
            bucket.put("exports/a.csv", CSV + "new@example.in,Agra,y\n")
            return found

        monkeypatch.setattr(Bucket, "fetch", slow)

        error = refused(lambda: tell(bucket.connector(**rows()), person()))

        assert (error.code, error.retry) == ("changed_meanwhile", True)
        assert b"new@example.in" in bucket.get("exports/a.csv")

    @pytest.mark.parametrize(
        ("format", "content", "code"),
        [
            ("csv", "mail,city\nasha@example.in,Pune\n", "columns_missing"),
            ("csv", "email,email\nasha@example.in,x\n", "columns_missing"),
            ("csv", "email,city\nasha@example.in\n", "object_malformed"),
            ("csv", b"email\n\xff\xfe\n", "object_malformed"),
            ("ndjson", "{not json\n", "object_malformed"),
            ("parquet", b"PAR1 nonsense", "object_malformed"),
        ],
    )
    def test_a_file_of_another_shape_is_an_error_and_not_nobody(
        self, bucket, format, content, code
    ):
        bucket.put("exports/a", content)
        connector = bucket.connector(**rows(format))

        for error in (
            refused(lambda: tell(connector, person())), refused(lambda: probe(connector, person()))
        ):  # fmt: skip
            assert (error.code, error.retry) == (code, False)

    def test_a_file_that_is_too_big_is_not_touched(self, bucket):
        bucket.put("exports/a.csv", CSV)

        error = refused(lambda: tell(bucket.connector(**rows(), most_bytes=5), person()))

        assert error.code == "object_too_big"
