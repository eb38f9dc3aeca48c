"""The pages of rehearsals: begin one, see whom the draft would turn away, take the list, stop."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Permission
from accounts.selectors import Duty
from audit.actors import Target
from audit.console import actor, note_read, shown, site
from desk.dashboard import chosen
from desk.decisions import report
from desk.decisions.forms import RehearseForm, ShadowForm
from desk.views import duties_of, page, see_other
from keys.problems import DomainError
from policies.rehearsal import selectors, services
from policies.rehearsal.selectors import Rehearsal

MOST = 50
MAY = Permission.MANAGE_PURPOSES


@require_safe
def rehearsals(request: HttpRequest) -> HttpResponse:
    """A controller's rehearsals, newest first, and what begins the next one."""
    duties = [one for one in duties_of(request) if Permission.VIEW_AUDIT in one.permissions]
    if not duties:
        raise PermissionDenied
    duty = chosen(duties, request.GET.get("controller", ""))
    return page(request, "desk/decisions/rehearsals.html", _context(request, duties, duty))


@require_POST
def begin(request: HttpRequest, controller_id: UUID, kind: str) -> HttpResponse:
    """Rehearse the controller's draft, or put it into the shadow of live traffic."""
    if controller_id not in site().controller_ids(request, Permission.VIEW_AUDIT):
        raise Http404
    if controller_id not in site().controller_ids(request, MAY):
        raise PermissionDenied
    form = {"period": RehearseForm, "shadow": ShadowForm}[kind](request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the times that are offered."))
        return see_other(_list(controller_id))
    try:
        made = _BEGIN[kind](request, controller_id, form.cleaned_data)
    except DomainError as error:
        messages.error(request, _(error.message))
        return see_other(_list(controller_id))
    return see_other(reverse("admin:rehearsal", args=[made.id]))


@require_safe
def rehearsal(request: HttpRequest, rehearsal_id: UUID) -> HttpResponse:
    """What a rehearsal has counted. It names decisions of people, so the look is recorded."""
    found = _found(request, rehearsal_id)

    def build() -> HttpResponse:
        told = report.report(request, found)
        target = Target("rehearsal", str(found.id))
        note_read(request, [(found.controller_id, None)], target=target, data={})
        context = {
            "title": _("Rehearsal"), "subtitle": told.brief.title, "report": told,
            "may_act": found.controller_id in site().controller_ids(request, MAY),
            "back": _list(found.controller_id),
        }  # fmt: skip
        return page(request, "desk/decisions/rehearsal.html", context)

    return shown(request, build)


@require_POST
def take_flips(request: HttpRequest, rehearsal_id: UUID) -> HttpResponseBase:
    """The list of decisions that would come out the other way, as a table."""
    found = _found(request, rehearsal_id)
    lines = services.take_flips(by=actor(request), rehearsal=found)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"rehearsal-{found.created_at:%Y%m%d-%H%M%S}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_POST
def stop(request: HttpRequest, rehearsal_id: UUID) -> HttpResponse:
    """End it before its time; what was counted stays."""
    found = _found(request, rehearsal_id)
    if found.controller_id not in site().controller_ids(request, MAY):
        raise PermissionDenied
    try:
        services.stop(by=actor(request), rehearsal=found)
    except DomainError as error:
        messages.error(request, _(error.message))
    else:
        messages.success(request, _("It was stopped; what it has counted stays."))
    return see_other(reverse("admin:rehearsal", args=[rehearsal_id]))


def _context(request: HttpRequest, duties: list[Duty], duty: Duty) -> dict[str, Any]:
    found = selectors.rehearsals([duty.controller_id])[:MOST]
    return {
        "title": _("Rehearsals"), "duties": duties, "duty": duty,
        "rows": [report.brief(request, one) for one in found],
        "draft": report.draft_sentence(duty.controller_id), "may_act": MAY in duty.permissions,
        "rehearse": RehearseForm(), "shadow": ShadowForm(),
    }  # fmt: skip


def _period(request: HttpRequest, controller_id: UUID, data: dict[str, str]) -> Rehearsal:
    now = timezone.now()
    since = now - timedelta(hours=int(data["hours"]))
    return services.start(by=actor(request), controller_id=controller_id, since=since, until=now)


def _shadow(request: HttpRequest, controller_id: UUID, data: dict[str, str]) -> Rehearsal:
    return services.start_shadow(
        by=actor(request), controller_id=controller_id, days=int(data["days"])
    )


_BEGIN: dict[str, Callable[[HttpRequest, UUID, dict[str, str]], Rehearsal]] = {
    "period": _period, "shadow": _shadow,
}  # fmt: skip


def _found(request: HttpRequest, rehearsal_id: UUID) -> Rehearsal:
    """The rehearsal, of a controller whose audit the officer may view."""
    allowed = site().controller_ids(request, Permission.VIEW_AUDIT)
    if not allowed:
        raise PermissionDenied
    found = selectors.rehearsals(allowed).filter(id=rehearsal_id).first()
    if found is None:
        raise Http404
    return found


def _list(controller_id: UUID) -> str:
    return f"{reverse('admin:rehearsals')}?controller={controller_id}"
