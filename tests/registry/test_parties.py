from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts import services as accounts
from audit.models import EntryIndex
from registry import selectors, services
from registry.errors import ContractMissingError, ForeignPartyError, ForeignServiceError
from registry.models import DataCategory, Party, ServiceParty
from tests.subjects.people import BY, controller

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(db):
    return controller("lotus", "IN")


@pytest.fixture
def tulip(db):
    return controller("tulip", "NL")


def record(company, **changes):
    given = {
        "code": "post", "name": "Post", "kind": "processor", "country": "IN",
        "contract_reference": "C-1", **changes,
    }  # fmt: skip
    return services.record_party(by=BY, controller_id=company.id, **given)


def events():
    found = EntryIndex.objects.filter(target_type__in=["party", "data_category"]).order_by("id")
    return list(found.values_list("event", flat=True))


class TestContracts:
    """DPDP s.8(2) and GDPR Art 28(3): whoever works for us does so under a contract."""

    @pytest.mark.parametrize("kind", ["processor", "recipient", "consent_manager"])
    def test_another_party_needs_one(self, lotus, kind):
        with pytest.raises(ContractMissingError):
            record(lotus, kind=kind, contract_reference="")

        assert not Party.objects.exists()
        assert events() == []
        record(lotus, kind=kind)
        assert events() == ["party:recorded"]

    def test_the_controller_itself_needs_none(self, lotus):
        assert record(lotus, kind="internal", contract_reference="").contract_reference == ""

    def test_the_database_asks_for_it_too(self, lotus):
        record(lotus)

        refused = pytest.raises(IntegrityError, match="registry_party_has_contract")
        with refused, transaction.atomic():
            Party.objects.update(contract_reference="")

    def test_an_end_is_set_and_on_the_log(self, lotus):
        party = services.end_contract(by=BY, party=record(lotus), on=date(2026, 12, 31))

        assert Party.objects.get().contract_ends_on == party.contract_ends_on == date(2026, 12, 31)
        assert events() == ["party:recorded", "party:changed"]


class TestParties:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"country": "India"},
            {"country": "in"},
            {"kind": "friend"},
            {"transfer_tool": "handshake"},
            {"name": ""},
            {"code": "a b"},
        ],
    )
    def test_what_cannot_be_is_refused_and_leaves_nothing(self, lotus, wrong):
        with pytest.raises(ValidationError):
            record(lotus, **wrong)

        assert (Party.objects.count(), events()) == (0, [])

    @pytest.mark.req("P9")
    def test_codes_are_each_controllers_own(self, lotus, tulip):
        mine, theirs = record(lotus), record(tulip)

        assert list(selectors.parties(lotus.id)) == [mine]
        assert list(selectors.parties(tulip.id)) == [theirs]
        with pytest.raises(ValidationError):
            record(lotus)


class TestWhoRunsAService:
    @pytest.fixture
    def mailer(self, lotus):
        return accounts.create_service(
            by=BY, controller_id=lotus.id, code="mailer", name="Mailer", purposes=[]
        )

    def put(self, company, service, party):
        services.put_in_charge(by=BY, controller_id=company.id, service_id=service.id, party=party)

    def test_is_one_party_at_a_time(self, lotus, mailer):
        self.put(lotus, mailer, record(lotus))
        second = record(lotus, code="second")
        self.put(lotus, mailer, second)

        assert ServiceParty.objects.get().party == second
        assert events()[-1] == "party:changed"

    @pytest.mark.req("P9")
    def test_is_never_a_party_of_another_controller(self, lotus, tulip, mailer):
        with pytest.raises(ForeignPartyError):
            self.put(lotus, mailer, record(tulip))

        assert not ServiceParty.objects.exists()

    @pytest.mark.req("P9")
    def test_is_never_set_for_a_service_of_another_controller(self, lotus, tulip, mailer):
        self.put(lotus, mailer, record(lotus))

        with pytest.raises(ForeignServiceError):
            self.put(tulip, mailer, record(tulip))

        assert ServiceParty.objects.get().controller_id == lotus.id


class TestCategories:
    def test_are_known_by_code_and_name(self, lotus, tulip):
        for company, code, name, is_special in (
            (lotus, "pd:EmailAddress", "E-mail address", False),
            (lotus, "pd:Health", "Health", True),
            (tulip, "pd:Name", "Name", False),
        ):
            services.record_category(
                by=BY, controller_id=company.id, code=code, name=name, is_special=is_special
            )

        assert selectors.category_codes(lotus.id) == {"pd:EmailAddress", "pd:Health"}
        assert selectors.category_names(tulip.id) == {"pd:Name": "Name"}
        assert DataCategory.objects.get(is_special=True).code == "pd:Health"
        assert events() == ["category:recorded"] * 3

    def test_are_recorded_once(self, lotus):
        services.record_category(by=BY, controller_id=lotus.id, code="pd:X", name="X")

        with pytest.raises(ValidationError):
            services.record_category(by=BY, controller_id=lotus.id, code="pd:X", name="Y")


class TestCategoryTitles:
    def test_common_ones_are_said_in_the_readers_language(self, lotus):
        services.record_category(
            by=BY, controller_id=lotus.id, code="pd:PurchasesAndSpendingHabit", name="Purchases"
        )

        with translation.override("hi"):
            assert selectors.category_titles(lotus.id) == {
                "pd:PurchasesAndSpendingHabit": "ख़रीदारी"
            }
        assert set(selectors.category_names(lotus.id).values()) == {"Purchases"}

    def test_what_a_company_named_itself_is_called_so_everywhere(self, lotus):
        services.record_category(by=BY, controller_id=lotus.id, code="pd:Health", name="Your body")

        with translation.override("ur"):
            assert selectors.category_titles(lotus.id) == {"pd:Health": "Your body"}
