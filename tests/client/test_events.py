"""Events are believed only if signed and fresh, and asked for page after page."""

import asyncio
import json
import time
from datetime import UTC, datetime
from uuid import UUID

import fastapi
import httpx
import pytest
from django.test import RequestFactory
from sammati_client import (
    AsyncSammati,
    EventRefused,
    RecallRefused,
    RequestFailed,
    Sammati,
    Secrets,
    read_event,
    read_recall,
)
from sammati_client.django import event_view
from sammati_client.ed25519 import PublicKeys
from sammati_client.events import AT_ONCE
from sammati_client.fastapi import event_endpoint

from consent.feed import bodies
from consent.services.outgoing import ENDING, KINDS
from tests.client.conftest import KEY, SERVICE
from tests.client.recalls import FORMER, SECRET, recall, signed
from tests.client.server import says
from work.webhooks import signing

pytestmark = pytest.mark.req("CON-16", "INT-02")

ASHA = UUID("01978f7e-0000-7000-8000-00000000cafe")
LOTUS = UUID("01978f7e-0000-7000-8000-00000000100a")
CHANGE = UUID("01978f7e-0000-7000-8000-0000000000a1")
LINE = UUID("01978f7e-0000-7000-8000-0000000000b2")
AT = datetime(2026, 11, 2, 9, 14, 7, tzinfo=UTC)
SUITE = "privacy.example"


def letter(kind="consent.withdrawn", position=41):
    return bodies.Letter(
        CHANGE, LOTUS, position, ASHA, kind, "marketing.email.offers", "", LINE, AT, AT
    )


BODY = bodies.body(letter())


def headers(body=BODY, scheme="hmac", secret=b"k" * 32, message_id=str(CHANGE), at=None):
    """As the suite itself signs."""
    stamp = int(time.time() if at is None else at)
    return signing.headers(
        [secret], message_id=message_id, timestamp=stamp, body=body, scheme=scheme
    )


def public(secret=b"k" * 32):
    return signing.spelled(secret, "ed25519")


