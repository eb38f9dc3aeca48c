"""The page of consent rates, and its numbers as CSV. Looking is recorded like every reading."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from accounts.selectors import Duty
from audit.actors import Target
from audit.console import note_read, shown
from desk.rates import gathering, words
from desk.views import duties_of, page

DAYS = "30"


@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """How often people said yes to one controller, in numbers only."""
    duties, duty, days = _asked(request)

    def build() -> HttpResponse:
        found = gathering.rates(duty.controller_id, days=int(days))
        _note(request, duty, days, "page")
        context = {
            "title": _("Consent rates"), "duties": duties, "duty": duty, "days": days,
            "periods": words.PERIODS, "dimensions": gathering.dimensions(found),
            "sentence": gathering.sentence(found.whole), "bound": gathering.bound(found),
            "query": urlencode({"controller": str(duty.controller_id), "days": days}),
        }  # fmt: skip
        return page(request, "desk/rates/rates.html", context)

    return shown(request, build)


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The numbers of the page as CSV, with the same ones left out."""
    _duties, duty, days = _asked(request)

    def build() -> HttpResponse:
        found = gathering.rates(duty.controller_id, days=int(days))
        _note(request, duty, days, "csv")
        response = HttpResponse(
            gathering.table(found), content_type="text/csv; charset=utf-8", status=HTTPStatus.OK
        )
        name = f"consent-rates-{days}-days.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return shown(request, build)


def _asked(request: HttpRequest) -> tuple[list[Duty], Duty, str]:
    """The officer's controllers, the one asked for, and the period.

    403 for who audits nowhere; 404 for a controller they do not audit and an unknown period.
    """
    duties = [one for one in duties_of(request) if Permission.VIEW_AUDIT in one.permissions]
    if not duties:
        raise PermissionDenied
    wanted = request.GET.get("controller", "") or str(duties[0].controller_id)
    duty = next((one for one in duties if str(one.controller_id) == wanted), None)
    days = request.GET.get("days", DAYS)
    if duty is None or days not in words.PERIODS:
        raise Http404
    return duties, duty, days


def _note(request: HttpRequest, duty: Duty, days: str, form: str) -> None:
    """Record the look: of nobody in particular, for nobody is named."""
    note_read(
        request, [(duty.controller_id, None)], target=Target("consent_rates", ""),
        data={"days": days, "form": form},
    )  # fmt: skip
