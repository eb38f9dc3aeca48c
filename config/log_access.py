"""Who may read which log, and where logs are read.

A service reads its controller's log, an officer the logs of controllers where they may view the
audit, a superuser the system's. `SAMMATI_PUBLIC_LOGS` opens logs to everybody.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.urls import URLPattern, path, re_path
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import selectors as accounts
from accounts.api.authentication import ServiceKeyAuthentication
from accounts.operations import JSONOnly
from accounts.pace import ServicePace
from accounts.roles import Permission
from accounts.selectors import Caller
from audit.actors import Actor
from audit.api import inputs, views
from keys.ids import SYSTEM_ID

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ByKey(ServiceKeyAuthentication):
    """A service; `request.auth` names it as the log does."""

    def authenticate(self, request: Request) -> tuple[Caller, Actor] | None:  # type: ignore[override]
        found = super().authenticate(request)
        return (found[0], Actor("service", str(found[0].id))) if found else None


class BySession(BaseAuthentication):
    """An officer who is signed in. Everything here only reads, so no token of a form is asked."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        officer = request._request.user
        if not (officer.is_authenticated and officer.is_staff):
            return None
        return officer, Actor("officer", str(officer.pk))


class MayReadLog(BasePermission):
    """Raises Http404 for the log of another controller, as for one that does not exist (P9)."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        name = view.kwargs.get("log", "")
        if name in settings.PUBLIC_LOGS or "*" in settings.PUBLIC_LOGS:
            return True
        if request.auth is None:
            return False
        log = inputs.log_id(name)
        if log is None or not _may(request.user, log):
            raise Http404
        return True


class LogPace(ServicePace):
    """Services have a pace; strangers meet that of the proxy."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        reader: Any = request.user
        return not isinstance(reader, Caller) or super().allow_request(request, view)


def _may(reader: Any, log: UUID) -> bool:
    if isinstance(reader, Caller):
        return reader.controller_id == log
    if log == SYSTEM_ID:
        return bool(reader.is_superuser and reader.is_staff)
    return accounts.may(reader, Permission.VIEW_AUDIT, log)


def _at(route: str, view: type[views.LogView], name: str) -> URLPattern:
    door = view.as_view(
        authentication_classes=[ByKey, BySession], permission_classes=[MayReadLog],
        throttle_classes=[LogPace], content_negotiation_class=JSONOnly,
    )  # fmt: skip
    make = re_path if route.startswith("^") else path
    return make(route, door, name=name)


app_name = "log"
urlpatterns = [
    _at("<str:log>/checkpoint", views.Checkpoint, "checkpoint"),
    _at("<str:log>/key", views.Key, "key"),
    _at("<str:log>/tile/<path:place>", views.Tile, "tile"),
    _at("<str:log>/proof/inclusion", views.Inclusion, "inclusion"),
    _at("<str:log>/proof/consistency", views.Consistency, "consistency"),
    _at("<str:log>/proof/entry/<uuid:entry_id>", views.EntryProof, "entry-proof"),
    _at(r"^(?P<rest>.*)$", views.Nothing, "nothing"),
]
