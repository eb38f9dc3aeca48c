"""A call ends in bounded time and size, follows nothing and believes nothing but a status."""

import asyncio
import time

import pytest

from tests.work.webhooks.ear import listening
from work.webhooks import addresses, calls

pytestmark = pytest.mark.req("INT-02")


@pytest.fixture
def ear():
    with listening() as found:
        yield found


def called(ear, times=1):
    async def run():
        place = addresses.resolve(ear.url)
        async with calls.client() as through:
            return [
                await calls.call(through, place, headers={"X-Kind": "test"}, content=b"{}")
                for _ in range(times)
            ]

    return asyncio.run(run())


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_success_is_heard(ear, status):
    ear.manners.status = status

    assert called(ear)[0].is_heard


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 429, 500, 503])
def test_anything_else_is_not(ear, status):
    ear.manners.status = status

    (answer,) = called(ear)

    assert (answer.is_heard, answer.code) == (False, f"status_{status}")


def test_a_redirection_is_not_followed(ear):
    with listening() as other:
        ear.manners.status, ear.manners.headers = 307, {"Location": other.url}
        called(ear)

        assert other.heard == []


def test_connections_serve_again(ear):
    assert all(one.is_heard for one in called(ear, times=5))
    assert (len(ear.heard), ear.connections) == (5, 1)


def test_an_answer_that_never_ends_is_cut_off(ear):
    ear.manners.status, ear.manners.body = 200, b"x" * (calls.MOST_BYTES * 20)

    assert called(ear)[0].is_heard


def test_a_body_where_none_may_be_does_no_harm(ear):
    ear.manners.status, ear.manners.body = 204, b"and another thing"

    assert [one.is_heard for one in called(ear, times=2)] == [True, True]


def test_headers_that_never_end_are_cut_off(ear):
    ear.manners.raw = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * calls.MOST_BYTES

    assert called(ear)[0].code == "unreachable"


def test_a_word_in_between_is_not_the_answer(ear):
    ear.manners.raw = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"

    assert called(ear)[0].code == "status_500"


def test_an_answer_that_ends_with_its_connection_is_one(ear):
    ear.manners.raw = b"HTTP/1.1 200 OK\r\n\r\nfine"

    assert called(ear)[0].is_heard


def test_another_protocol_is_not_spoken(ear):
    ear.manners.raw = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

    assert called(ear)[0].code == "unreachable"


def test_a_kept_connection_that_has_ended_is_replaced(ear):
    ear.manners.headers = {"Keep-Alive": "yes"}

    async def run():
        place = addresses.resolve(ear.url)
        async with calls.client() as through:
            first = await calls.call(through, place, headers={}, content=b"{}")
            ear.hang_up()
            return first, await calls.call(through, place, headers={}, content=b"{}")

    assert all(one.is_heard for one in asyncio.run(run()))
    assert ear.connections == 2


def test_what_is_packed_is_not_unpacked(ear):
    ear.manners.headers, ear.manners.body = {"Content-Encoding": "gzip"}, b"no gzip at all"

    assert called(ear)[0].is_heard


def test_a_slow_one_is_given_up(ear, monkeypatch):
    monkeypatch.setattr(calls, "SECONDS", 0.3)
    ear.manners.seconds = 30

    began = time.monotonic()
    (answer,) = called(ear)

    assert answer.code == "slow"
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
    ],
    ids=["nothing", "no HTTP", "no status", "cut short"],
)
def test_whoever_speaks_no_http_was_not_reached(ear, raw):
    ear.manners.raw = raw

    assert called(ear)[0].code == "unreachable"


def test_cookies_are_not_kept(ear):
    ear.manners.headers = {"Set-Cookie": "who=me"}

    called(ear, times=2)

    assert "cookie" not in ear.heard[1].headers


def test_nobody_listening_was_not_reached(ear):
    place = addresses.Place("http://127.0.0.1:9/x", "127.0.0.1", 9, "127.0.0.1", is_secure=False)

    async def run():
        async with calls.client() as through:
            return await calls.call(through, place, headers={})

    assert asyncio.run(run()).code == "unreachable"


def test_the_hosts_name_is_said_and_the_looked_up_address_called(ear):
    place = addresses.Place(
        f"http://hooks.example:{ear.server_port}/x", "hooks.example", ear.server_port, "127.0.0.1",
        is_secure=False,
    )  # fmt: skip

    async def run():
        async with calls.client() as through:
            return await calls.call(through, place, headers={})

    assert asyncio.run(run()).is_heard
    assert ear.heard[0].headers["host"] == f"hooks.example:{ear.server_port}"
