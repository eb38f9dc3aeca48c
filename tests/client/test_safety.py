"""The client itself: what it refuses to be built with, and what it never shows or shares."""

import copy
import logging
import os
import pickle
import threading

import pytest
from sammati_client import AsyncSammati, Options, Sammati

from tests.client.conftest import KEY, SERVICE
from tests.client.server import permit, says

PURPOSE = "marketing.email.offers"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://consent.example.com", "https"),
        ("ftp://consent.example.com", "base_url"),
        ("consent.example.com", "base_url"),
        ("https://user:secret@consent.example.com", "credentials"),
        ("https://consent.example.com?x=1", "query"),
    ],
)
@pytest.mark.parametrize("kind", [Sammati, AsyncSammati])
def test_an_unsafe_address_is_refused(kind, url, why):
    with pytest.raises(ValueError, match=why):
        kind(url, service=SERVICE, key=KEY)


def test_plain_http_inside_an_encrypted_network_must_be_asked_for():
    Sammati("http://pdp:8001", service=SERVICE, key=KEY, options=Options(allow_http=True)).close()


@pytest.mark.parametrize("key", ["", "with space", "line\nbreak", "ключ"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(key):
    with pytest.raises(ValueError, match="service key") as caught:
        Sammati("https://consent.example.com", service=SERVICE, key=key)
    assert not key or key not in str(caught.value)


def test_a_service_must_be_named():
    with pytest.raises(ValueError, match="service"):
        Sammati("https://consent.example.com", service="", key=KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_seconds": 0},
        {"total_seconds": float("inf")},
        {"total_seconds": float("nan")},
        {"connect_seconds": -1},
        {"attempts": 0},
        {"attempts": 1000},
        {"batch_size": 0},
        {"batch_size": 10_001},
    ],
)
def test_no_limit_can_be_switched_off(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Options(**wrong)


def test_the_key_and_the_person_are_in_no_repr_and_no_log(asked, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.script = [
        says(permit()),
        says(b"", status=503),
        says({"leak": "p@example.invalid"}, 500),
    ]

    answers = [asked.check("p@example.invalid", PURPOSE, scheme="email") for _ in range(2)]

    shown = repr([asked._client(), answers]) + caplog.text
    assert KEY not in shown
    assert "p@example.invalid" not in shown
    assert "HTTP 500 on /access/v1/evaluation" in caplog.text


def test_permits_and_clients_stay_in_their_process(server):
    with Sammati(server.url, service=SERVICE, key=KEY) as client:
        permit = client.check("a", PURPOSE)
        for thing in (permit, client):
            with pytest.raises(TypeError):
                pickle.dumps(thing)
        with pytest.raises(TypeError):
            copy.copy(permit)


def test_a_permit_cannot_be_changed(server):
    with Sammati(server.url, service=SERVICE, key=KEY) as client:
        permit = client.check("a", PURPOSE)

    with pytest.raises(AttributeError):
        permit.lease_ends = float("inf")


def test_a_closed_client_denies(server):
    client = Sammati(server.url, service=SERVICE, key=KEY)
    client.close()

    assert client.check("a", PURPOSE).reason_code == "CLIENT_FAULT"


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_opens_its_own_connections(server):
    with Sammati(server.url, service=SERVICE, key=KEY) as client:
        assert client.check("a", PURPOSE)
        pool = client._http
        child = os.fork()
        if child == 0:
            own = client.check("b", PURPOSE).decision_id == "decision-b"
            os._exit(0 if own and client._http is not pool else 1)
        _, status = os.waitpid(child, 0)
        assert client.check("c", PURPOSE).decision_id == "decision-c"

    assert os.waitstatus_to_exitcode(status) == 0


def test_threads_share_a_client_and_get_their_own_answers(server):
    found = {}
    with Sammati(server.url, service=SERVICE, key=KEY) as client:

        def ask(name):
            found[name] = [client.check(name, PURPOSE).decision_id for _ in range(5)]

        threads = [threading.Thread(target=ask, args=(f"s{i}",)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == {f"s{i}": [f"decision-s{i}"] * 5 for i in range(8)}


def test_no_proxy_of_the_environment_is_used(asked, server, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert asked.check("a", PURPOSE)
