"""The full receipt: complete by ISO/IEC TS 27560, and true to the standards it is handed out in."""

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit import sealing
from audit.canonical import canonical
from consent import services
from consent.errors import ConsentMissingError
from consent.records import dpv, files, kantara, odrl
from consent.records.content import content, duration
from consent.records.gathering import gather
from consent.transitions import State
from consent.vocabulary import NAMESPACES, terms
from keys import services as keys
from registry import services as registry
from tests.portal.world import APPROVER, AUTHOR, OFFERS, SURVEYS

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).parent / "schemas"
OURS = ("sammati:", "urn:sammati:", "urn:uuid:")
OTHER_VOCABULARIES = {"dct", "skos", "xsd", "sammati"}
WORDS = services.Words(
    title="Health letters", description="We write to you about your health.",
    enables="You learn what helps you.", dpv_purpose="dpv:Marketing",
    grounds={"IN": "consent", "EU": "6-1-a"}, categories=("pd:EmailAddress", "pd:Health", "diary"),
    retention_days=30, owner="Care", operations=("Use", "Share"), recipients=("post", "lab"),
)  # fmt: skip


def schema(name):
    text = (SCHEMAS / name).read_text()
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.fixture
def recipients(company):
    for code, kind, country in (("post", "processor", "IN"), ("lab", "recipient", "DE")):
        registry.record_party(
            by=AUTHOR, controller_id=company.id, code=code, name=code.title(), kind=kind,
            country=country, contract_reference="C-1",
        )  # fmt: skip
    registry.record_category(
        by=AUTHOR, controller_id=company.id, code="pd:Health", name="Health", is_special=True
    )


@pytest.fixture
def health(company, recipients):
    """Offers, as a purpose that shares health data with others."""
    draft = services.draft_purpose(by=AUTHOR, controller_id=company.id, code=OFFERS, words=WORDS)
    company.versions[OFFERS] = services.approve_purpose(by=APPROVER, version=draft)
    company.republish()


@pytest.fixture
def event(company, asha, health):
    return company.yes(asha, language="hi", is_explicit=True)


def told(company, event):
    return content(gather(company.id, event.id))


def handed(company, event, form="json"):
    return files.file(form, company.id, event.id).body


@pytest.fixture
def every_line(company, asha):
    """One line in each state that a person or an officer can bring about."""
    found = [company.answer(asha, SURVEYS, State.REQUESTED)]
    found += [company.answer(asha, SURVEYS, state) for state in (State.DEFERRED, State.REFUSED)]
    found += [company.yes(asha), company.yes(asha)]
    found.append(company.answer(asha, OFFERS, State.WITHDRAWN))
    return found


