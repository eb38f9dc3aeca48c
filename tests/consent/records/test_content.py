"""The full receipt: complete by ISO/IEC TS 27560."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from audit.canonical import canonical
from consent import services
from consent.errors import ConsentMissingError
from consent.receipts import receipt
from consent.records.content import duration
from consent.records.gathering import gather
from consent.transitions import State
from tests.consent.records.kit import WORDS, schema, told
from tests.portal.world import APPROVER, AUTHOR, OFFERS

pytestmark = pytest.mark.django_db


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

    def test_calls_the_purpose_as_the_person_read_it(self, company, asha):
        found = [
            told(company, company.yes(asha, language=tag))["pii_processing"]["purposes"][0]
            for tag in ("en", "hi")
        ]

        assert [one["purpose"] for one in found] == ["Offers by e-mail", "ई-मेल से ऑफ़र"]
        assert found[1]["purpose_description"].startswith("हम आपको")

    def test_names_parties_by_whom_to_ask(self, company, event):
        controller, *others = told(company, event)["party_identification"]

        assert controller["party_contact"]["email"] == company.controller.contact_email
        assert [one["party_contact"] for one in others] == [{"through": str(company.id)}] * 2

    def test_says_all_that_the_short_receipt_says(self, company, event):
        short = receipt(company.id, company.controller.name, event.id).content

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
