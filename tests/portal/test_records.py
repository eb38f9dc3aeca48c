import base64
import csv
import hashlib
import io
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from audit import sealing
from audit.canonical import canonical
from audit.models import EntryIndex
from audit.tiles import LogReader
from audit.tlog import merkle, notes
from consent import services as consent
from consent.records import pdf
from consent.records.files import file
from consent.transitions import State
from keys import services as keys
from keys.provider import Signature
from tests.portal.world import APPROVER, OFFERS, SURVEYS

pytestmark = pytest.mark.django_db
HISTORY = "/privacy/history/"
MARCH = ("2026-03-01", "2026-03-02")


@pytest.mark.req("BRD-UD1")
class TestHistory:
    @pytest.fixture
    def lived(self, company, asha):
        company.yes(asha, OFFERS)
        company.answer(asha, SURVEYS, State.REFUSED)
        return company.answer(asha, OFFERS, State.WITHDRAWN, method="call_centre")

    def test_tells_in_sentences_newest_first(self, asha_in, lived):
        page = asha_in.get(HISTORY).content.decode()

        sentences = [
            "You withdrew your yes to “Offers by e-mail”.",
            "You said no to “Short surveys”.",
            "You said yes to “Offers by e-mail”.",
        ]
        places = [page.index(f"<strong>{sentence}") for sentence in sentences]
        assert places == sorted(places)
        assert page.count('<section class="day">') == 1
        assert "by telephone" in page

    def test_shows_one_purpose_alone(self, asha_in, lived):
        page = asha_in.get(HISTORY, {"purpose": SURVEYS}).content.decode()

        assert "You said no to “Short surveys”." in page
        assert "<strong>You said yes to “Offers" not in page
        assert f'<option value="{SURVEYS}" selected>' in page

    @pytest.mark.parametrize(
        "query", ["purpose=no.such", "purpose=%00", "page=x", "page=99", "page=-1"]
    )
    def test_survives_any_question(self, asha_in, lived, query):
        page = asha_in.get(f"{HISTORY}?{query}")

        assert page.status_code == 200
        assert "You said no to" in page.content.decode()

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"answer": "yes"}, ["You said yes to “Offers"]),
            ({"answer": "no"}, ["You said no to “Short"]),
            ({"answer": "withdrawn"}, ["You withdrew your yes to “Offers"]),
            ({"answer": "ended"}, []),
            ({"words": "SHORT"}, ["You said no to “Short"]),
            ({"words": "short", "answer": "yes"}, []),
            ({"since": "2020-01-01", "until": "2020-12-31"}, []),
            ({"since": "2020-01-01", "purpose": SURVEYS}, ["You said no to “Short"]),
        ],
    )
    def test_shows_what_is_asked_for_alone(self, asha_in, lived, asked, found):
        page = asha_in.get(HISTORY, asked).content.decode()

        assert page.count("<li>\n      <p><strong>") == len(found)
        assert all(f"<strong>{one}" in page for one in found)
        assert found or "Nothing of this kind is recorded." in page

    def test_counts_days_where_the_person_is(self, asha_in, company, asha):
        """Ten at night in London is the next morning in Kolkata."""
        with time_machine.travel(datetime(2026, 3, 1, 22, tzinfo=UTC), tick=False):
            company.yes(asha)

        days = {day: asha_in.get(HISTORY, {"since": day, "until": day}) for day in MARCH}

        assert ["You said yes" in page.content.decode() for page in days.values()] == [False, True]

    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ({"since": "yesterday"}, "Write the day as 2026-11-22."),
            ({"until": "2026-02-30"}, "Write the day as 2026-11-22."),
            ({"since": "2026-03-02", "until": "2026-03-01"}, "The last day comes before"),
            ({"words": "x" * 101}, "at most 100 characters"),
            ({"purpose": "no.such"}, "Select a valid choice"),
        ],
    )
    @pytest.mark.parametrize("form", ["", "csv", "pdf"])
    def test_says_what_it_cannot_read(self, asha_in, lived, asked, told, form):
        page = asha_in.get(HISTORY, {**asked, "format": form})

        assert page.headers["content-type"].startswith("text/html")
        assert told in page.content.decode()

    def test_goes_up_to_the_last_day_there_is(self, asha_in, lived):
        page = asha_in.get(HISTORY, {"until": "9999-12-31"})

        assert "You said no to" in page.content.decode()

    def test_comes_in_pages(self, asha_in, company, asha):
        for _ in range(13):
            company.yes(asha)
            company.answer(asha, OFFERS, State.WITHDRAWN)

        first = asha_in.get(HISTORY).content.decode()
        second = asha_in.get(f"{HISTORY}?page=2").content.decode()

        assert first.count("<li>\n      <p><strong>") == 25
        assert "Older" in first
        assert second.count("<li>\n      <p><strong>") == 1

    def test_says_who_and_when_where_that_is_not_plain(self, asha_in, company, asha):
        earlier = timezone.now() - timedelta(days=40)
        company.yes(asha, method="import", event_at=earlier, is_import=True, given_by="agent")

        page = asha_in.get(HISTORY).content.decode()

        assert "by your agent" in page
        assert "it happened on" in page
        assert "as our earlier records say" in page

    def test_of_nobody_else(self, asha_in, company):
        company.yes(company.person("ravi@example.in"))

        assert "Nothing is recorded yet." in asha_in.get(HISTORY).content.decode()


