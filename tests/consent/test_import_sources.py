import json

import pytest

from consent.importing.ahead import ahead
from consent.importing.errors import Fault, ImportFileError
from consent.importing.mapping import Mapping
from consent.importing.rows import Line
from consent.importing.sources import MAX_ROW_BYTES, Place, format_of, items
from tests.consent.importing import GIVEN, WHEN, row, write_csv

HEADER = "email,purpose,state,event_at,region\n"
GOOD = f"a@example.org,offers,given,{WHEN},Pune\n"


def read(path, kind="csv", mapping=None):
    return [item.content for item in items(path, kind, mapping or Mapping(), Place())]


def file_of(tmp_path, content, name="people.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path, **more):
    with pytest.raises(ImportFileError) as caught:
        read(path, **more)
    return caught.value.message


class TestCsv:
    def test_a_row_becomes_a_person_and_a_choice(self, tmp_path):
        path = write_csv(tmp_path / "people.csv", row(phone="+447700900123", ui_version="7"))

        (line,) = read(path)

        assert line.identifiers == (("email", GIVEN["email"]), ("phone", "+447700900123"))
        assert line.facts == {
            "residence": "IN", "age_state": "adult", "age_assurance": "declared",
        }  # fmt: skip
        assert line.choice["notice"] == ("web", 1)
        assert line.choice["evidence"] == {"ui_version": "7"}

    def test_a_byte_order_mark_is_no_part_of_the_first_column(self, tmp_path):
        path = file_of(tmp_path, b"\xef\xbb\xbf" + (HEADER + GOOD).encode())

        assert isinstance(read(path)[0], Line)

    def test_quotes_hold_commas_and_line_ends_are_those_of_windows_too(self, tmp_path):
        rows = HEADER + f'a@example.org,offers,given,{WHEN},"Pune, west"\n'

        (line,) = read(file_of(tmp_path, rows.replace("\n", "\r\n")))

        assert line.facts["region"] == "Pune, west"

    def test_a_formula_stays_what_was_written(self, tmp_path):
        path = write_csv(tmp_path / "people.csv", row(crm='=HYPERLINK("http://x")'))
        path.write_text(path.read_text().replace('=HYPERLINK("http://x")', "=1+1|cmd"))

        assert ("crm", "=1+1|cmd") in read(path)[0].identifiers

    def test_what_cannot_be_decoded_is_one_fault_and_the_rest_goes_on(self, tmp_path):
        bad = f"b@example.org,offers,given,{WHEN},K\xf6ln\n".encode("latin-1")

        found = read(file_of(tmp_path, HEADER.encode() + GOOD.encode() + bad + GOOD.encode()))

        assert [type(one) for one in found] == [Line, Fault, Line]
        assert found[1] == Fault(3, "encoding", "")

    @pytest.mark.parametrize(
        ("cell", "code"),
        [
            ("Pu\x00ne", "invalid_character"),
            ("Pu\x1bne", "invalid_character"),
            ("P" * 41, "too_long"),
            ("<b>", "invalid"),
        ],
    )
    def test_a_bad_cell_names_its_field_and_not_its_value(self, tmp_path, cell, code):
        path = file_of(tmp_path, HEADER + GOOD.replace("Pune", cell))

        assert read(path) == [Fault(2, code, "region")]

    def test_a_row_with_too_few_or_too_many_cells_is_a_fault(self, tmp_path):
        path = file_of(tmp_path, HEADER + "a@example.org,offers\n" + GOOD.strip() + ",more\n")

        assert [one.code for one in read(path)] == ["wrong_number_of_columns"] * 2

    def test_a_quote_that_never_closes_does_not_eat_the_file(self, tmp_path):
        many = HEADER + f'"a@example.org,offers,given,{WHEN},Pune\n' + GOOD * 20_000

        found = read(file_of(tmp_path, many))

        assert found[0] == Fault(2, "row_too_long", "")
        assert sum(isinstance(one, Line) for one in found) > 15_000

    def test_a_line_without_end_is_skipped_without_being_held(self, tmp_path):
        path = file_of(tmp_path, HEADER + "x" * (3 * MAX_ROW_BYTES) + "\n" + GOOD)

        found = read(path)

        assert found[0] == Fault(2, "row_too_long", "")
        assert isinstance(found[1], Line)

    def test_reading_goes_on_at_any_place_it_told(self, tmp_path):
        path = file_of(tmp_path, HEADER + GOOD * 3 + "\n" + GOOD * 2)
        whole = list(items(path, "csv", Mapping(), Place()))

        for number, item in enumerate(whole, 1):
            rest = list(items(path, "csv", Mapping(), item.after))
            assert rest == whole[number:]

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "The file is empty."),
            ("email,state\n".encode("utf-16"), "The file is UTF-16; save it as UTF-8."),
            (b"\x1f\x8b\x08\x00", "The file is compressed; unpack it first."),
            (b"PK\x03\x04rest", "The file is a workbook or archive; save it as CSV in UTF-8."),
            ("stra\xdfe,b\n".encode("latin-1"), "The file is not UTF-8; save it as UTF-8."),
            (b"email;state;purpose\n", "The columns are separated by semicolons; use commas."),
            (b"email,purpose\n", "Columns are missing: state, event_at."),
            (b"email,email,purpose,state,event_at\n", "Columns are there twice: email."),
            (
                b"purpose,state,event_at\n",
                "A column that identifies the person is missing: crm, email, phone.",
            ),
        ],
    )
    def test_a_file_that_does_not_fit_is_refused_in_one_sentence(self, tmp_path, content, sentence):
        assert refusal(file_of(tmp_path, content)) == sentence

    def test_a_file_without_header_is_refused_without_naming_anybody(self, tmp_path):
        sentence = refusal(file_of(tmp_path, GOOD * 2))

        assert "Not known: column 1, 2, 3, 4, 5." in sentence
        assert "example" not in sentence

    def test_a_folder_and_a_missing_file_are_refused(self, tmp_path):
        assert "Is a directory" in refusal(tmp_path)
        assert "No such file" in refusal(tmp_path / "none.csv")


