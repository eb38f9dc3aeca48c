"""The pages of erasure. Each look is recorded before anything is shown (P11)."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from accounts.selectors import Duty
from audit.actors import Target
from audit.console import note_read, shown, site, who
from desk.erasures import casework, gathering, queues
from desk.views import duties_of, page
from desk.words import tail_of
from erasure import selectors_engine as engine
from erasure import selectors_pages as cases

LIVE_SECONDS = "10"
"""A page that somebody asked to be kept fresh is fetched again so often; each look is recorded."""


@require_safe
def erasures(request: HttpRequest) -> HttpResponse:
    """Clocks, queues and dead letters of one controller."""
    duties, duty = _asked(request)

    def build() -> HttpResponse:
        found = gathering.overview(duty.controller_id)
        people = [one.subject_id for one in found.undecided]
        people += [one["step"].subject_id for one in found.unproven]
        _note(request, duty.controller_id, people, Target("erasures", ""))
        context = {
            "title": _("Erasures"), "duties": duties, "duty": duty, "shown": found,
            "may_manage": Permission.MANAGE_ERASURES in duty.permissions,
            "may_approve": Permission.APPROVE_ERASURES in duty.permissions,
        }  # fmt: skip
        return _live(request, page(request, "desk/erasures/overview.html", context))

    return shown(request, build)


@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: what happens where, as a picture and as a table, and what an officer may do."""
    found = cases.case_at(site().controller_ids(request, Permission.VIEW_AUDIT), case_id)
    if found is None:
        raise Http404
    rows = _rows(found)

    def build() -> HttpResponse:
        target = Target("erasure_case", str(found.id))
        _note(request, found.controller_id, [found.subject_id], target)
        context = {
            "title": _("Erasure case"), "subtitle": tail_of(found.id), "case": found,
            "shown": casework.shown(found), "verbs": rows.open_verbs(request, found),
            "opened_by": _actor(request, found.opened_by),
            "approved_by": _actor(request, found.approved_by),
            "may_manage": rows.may(request, found, Permission.MANAGE_ERASURES),
            "listed": reverse("admin:erasure_case_changelist"),
        }  # fmt: skip
        return _live(request, page(request, "desk/erasures/case.html", context))

    return shown(request, build)


@require_safe
def queue(request: HttpRequest, system_id: UUID) -> HttpResponse:
    """The queue of one system: how it is called, what waits there, and what may be done."""
    gate = _gate(request, system_id)

    def build() -> HttpResponse:
        health = engine.health_of(gate.controller_id, system_id)
        if health is None:
            raise Http404
        found = queues.shown(health, gate.controller_id, request.GET.get("page", ""))
        people = [one["step"].subject_id for one in found.rows]
        _note(request, gate.controller_id, people, Target("erasure_queue", str(system_id)))
        context = {
            "title": _("Queue of %(system)s") % {"system": health.name}, "gate": gate,
            "shown": found, "verbs": _rows(gate).open_verbs(request, gate),
            "may_manage": _rows(gate).may(request, gate, Permission.MANAGE_ERASURES),
        }  # fmt: skip
        return _live(request, page(request, "desk/erasures/queue.html", context))

    return shown(request, build)


def _gate(request: HttpRequest, system_id: UUID) -> Any:
    found = engine.gate(site().controller_ids(request, Permission.VIEW_AUDIT), system_id)
    if found is None:
        raise Http404
    return found


def _rows(row: Any) -> Any:
    """The admin of a row's model, which knows its verbs."""
    return admin.site.get_model_admin(type(row))


def _asked(request: HttpRequest) -> tuple[list[Duty], Duty]:
    """The officer's controllers and the one asked for; 403 for nobody's, 404 for another's."""
    duties = [one for one in duties_of(request) if Permission.VIEW_AUDIT in one.permissions]
    if not duties:
        raise PermissionDenied
    wanted = request.GET.get("controller", "") or str(duties[0].controller_id)
    duty = next((one for one in duties if str(one.controller_id) == wanted), None)
    if duty is None:
        raise Http404
    return duties, duty


def _note(request: HttpRequest, controller_id: UUID, people: list[UUID], target: Target) -> None:
    whom: list[UUID | None] = [*people] or [None]
    rows = [(controller_id, one) for one in whom]
    note_read(request, rows, target=target, data={"view": "erasures"})


def _actor(request: HttpRequest, actor_id: str) -> str:
    return who(request, "officer", actor_id) if actor_id else ""


def _live(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Fetched again by the browser itself, only where somebody asked for that."""
    if isinstance(response, TemplateResponse):
        response.context_data = {**(response.context_data or {}), "is_live": "live" in request.GET}
    if "live" in request.GET:
        response.headers["Refresh"] = LIVE_SECONDS
    return response
