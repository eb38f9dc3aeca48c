import pytest

from consent.models import ConsentEvent, ConsentState
from tests.api import house
from tests.api.house import least, pointers, problem
from tests.portal.world import MAPS, OFFERS, SURVEYS

PATH = "/consents/withdraw"


def test_it_works(api, asha, lotus, entries):
    lotus.yes(asha)

    response = api.post(PATH, least(asha, reason="too_many_messages", channel="phone"))

    assert response.status_code == 200
    body = response.json()
    assert (body["state"], body["reason"], body["channel"]) == (
        "withdrawn", "too_many_messages", "phone",
    )  # fmt: skip
    assert (body["sequence"], body["receipt"]["event_state"]) == (2, "withdrawn")
    assert ConsentState.objects.get().state == "withdrawn"
    (entry,) = entries("consent:withdrawn")
    assert entry.actor_type == "service"


def test_a_repeat_answers_with_the_first_withdrawal(api, asha, lotus):
    lotus.yes(asha)

    first, second = (api.post(PATH, least(asha)) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert ConsentEvent.objects.count() == 2


def test_a_person_can_be_named_by_the_companys_identifier(api, asha, lotus):
    lotus.yes(asha)

    response = api.post(PATH, {**least(asha), "subject": "asha@example.in", "scheme": "email"})

    assert response.json()["subject"] == str(asha.id)


@pytest.mark.req("P10")
@pytest.mark.parametrize(
    "reason", ["Asha ji is annoyed", "asha@example.in", "x" * 61, "a\n", "ज़रूर"]
)
def test_a_reason_is_a_code_and_never_a_persons_words(api, asha, lotus, reason):
    lotus.yes(asha)
    before = house.everything()

    response = api.post(PATH, least(asha, reason=reason))

    ((pointer, code),) = pointers(response)
    assert (pointer, code) in {("/reason", "reason_form"), ("/reason", "max_length")}
    assert house.everything() == before


def test_without_a_record_there_is_nothing_to_withdraw(api, asha, unchanged):
    unchanged()

    problem(api.post(PATH, least(asha)), 404, "consent_missing")


def test_a_refusal_cannot_be_withdrawn(api, asha):
    api.post("/consents", least(asha, state="refused"))
    before = house.everything()

    problem(api.post(PATH, least(asha)), 409, "illegal_transition")

    assert house.everything() == before


def test_a_service_withdraws_only_for_its_purposes(api, asha, lotus):
    lotus.yes(asha, MAPS)
    before = house.everything()

    problem(api.post(PATH, least(asha, purpose=MAPS)), 403, "purpose_not_registered")

    assert house.everything() == before


def test_one_purpose_is_withdrawn_and_no_other(api, asha, lotus):
    lotus.yes(asha, OFFERS)
    lotus.yes(asha, SURVEYS)

    api.post(PATH, least(asha))

    states = {one.purpose.code: one.state for one in ConsentState.objects.all()}
    assert states == {OFFERS: "withdrawn", SURVEYS: "given"}


def test_an_unknown_method_is_refused(api, asha, lotus):
    lotus.yes(asha)
    before = house.everything()

    problem(api.post(PATH, least(asha, method="telepathy")), 422, "method_unknown")

    assert house.everything() == before
