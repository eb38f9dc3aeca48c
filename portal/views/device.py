"""What may be kept on a visitor's device: asked without any script, refused as easily (CON-32)."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit.actors import Actor
from consent import services as consents
from consent.services.devices import VALID_DAYS
from portal import limits, rights
from portal.forms import DeviceForm
from portal.pages import SeeOther, current, page
from portal.people import Company, Person
from portal.views.public import company_or_404

COOKIE = "device"
KEY_LENGTH = 32
CHOICES_A_MINUTE = 300
"""At one company, from everybody together: each leaves a row behind."""
BY = Actor.system("portal")
SUPPORTED_SINCE = "2026-11-22"
CATEGORIES = (
    ("functional", gettext_lazy("Convenience"), gettext_lazy("Remembers what you set up.")),
    ("analytics", gettext_lazy("Measurement"), gettext_lazy("Counts which pages are read.")),
    (
        "advertising", gettext_lazy("Advertising"),
        gettext_lazy("Follows what you look at, to choose advertising."),
    ),
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest, slug: str) -> HttpResponse:
    """See and choose what may be kept on this device."""
    company = company_or_404(slug)
    if request.method != "POST":
        return _page(request, company)
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return _page(request, company, status=422)
    if not limits.allowed(f"device:{company.id}", limit=CHOICES_A_MINUTE, seconds=60):
        response = page(request, "busy.html", {}, company=company, status=429)
        response.headers["Retry-After"] = "60"
        return response
    return _chosen(request, company, form.choices())


@require_safe
def signals_supported(request: HttpRequest) -> JsonResponse:
    """The support resource of Global Privacy Control: that the signal is heeded here."""
    return JsonResponse({"gpc": True, "lastUpdate": SUPPORTED_SINCE})


def join_at_sign_in(request: HttpRequest, person: Person) -> None:
    """What was refused on this device is the person's refusal from now on."""
    key = _key(request)
    if key:
        consents.join_device(
            by=person.actor, controller_id=person.company.id, device=key, subject_id=person.id
        )


def _chosen(request: HttpRequest, company: Company, choices: dict[str, bool]) -> HttpResponse:
    person = _person(request, company)
    key = _key(request) or secrets.token_urlsafe(KEY_LENGTH)
    consents.choose_on_device(
        by=person.actor if person else BY, controller_id=company.id, device=key, choices=choices,
        method=rights.METHOD, subject_id=person.id if person else None,
        is_signalled=rights.is_signalled(request),
    )  # fmt: skip
    response = SeeOther(reverse("portal:device", args=[company.slug]))
    response.set_cookie(
        COOKIE, key, max_age=VALID_DAYS * 86_400, path=reverse("portal:start"), httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip
    return response


def _page(request: HttpRequest, company: Company, *, status: int = 200) -> HttpResponse:
    person = _person(request, company)
    key = _key(request)
    allowed = consents.on_device(company.id, key, person.id if person else None) if key else {}
    rows = [(code, name, words, allowed.get(code, False)) for code, name, words in CATEGORIES]
    error = "" if status == 200 else _("We did not understand this answer. Please choose again.")
    context = {
        "categories": rows, "is_chosen": bool(key), "is_signalled": rights.is_signalled(request),
        "days": VALID_DAYS, "error": {"text": error} if error else None,
    }  # fmt: skip
    return page(request, "device.html", context, company=company, person=person, status=status)


def _person(request: HttpRequest, company: Company) -> Person | None:
    """Who is signed in at this company."""
    person = current(request)
    return person if person and person.company.id == company.id else None


def _key(request: HttpRequest) -> str:
    """The key that an earlier answer left on the device; empty where there is none."""
    key = request.COOKIES.get(COOKIE, "")
    return key if len(key) == len(secrets.token_urlsafe(KEY_LENGTH)) and key.isascii() else ""
