import base64
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.canonical import canonical
from consent import services
from consent.errors import ConsentMissingError
from consent.receipts import receipt
from consent.transitions import State
from keys import services as keys
from keys.provider import Signature
from tests.portal.world import AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-14")]


@pytest.fixture
def event(company, asha):
    return company.yes(asha, language="hi", is_explicit=True)


def give(company, event, name="Lotus Bazaar"):
    return receipt(company.id, name, event.id)


def verifies(content, found):
    key = next(one for one in keys.public_keys() if one.key_id == found.key_id)
    value = base64.b64decode(found.signature)
    return keys.verify(canonical(content), Signature(found.key_id, key.version, value))


def test_it_says_what_was_agreed_to_in_which_words(company, asha, event):
    content = give(company, event).content

    assert content["pii_principal_id"] == str(asha.id)
    assert content["pii_controller"] == {"id": str(company.id), "name": "Lotus Bazaar"}
    assert (content["purpose"], content["event_state"], content["language"]) == (
        OFFERS, "given", "hi",
    )  # fmt: skip
    assert content["privacy_notice"] == {
        "id": str(company.notice.id), "code": "website", "version": 1,
        "sha256": event.notice_sha256,
    }  # fmt: skip
    assert content["event_time"] == event.event_at.isoformat()
    assert content["validity_end"] == event.expires_at.isoformat()


def test_its_signature_verifies(company, event):
    found = give(company, event)

    assert verifies(found.content, found)
    assert found.as_dict()["signature"] == {
        "key_id": found.key_id, "ed25519": found.signature,
    }  # fmt: skip


@pytest.mark.parametrize("change", [
    {"event_state": "refused"}, {"purpose": "another"}, {"language": "en"}, {"extra": 1},
    {"pii_principal_id": "somebody"}, {"privacy_notice": {}},
])  # fmt: skip
def test_a_changed_one_does_not(company, event, change):
    found = give(company, event)

    assert not verifies({**found.content, **change}, found)


def test_it_is_the_same_bytes_whenever_it_is_asked_for(company, asha, event):
    first = give(company, event)
    company.republish()
    services.withdraw(
        by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS, method="button"
    )

    with time_machine.travel(timezone.now() + timedelta(days=500)):
        again = give(company, event)

    assert canonical(again.content) == canonical(first.content)
    assert again.signature == first.signature


def test_each_line_has_its_own(company, asha, event):
    later = company.yes(asha)

    assert give(company, later).content["event_state"] == "renewed"
    assert give(company, event).content["event_state"] == "given"


def test_a_line_without_words_has_one_too(company, asha):
    choice = services.Choice(
        subject_id=asha.id, purpose=OFFERS, state=State.GIVEN, method="import", is_import=True,
        event_at=timezone.now(),
    )  # fmt: skip
    event = services.record(by=AUTHOR, controller_id=company.id, choice=choice)

    found = give(company, event)
    assert found.content["privacy_notice"] == {"id": "", "code": "", "version": 0, "sha256": ""}
    assert verifies(found.content, found)


@pytest.mark.req("P9")
def test_another_controller_has_none_of_it(company, other, event):
    with pytest.raises(ConsentMissingError):
        give(other, event)
