import re
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
import structlog
from asgiref.sync import async_to_sync, sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory
from django_structlog.middlewares import RequestMiddleware

from audit import door
from config import env, middleware


def answered(request, response=None):
    inner = response or HttpResponse()
    seen = {}

    def view(_request):
        seen.update(structlog.contextvars.get_contextvars())
        return inner

    middleware.RequestIdMiddleware(RequestMiddleware(view))(request)
    return inner, seen


class TestContentSecurityPolicy:
    def test_writes_the_policy_of_the_settings(self, settings):
        settings.SECURE_CSP = {"default-src": ["'self'"], "img-src": ["'self'", "data:"]}
        view = middleware.ContentSecurityPolicyMiddleware(lambda _request: HttpResponse())

        response = view(RequestFactory().get("/"))

        expected = "default-src 'self'; img-src 'self' data:"
        assert response.headers["Content-Security-Policy"] == expected
        assert "geolocation=()" in response.headers["Permissions-Policy"]

    def test_leaves_a_stricter_policy_of_a_view_alone(self, settings):
        settings.SECURE_CSP = {"default-src": ["'self'"]}
        strict = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})
        view = middleware.ContentSecurityPolicyMiddleware(lambda _request: strict)

        response = view(RequestFactory().get("/"))

        assert response.headers["Content-Security-Policy"] == "default-src 'none'"


class TestRequestId:
    @pytest.mark.parametrize(
        "offered", ["abc-1", "0192f0c1-1234-7123-8123-123456789012", "A" * 128]
    )
    def test_accepts_and_echoes_a_harmless_id(self, offered):
        response, seen = answered(RequestFactory().get("/", headers={"X-Request-ID": offered}))

        assert response.headers["X-Request-ID"] == offered
        assert seen["request_id"] == offered

    @pytest.mark.parametrize(
        "offered", ["", "A" * 129, "a b", "a\tb", "asha@example.in", "9876543210", "ä", "<script>"]
    )
    def test_makes_its_own_where_the_offered_one_is_not(self, offered):
        response, seen = answered(RequestFactory().get("/", headers={"X-Request-ID": offered}))

        assert re.fullmatch(r"[0-9a-f-]{36}", response.headers["X-Request-ID"])
        assert seen["request_id"] == response.headers["X-Request-ID"]

    def test_stands_before_the_middleware_that_logs(self, settings):
        order = [path.rsplit(".", 1)[1] for path in settings.MIDDLEWARE]

        assert order.index("RequestIdMiddleware") < order.index("RequestMiddleware")


def door_of(request):
    """The door that stands open while a request is answered."""
    seen = []

    def view(_request):
        seen.append(door.current())
        return HttpResponse()

    middleware.RequestIdMiddleware(view)(request)
    return seen[0]


@pytest.mark.req("AUD-02")
class TestTheDoorOfARequest:
    TRACE = "0192f0c1-1234-7123-8123-123456789012"

    def test_is_the_id_and_the_network(self):
        request = RequestFactory(REMOTE_ADDR="203.0.113.77").get(
            "/", headers={"X-Request-ID": self.TRACE}
        )

        assert door_of(request) == door.Door(self.TRACE, "203.0.113.0/24")

    def test_has_our_id_where_the_caller_sent_none(self):
        response, _ = answered(request := RequestFactory().get("/"))

        assert door.trace(response.headers["X-Request-ID"])
        assert request.META["HTTP_X_REQUEST_ID"] == response.headers["X-Request-ID"]

    def test_keeps_no_id_that_could_hold_anything(self):
        request = RequestFactory().get("/", headers={"X-Request-ID": "asha.kumar"})

        assert door_of(request) == door.Door("", "127.0.0.0/24")

    def test_is_shut_behind_each_request(self):
        door_of(RequestFactory().get("/"))

        assert door.current() is None

    def test_is_shut_behind_one_that_fails(self, client, settings):
        settings.ROOT_URLCONF = "tests.config.failing"
        client.raise_request_exception = False

        assert client.get("/").status_code == 500
        assert door.current() is None

    def test_is_the_next_ones_own_on_the_same_thread(self):
        first = RequestFactory(REMOTE_ADDR="203.0.113.77").get("/")
        second = RequestFactory(REMOTE_ADDR="198.51.100.7").get("/")

        with ThreadPoolExecutor(1) as thread:
            doors = [thread.submit(door_of, one).result() for one in (first, second)]
            between = thread.submit(door.current).result()

        assert [one.network for one in doors] == ["203.0.113.0/24", "198.51.100.0/24"]
        assert doors[0].request != doors[1].request
        assert between is None

    def test_stands_open_in_an_asynchronous_server_too(self):
        seen = []

        async def view(_request):
            seen.append(await sync_to_async(door.current)())
            return HttpResponse()

        request = RequestFactory(REMOTE_ADDR="203.0.113.77").get("/")
        async_to_sync(middleware.RequestIdMiddleware(view))(request)

        assert seen[0].network == "203.0.113.0/24"
        assert door.current() is None


@pytest.mark.req("AUD-02")
class TestBehindAProxy:
    @pytest.fixture(autouse=True)
    def _proxy(self, settings):
        settings.PROXIES = [ip_network("192.0.2.7"), ip_network("2001:db8:1::/64")]

    @pytest.mark.parametrize(
        ("peer", "told", "network"),
        [
            ("192.0.2.7", "203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1::9", "2001:db8:5::1", "2001:db8:5::/48"),
            ("192.0.2.7", "10.9.9.9, 203.0.113.77", "203.0.113.0/24"),
            ("192.0.2.7", "203.0.113.77, nonsense", ""),
            ("192.0.2.7", None, ""),
            ("192.0.2.8", "203.0.113.77", "192.0.2.0/24"),
            ("", "203.0.113.77", ""),
        ],
    )
    def test_the_proxys_own_word_counts_and_nobody_elses(self, peer, told, network):
        headers = {} if told is None else {"X-Forwarded-For": told}
        request = RequestFactory(REMOTE_ADDR=peer).get("/", headers=headers)

        assert door_of(request).network == network

    def test_nobody_is_believed_where_none_is_named(self, settings):
        settings.PROXIES = []
        request = RequestFactory(REMOTE_ADDR="192.0.2.7").get(
            "/", headers={"X-Forwarded-For": "203.0.113.77"}
        )

        assert door_of(request).network == "192.0.2.0/24"

    def test_a_proxy_that_is_none_stops_the_process_with_a_sentence(self, monkeypatch):
        monkeypatch.setenv("SAMMATI_PROXIES", "192.0.2.7, proxy")

        with pytest.raises(ImproperlyConfigured, match="SAMMATI_PROXIES must list addresses"):
            env.networks("SAMMATI_PROXIES")

    def test_proxies_are_addresses_and_networks(self, monkeypatch):
        monkeypatch.setenv("SAMMATI_PROXIES", "192.0.2.7, 2001:db8:1::/64")

        assert env.networks("SAMMATI_PROXIES") == [
            ip_network("192.0.2.7/32"), ip_network("2001:db8:1::/64"),
        ]  # fmt: skip
