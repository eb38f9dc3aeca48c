"""The page of the logs, and the answer to an alarm. Looking is recorded like every reading."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Permission
from accounts.selectors import Duty
from audit import alarms
from audit.console import actor, shown
from desk.dashboard import chosen
from desk.forms import AnswerAlarmForm
from desk.log import gathering
from desk.log.services import note_view
from desk.log.words import to_do
from desk.views import duties_of, page, refuse, see_other
from keys.ids import SYSTEM_ID
from keys.problems import DomainError


@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """How the log of one controller stands, and the system's."""
    duties = _duties(request)
    duty = chosen(duties, request.GET.get("controller", ""))
    names = gathering.logs_of(request, duties, duty)

    def build() -> HttpResponse:
        context = {
            "title": _("Verification of the log"), "duties": duties, "duty": duty,
            "logs": [gathering.log(request, one, name) for one, name in names],
            "hours": gathering.hours(duty.controller_id),
            "may_answer": Permission.MANAGE_WORK in duty.permissions,
        }  # fmt: skip
        # After gathering, so that looking does not change what is seen; before anything is shown.
        note_view(by=actor(request), controller_ids=[one for one, _name in names])
        return page(request, "desk/log/logs.html", context)

    return shown(request, build)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Acknowledge an alarm, with a reason."""
    alarm = _alarm_or_404(request, alarm_id)
    form = AnswerAlarmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            alarms.acknowledge(
                alarm_id=alarm_id, by=actor(request), reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The alarm was acknowledged; that is recorded."))
            return see_other(reverse("admin:logs"))
    context = {
        "title": _("Acknowledge an alarm"), "alarm": alarm, "form": form,
        "sentence": alarms.SENTENCES.get(alarm.kind, alarm.kind), "to_do": to_do(alarm.kind),
        "back": reverse("admin:logs"),
    }  # fmt: skip
    return page(request, "desk/log/answer.html", context, form)


def _duties(request: HttpRequest) -> list[Duty]:
    """The controllers whose audit the officer may view; 403 for none."""
    found = [one for one in duties_of(request) if Permission.VIEW_AUDIT in one.permissions]
    if not found:
        raise PermissionDenied
    return found


def _alarm_or_404(request: HttpRequest, alarm_id: UUID) -> Any:
    """An open alarm of a log the officer sees; 403 for who may see but not answer it."""
    duties = _duties(request)
    seen = {one.controller_id for one in duties}
    if gathering.sees_system(request, duties):
        seen.add(SYSTEM_ID)
    found = alarms.open_alarms(seen).filter(pk=alarm_id).first()
    if found is None:
        raise Http404
    answers = {one.controller_id for one in duties if Permission.MANAGE_WORK in one.permissions}
    if found.controller_id not in answers | ({SYSTEM_ID} if answers else set()):
        raise PermissionDenied
    return found
