"""The officers' site: Django's own admin under our name (docs/adr/0007).

What an officer may see or do comes from roles at controllers alone; no model-wide permission and
no superuser flag opens anything (P9, ADM-01).
"""

from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from django.contrib.admin import AdminSite
from django.db import Error as DatabaseError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import selectors as accounts
from accounts.roles import Permission
from accounts.selectors import Duty
from audit import services as audit
from audit.actors import SubjectRef, Target
from audit.console import actor
from config.menu import arranged, pages
from config.signin import OfficerSignInForm
from consent import selectors as consents
from consent.managers import selectors as managers
from desk import dashboard
from keys.ids import SYSTEM_ID
from policies.texts import codes_with, reason_text
from subjects import selectors as subjects
from subjects.services import ref

logger = structlog.get_logger(__name__)
METHODS = ["GET", "HEAD", "POST"]
"""All that browsers send. Django would answer any other as if it were a GET."""


class PrivacyAdminSite(AdminSite):
    """Stock admin; the pages of `desk` are part of it."""

    site_header = _("Sammati")
    site_title = _("Sammati")
    index_title = _("Privacy desk")
    site_url = None
    login_form = OfficerSignInForm

    def duties(self, request: HttpRequest) -> list[Duty]:
        """What the officer may do where; read once a request, so a lost role counts at once."""
        held: tuple[Any, list[Duty]] | None = getattr(request, "officer_duties", None)
        if held is None or held[0] != request.user.pk:
            found = accounts.duties(request.user) if request.user.is_authenticated else []
            held = (request.user.pk, found)
            request.officer_duties = held  # type: ignore[attr-defined]
        return held[1]

    def controller_ids(self, request: HttpRequest, permission: str | None = None) -> list[UUID]:
        """The controllers at which the officer has the permission; without one: any role."""
        return [
            duty.controller_id
            for duty in self.duties(request)
            if permission is None or permission in duty.permissions
        ]

    def controller_names(self, request: HttpRequest) -> Mapping[UUID, str]:
        return {duty.controller_id: duty.controller for duty in self.duties(request)}

    def subject_refs(self, controller_id: UUID, ids: Collection[UUID]) -> list[SubjectRef]:
        return [ref(person) for person in subjects.in_bulk(controller_id, list(ids)).values()]

    def actor_names(self, request: HttpRequest) -> Mapping[str, str]:
        """Colleagues, services and consent managers of the officer's controllers; read once."""
        names: dict[str, str] | None = getattr(request, "actor_names", None)
        if names is None:
            ids = self.controller_ids(request)
            names = {**accounts.actor_names(ids), **managers.names(ids)}
            request.actor_names = names  # type: ignore[attr-defined]
        return names

    def service_names(self, request: HttpRequest, permission: str) -> Mapping[str, str]:
        return accounts.service_names(self.controller_ids(request, permission))

    def purpose_names(self, request: HttpRequest, permission: str) -> Mapping[str, str]:
        return {
            code: title
            for one in self.controller_ids(request, permission)
            for code, title in consents.purpose_titles(one).items()
        }

    def reason_text(self, code: str) -> str:
        return reason_text(code, language=get_language() or "en")

    def reason_codes(self, text: str) -> tuple[str, ...]:
        return codes_with(text, language=get_language() or "en")

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(self.duties(request))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """In the order of an officer's day."""
        allowed = {one for duty in self.duties(request) for one in duty.permissions}
        return arranged(super().get_app_list(request, app_label), pages(allowed))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With where the head of every page leads: to people, or to profiles alone."""
        allowed = {one for duty in self.duties(request) for one in duty.permissions}
        ways = {
            "may_find_people": Permission.VIEW_PEOPLE in allowed,
            "may_look_at_profiles": Permission.VIEW_PROFILES in allowed,
        }
        return {**super().each_context(request), **ways}

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return require_http_methods(METHODS)(super().admin_view(view, cacheable))

    def get_log_entries(self, request: HttpRequest) -> Any:
        """Django's own log stays unused: the audit log has everything."""
        return ()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without Django's redirect to an object's page: it would tell whether an id exists."""
        stock = [one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"]
        return [path("", include("desk.urls")), *stock]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        chosen = dashboard.chosen(self.duties(request), request.GET.get("controller", ""))
        context = {"duties": self.duties(request), "overview": dashboard.overview(chosen)}
        return super().index(request, {**context, **(extra_context or {})})

    @method_decorator(require_http_methods(METHODS))
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        def enter() -> HttpResponse:
            response = super(PrivacyAdminSite, self).login(request, extra_context)
            if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
                self._record(request, "officer:signed_in")
            return response

        return recorded(request, enter)

    def logout(  # type: ignore[override]  # the stubs forget redirections
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Nobody is kept signed in because the log cannot be written."""
        try:
            with transaction.atomic():
                self._record(request, "officer:signed_out")
        except DatabaseError as error:
            logger.error("sign_out_not_recorded", exc_info=error)
        return super().logout(request, extra_context)

    def password_change(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        def change() -> HttpResponse:
            response = super(PrivacyAdminSite, self).password_change(request, extra_context)
            if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
                self._record(request, "officer:password_changed")
            return response

        return recorded(request, change)

    def record(
        self, request: HttpRequest, event: str, controller_id: UUID, *, target: tuple[str, str]
    ) -> None:
        """For packages below the audit: record what the officer did, in their transaction."""
        audit.record(
            event=event, by=actor(request), controller_id=controller_id, target=Target(*target)
        )

    def _record(self, request: HttpRequest, event: str) -> None:
        """In the log of every controller the officer serves, or the system's for none."""
        for controller_id in self.controller_ids(request) or [SYSTEM_ID]:
            self.record(request, event, controller_id, target=("officer", str(request.user.pk)))


def recorded(request: HttpRequest, build: Callable[[], HttpResponse]) -> HttpResponse:
    """Do it in one transaction with its record; if that fails nothing happened (503).

    Django saves no session with such an answer, so nobody is signed in by it.
    """
    try:
        with transaction.atomic():
            return build()
    except DatabaseError as error:
        logger.error("officer_act_not_recorded", exc_info=error)
        return TemplateResponse(request, "admin/not_recorded.html", status=503)