class TestBelieving:
    @pytest.mark.parametrize(
        ("scheme", "secrets"),
        [
            ("hmac", Secrets(SECRET)),
            ("hmac", Secrets([FORMER, SECRET])),
            ("ed25519", PublicKeys(public())),
            ("ed25519", PublicKeys([public(b"f" * 32), public()])),
        ],
    )
    def test_what_the_suite_signs_is_read(self, scheme, secrets):
        found = read_event(BODY, headers(scheme=scheme), secrets)

        assert (found.id, found.subject, found.controller) == (CHANGE, ASHA, LOTUS)
        assert (found.kind, found.purpose) == ("consent.withdrawn", "marketing.email.offers")
        assert (found.position, found.record, found.at) == (41, LINE, AT)
        assert found.ends_use

    def test_every_kind_is_read_and_an_ending_is_one_here_too(self):
        for kind in KINDS:
            body = bodies.body(letter(kind))

            found = read_event(body, headers(body), Secrets(SECRET))

            assert found.kind == kind
            assert found.ends_use or kind not in ENDING

    def test_a_yes_ends_nothing_and_what_is_unknown_does(self):
        goes_on, unknown = bodies.body(letter("consent.given")), bodies.body(letter("new.kind"))

        assert not read_event(goes_on, headers(goes_on), Secrets(SECRET)).ends_use
        assert read_event(unknown, headers(unknown), Secrets(SECRET)).ends_use

    @pytest.mark.parametrize("scheme", ["hmac", "ed25519"])
    @pytest.mark.parametrize(
        "change",
        [
            {"webhook-signature": ""},
            {"webhook-signature": "v1a,AAAA v1,AAAA"},
            {"webhook-signature": "v1a,é v1,é"},
            {"webhook-id": str(LINE)},
            {"webhook-id": "\ud800"},
            {"webhook-timestamp": "0"},
            {"webhook-timestamp": "1e9"},
        ],
    )
    def test_wrong_headers_are_refused(self, scheme, change):
        secrets = Secrets(SECRET) if scheme == "hmac" else PublicKeys(public())

        with pytest.raises(EventRefused):
            read_event(BODY, {**headers(scheme=scheme), **change}, secrets)

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_another_time_is_refused(self, minutes):
        with pytest.raises(EventRefused):
            read_event(BODY, headers(at=time.time() + 60 * minutes), Secrets(SECRET))

    def test_another_key_is_refused(self):
        with pytest.raises(EventRefused):
            read_event(BODY, headers(secret=b"x" * 32), Secrets(SECRET))
        with pytest.raises(EventRefused):
            read_event(BODY, headers(scheme="ed25519"), PublicKeys(public(b"x" * 32)))

    def test_neither_scheme_stands_in_for_the_other(self):
        """What checks the public half must not take a MAC made with that half, which is known."""
        mac = headers(secret=b"k" * 32, scheme="hmac")

        with pytest.raises(EventRefused):
            read_event(BODY, mac, PublicKeys(public()))
        with pytest.raises(EventRefused):
            read_event(BODY, headers(scheme="ed25519"), Secrets(SECRET))

    @pytest.mark.parametrize(
        "change",
        [
            {"specversion": "0.3"},
            {"type": "org.sammati.consent.given"},
            {"id": str(LINE)},
            {"id": 7},
            {"source": "https://elsewhere.example"},
            {"source": "urn:uuid:7"},
            {"sequence": "-1"},
            {"time": "2026-11-02"},
            {"data": None},
            {"data": {"subject": "somebody"}},
        ],
    )
    def test_a_signed_message_that_is_no_event_is_refused_and_not_repeated(self, change):
        body = json.dumps({**json.loads(BODY), **change}).encode()

        with pytest.raises(EventRefused) as refused:
            read_event(body, headers(body), Secrets(SECRET))

        assert str(ASHA) not in str(refused.value)

    @pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 10_000, b" " * 70_000 + BODY])
    def test_rubbish_is_refused(self, body):
        with pytest.raises(EventRefused):
            read_event(body, headers(body), Secrets(SECRET))

    def test_a_recall_is_no_event_and_an_event_no_recall(self):
        with pytest.raises(EventRefused):
            read_event(recall(), signed(recall()), Secrets(SECRET))
        with pytest.raises(RecallRefused):
            read_recall(BODY, headers(), Secrets(SECRET))

    @pytest.mark.parametrize("key", ["", "whpk_", "whpk_AAAA", SECRET, "whpk_é", None, []])
    def test_what_is_no_public_key_is_said_at_once(self, key):
        with pytest.raises(ValueError, match="key"):
            PublicKeys(key if isinstance(key, list) else [key])


