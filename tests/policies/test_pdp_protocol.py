"""The short way from the socket to a decision, and everything that may not take it."""

import asyncio
import json
import socket
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from policies.pdp.asgi import EVALUATION, EVALUATIONS
from policies.pdp.protocol import DecisionProtocol, Short
from tests.patience import wait_until

pytestmark = [pytest.mark.req("POL-05", "POL-21"), pytest.mark.django_db(transaction=True)]


class Wire:
    """A connection that sends what it is told, in the pieces it is told."""

    def __init__(self, site):
        place = urlsplit(site.url)
        self.socket = socket.create_connection((place.hostname, place.port), timeout=20)
        self.buffer = b""

    def send(self, *pieces, pause=0.05):
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(pause)  # so that each piece is one read of the server
            self.socket.sendall(piece)

    def answer(self):
        """The status, the headers and the body of the next answer."""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        while len(self.buffer) < int(headers["content-length"]):
            self._more()
        size = int(headers["content-length"])
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return int(lines[0].split()[1]), headers, body

    def is_closed(self):
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _more(self):
        piece = self.socket.recv(65536)
        assert piece, f"the server hung up after {self.buffer!r}"
        self.buffer += piece


@pytest.fixture
def wire(site):
    found = Wire(site)
    yield found
    found.socket.close()


@pytest.fixture
def message(lotus, asha):
    def write(body=None, *, path=EVALUATION, method="POST", version="1.1", length=None, **headers):
        content = json.dumps(lotus.question(asha) if body is None else body).encode()
        lines = {
            "Host": "localhost", "Content-Type": "application/json",
            "Content-Length": str(len(content) if length is None else length),
            **{name.title(): value for name, value in lotus.headers.items()},
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }  # fmt: skip
        head = [f"{method} {path} HTTP/{version}", *(f"{k}: {v}" for k, v in lines.items() if v)]
        return "\r\n".join(head).encode() + b"\r\n\r\n", content

    return write


def decision(answer):
    status, headers, body = answer
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert "date" in headers
    return json.loads(body)["decision"]


@pytest.mark.parametrize(
    ("pieces", "is_short"),
    [
        (lambda head, body: [head + body], True),
        (lambda head, body: [head, body], False),
        (lambda head, body: [head.replace(b"Host:", b"Upgrade: x\r\nHost:") + body], False),
        (lambda head, body: [head.replace(b"/evaluation ", b"/evaluation/ ") + body], False),
    ],
    ids=["whole", "in pieces", "an upgrade", "another spelling"],
)
def test_only_a_whole_small_check_goes_the_short_way(message, pieces, is_short):
    protocol = asyncio.run(fed(ServerState(), pieces(*message())))

    assert isinstance(protocol.cycle, Short) is is_short


@pytest.mark.parametrize("is_whole", [True, False], ids=["short way", "usual way"])
def test_the_date_is_that_of_the_answer_however_late_the_server_is(message, is_whole):
    """Clients count a permit's end from it: an old date would prolong every permit."""
    before, old = int(time.time()), (b"date", b"Sun, 01 Jan 2023 00:00:00 GMT")
    state = ServerState()
    state.default_headers = [old, (b"server", b"x")]
    head, body = message()

    asyncio.run(fed(state, [head + body] if is_whole else [head, body]))

    (_, date), server = state.default_headers
    assert parsedate_to_datetime(date.decode()).timestamp() >= before
    assert server == (b"server", b"x")


async def fed(state, pieces):
    """A connection that has got these pieces, and answers none."""
    settings = Config("config.asgi:application", access_log=False, log_level="critical")
    protocol = DecisionProtocol(settings, state, app_state={})
    protocol.connection_made(Transport())
    for piece in pieces:
        protocol.data_received(piece)
    for task in protocol.tasks:
        task.cancel()
    await asyncio.gather(*protocol.tasks, return_exceptions=True)
    return protocol


class Transport(asyncio.Transport):
    """Leads nowhere."""

    def is_closing(self):
        return False

    def get_extra_info(self, name, default=None):
        return default

    def write(self, data):
        pass

    def pause_reading(self):
        pass

    resume_reading = close = pause_reading


