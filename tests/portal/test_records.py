import base64
import hashlib
import json
import uuid
from datetime import timedelta

import pytest
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