class TestAsking:
    @pytest.fixture(params=[Sammati, AsyncSammati], ids=["sync", "async"])
    def ask(self, request, server):
        """Calls a method of `client.events`; pages come as a list."""

        def sync(name, *args, **more):
            with Sammati(server.url, service=SERVICE, key=KEY) as client:
                found = getattr(client.events, name)(*args, **more)
                return list(found) if name == "pages" else found

        async def slow(name, *args, **more):
            async with AsyncSammati(server.url, service=SERVICE, key=KEY) as client:
                found = getattr(client.events, name)(*args, **more)
                return [one async for one in found] if name == "pages" else await found

        return sync if request.param is Sammati else lambda *a, **k: asyncio.run(slow(*a, **k))

    def page(self, *positions, after, has_more=False):
        events = [bodies.event(letter(position=one)) for one in positions]
        return says({"events": events, "after": after, "has_more": has_more}, status=200)

    def test_page_after_page_until_there_is_no_more(self, ask, server):
        server.script = [self.page(3, 4, after=4, has_more=True), self.page(after=9)]

        first, last = ask("pages", limit=2)

        assert [one.position for one in first.events] == [3, 4]
        assert (last.events, last.after) == ((), 9)
        assert [one.path for one in server.seen] == [
            "/api/v1/events?limit=2", "/api/v1/events?limit=2&after=4",
        ]  # fmt: skip

    def test_a_cursor_of_nought_is_a_cursor(self, ask, server):
        server.otherwise = self.page(after=0)

        ask("page", 0)

        assert server.seen[0].path == "/api/v1/events?limit=100&after=0"

    def test_a_cursor_that_is_too_old_is_told(self, ask, server):
        server.otherwise = says({"code": "events_forgotten"}, status=410)

        with pytest.raises(RequestFailed) as failed:
            ask("page", 3)

        assert (failed.value.code, failed.value.status) == ("events_forgotten", 410)

    @pytest.mark.parametrize(
        "body",
        [
            {}, {"events": [], "after": "4", "has_more": False},
            {"events": [{"id": "7"}], "after": 4, "has_more": False},
            {"events": [{**bodies.event(letter()), "type": "x"}], "after": 4, "has_more": False},
        ],
    )  # fmt: skip
    def test_what_is_no_page_is_none(self, ask, server, body):
        server.otherwise = says(body, status=200)

        with pytest.raises(RequestFailed) as failed:
            ask("page")

        assert failed.value.code == "CLIENT_BAD_ANSWER"

    def test_all_up_to_a_position_are_confirmed(self, ask, server):
        server.otherwise = says({"confirmed": 2}, status=200)

        done = ask("confirm", through=4)

        assert done.data == {"confirmed": 2}
        (seen,) = server.seen
        assert (seen.path, seen.body) == ("/api/v1/events/confirmations", {"through": 4})

    def test_or_single_ones(self, ask, server):
        server.otherwise = says({"confirmed": 1}, status=200)

        ask("confirm", events=[CHANGE], idempotency_key="k-1")

        assert server.seen[0].body == {"events": [str(CHANGE)]}
        assert server.seen[0].headers["Idempotency-Key"] == "k-1"

    @pytest.mark.parametrize("said", [{}, {"through": 1, "events": [CHANGE]}])
    def test_one_of_the_two_is_said(self, ask, said):
        with pytest.raises(ValueError, match="through"):
            ask("confirm", **said)

    @pytest.mark.parametrize("limit", [0, AT_ONCE + 1])
    def test_pages_have_bounds(self, ask, limit):
        with pytest.raises(ValueError, match="between"):
            ask("page", limit=limit)


class TestViews:
    def django(self, method="POST", body=BODY, heard=None, **sent):
        view = event_view(Secrets(SECRET), heard or [].append, origin=SUITE)
        asked = RequestFactory(headers=sent or headers(body)).generic(method, "/events", body)
        return view(asked)

    def fastapi(self, method="POST", body=BODY, heard=None, **sent):
        async def hear(event):
            (heard or [].append)(event)

        app = fastapi.FastAPI()
        endpoint = event_endpoint(Secrets(SECRET), hear, origin=SUITE)
        app.api_route("/events", methods=["POST", "OPTIONS"])(endpoint)

        async def run():
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://a") as http:
                return await http.request(
                    method, "/events", content=body, headers=sent or headers(body)
                )

        return asyncio.run(run())

    @pytest.fixture(params=["django", "fastapi"])
    def call(self, request):
        return getattr(self, request.param)

    def test_an_event_is_heard(self, call):
        told = []

        assert call(heard=told.append).status_code == 204
        assert [one.subject for one in told] == [ASHA]

    def test_what_is_not_ours_is_refused(self, call):
        told = []

        assert call(heard=told.append, **headers(secret=b"x" * 32)).status_code == 400
        assert call(heard=told.append, body=b" " * 70_000).status_code == 400
        assert told == []

    def test_the_suite_alone_is_agreed_to(self, call):
        ours = call("OPTIONS", b"", **{"WebHook-Request-Origin": SUITE})
        anothers = call("OPTIONS", b"", **{"WebHook-Request-Origin": "elsewhere.example"})

        assert (ours.status_code, ours.headers["WebHook-Allowed-Origin"]) == (200, SUITE)
        assert "WebHook-Allowed-Origin" not in anothers.headers

    def test_nothing_else_is_taken(self, call):
        assert call("GET", b"").status_code == 405