class TestTheShortWay:
    def test_answers_one_message_after_the_other(self, wire, message):
        for _ in range(3):
            wire.send(b"".join(message()))

            assert decision(wire.answer()) is True
        wire.send(b"".join(message(X_Request_ID="abc")))

        status, headers, body = wire.answer()

        assert (status, headers["x-request-id"]) == (200, "abc")
        assert json.loads(body)["decision"] is True

    def test_answers_a_few_in_one_message(self, lotus, asha, wire, message):
        body = {"evaluations": [lotus.question(asha)] * 3}

        wire.send(b"".join(message(body, path=EVALUATIONS)))

        assert len(json.loads(wire.answer()[2])["evaluations"]) == 3

    @pytest.mark.parametrize("fault", ["", "{", "[]", '{"subject": 1}'])
    def test_refuses_what_cannot_be_read_and_stays_open(self, wire, message, fault):
        head, _ = message(length=len(fault))
        wire.send(head + fault.encode())
        refused = wire.answer()
        wire.send(b"".join(message()))

        assert refused[0] == 400
        assert decision(wire.answer()) is True

    def test_refuses_another_type_and_another_key(self, wire, message):
        wire.send(b"".join(message(Content_Type="text/plain")))
        other_type = wire.answer()
        wire.send(b"".join(message(Authorization="Bearer smt_no_such_key")))
        other_key = wire.answer()

        assert other_type[0] == 400
        assert (other_key[0], other_key[1]["www-authenticate"]) == (401, 'bearer realm="sammati"')


class TestWhatIsDifferent:
    """Each of these goes uvicorn's usual way and is answered all the same."""

    def test_comes_in_pieces(self, wire, message):
        head, body = message()

        wire.send(head, body)
        after_the_head = decision(wire.answer())
        wire.send(head[:30], head[30:] + body[:10], body[10:])
        anywhere = decision(wire.answer())

        assert (after_the_head, anywhere) == (True, True)

    def test_comes_before_the_answer_to_the_one_before(self, wire, message):
        one, unreadable = b"".join(message()), b"".join(message({}))

        wire.send(one + unreadable + one + one)
        answers = [wire.answer() for _ in range(4)]

        assert [status for status, _, _ in answers] == [200, 400, 200, 200]
        assert len({json.loads(body)["context"]["decision_id"]
                    for status, _, body in answers if status == 200}) == 3  # fmt: skip

    def test_wants_to_be_told_to_go_on(self, wire, message):
        head, body = message(Expect="100-continue")

        wire.send(head)
        wait_until(lambda: b"100 Continue" in self.peeked(wire), seconds=20)
        wire.buffer = b""
        wire.send(body)

        assert decision(wire.answer()) is True

    def peeked(self, wire):
        wire.buffer += wire.socket.recv(4096)
        return wire.buffer

    def test_comes_in_chunks(self, wire, message):
        head, body = message(length="", Transfer_Encoding="chunked")

        wire.send(head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))

        assert decision(wire.answer()) is True

    @pytest.mark.parametrize("more", [{"version": "1.0"}, {"Connection": "close"}])
    def test_is_the_last_on_its_connection(self, wire, message, more):
        wire.send(b"".join(message(**more)))

        assert decision(wire.answer()) is True
        assert wire.is_closed()

    def test_is_another_method_or_address(self, wire, message):
        wire.send(b"".join(message(method="PUT")))
        other_method = wire.answer()[0]
        wire.send(b"".join(message(path="/access/v1/evaluation/")))
        other_spelling = wire.answer()[0]
        wire.send(b"".join(message(path="/access/v1/evaluation?x=1")))
        with_a_query = wire.answer()[0]

        assert (other_method, other_spelling, with_a_query) == (405, 404, 200)

    def test_is_larger_than_it_may_be(self, wire, message):
        wire.send(message(length=64 * 1024 + 1)[0])

        assert wire.answer()[0] == 400

    def test_is_no_http(self, wire):
        wire.send(b"\x00\x01\x02 hello\r\n\r\n")

        assert wire.is_closed() or wire.answer()[0] == 400

    def test_ends_before_its_body(self, site, wire, message):
        head, body = message()
        wire.send(head, body[:5])
        wire.socket.close()
        other = Wire(site)

        other.send(head + body)

        assert decision(other.answer()) is True
        other.socket.close()