@pytest.mark.req("BRD-UD2")
class TestTakingTheHistory:
    def test_as_a_table_has_every_line_and_no_formula(self, asha_in, company, asha, monkeypatch):
        monkeypatch.setattr("portal.selectors.titles", lambda *_: {OFFERS: "=Offers"})
        for _ in range(14):
            company.yes(asha)
            company.answer(asha, OFFERS, State.WITHDRAWN)

        answer = asha_in.get(HISTORY, {"format": "csv"})

        table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert 'filename="history.csv"' in answer.headers["content-disposition"]
        assert [one["Answer"] for one in table] == ["Withdrawn", "Yes"] * 14
        assert {one["Purpose"] for one in table} == {"'=Offers"}
        assert all(one["Recorded"].endswith("+05:30") for one in table)

    def test_as_a_table_keeps_to_what_was_asked_for(self, asha_in, company, asha):
        company.yes(asha, OFFERS)
        company.answer(asha, SURVEYS, State.REFUSED)

        answer = asha_in.get(HISTORY, {"format": "csv", "answer": "no"})

        assert answer.content.decode().count("\r\n") == 2
        assert "Short surveys" in answer.content.decode()

    @pytest.mark.parametrize("language", ["en", "hi", "ur"])
    def test_on_paper_in_the_readers_language(self, asha_in, company, asha, language):
        company.yes(asha)
        asha_in.post("/privacy/language/", {"language": language, "next": HISTORY})

        answer = asha_in.get(HISTORY, {"format": "pdf"})

        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")

    def test_says_so_where_no_paper_can_be_made(self, asha_in, company, asha, monkeypatch):
        company.yes(asha)
        monkeypatch.setattr(pdf, "is_available", lambda: False)

        page = asha_in.get(HISTORY, {"format": "pdf"}).content.decode()

        assert "A PDF of these words cannot be made here." in page
        assert "&amp;format=pdf" not in page

    def test_too_long_for_paper_says_where_the_rest_is(self, asha_in, company, asha, monkeypatch):
        monkeypatch.setattr("portal.history.MOST_ON_PAPER", 1)
        company.yes(asha)
        company.answer(asha, OFFERS, State.WITHDRAWN)
        shown = []
        monkeypatch.setattr(pdf, "listing", lambda _, rows, **more: shown.extend(rows) or b"%PDF-")

        asha_in.get(HISTORY, {"format": "pdf"})

        assert len(shown) == 2
        assert shown[-1][1].startswith("There is more")

    def test_is_nobody_elses(self, asha_in, company):
        company.yes(company.person("ravi@example.in"))

        assert asha_in.get(HISTORY, {"format": "csv"}).content.decode().count("\r\n") == 1


class TestReceipt:
    def test_can_be_read_and_printed(self, asha_in, company, asha):
        event = company.yes(asha)

        page = asha_in.get(f"/privacy/receipts/{event.id}/").content.decode()

        for part in (event.id, event.notice_sha256, "Lotus Bazaar", "Offers by e-mail", OFFERS):
            assert str(part) in page

    def test_as_a_file_is_signed(self, asha_in, company, asha):
        event = company.yes(asha)

        response = asha_in.get(f"/privacy/receipts/{event.id}/?format=json")

        found = json.loads(response.content)
        signature = found.pop("signature")
        key = next(k for k in keys.public_keys() if str(k.key_id) == signature["key_id"])
        value = base64.b64decode(signature["ed25519"])
        kept = Signature(version=key.version, key_id=key.key_id, value=value)
        assert response.headers["Content-Type"] == "application/json"
        assert f'filename="receipt-{event.id}.json"' in response.headers["Content-Disposition"]
        assert keys.verify(canonical(found), kept)
        assert not keys.verify(canonical({**found, "purpose": "other"}), kept)
        assert found["event_state"] == "given"
        assert "no-store" in response.headers["Cache-Control"]

    @pytest.mark.req("CON-11", "CON-14", "POR-01")
    @pytest.mark.parametrize("form", ["json", "jws", "jsonld", "kantara", "odrl"])
    def test_comes_in_the_forms_of_the_standards(self, asha_in, company, asha, form):
        event = company.yes(asha)

        response = asha_in.get(f"/privacy/receipts/{event.id}/", {"format": form})

        made = file(form, company.id, event.id)
        assert response.content == made.body
        assert response.headers["Content-Type"] == made.media_type
        assert made.name in response.headers["Content-Disposition"]
        assert "no-store" in response.headers["Cache-Control"]

    @pytest.mark.parametrize("form", ["pdf", "docx", "", "%00"])
    def test_in_a_form_that_is_not_there_is_the_page(
        self, asha_in, company, asha, form, monkeypatch
    ):
        monkeypatch.setattr(pdf, "find_spec", lambda name: None)
        event = company.yes(asha)

        page = asha_in.get(f"/privacy/receipts/{event.id}/?format={form}").content.decode()

        assert str(event.id) in page
        assert ("A PDF of these words cannot be made here." in page) is (form == "pdf")
        assert 'class="target" href="?format=pdf"' not in page

    @pytest.mark.req("P9")
    def test_of_somebody_else_is_not_there_in_any_form(self, asha_in, company):
        event = company.yes(company.person("bela@example.in"))

        for form in ("json", "jws", "jsonld", "kantara", "odrl", "pdf"):
            page = asha_in.get(f"/privacy/receipts/{event.id}/?format={form}")
            assert page.status_code == 404


