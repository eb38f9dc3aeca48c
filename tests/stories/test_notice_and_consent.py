"""The illustrations to sections 5 and 6 of the DPDP Act, through the doors that companies use."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from accounts.models import ServiceClient
from consent import services as consent
from consent.models import Purpose
from keys.problems import DomainError
from policies.recalls import endpoints
from subjects.models import Subject
from tests.consent.importing import bring, row, write_csv
from tests.factories.company import APPROVER, AUTHOR, content
from tests.policies.hearing import listening, work_off
from tests.stories.town import opened

pytestmark = pytest.mark.django_db(transaction=True)
KYC, ORDERS, CARE = "accounts.identity_check", "orders.fulfilment", "care.consultations"
POLICY, BILLS = "policies.issue", "bills.by_email"


@pytest.mark.req("CON-03", "CON-04", "CON-06")
class TestSection5Subsection1:
    """X opens a bank account in Y's app and is identified in a live video."""

    def test_the_notice_goes_before_the_request_and_the_record_binds_its_words(self, http):
        bank = opened(http, "bank", KYC)
        bank.asks_about(KYC, data=("pd:Picture", "pd:Name"))
        x = bank.person()

        notice = bank.api.get("/notices", {"purpose": KYC}).json()
        answer = bank.says_yes(x, KYC, notice=notice["version"], language="en")

        (item,) = notice["content"]["items"]
        assert item["data"] == ["pd:Picture", "pd:Name"]
        assert item["description"]
        assert answer.status_code == 201
        assert answer.json()["receipt"]["privacy_notice"]["sha256"] == notice["sha256"]
        assert bank.permits(x, KYC)

    def test_without_a_notice_there_is_no_consent_to_rely_on(self, http):
        bank = opened(http, "bank", KYC)
        bank.made.purpose(KYC, is_marketing=False)
        x = bank.person()

        answer = bank.says_yes(x, KYC)

        assert (answer.status_code, answer.json()["code"]) == (422, "notice_not_in_force")
        assert bank.why(x, KYC) == "CONSENT_MISSING"


@pytest.mark.req("CON-20")
class TestSection5Subsection2:
    """X agreed to Y's shop before the Act commenced."""

    @pytest.fixture
    def shop(self, http, tmp_path):
        shop = opened(http, "shop", ORDERS)
        shop.asks_about(ORDERS)
        old = row(
            email="x@example.in", purpose=ORDERS, method="web_form", notice=None,
            notice_version=None, notice_language=None,
        )  # fmt: skip
        assert bring(write_csv(tmp_path / "old.csv", old), slug="shop").code == 0
        return shop

    @pytest.fixture
    def x(self, shop):
        return Subject.objects.get(controller_id=shop.id)

    def test_the_notice_is_owed_first(self, shop, x):
        answer = shop.may(x, ORDERS)

        reasons = {one["code"] for one in answer["context"]["reasons"]}
        assert answer["decision"] is False
        assert "LEGACY_NOTICE_DUE" in reasons

    def test_once_the_notice_was_given_the_use_goes_on(self, shop, x):
        purpose = consent_purpose(shop, ORDERS)

        consent.order_legacy_notices(by=AUTHOR, purpose=purpose)
        work_off()

        answer = shop.may(x, ORDERS)
        assert [one.to for one in mail.outbox] == [["x@example.in"]]
        assert answer["decision"] is True
        assert "send_s5_2_notice" not in {one["id"] for one in answer["context"]["obligations"]}

    def test_until_x_withdraws(self, shop, x):
        assert shop.withdraws(x, ORDERS).status_code == 200

        assert shop.why(x, ORDERS) == "CONSENT_WITHDRAWN"


def consent_purpose(house, code):
    return Purpose.objects.get(controller_id=house.id, code=code)


@pytest.mark.req("CON-10", "POL-16")
class TestSection6Subsection1:
    """X agrees that a telemedicine app treats her, and that it reads her telephone's contacts."""

    def test_the_consent_reaches_no_further_than_what_is_necessary(self, http):
        app = opened(http, "telemedicine", CARE)
        app.asks_about(CARE, data=("pd:Contact", "pd:PhysicalTrait"), needs_explicit=False)
        x = app.person()

        answer = app.says_yes(
            x, CARE, categories=["pd:Contact", "pd:PhysicalTrait", "pd:SocialNetwork"]
        )

        assert answer.status_code == 201
        assert app.permits(x, CARE, data=["pd:Contact", "pd:PhysicalTrait"])
        assert app.why(x, CARE, data=["pd:SocialNetwork"]) == "DATA_NOT_NECESSARY"


