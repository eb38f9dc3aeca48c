"""The same key with the same request: one effect and one answer."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts.models import IdempotencyKey
from consent.models import ConsentEvent
from subjects.models import Subject
from tests.api import house
from tests.api.house import least, problem
from tests.portal import world

NEW = {"identifiers": [{"scheme": "crm", "value": "CRM-20417"}]}


@pytest.fixture
def requests(asha, lotus):
    """A write of every kind, and what counts its effects."""
    lotus.yes(asha, world.SURVEYS)
    return {
        "/consents": (least(asha), ConsentEvent),
        "/consents/withdraw": (least(asha, purpose=world.SURVEYS), ConsentEvent),
        "/subjects": (NEW, Subject),
    }


@pytest.mark.parametrize("path", ["/consents", "/consents/withdraw", "/subjects"])
class TestTheSameKey:
    def test_has_one_effect_and_one_answer(self, api, requests, path):
        body, model = requests[path]
        before = model.objects.count()

        first = api.post(path, body, Idempotency_Key="case-7")
        second = api.post(path, body, Idempotency_Key="case-7")

        assert (second.status_code, second.json()) == (first.status_code, first.json())
        assert second.headers.get("Location") == first.headers.get("Location")
        assert model.objects.count() == before + 1

    def test_is_refused_with_another_body(self, api, requests, path):
        body, _ = requests[path]
        api.post(path, body, Idempotency_Key="case-7")
        before = house.everything()
        other = {**body, "method": "phone"} if "method" in body else {**body, "language": "en"}

        response = api.post(path, other, Idempotency_Key="case-7")

        problem(response, 422, "idempotency_key_reused")
        assert house.everything() == before


def test_the_same_key_is_refused_for_another_operation(api, asha):
    api.post("/consents", least(asha), Idempotency_Key="case-7")

    response = api.post("/consents/withdraw", least(asha), Idempotency_Key="case-7")

    problem(response, 422, "idempotency_key_reused")


def test_two_services_may_use_the_same_key(api, lotus, asha):
    other = house.caller(lotus, code="other")
    api.post("/consents", least(asha), Idempotency_Key="case-7")

    again = other.post("/consents", least(asha), Idempotency_Key="case-7")

    assert again.json()["state"] == "renewed"


def test_a_refused_write_keeps_no_answer(api, asha):
    wrong = api.post("/consents", least(asha, method="silence"), Idempotency_Key="case-7")
    assert wrong.status_code == 422
    assert not IdempotencyKey.objects.exists()

    right = api.post("/consents", least(asha), Idempotency_Key="case-7")

    assert right.status_code == 201


def test_without_a_key_every_request_counts(api, asha):
    states = [api.post("/consents", least(asha)).json()["state"] for _ in range(2)]

    assert states == ["given", "renewed"]


@pytest.mark.parametrize("key", ["a b", "x" * 129, "schlüssel", "\t"])
def test_a_malformed_key_is_refused(api, asha, key, unchanged):
    unchanged()

    response = api.post("/consents", least(asha), Idempotency_Key=key)

    problem(response, 400, "idempotency_key_malformed")


def test_no_identifier_is_kept_with_the_answer(api, lotus):
    api.post("/subjects", NEW, Idempotency_Key="case-7")

    assert "CRM-20417" not in json.dumps(IdempotencyKey.objects.get().answer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["case-7", None], ids=["one key", "no key"])
def test_concurrent_repeats_have_one_effect(key):
    lotus = world.make()
    asha = lotus.person()
    api = house.caller(lotus)
    together = threading.Barrier(6)

    def send(_):
        together.wait()
        named = {"Idempotency_Key": key} if key else {}
        response = house.Api(api.key).post("/consents", least(asha), **named)
        connections.close_all()
        return response.status_code, response.json()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))

    assert {status for status, _ in answers} == {201}
    wanted = 1 if key else 6
    assert len({body["id"] for _, body in answers}) == wanted
    assert ConsentEvent.objects.count() == wanted
    sequences = sorted(ConsentEvent.objects.values_list("sequence", flat=True))
    assert sequences == list(range(1, wanted + 1))
