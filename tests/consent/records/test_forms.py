"""The full receipt in the forms of the standards, and nothing in them that the standards lack."""

import base64
import json
import os
import re

import pytest
from cryptography.exceptions import InvalidSignature

from audit import sealing
from audit.canonical import canonical
from config.run.browser import PLAINLY, has_fonts
from consent.records import dpv, kantara, odrl, pdf
from consent.records.errors import PdfFontMissingError, PdfMissingError
from consent.transitions import State
from consent.versions.vocabulary import NAMESPACES, terms
from tests.consent.records.kit import handed, opened, schema, told, unpadded
from tests.portal.world import OFFERS, SURVEYS

pytestmark = pytest.mark.django_db
OURS = ("sammati:", "urn:sammati:", "urn:uuid:")
OTHER_VOCABULARIES = {"dct", "skos", "xsd", "sammati"}


def iris(value, key=""):
    """Every name in a JSON-LD document that stands for a term: members, @id, @type."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.startswith("@"):
                yield name
            if name != "@context":
                yield from iris(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from iris(inner, key)
    elif key in {"@id", "@type"}:
        yield value


def strangers(document):
    """The names that are in no vocabulary: neither DPV nor ours nor a well-known one."""
    found = set()
    for name in iris(document):
        prefix = name.partition(":")[0]
        if prefix in NAMESPACES:
            found |= {name} - terms().keys()
        elif prefix not in OTHER_VOCABULARIES and not name.startswith((*OURS, "https://w3id.org")):
            found.add(name)
    return found


@pytest.mark.req("CON-11", "INT-05")
class TestJsonLd:
    def test_every_term_exists(self, company, event):
        assert strangers(json.loads(handed(company, event, "jsonld"))) == set()

    def test_every_term_of_every_state_exists(self, company, every_line):
        for line in every_line:
            assert strangers(json.loads(handed(company, line, "jsonld"))) == set()

    def test_a_term_that_does_not_exist_would_be_found(self, company, event):
        document = json.loads(handed(company, event, "jsonld"))
        document["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"] = {"@id": "dpv:ConsentEnded"}

        assert strangers(document) == {"dpv:ConsentEnded"}

    def test_every_state_has_its_status(self):
        assert set(dpv.STATUS) == {state.value for state in State}
        assert set(dpv.STATUS.values()) <= terms().keys()

    def test_every_prefix_is_in_the_context(self, company, event):
        document = json.loads(handed(company, event, "jsonld"))
        used = {name.partition(":")[0] for name in iris(document)} - {"urn", "https"}

        assert used <= document["@context"].keys()

    def test_a_word_of_the_companys_own_is_in_our_namespace(self, company, event):
        record = json.loads(handed(company, event, "jsonld"))["dpv:hasRecordOfActivity"]

        found = [one["@id"] for one in record["dpv:hasProcess"][0]["dpv:hasPersonalData"]]
        assert found == ["pd:EmailAddress", "pd:Health", "urn:sammati:data:diary"]

    def test_holds_the_signed_receipt(self, company, event):
        token = json.loads(handed(company, event, "jsonld"))["sammati:signed"]

        assert opened(token) == told(company, event)


@pytest.mark.req("BRD-CC6")
@pytest.mark.req("CON-14")
class TestJws:
    def test_says_what_the_receipt_says_and_verifies(self, company, event):
        token = handed(company, event, "jws").decode()

        assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token)
        assert opened(token) == told(company, event)

    def test_a_changed_one_does_not_verify(self, company, event):
        head, body, value = handed(company, event, "jws").decode().split(".")
        other = canonical({**json.loads(unpadded(body)), "event_state": "refused"})
        forged = base64.urlsafe_b64encode(other).rstrip(b"=").decode()

        with pytest.raises(InvalidSignature):
            opened(f"{head}.{forged}.{value}")

    def test_is_the_same_bytes_whenever_it_is_asked_for(self, company, asha, event):
        first = handed(company, event, "jws")
        company.republish()
        company.answer(asha, OFFERS, State.WITHDRAWN)

        assert handed(company, event, "jws") == first


@pytest.mark.req("BRD-CC5")
@pytest.mark.req("CON-14")
class TestKantara:
    def test_has_the_members_the_format_requires(self, company, event):
        schema("kantara-1.1.json").validate(json.loads(handed(company, event, "kantara")))

    def test_has_them_for_any_line(self, company, every_line):
        for line in every_line:
            schema("kantara-1.1.json").validate(json.loads(handed(company, line, "kantara")))

    def test_names_special_categories_and_third_parties(self, company, event):
        said = json.loads(handed(company, event, "kantara"))

        (purpose,) = said["services"][0]["purposes"]
        assert (said["sensitive"], said["spiCat"]) == (True, ["Health"])
        assert purpose["thirdPartyName"] == "Lab, Post"

    def test_a_schema_that_accepts_anything_would_be_noticed(self, company, event):
        said = kantara.document(told(company, event))
        for name in ("piiControllers", "policyUrl", "spiCat"):
            assert not schema("kantara-1.1.json").is_valid({**said, name: []})

    def test_an_ended_consent_says_how_it_ended(self, company, every_line):
        purpose = kantara.document(told(company, every_line[-1]))["services"][0]["purposes"][0]

        assert purpose["termination"] == "withdrawn"


@pytest.mark.req("INT-05")
class TestOdrl:
    def test_a_yes_permits_each_kind_of_data_for_the_purpose_alone(self, company, event):
        said = odrl.document(told(company, event))

        assert said["@type"] == "Agreement"
        assert [one["target"] for one in said["permission"]] == [
            "pd:EmailAddress", "pd:Health", "urn:sammati:data:diary",
        ]  # fmt: skip
        limits = {one["leftOperand"] for one in said["permission"][0]["constraint"]}
        assert limits == {"purpose", "dpv:hasLegalBasis", "dpv:hasRecipient"}
        assert "prohibition" not in said

    def test_a_time_limit_is_a_constraint(self, company, asha):
        said = odrl.document(told(company, company.yes(asha, SURVEYS)))

        (end,) = [
            one for one in said["permission"][0]["constraint"] if one["leftOperand"] == "dateTime"
        ]
        assert end["operator"] == "lt"

    def test_anything_but_a_yes_prohibits(self, company, every_line):
        for line in every_line:
            said = odrl.document(told(company, line))
            assert ("permission" in said) is (line.state in {"given", "renewed"})
            assert ("prohibition" in said) is (line.state not in {"given", "renewed"})

    def test_its_terms_exist(self, company, event):
        text = json.dumps(odrl.document(told(company, event)))

        for term in re.findall(r'"((?:dpv|pd|eu-gdpr|in-dpdp):[\w-]+)"', text):
            assert term in terms()


@pytest.mark.req("CON-14", "AUD-04")
class TestTheProof:
    def test_is_attached_once_the_log_has_it(self, company, event):
        before = json.loads(handed(company, event))
        sealing.seal_all()

        after = json.loads(handed(company, event))

        assert "log" not in before
        assert after["log"]["proof"].startswith("c2sp.org/tlog-proof@v1\n")
        record = json.loads(base64.b64decode(after["log"]["record"]))
        assert record["target"]["id"] == str(event.id)
        assert after["signature"] == before["signature"]

    def test_comes_with_linked_data_too(self, company, event):
        sealing.seal_all()

        assert "sammati:log" in json.loads(handed(company, event, "jsonld"))


@pytest.mark.req("BRD-CC5")
@pytest.mark.req("CON-14")
class TestPdf:
    def test_without_the_extra_a_sentence_says_so(self, company, event, monkeypatch):
        monkeypatch.setattr(pdf, "find_spec", lambda name: None)

        with pytest.raises(PdfMissingError, match="print the receipt"):
            handed(company, event, "pdf")

    @pytest.mark.skipif(not has_fonts() and "CI" not in os.environ, reason=PLAINLY)
    def test_holds_the_signed_receipt(self, company, event):
        pytest.importorskip("fpdf")

        found = handed(company, event, "pdf")

        assert found.startswith(b"%PDF-")
        assert b"receipt.jws" in found
        assert handed(company, event, "pdf") == found

    def test_letters_that_no_font_has_are_named_as_the_reason(
        self, company, event, settings, tmp_path
    ):
        pytest.importorskip("fpdf")
        settings.PDF_FONTS = str(tmp_path)

        with pytest.raises(PdfFontMissingError):
            handed(company, event, "pdf")