class TestNdjson:
    def test_lines_are_objects_of_our_fields(self, tmp_path):
        found = {**GIVEN, "notice_version": 1, "is_explicit": True, "session": None}

        (line,) = read(file_of(tmp_path, json.dumps(found) + "\n", "people.ndjson"), "ndjson")

        assert line.choice["notice"] == ("web", 1)
        assert line.choice["is_explicit"] is True

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("not json", ("malformed", "")),
            ("[1, 2]", ("malformed", "")),
            ('{"email": "a@example.org", "email": "b@example.org"}', ("malformed", "")),
            ('{"emial": "a@example.org"}', ("unknown_field", "")),
            ('{"email": {"value": "a@example.org"}}', ("invalid", "email")),
            ('{"email": "a\\u0000@example.org"}', ("invalid_character", "email")),
            ('{"email": "\\ud800@example.org"}', ("invalid_character", "email")),
            ("[" * 5000, ("malformed", "")),
            ('{"purpose": "x", "state": "given"}', ("missing", "event_at")),
        ],
    )
    def test_what_is_wrong_with_a_line_is_its_fault_alone(self, tmp_path, text, fault):
        good = json.dumps(GIVEN)

        found = read(file_of(tmp_path, f"{text}\n\n{good}\n", "people.ndjson"), "ndjson")

        assert found[0] == Fault(1, *fault)
        assert found[1].number == 3

    def test_reading_goes_on_at_any_place_it_told(self, tmp_path):
        path = file_of(tmp_path, f"{json.dumps(GIVEN)}\n" * 4, "people.ndjson")
        whole = list(items(path, "ndjson", Mapping(), Place()))

        assert list(items(path, "ndjson", Mapping(), whole[1].after)) == whole[2:]


