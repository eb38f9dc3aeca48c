import re

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory
from django_structlog.middlewares import RequestMiddleware

from config import middleware


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
