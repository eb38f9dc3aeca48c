import json

import pytest
import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.renderers import JSONRenderer

from config import errors
from keys.errors import KeyUnavailableError
from keys.problems import DomainError


class NoticeNotInForceError(DomainError):
    code = "notice_not_in_force"
    status = 409
    message = "The notice is not in force."
    field = "notice.version"


class Sample(serializers.Serializer):
    purpose = serializers.CharField(max_length=5)
    state = serializers.ChoiceField(["given"])
    at = serializers.DateTimeField()
    rows = serializers.ListField(child=serializers.IntegerField())
    more = serializers.DictField(child=serializers.IntegerField())


@pytest.fixture(autouse=True)
def no_database(monkeypatch):
    monkeypatch.setattr(errors, "set_rollback", lambda: None)


def answer(exc):
    response = errors.problem_response(exc, {})
    response.accepted_renderer = JSONRenderer()
    response.accepted_media_type = "application/json"
    response.renderer_context = {}
    response.render()
    return response, json.loads(response.content)


class TestShape:
    def test_is_an_rfc_9457_problem_with_the_request_id(self):
        with structlog.contextvars.bound_contextvars(request_id="abc-1"):
            response, body = answer(NoticeNotInForceError())

        assert response.status_code == 409
        assert response.headers["Content-Type"] == "application/problem+json"
        assert body == {
            "type": "urn:sammati:problem:notice_not_in_force",
            "title": "Conflict",
            "status": 409,
            "detail": "The notice is not in force.",
            "code": "notice_not_in_force",
            "errors": [
                {
                    "pointer": "/notice/version",
                    "code": "notice_not_in_force",
                    "message": "The notice is not in force.",
                }
            ],
            "request_id": "abc-1",
        }


class TestValidation:
    def test_points_at_every_wrong_field_without_repeating_a_value(self):
        wrong = {
            "purpose": "asha@example.in",
            "state": "Asha",
            "at": "Asha",
            "rows": [1, "Asha"],
            "more": {"asha@example.in": "Asha"},
        }
        serializer = Sample(data=wrong)
        serializer.is_valid()

        response, body = answer(exceptions.ValidationError(serializer.errors))

        assert response.status_code == 400
        assert body["code"] == "invalid"
        assert "asha" not in response.content.decode().lower()
        found = {(error["pointer"], error["code"]) for error in body["errors"]}
        assert found == {
            ("/purpose", "max_length"),
            ("/state", "invalid_choice"),
            ("/at", "invalid"),
            ("/rows/1", "invalid"),
            ("/more/-", "invalid"),
        }

    def test_whole_body_errors_point_at_the_root(self):
        _, body = answer(exceptions.ValidationError({"non_field_errors": ["No."]}))

        assert body["errors"] == [{"pointer": "", "code": "invalid", "message": "No."}]


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (Http404("Asha"), 404, "not_found"),
        (PermissionDenied("Asha"), 403, "permission_denied"),
        (RequestDataTooBig("Asha"), 413, "body_too_large"),
        (SuspiciousOperation("Asha"), 400, "invalid"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/x"), 415, "unsupported_media_type"),
        (DomainError(), 422, "refused"),
    ],
)
def test_known_exceptions_have_their_status_and_code(exc, status, code):
    response, body = answer(exc)

    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert "Asha" not in response.content.decode()


@pytest.mark.parametrize("kind", [exceptions.NotAuthenticated, exceptions.AuthenticationFailed])
def test_unauthenticated_callers_get_401_and_a_challenge(kind):
    response, _ = answer(kind())

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_throttled_callers_learn_when_to_come_back():
    response, _ = answer(exceptions.Throttled(wait=7))

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "7"


@pytest.mark.req("P4")
@pytest.mark.parametrize("kind", [OperationalError, KeyUnavailableError])
def test_a_dead_database_or_lost_key_is_503_with_retry_after(kind):
    response, body = answer(kind("connection of Asha failed"))

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Asha" not in json.dumps(body)


def test_a_bug_is_500_without_details():
    response, body = answer(RuntimeError("Asha"))

    assert response.status_code == 500
    assert body["code"] == "internal_error"
    assert "Asha" not in json.dumps(body)
