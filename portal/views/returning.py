"""Coming back after an erasure: a link to the address that was erased, and one button."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from erasure.certificates.selectors import File
from portal import people, returns, services
from portal.pages import SeeOther, enter, page, zone
from portal.views.files import as_file
from subjects import returning
from subjects.errors import IdentifierTakenError, LinkNotValidError, TombstoneLiftError
from subjects.returning import Erased


@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """What was erased and when; only the button begins anew, so scanners of mail do not."""
    try:
        met = returning.look(token=token)
        response = _begun(request, token) if request.method == "POST" else _page(request, met)
    except IdentifierTakenError:
        response = _page(request, met, status=HTTPStatus.CONFLICT)
    except (LinkNotValidError, TombstoneLiftError):
        response = _gone(request)
    patch_cache_control(response, no_store=True, private=True)
    # Unlike no-referrer this keeps the Origin header, by which CSRF protection knows our own forms.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@require_safe
def certificate(request: HttpRequest, token: str) -> HttpResponse:
    """What proves the erasure, for whoever has the link to the address that was erased."""
    try:
        file: File | None = returns.certificate(returning.look(token=token))
    except LinkNotValidError:
        return _gone(request)
    if file is None:
        raise Http404
    return as_file(file.name, file.media_type, file.body)


def _begun(request: HttpRequest, token: str) -> HttpResponse:
    enter(request, services.begin_anew(token=token))
    return SeeOther(reverse("portal:choices"))


def _page(request: HttpRequest, met: Erased, status: int = HTTPStatus.OK) -> HttpResponse:
    company = people.company_of(met.asked.controller_id)
    with timezone.override(zone(company.time_zone)):
        context = {"shown": returns.shown(met)}
        return page(request, "return.html", context, company=company, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"companies": people.companies()}
    return page(request, "sign_in_gone.html", context, status=HTTPStatus.GONE)
