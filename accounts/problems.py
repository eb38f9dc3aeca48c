"""How refusals appear in the OpenAPI document of the management API."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

PROBLEM = "application/problem+json"
MEANINGS = {
    400: "The request is malformed: `errors` points at each wrong member.",
    401: "The service key is missing, unknown, expired or revoked.",
    403: "The service is not registered for this purpose.",
    404: "There is nothing of that id that this service may see.",
    409: "The request does not fit what is recorded already.",
    410: "It was there and has been deleted.",
    413: "The body is larger than 1 MiB.",
    415: "Send the body as `application/json`.",
    422: "The request is well formed but cannot be carried out: `code` says why.",
    429: "Too many requests in this second: wait `Retry-After` seconds.",
    501: "This installation lacks an optional part: `detail` says which.",
    503: "Trouble on our side; nothing was changed or shown. Repeat with the same Idempotency-Key.",
}
READ = (400, 401, 403, 404, 429, 503)
WRITE = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "pattern": "^[\\x21-\\x7e]{0,128}$"},
    OpenApiParameter.HEADER,
    description=(
        "Makes repeating safe: the same key with the same request gives the first answer and has "
        "no second effect. Remembered for 24 hours."
    ),
)  # fmt: skip
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER,
    description="The ETag of the answer you hold: 304 if nothing has changed.",
)  # fmt: skip
NOT_MODIFIED = OpenApiResponse(description="Nothing has changed since the answer you hold.")


class ProblemErrorOutput(serializers.Serializer[Any]):
    pointer = serializers.CharField(help_text="Where in the request, as RFC 6901 writes it.")
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemOutput(serializers.Serializer[Any]):
    """RFC 9457. `code` is stable; `detail` is for people and never repeats what was sent."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemErrorOutput(many=True)  # type: ignore[assignment] # a member of RFC 9457
    request_id = serializers.CharField()


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The documented refusals of an operation."""
    return {
        (status, PROBLEM): OpenApiResponse(ProblemOutput, MEANINGS[status]) for status in statuses
    }


def answer(name: str, value: Any, status: int = 200) -> OpenApiExample:
    """An example of an answer."""
    return OpenApiExample(name, value, response_only=True, status_codes=[str(status)])


def body(name: str, value: Any) -> OpenApiExample:
    """An example of a body."""
    return OpenApiExample(name, value, request_only=True)


def refusal(status: int, code: str, detail: str) -> OpenApiExample:
    """An example of a problem."""
    value = {
        "type": f"urn:sammati:problem:{code}", "title": "Refused", "status": status,
        "detail": detail, "code": code, "errors": [], "request_id": "c-0f1e2d",
    }  # fmt: skip
    return OpenApiExample(
        code, value, response_only=True, status_codes=[str(status)], media_type=PROBLEM
    )
