"""The page of languages, and the same as CSV. It is about notices; looking names nobody."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from accounts.selectors import Duty
from desk.languages import gathering
from desk.views import duties_of, page


@require_safe
def languages(request: HttpRequest) -> HttpResponse:
    """In which languages each notice of one controller can be read."""
    duties, duty = _asked(request)
    shown = gathering.gathered(gathering.lines(duty.controller_id))
    context = {"title": _("Languages of notices"), "duties": duties, "duty": duty, "shown": shown}
    return page(request, "desk/languages/languages.html", context)


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The rows of the page as CSV."""
    _duties, duty = _asked(request)
    text = gathering.table(gathering.lines(duty.controller_id))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="notice-languages.csv"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


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
