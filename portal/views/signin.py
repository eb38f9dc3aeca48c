"""In and out: a link by e-mail, used once (docs/adr/0005)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import people, services
from portal.errors import TooManyRequestsError
from portal.forms import SignInForm
from portal.pages import SeeOther, enter, leave, page, signed_in
from portal.people import Company, Person
from portal.views import device
from portal.views.public import company_or_404
from subjects.errors import LinkNotValidError


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """The way in when nobody knows yet to which company."""
    found = people.companies()
    if len(found) == 1:
        return redirect("portal:ask", found[0].slug)
    return page(request, "sign_in_choose.html", {"companies": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a link. The answer is the same whoever asks (POR-14)."""
    company = company_or_404(slug)
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, "sign_in.html", {"form": form}, company=company, status=status)
    try:
        services.ask_for_link(
            company=company, email=form.cleaned_data["email"], language=chosen_language(request)
        )
    except TooManyRequestsError as error:
        return _busy(request, company, error)
    return SeeOther(reverse("portal:sent", args=[company.slug]))


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next, if we know the address."""
    context = {"minutes": settings.SIGN_IN_LINK_MINUTES, "links": services.LINKS_AN_HOUR}
    return page(request, "sign_in_sent.html", context, company=company_or_404(slug))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the message. Only the button uses it up, so scanners of mail do not."""
    if request.method != "POST":
        response = page(request, "sign_in_confirm.html", {})
    else:
        response = _redeemed(request, token)
    # Unlike no-referrer this keeps the Origin header, by which CSRF protection knows our own forms.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@signed_in
@require_POST
def sign_out(request: HttpRequest, person: Person) -> HttpResponse:
    """Only by a button, so that no link of others ends a session."""
    services.sign_out(person=person)
    leave(request)
    return SeeOther(reverse("portal:company", args=[person.company.slug]))


def chosen_language(request: HttpRequest) -> str:
    """The language the person chose on these pages, if they ever chose one."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def _redeemed(request: HttpRequest, token: str) -> HttpResponse:
    try:
        person = services.sign_in(token=token)
    except LinkNotValidError:
        return page(request, "sign_in_gone.html", {"companies": people.companies()}, status=410)
    enter(request, person)
    device.join_at_sign_in(request, person)
    response = SeeOther(reverse("portal:choices"))
    _remember_language(request, response, person)
    return response


def _remember_language(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """The person's own language, unless they chose one here."""
    own = people.spoken(person.language)
    if own and not chosen_language(request) and own != get_language():
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, own, samesite="Lax")


def _busy(request: HttpRequest, company: Company, error: TooManyRequestsError) -> HttpResponse:
    response = page(request, "busy.html", {}, company=company, status=error.status)
    response.headers["Retry-After"] = "60"
    return response
