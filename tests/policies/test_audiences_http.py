"""The operations of audiences over HTTP: asking, state, results, segments, and refusals."""

import csv
import io

import msgspec
import pytest
from django.test import Client

from consent.transitions import State
from tests.factories.company import OFFERS, company
from work.services import run_available

AUDIENCES = "/api/v1/audiences"
SEGMENT = "/api/v1/segments/spring"
ASKED = {"purpose": OFFERS, "campaign": "spring"}
EMAIL = "asha.rao@example.in"


@pytest.fixture
def api(lotus):
    return Client(headers=lotus.headers)


@pytest.fixture
def people(lotus):
    """Three who said yes, two who said no, four of whom nobody knows."""
    found = [lotus.person(f"{n}@example.in") for n in range(9)]
    for one in found[:3]:
        lotus.yes(one)
    for one in found[3:5]:
        lotus.records(one, State.REFUSED)
    return found


def ask(api, **more):
    answer = api.post(AUDIENCES, {**ASKED, **more}, content_type="application/json")
    assert answer.status_code == 202, answer.content
    return answer.json()["id"]


def ready(api, audience):
    run_available(worker="test")
    return api.get(f"{AUDIENCES}/{audience}").json()


def result(api, audience, form="ndjson"):
    answer = api.get(f"{AUDIENCES}/{audience}/result?form={form}")
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def listed(people):
    return "".join(f'{{"id":"{one.id}"}}\n' for one in people)


