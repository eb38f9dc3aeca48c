"""Erasures and training data through the client."""

import asyncio
import logging
from uuid import UUID

import pytest
from sammati_client import AsyncSammati, RequestFailed, Sammati

from tests.client.conftest import KEY, SERVICE
from tests.client.server import says

CASE = "01978f7e-51c4-7b0a-9a51-0d4be52a3c11"
ASHA = "01978f7e-0000-7000-8000-00000000cafe"
BELA = "01978f7e-0000-7000-8000-00000000beef"


@pytest.fixture(params=[Sammati, AsyncSammati], ids=["sync", "async"])
def ask(request, server):
    """Calls a method of `client.erasures`; what comes one by one comes as a list."""

    def sync(name, *args, **more):
        with Sammati(server.url, service=SERVICE, key=KEY) as client:
            found = getattr(client.erasures, name)(*args, **more)
            return list(found) if name == "exclusions" else found

    async def slow(name, *args, **more):
        async with AsyncSammati(server.url, service=SERVICE, key=KEY) as client:
            found = getattr(client.erasures, name)(*args, **more)
            return [one async for one in found] if name == "exclusions" else await found

    return sync if request.param is Sammati else lambda *a, **k: asyncio.run(slow(*a, **k))


def page(*people, then=None):
    items = [{"subject": one, "since": "2026-11-21T09:30:00Z", "why": "erased"} for one in people]
    return says({"items": items, "next_after": then}, status=200)


def test_a_case_is_opened(ask, server):
    server.otherwise = says({"id": CASE, "state": "running"}, status=201)

    made = ask("open", ASHA, "letter-1", scope_type="purpose", scope="marketing.offers")

    (seen,) = server.seen
    assert made.created
    assert seen.path == "/api/v1/erasure-cases"
    assert seen.body == {
        "subject": ASHA, "reference": "letter-1", "scope_type": "purpose",
        "scope": "marketing.offers",
    }  # fmt: skip


def test_a_request_is_taken_in(ask, server):
    server.otherwise = says({"id": CASE}, status=201)

    ask("receive", ASHA, "access", identified_how="service")

    assert server.seen[0].path == "/api/v1/rights-requests"


def test_a_case_and_its_certificate_are_read(ask, server):
    server.otherwise = says({"id": CASE, "steps": []}, status=200)

    assert ask("read", CASE)["steps"] == []
    ask("certificate", CASE)

    assert [one.path for one in server.seen] == [
        f"/api/v1/erasure-cases/{CASE}", f"/api/v1/erasure-cases/{CASE}/certificate",
    ]  # fmt: skip


def test_what_is_no_id_is_not_asked(ask, server):
    with pytest.raises(ValueError, match="badly formed"):
        ask("read", "../subjects")

    assert server.seen == []


def test_people_of_a_run_are_told_in_parts(ask, server):
    server.otherwise = says({"added": 1, "repeated": 0, "unknown": [BELA]}, status=200)

    unknown = ask("report_members", CASE, [ASHA] * 10_001)

    assert [len(one.body["subjects"]) for one in server.seen] == [10_000, 1]
    assert unknown == [UUID(BELA)] * 2


def test_who_must_stay_out_is_read_to_the_last_page(ask, server):
    server.script = [page(ASHA, then=ASHA), page(BELA)]

    assert ask("exclusions", "churn") == [UUID(ASHA), UUID(BELA)]
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    "answer",
    [says({"items": [{}], "next_after": None}, status=200), says(b"no", status=200),
     says({"code": "purpose_not_registered"}, status=403)],
)  # fmt: skip
def test_half_a_list_is_none(ask, server, answer):
    server.script = [page(ASHA, then=ASHA), answer]

    with pytest.raises(RequestFailed):
        ask("exclusions", "churn")


@pytest.mark.req("P10")
def test_no_log_names_who_was_last(ask, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.script = [page(ASHA, then=ASHA), page(BELA)]

    ask("exclusions", "churn")

    assert ASHA not in caplog.text