@pytest.mark.req("CON-11", "CON-14")
class TestTheContent:
    def test_has_every_field_the_standard_makes_mandatory(self, company, event):
        schema("receipt-27560.json").validate(told(company, event))

    def test_of_any_line_has_them(self, company, every_line):
        for line in every_line:
            schema("receipt-27560.json").validate(told(company, line))

    def test_without_one_of_them_is_not_complete(self, company, event):
        said = told(company, event)
        del said["pii_processing"]["purposes"][0]["retention_period"]

        assert not schema("receipt-27560.json").is_valid(said)

    def test_tells_everything_about_the_purpose(self, company, event):
        purpose = told(company, event)["pii_processing"]["purposes"][0]

        assert purpose["lawful_basis"] == ["eu-gdpr:A6-1-a", "in-dpdp:S6-consent"]
        assert purpose["jurisdiction"] == ["EU", "IN"]
        assert purpose["processing_method"] == ["dpv:Use", "dpv:Share"]
        assert purpose["retention_period"] == "P30D"
        assert purpose["storage_locations"] == ["IN"]
        assert purpose["processing_locations"] == ["DE", "IN"]
        assert len(purpose["recipient_third_parties"]) == 2
        assert [one["special_pii_category"] for one in purpose["pii_information"]] == [
            False, True, False,
        ]  # fmt: skip
        assert "in-dpdp:S12-erasure" in purpose["privacy_rights"]

    def test_binds_the_words_that_were_shown(self, company, event):
        said = told(company, event)

        assert said["privacy_notice"]["sha256"] == event.notice_sha256
        assert (
            f"version={event.notice_version_id}&language=hi"
            in (said["pii_processing"]["privacy_notice"])
        )

    def test_names_parties_by_whom_to_ask(self, company, event):
        controller, *others = told(company, event)["party_identification"]

        assert controller["party_contact"]["email"] == company.controller.contact_email
        assert [one["party_contact"] for one in others] == [{"through": str(company.id)}] * 2

    def test_says_all_that_the_short_receipt_says(self, company, event):
        short = services_receipt(company, event)

        full = told(company, event)

        assert {name: full[name] for name in short if name != "schema_version"} == {
            name: value for name, value in short.items() if name != "schema_version"
        }

    def test_can_be_signed(self, company, every_line):
        for line in every_line:
            assert canonical(told(company, line))

    def test_of_a_line_without_words_is_complete_too(self, company, asha):
        choice = services.Choice(
            subject_id=asha.id, purpose=OFFERS, state=State.GIVEN, method="import", is_import=True,
            event_at=datetime(2020, 5, 1, tzinfo=UTC),
        )  # fmt: skip
        line = services.record(by=AUTHOR, controller_id=company.id, choice=choice)

        schema("receipt-27560.json").validate(told(company, line))

    @pytest.mark.req("P9")
    def test_is_not_told_to_another_controller(self, other, event):
        with pytest.raises(ConsentMissingError):
            gather(other.id, event.id)

    @pytest.mark.parametrize(
        ("lasting", "text"),
        [
            (None, "until_withdrawn"),
            (timedelta(days=730), "P730D"),
            (timedelta(days=1, seconds=1), "PT86401S"),
            (timedelta(0), "P0D"),
            (timedelta(seconds=-5), "PT0S"),
        ],
    )
    def test_writes_periods_as_iso_8601(self, lasting, text):
        begins = datetime(2026, 3, 1, tzinfo=UTC)

        assert duration(begins, lasting if lasting is None else begins + lasting) == text


def services_receipt(company, event):
    from consent.receipts import receipt

    return receipt(company.id, company.controller.name, event.id).content


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


def opened(token):
    """What a JWS says, once its signature verifies by the key it names (RFC 7515, RFC 8037)."""
    head, body, value = token.split(".")
    header = json.loads(unpadded(head))
    assert header["alg"] == "EdDSA"
    key = next(one for one in keys.public_keys() if one.key_id == header["kid"])
    signature = Ed25519PublicKey.from_public_bytes(key.raw)
    signature.verify(unpadded(value), f"{head}.{body}".encode())
    return json.loads(unpadded(body))


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


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


@pytest.mark.req("CON-14")
class TestPdf:
    def test_without_the_extra_a_sentence_says_so(self, company, event, monkeypatch):
        from consent.records import pdf
        from consent.records.errors import PdfMissingError

        monkeypatch.setattr(pdf, "find_spec", lambda name: None)

        with pytest.raises(PdfMissingError, match="print the receipt"):
            handed(company, event, "pdf")

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
        from consent.records.errors import PdfFontMissingError

        settings.PDF_FONTS = str(tmp_path)

        with pytest.raises(PdfFontMissingError):
            handed(company, event, "pdf")


def test_what_gathers_knows_nothing_of_a_line_that_is_not_there(company):
    with pytest.raises(ConsentMissingError):
        gather(company.id, UUID(int=7))


def test_a_category_nobody_registered_is_called_by_its_code(company, asha):
    words = replace(WORDS, categories=("pd:EmailAddress",), recipients=())
    draft = services.draft_purpose(by=AUTHOR, controller_id=company.id, code=OFFERS, words=words)
    company.versions[OFFERS] = services.approve_purpose(by=APPROVER, version=draft)
    company.republish()

    (data,) = told(company, company.yes(asha))["pii_processing"]["purposes"][0]["pii_information"]
    assert (data["pii_type"], data["pii_attribute_id"]) == ("EmailAddress", "pd:EmailAddress")