@pytest.mark.req("POL-19")
class TestAnAudience:
    def test_is_asked_for_made_and_taken(self, api, people, lotus):
        audience = ask(api)
        before = api.get(f"{AUDIENCES}/{audience}").json()
        after = ready(api, audience)

        assert (before["state"], before["permitted"], before["excluded"]) == ("making", None, [])
        assert (after["state"], after["permitted"], after["total"]) == ("ready", 3, 9)
        assert after["excluded"] == [{"reason": "", "count": 6}]
        rows = [msgspec.json.decode(line) for line in result(api, audience).splitlines()]
        assert {row["id"] for row in rows} == {str(one.id) for one in people[:3]}
        assert {row["valid_until"] for row in rows} == {after["valid_until"]}

    def test_comes_as_csv_and_as_arrow_with_the_same_rows(self, api, people):
        pa = pytest.importorskip("pyarrow")
        audience = ask(api)
        ready(api, audience)

        rows = [msgspec.json.decode(line) for line in result(api, audience).splitlines()]
        as_csv = list(csv.DictReader(io.StringIO(result(api, audience, "csv").decode())))
        with pa.ipc.open_stream(result(api, audience, "arrow")) as stream:
            as_arrow = stream.read_all().to_pylist()

        rows = [{**row, "obligations": "[]"} for row in rows if row["obligations"] == []]
        assert rows == as_csv == as_arrow
        assert len(rows) == 3

    @pytest.mark.parametrize("form", ["ndjson", "csv"])
    def test_of_a_list_is_of_those_named(self, api, people, form):
        kind = {"ndjson": "application/x-ndjson", "csv": "text/csv"}[form]
        rows = [str(one.id) for one in people[1:4]]
        body = listed(people[1:4]) if form == "ndjson" else "\n".join(["id", *rows])
        answer = api.post(f"{AUDIENCES}?purpose={OFFERS}", body, content_type=kind)

        after = ready(api, answer.json()["id"])

        assert (after["total"], after["permitted"]) == (3, 2)
        assert after["excluded"] == [{"reason": "", "count": None}]

    @pytest.mark.req("P10")
    def test_of_a_list_of_addresses_finds_people_and_repeats_no_address(self, api, people):
        body = "id\n 0@EXAMPLE.in \n1@example.in\nnobody@example.in\nmalformed\n"
        answer = api.post(
            f"{AUDIENCES}?purpose={OFFERS}&scheme=email", body, content_type="text/csv"
        )
        after = ready(api, answer.json()["id"])

        assert (after["total"], after["permitted"]) == (4, 2)
        assert b"example" not in result(api, answer.json()["id"])

    def test_of_a_segment_is_of_those_it_names(self, api, people):
        put = api.put(SEGMENT, listed(people[:2]), content_type="application/x-ndjson")
        audience = ask(api, segment="spring")

        assert put.json()["people"] == api.get(SEGMENT).json()["people"] == 2
        assert ready(api, audience)["permitted"] == 2

    @pytest.mark.req("P2")
    def test_leaves_out_whoever_withdrew_before_it_is_taken(self, api, people, lotus):
        audience = ask(api)
        ready(api, audience)
        lotus.withdraws(people[0])

        assert str(people[0].id).encode() not in result(api, audience)
        assert str(people[1].id).encode() in result(api, audience)

    def test_is_asked_for_once_however_often_its_key_comes(self, api, people):
        headers = {"Idempotency-Key": "k1"}
        kind = "application/x-ndjson"
        url = f"{AUDIENCES}?purpose={OFFERS}"
        first = api.post(url, listed(people[:2]), content_type=kind, headers=headers)
        again = api.post(url, listed(people[:2]), content_type=kind, headers=headers)
        other = api.post(url, listed(people[:3]), content_type=kind, headers=headers)

        assert first.json() == again.json()
        assert other.json()["code"] == "idempotency_key_reused"

    @pytest.mark.slow
    def test_takes_lists_larger_than_messages_up_to_its_own_bound(self, api, people, settings):
        body = listed(people[:2]) * 20_000
        assert len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        url, kind = f"{AUDIENCES}?purpose={OFFERS}", "application/x-ndjson"
        taken = api.post(url, body, content_type=kind)
        settings.AUDIENCE_LIST_BYTES = len(body) - 1
        refused = api.post(url, body, content_type=kind)

        assert taken.json()["total"] == 2
        assert (refused.status_code, refused.json()["code"]) == (413, "list_too_large")


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"purpose": "nobody.knows"}, 403), ({}, 400), ({**ASKED, "segment": "autumn"}, 404),
            ({**ASKED, "extra": 1}, 400), ({**ASKED, "operations": "x" * 300}, 400),
            ({**ASKED, "operations": ["x"] * 51}, 400), ({**ASKED, "channel": 5}, 400),
        ],
    )  # fmt: skip
    def test_of_a_question(self, api, lotus, body, status):
        answer = api.post(AUDIENCES, body, content_type="application/json")

        assert answer.status_code == status, answer.content

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            (f"who\n{EMAIL}\n", "text/csv", 422), (f"id\n\"{EMAIL}", "text/csv", 422),
            (EMAIL, "application/x-ndjson", 422), (EMAIL, "application/vnd.apache.parquet", 422),
            (EMAIL, "application/vnd.apache.arrow.stream", 422), (EMAIL, "text/plain", 415),
        ],
    )  # fmt: skip
    @pytest.mark.req("P10")
    def test_of_a_list_never_repeat_it(self, api, lotus, body, kind, status):
        for answer in (
            api.post(f"{AUDIENCES}?purpose={OFFERS}", body, content_type=kind),
            api.put(SEGMENT, body, content_type=kind),
        ):
            assert answer.status_code == status, answer.content
            assert EMAIL.encode() not in answer.content

    @pytest.mark.parametrize("code", ["a" * 61, "Spring", "-spring"])
    def test_of_a_segments_code_that_no_audience_could_name(self, api, lotus, code):
        answer = api.put(f"/api/v1/segments/{code}", "id\n", content_type="text/csv")

        assert (answer.status_code, answer.json()["code"]) == (422, "segment_code_malformed")

    @pytest.mark.req("POL-21")
    def test_of_a_list_that_says_more_ids_than_it_could_hold(self, api, lotus, settings):
        """Some forms say an id a million times in a few bytes, and reading them takes minutes."""
        settings.AUDIENCE_LIST_BYTES = 160
        url = f"{AUDIENCES}?purpose={OFFERS}"
        ten, eleven = ("id\n" + "x\n" * rows for rows in (10, 11))

        taken = api.post(url, ten, content_type="text/csv")
        refused = api.post(url, eleven, content_type="text/csv")

        assert taken.status_code == 202
        assert (refused.status_code, refused.json()["code"]) == (413, "list_too_large")

    @pytest.mark.req("P9")
    def test_of_what_is_anothers(self, api, people):
        audience = ask(api)
        ready(api, audience)
        other = Client(headers=company("jasmine", name="Jasmine").headers)

        assert other.get(f"{AUDIENCES}/{audience}").status_code == 404
        assert other.get(f"{AUDIENCES}/{audience}/result").status_code == 404
        assert Client().get(f"{AUDIENCES}/{audience}/result").status_code == 401

    def test_of_a_result_before_it_is_there_and_in_an_unknown_form(self, api, people):
        audience = ask(api)

        early = api.get(f"{AUDIENCES}/{audience}/result")
        form = api.get(f"{AUDIENCES}/{audience}/result?form=xlsx")

        assert (early.status_code, early.json()["code"]) == (409, "audience_not_ready")
        assert form.status_code == 400
