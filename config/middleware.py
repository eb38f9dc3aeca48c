"""Headers that every response carries."""

import re
import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from config.logs import SHAPES

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("browsing-topics", "camera", "geolocation", "microphone", "payment", "usb")
)
SAFE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class ContentSecurityPolicyMiddleware(MiddlewareMixin):
    """Writes `settings.SECURE_CSP` as Django 6's own middleware will (docs/adr/0006)."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        policy = "; ".join(f"{name} {' '.join(to)}" for name, to in settings.SECURE_CSP.items())
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class RequestIdMiddleware(MiddlewareMixin):
    """One id per request: the caller's if it is harmless, else ours; logged and echoed.

    It stands before django_structlog's middleware, which takes the id from the request as it is.
    """

    def process_request(self, request: HttpRequest) -> None:
        request_id = accepted_id(request.META.get("HTTP_X_REQUEST_ID", ""))
        request.META["HTTP_X_REQUEST_ID"] = request_id

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers["X-Request-ID"] = request.META["HTTP_X_REQUEST_ID"]
        return response


def accepted_id(offered: str) -> str:
    """`offered` if it is a safe word that cannot be a person's number, else a new id."""
    looks_personal = any(not found["kept"] for found in SHAPES.finditer(offered))
    if SAFE_ID.fullmatch(offered) and not (looks_personal and not is_random(offered)):
        return offered
    return str(uuid.uuid4())


def is_random(offered: str) -> bool:
    """Long mixed words are trace ids, not telephone numbers or addresses."""
    return len(offered) >= 24 and bool(re.search(r"[A-Za-z]", offered))
