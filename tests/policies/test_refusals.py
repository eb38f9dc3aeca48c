"""What people refuse without being asked, and what the very next decision makes of it (P2)."""

import json

import pytest
import time_machine
from django.test import Client

from accounts import services as accounts
from consent import services as consent
from consent.models import Restriction
from tests.factories.company import APPROVER, AUTHOR, OFFERS
from tests.policies.test_law_facts import code

pytestmark = pytest.mark.req("POL-08", "POL-10", "P2")
ADVERTS = "ads.personal"


@pytest.fixture
def lena(lotus):
    """A German who said yes to offers: both laws apply."""
    person = lotus.person("lena@example.de", residence="DE")
    lotus.yes(person)
    return person


def opts_out(lotus, person):
    return consent.hear_signal(by=AUTHOR, controller_id=lotus.id, subject_id=person.id)


def restricts(lotus, person, **more):
    return consent.restrict(
        by=AUTHOR, controller_id=lotus.id, subject_id=person.id, ground="accuracy", **more
    )


@pytest.mark.req("BRD-CV1")
class TestARestriction:
    def test_denies_until_the_person_takes_it_back(self, lotus, lena, ask):
        before = ask(lotus, lena)
        made = restricts(lotus, lena)
        during = ask(lotus, lena)
        consent.take_back_restriction(
            by=AUTHOR, controller_id=lotus.id, subject_id=lena.id, restriction_id=made.pk
        )

        assert (before["decision"], during["decision"]) == (True, False)
        assert code(during) == "PROCESSING_RESTRICTED"
        assert ask(lotus, lena)["decision"] is True

    def test_goes_on_denying_when_its_end_is_announced(self, lotus, lena, ask):
        made = restricts(lotus, lena)
        consent.announce_lifting(by=APPROVER, restriction=made, reason="Put right.", days=1)
        consent.note_told(by=APPROVER, restriction=made, through="phone")
        announced = ask(lotus, lena)

        found = Restriction.objects.get()
        with time_machine.travel(found.lifts_at, tick=False):
            consent.lift_restriction(by=APPROVER, restriction=found)

        assert code(announced) == "PROCESSING_RESTRICTED"
        assert ask(lotus, lena)["decision"] is True

    def test_of_another_purpose_stops_nothing(self, lotus, lena, ask):
        lotus.asks_for(ADVERTS)
        restricts(lotus, lena, scope_type="purpose", scope=ADVERTS)

        assert ask(lotus, lena)["decision"] is True


@pytest.mark.req("POL-20")
class TestAnOptOut:
    @pytest.fixture(autouse=True)
    def _adverts(self, lotus):
        lotus.asks_for(ADVERTS, dpv_purpose="dpv:PersonalisedAdvertising")
        accounts.change_service(
            by=AUTHOR, service=lotus.service, is_active=True, purposes=[OFFERS, ADVERTS]
        )

    @pytest.mark.parametrize("residence", ["IN", "DE"])
    def test_denies_advertising_and_nothing_else(self, lotus, ask, residence):
        person = lotus.person("p@example.org", residence=residence)
        lotus.yes(person)
        lotus.yes(person, purpose=ADVERTS)
        before = ask(lotus, person, purpose=ADVERTS)

        opts_out(lotus, person)

        assert before["decision"] is True, before
        assert code(ask(lotus, person, purpose=ADVERTS)) == "OPTED_OUT_ADVERTISING"
        assert ask(lotus, person)["decision"] is True

    def test_is_outweighed_by_a_later_express_yes_alone(self, lotus, asha, ask):
        opts_out(lotus, asha)
        lotus.yes(asha, purpose=ADVERTS)
        plain = ask(lotus, asha, purpose=ADVERTS)

        lotus.yes(asha, purpose=ADVERTS, is_explicit=True)

        assert code(plain) == "OPTED_OUT_ADVERTISING"
        assert ask(lotus, asha, purpose=ADVERTS)["decision"] is True

    def test_of_a_device_reaches_the_person_who_signs_in_there(self, lotus, asha, ask):
        lotus.yes(asha, purpose=ADVERTS)
        consent.choose_on_device(
            by=AUTHOR, controller_id=lotus.id, device="k" * 20, choices={"advertising": False},
            method="button",
        )  # fmt: skip
        before = ask(lotus, asha, purpose=ADVERTS)

        consent.join_device(by=AUTHOR, controller_id=lotus.id, device="k" * 20, subject_id=asha.id)

        assert before["decision"] is True
        assert code(ask(lotus, asha, purpose=ADVERTS)) == "OPTED_OUT_ADVERTISING"


@pytest.mark.parametrize(
    ("path", "said", "reason"),
    [
        (
            "objections", {"kind": "particular_situation", "purpose": OFFERS},
            "OBJECTION_PENDING",
        ),
        ("objections", {"kind": "direct_marketing"}, "OBJECTED_DIRECT_MARKETING"),
        ("restrictions", {"ground": "unlawful"}, "PROCESSING_RESTRICTED"),
    ],
)  # fmt: skip
def test_what_the_api_acknowledged_denies_from_then_on(lotus, lena, ask, path, said, reason):
    assert ask(lotus, lena)["decision"] is True
    body = json.dumps({"subject": str(lena.id), "method": "phone", **said})

    answer = Client().post(f"/api/v1/{path}", body, "application/json", headers=lotus.headers)

    assert answer.status_code == 201, answer.content
    assert code(ask(lotus, lena)) == reason