@pytest.mark.req("AUD-04", "CON-14")
class TestProof:
    @pytest.fixture
    def line(self, company, asha):
        """An answer that has its place in the log."""
        event = company.yes(asha)
        sealing.seal_all()
        return event

    def test_and_record_together_prove_the_answer(self, asha_in, company, line):
        proof, record = (
            asha_in.get(f"/privacy/receipts/{line.id}/{what}/") for what in ("proof", "record")
        )

        found = notes.Proof.parse(proof.content.decode())
        note = notes.parse_note(found.checkpoint)
        said = notes.Checkpoint.parse(note.body)
        leaf = merkle.leaf_hash(hashlib.sha256(found.extra + record.content).digest())
        assert merkle.root_from_inclusion(found.index, said.size, leaf, found.hashes) == said.root
        assert note.by(sealing.log_key(LogReader.of(company.id).tree.origin))
        assert json.loads(record.content)["target"]["id"] == str(line.id)

    def test_and_record_are_files_of_one_name(self, asha_in, line):
        entry = EntryIndex.objects.get(target_id=str(line.id)).id

        for what, ending in (("proof", "tlog-proof"), ("record", "json")):
            answer = asha_in.get(f"/privacy/receipts/{line.id}/{what}/")
            assert f'filename="{entry}.{ending}"' in answer.headers["Content-Disposition"]
            assert "no-store" in answer.headers["Cache-Control"]

    def test_is_offered_beside_the_receipt(self, asha_in, line):
        page = asha_in.get(f"/privacy/receipts/{line.id}/").content.decode()

        for what in ("proof", "record"):
            assert f'href="/privacy/receipts/{line.id}/{what}/"' in page

    def test_comes_when_the_answer_has_its_place(self, asha_in, company, asha):
        event = company.yes(asha)

        page = asha_in.get(f"/privacy/receipts/{event.id}/").content.decode()
        early = asha_in.get(f"/privacy/receipts/{event.id}/proof/")

        assert "gets its place in the log within seconds" in page
        assert f"{event.id}/proof/" not in page
        assert (early.status_code, early.headers["Location"]) == (
            302, f"/privacy/receipts/{event.id}/",
        )  # fmt: skip

    @pytest.mark.req("P9")
    @pytest.mark.parametrize("what", ["proof", "record"])
    def test_of_another_persons_answer_is_not_there(self, asha_in, company, what):
        event = company.yes(company.person("ravi@example.in"))
        sealing.seal_all()

        for unknown in (event.id, uuid.UUID(int=7)):
            assert asha_in.get(f"/privacy/receipts/{unknown}/{what}/").status_code == 404

    @pytest.mark.parametrize("what", ["proof", "record"])
    def test_is_for_nobody_who_is_not_signed_in(self, client, line, what):
        answer = client.get(f"/privacy/receipts/{line.id}/{what}/")

        assert (answer.status_code, answer.headers["Location"]) == (302, "/privacy/sign-in/")

    def test_is_only_read(self, asha_in, line):
        assert asha_in.post(f"/privacy/receipts/{line.id}/proof/").status_code == 405


@pytest.mark.req("CON-31")
def test_the_history_tells_of_records_that_were_joined_and_parted(company, asha, asha_in):
    guest = company.person("asha.guest@example.in")
    company.yes(guest, OFFERS)
    by = {"by": APPROVER, "controller_id": company.id}
    found = consent.merge(**by, kept_id=asha.id, absorbed_id=guest.id, reason="duplicate")
    consent.split(**by, merge_id=found.id, reason="mistake")

    page = asha_in.get(HISTORY)

    assert page.status_code == 200
    text = page.content.decode()
    assert "We joined two records about you. For “Offers by e-mail”" in text
    assert "We found that two records were not both about you." in text
    assert "You said yes to" not in text


@pytest.mark.req("CON-31")
def test_whoever_is_signed_in_to_the_record_that_was_joined_signs_in_anew(company, asha, asha_in):
    kept = company.person("asha.kept@example.in")
    consent.merge(
        by=APPROVER, controller_id=company.id, kept_id=kept.id, absorbed_id=asha.id,
        reason="duplicate",
    )  # fmt: skip

    assert asha_in.get(HISTORY).status_code == 302
