"""One place where errors become answers: RFC 9457 problems that never repeat the input."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import page_not_found
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    ErrorDetail,
    NotAuthenticated,
    ValidationError,
)
from rest_framework.response import Response
from rest_framework.views import set_rollback

from keys.errors import KeyUnavailableError
from keys.problems import DomainError

CONTENT_TYPE = "application/problem+json"
MACHINES = frozenset(("api", "log"))
"""Families that programs ask: whatever is wrong with an address there, they get a document."""
RETRY_SECONDS = 5
MEMBER = re.compile(r"[A-Za-z0-9_]{1,64}")
logger = structlog.get_logger(__name__)

# Messages of these codes repeat what was sent; they get words of their own.
QUIET_MESSAGES = {
    "does_not_exist": "This value names nothing that exists.",
    "incorrect_match": "This value names nothing that exists.",
    "incorrect_type": "This value has the wrong type.",
    "invalid_choice": "This value is not one of the allowed ones.",
    "no_match": "This value names nothing that exists.",
    "not_a_list": "A list is expected here.",
    "unique": "This value is taken.",
    "unsupported_media_type": "This operation takes no body of this media type.",
}


@dataclass(frozen=True)
class Problem:
    """What is told: `code` is stable, `detail` is written by us, `errors` point into the body."""

    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        return {
            "type": f"urn:sammati:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "errors": self.errors,
            "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        }


def problem_response(exc: Exception, context: Mapping[str, Any]) -> Response:
    """The answer of the management API to any exception of a view."""
    set_rollback()
    problem = problem_for(exc)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("request_failed", code=problem.code, exc_info=exc)
    return Response(
        problem.body(), problem.status, headers=problem.headers, content_type=CONTENT_TYPE
    )


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer where no view is: a problem document for programs, a page for people."""
    if request.path.split("/", 2)[1] not in MACHINES:
        return page_not_found(request, exception)
    problem = django_problem(Http404())
    return JsonResponse(problem.body(), status=problem.status, content_type=CONTENT_TYPE)


def problem_for(exc: Exception) -> Problem:
    if isinstance(exc, DomainError):
        return domain_problem(exc)
    if isinstance(exc, ValidationError):
        errors = list(field_errors(exc.detail, ""))
        return Problem(exc.status_code, "invalid", "The request is not valid.", errors)
    if isinstance(exc, APIException):
        return framework_problem(exc)
    return django_problem(exc)


def domain_problem(exc: DomainError) -> Problem:
    errors = []
    if exc.field:
        pointer = "/" + exc.field.replace(".", "/")
        errors.append({"pointer": pointer, "code": exc.code, "message": exc.message})
    is_passing = exc.status == HTTPStatus.SERVICE_UNAVAILABLE
    headers = {"Retry-After": str(RETRY_SECONDS)} if is_passing else {}
    return Problem(exc.status, exc.code, exc.message, errors, headers)


def framework_problem(exc: APIException) -> Problem:
    status, headers = exc.status_code, {}
    if isinstance(exc, NotAuthenticated | AuthenticationFailed):
        status = HTTPStatus.UNAUTHORIZED
        headers["WWW-Authenticate"] = getattr(exc, "auth_header", None) or 'Bearer realm="sammati"'
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers["Retry-After"] = str(int(getattr(exc, "wait", None) or RETRY_SECONDS))
    first = next(field_errors(exc.detail, ""))
    return Problem(int(status), first["code"], first["message"], headers=headers)


def django_problem(exc: Exception) -> Problem:
    if isinstance(exc, Http404):
        return Problem(404, "not_found", "There is nothing here that you may see.")
    if isinstance(exc, PermissionDenied):
        return Problem(403, "permission_denied", "You may not do this.")
    if isinstance(exc, RequestDataTooBig):
        return Problem(413, "body_too_large", "The body is larger than 1 MiB.")
    if isinstance(exc, SuspiciousOperation | DjangoValidationError):
        return Problem(400, "invalid", "The request is not valid.")
    if isinstance(exc, OperationalError | InterfaceError | KeyUnavailableError):
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return Problem(503, "unavailable", "Please try again in a moment.", headers=headers)
    return Problem(500, "internal_error", "Something went wrong on our side; nothing was changed.")


def field_errors(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Each message of a (nested) error detail with its RFC 6901 pointer into the body."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from field_errors(inner, pointer + member(str(name)))
    elif isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        for index, inner in enumerate(detail):
            yield from field_errors(inner, f"{pointer}/{index}")
    elif isinstance(detail, list):
        for inner in detail:
            yield from field_errors(inner, pointer)
    else:
        code = (detail.code if isinstance(detail, ErrorDetail) else "") or "invalid"
        message = QUIET_MESSAGES.get(code, str(detail))
        yield {"pointer": pointer, "code": code, "message": message}


def member(name: str) -> str:
    """The pointer's next part; names that are not plain words could be a person's data."""
    if name == "non_field_errors":
        return ""
    return f"/{name}" if MEMBER.fullmatch(name) else "/-"
