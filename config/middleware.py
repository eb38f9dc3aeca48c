"""Headers that every response carries."""

import re
import uuid
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from audit import door
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
    What is recorded meanwhile says which request it was, and from which network (AUD-02).
    """

    def process_request(self, request: HttpRequest) -> None:
        request_id = accepted_id(request.META.get("HTTP_X_REQUEST_ID", ""))
        request.META["HTTP_X_REQUEST_ID"] = request_id
        door.enter(door.Door(door.trace(request_id), door.network(address_of(request))))

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers["X-Request-ID"] = request.META["HTTP_X_REQUEST_ID"]
        door.leave()  # the thread serves others next
        return response


def address_of(request: HttpRequest) -> str:
    """Who talks to us; where that is a proxy of ours, whoever talks to it, as it says itself.

    A proxy adds its word behind what it was sent, which anybody may have written.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXIES or not _is_ours(peer):
        return peer
    told: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return told.rpartition(",")[2].strip()


def _is_ours(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in settings.PROXIES)


def accepted_id(offered: str) -> str:
    """`offered` if it is a safe word that cannot be a person's number, else a new id."""
    looks_personal = any(not found["kept"] for found in SHAPES.finditer(offered))
    if SAFE_ID.fullmatch(offered) and not (looks_personal and not is_random(offered)):
        return offered
    return str(uuid.uuid4())


def is_random(offered: str) -> bool:
    """Long mixed words are trace ids, not telephone numbers or addresses."""
    return len(offered) >= 24 and bool(re.search(r"[A-Za-z]", offered))