@pytest.mark.req("CON-04", "CON-09")
class TestSection6Subsection2:
    """X buys insurance and is asked to waive her complaint to the Board as well."""

    def test_what_infringes_the_act_is_void_and_the_rest_stands(self, http):
        insurer = opened(http, "insurer", POLICY, "rights.waiver")
        insurer.asks_about(POLICY)
        x = insurer.person()

        first = insurer.says_yes(x, POLICY)
        second = insurer.says_yes(x, "rights.waiver")

        assert (first.status_code, second.status_code) == (201, 422)
        assert second.json()["code"] == "purpose_unknown"
        assert insurer.permits(x, POLICY)
        assert not insurer.permits(x, "rights.waiver")

    def test_a_notice_that_hides_the_board_is_not_published(self, http):
        insurer = opened(http, "insurer", POLICY)
        version = insurer.made.purpose(POLICY, is_marketing=False)
        words = content("You give up your complaint.")
        words["items"][0]["purpose"] = POLICY
        del words["board"]
        draft = consent.draft_notice(
            by=AUTHOR, controller_id=insurer.id, code="policy", pack="IN", purposes=[version],
            translations={"en": words},
        )  # fmt: skip

        with pytest.raises(DomainError, match="board_complaint_means"):
            consent.publish_notice(by=APPROVER, version=draft)


@pytest.mark.req("CON-17", "POL-07")
class TestSection6Subsection5:
    """X pays for a delivery and withdraws her consent afterwards."""

    def order(self, shop, x, reference, at):
        body = {
            "subject": str(x.id), "purpose": ORDERS, "reference": reference,
            "started_at": at.isoformat(),
        }  # fmt: skip
        return shop.api.post("/commitments", body)

    def test_what_was_ordered_is_delivered_and_nothing_new_is_taken(self, http):
        shop = opened(http, "shop", ORDERS)
        shop.asks_about(ORDERS)
        x = shop.person()
        before = datetime.now(UTC) - timedelta(minutes=1)
        shop.says_yes(x, ORDERS, event_at=(before - timedelta(days=1)).isoformat())
        assert self.order(shop, x, "order-1", before).status_code == 201

        withdrawn = shop.withdraws(x, ORDERS)

        assert withdrawn.status_code == 200
        assert shop.permits(x, ORDERS, commitment="order-1")
        assert shop.why(x, ORDERS) == "CONSENT_WITHDRAWN"
        assert shop.why(x, ORDERS, commitment="order-2") == "CONSENT_WITHDRAWN"

    def test_an_order_after_the_withdrawal_revives_nothing(self, http):
        shop = opened(http, "shop", ORDERS)
        shop.asks_about(ORDERS)
        x = shop.person()
        shop.says_yes(x, ORDERS)
        shop.withdraws(x, ORDERS)

        self.order(shop, x, "order-3", datetime.now(UTC))

        assert not shop.permits(x, ORDERS, commitment="order-3")


@pytest.mark.req("POL-10", "P2")
class TestSection6Subsection6:
    """Z reads her bills in X's app and no longer wants them by e-mail, which Y sends for X."""

    def test_x_ceases_and_makes_y_cease(self, http):
        telecom = opened(http, "telecom", BILLS)
        telecom.asks_about(BILLS)
        y = telecom.app("y-mailer", BILLS)
        z = telecom.person("z@example.in")
        telecom.says_yes(z, BILLS)
        with listening() as ear:
            endpoints.add_endpoint(
                by=AUTHOR, controller_id=telecom.id, service_id=service_of(y), url=ear.url
            )
            assert y.permits(z, BILLS)

            telecom.withdraws(z, BILLS)
            work_off()

            assert (telecom.permits(z, BILLS), y.permits(z, BILLS)) == (False, False)
            (heard,) = ear.heard
            assert heard.data["reason"] == "consent_withdrawn"
            assert heard.data["subject"] == str(z.id)


def service_of(house):
    return ServiceClient.objects.get(controller_id=house.id, code=house.code).id