class TestMapping:
    MAPPING = {
        "columns": {"email": "E-mail", "state": "Opt-in", "event_at": "When"},
        "values": {"state": {"Y": "given", "N": "refused"}},
        "defaults": {"purpose": "offers", "method": "paper"},
    }

    def test_columns_values_and_defaults_become_our_fields(self, tmp_path):
        path = file_of(tmp_path, f"When,Notes,E-mail,Opt-in\n{WHEN},=secret,a@example.org,N\n")

        (line,) = read(path, mapping=Mapping.parse(json.dumps(self.MAPPING)))

        assert line.choice["state"] == "refused"
        assert line.choice["purpose"] == "offers"
        assert line.choice["method"] == "paper"

    def test_a_default_stands_in_for_an_empty_cell_only(self, tmp_path):
        mapping = Mapping.parse('{"defaults": {"region": "Goa"}}')
        rows = HEADER + GOOD + GOOD.replace("Pune", "")

        assert [one.facts["region"] for one in read(file_of(tmp_path, rows), mapping=mapping)] == [
            "Pune", "Goa",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("{", "not JSON"),
            ("[]", "columns, values, defaults"),
            ('{"rows": {}}', "columns, values, defaults"),
            ('{"columns": {"e-mail": "x"}}', "not known: e-mail"),
            ('{"columns": {"email": 1}}', "texts only"),
            ('{"columns": []}', "an object"),
            ('{"values": {"state": "given"}}', "an object"),
        ],
    )
    def test_a_mapping_that_makes_no_sense_is_refused(self, text, word):
        with pytest.raises(ImportFileError, match=word):
            Mapping.parse(text)

    def test_two_mappings_are_two_imports(self):
        assert Mapping.parse("{}").digest != Mapping.parse(json.dumps(self.MAPPING)).digest


class TestFields:
    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"event_at": "2025-03-01T10:00:00"}, ("invalid", "event_at")),
            ({"event_at": "2025-03-01"}, ("invalid", "event_at")),
            ({"event_at": "2025-02-30T10:00:00Z"}, ("invalid", "event_at")),
            ({"event_at": "1969-12-31T23:59:59Z"}, ("invalid", "event_at")),
            ({"event_at": None}, ("missing", "event_at")),
            ({"state": "yes"}, ("invalid", "state")),
            ({"state": "unknown"}, ("invalid", "state")),
            ({"expires_at": "2025-01-01T10:00:00Z"}, ("invalid", "expires_at")),
            ({"residence": "IND"}, ("too_long", "residence")),
            ({"residence": "1N"}, ("invalid", "residence")),
            ({"time_zone": "Mars/Olympus"}, ("invalid", "time_zone")),
            ({"age_state": "old"}, ("invalid", "age_state")),
            ({"age_state": None, "age_assurance": "verified"}, ("missing", "age_state")),
            ({"adult_on": "01.02.2030"}, ("invalid", "adult_on")),
            ({"notice_version": None}, ("missing", "notice_version")),
            ({"notice": None}, ("missing", "notice")),
            ({"notice_version": "0"}, ("invalid", "notice_version")),
            ({"channel": "fax"}, ("invalid", "channel")),
            ({"given_by": "aunt"}, ("invalid", "given_by")),
            ({"is_explicit": "maybe"}, ("invalid", "is_explicit")),
            ({"reason": "because I said so"}, ("invalid", "reason")),
            ({"email": None}, ("missing", "identifiers")),
        ],
    )
    def test_each_field_has_its_form(self, tmp_path, changes, fault):
        path = tmp_path / "people.ndjson"
        path.write_text(json.dumps(row(**changes)))

        assert read(path, "ndjson") == [Fault(1, *fault)]

    @pytest.mark.parametrize(
        "text", ["2025-03-01T15:30:00+05:30", "2025-03-01t10:00:00z", "2025-03-01 10:00:00.000Z"]
    )
    def test_a_time_is_kept_in_one_zone_whatever_it_was_told_in(self, tmp_path, text):
        path = write_csv(tmp_path / "people.csv", row(event_at=text))

        assert read(path)[0].choice["event_at"].isoformat() == "2025-03-01T10:00:00+00:00"


def test_the_name_tells_the_format_or_it_must_be_said(tmp_path):
    assert format_of(tmp_path / "A.CSV", None) == "csv"
    assert format_of(tmp_path / "a.jsonl", None) == "ndjson"
    assert format_of(tmp_path / "a.txt", "ndjson") == "ndjson"
    with pytest.raises(ImportFileError, match="--format"):
        format_of(tmp_path / "a.txt", None)


class TestAhead:
    def test_items_come_in_order_and_an_error_in_its_place(self):
        def source():
            yield from range(5)
            raise ValueError("broken")

        found = []
        with pytest.raises(ValueError, match="broken"):
            found.extend(ahead(source()))

        assert found == [0, 1, 2, 3, 4]

    def test_leaving_early_stops_the_source(self):
        made = []

        def source():
            for number in range(1000):
                made.append(number)
                yield number

        reading = ahead(source())
        next(reading)
        reading.close()

        assert len(made) < 10
