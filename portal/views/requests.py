"""Asking for erasure and for a copy, and following what was asked for."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from erasure.errors import CaseScopeError
from keys.problems import DomainError
from portal import charges, corrections, people, requests
from portal.errors import TooManyRequestsError
from portal.pages import SeeOther, current, page, signed_in, zone
from portal.people import Person
from portal.selectors import titles
from portal.views.files import as_file
from rights import services
from rights.errors import CopyMissingError, TooLateToTakeBackError
from rights.references import reference, request_of

LONGEST_CODE = 100


@signed_in
@require_safe
def listing(request: HttpRequest, person: Person, child_id: UUID | None = None) -> HttpResponse:
    """What was asked for, and the ways to ask."""
    return _listing(request, person, _about(person, child_id))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest, person: Person, child_id: UUID | None = None) -> HttpResponse:
    """What would go, what would stay and why; one step asks for it."""
    about = _about(person, child_id)
    sent = request.POST if request.method == "POST" else request.GET
    scope = sent.get("purpose", "")[:LONGEST_CODE]
    try:
        if request.method == "POST":
            made = requests.ask(person, about, requests.ERASURE, scope)
            return SeeOther(_followed(made))
        return _erasure(request, person, about, scope)
    except CaseScopeError:
        raise Http404 from None


@signed_in
@require_POST
def copy(request: HttpRequest, person: Person, child_id: UUID | None = None) -> HttpResponse:
    """Ask for a copy."""
    about = _about(person, child_id)
    try:
        made = requests.ask(person, about, requests.ACCESS)
    except TooManyRequestsError as error:
        text = _("You have asked for several copies today. Ask again tomorrow.")
        return _listing(request, person, about, status=error.status, error=text)
    return SeeOther(reverse("portal:request", args=[made.id]))


@signed_in
@require_safe
def one(request: HttpRequest, person: Person, request_id: UUID) -> HttpResponse:
    """How far a request is."""
    return _one(request, person, request_id)


@signed_in
@require_POST
def take_back(request: HttpRequest, person: Person, request_id: UUID) -> HttpResponse:
    """Take a request back, while no system was told."""
    found = _found(person, request_id)
    try:
        services.take_back(by=person.actor, controller_id=person.company.id, request_id=found.id)
    except TooLateToTakeBackError as error:
        text = _("It cannot be taken back any more: the first system was told already.")
        return _one(request, person, request_id, status=error.status, error=text)
    except DomainError as error:
        text = _("This could not be done, because something changed meanwhile. See it below.")
        return _one(request, person, request_id, status=error.status, error=text)
    return SeeOther(reverse("portal:request", args=[found.id]))


@signed_in
@require_safe
def take_copy(request: HttpRequest, person: Person, request_id: UUID) -> HttpResponse:
    """The copy, as a file."""
    found = _found(person, request_id)
    try:
        body = services.take_copy(
            by=person.actor, controller_id=person.company.id, request_id=found.id
        )
    except CopyMissingError:
        raise Http404 from None
    return as_file("copy.zip", "application/zip", body)


@signed_in
@require_safe
def certificate(request: HttpRequest, person: Person, request_id: UUID) -> HttpResponse:
    """The certificate of what was erased, as a file."""
    return _certificate(_found(person, request_id))


@require_safe
def followed(request: HttpRequest, code: str) -> HttpResponse:
    """How far a request is, for whoever has its reference: nobody needs to be signed in."""
    found = request_of(code)
    if found is None:
        raise Http404
    company = people.company_of(found.controller_id)
    with timezone.override(zone(company.time_zone)):
        person = current(request)
        mine = person if person and requests.of(person, found.id) else None
        context = {
            "asked": requests.shown(found, get_language() or ""), "is_followed": True,
            "is_mine": mine is not None,
        }  # fmt: skip
        response = page(request, "request.html", context, company=company, person=mine)
    patch_cache_control(response, no_store=True, private=True)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def followed_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate, for whoever has the reference."""
    found = request_of(code)
    if found is None:
        raise Http404
    return _certificate(found)


def _about(person: Person, child_id: UUID | None) -> Person:
    """Whom it is about: the person, or somebody they decide for."""
    if child_id is None:
        return person
    found = charges.ward(person, child_id)
    if found is None:
        raise Http404
    ward, about = found
    charges.note_seen(person=person, ward=ward)
    return about


def _found(person: Person, request_id: UUID) -> Any:
    found = requests.of(person, request_id)
    if found is None:
        raise Http404
    return found


def _listing(
    request: HttpRequest, person: Person, about: Person, *, status: int = 200, error: str = ""
) -> HttpResponse:
    context = {
        "listed": requests.listed(about, get_language() or ""), "error": error,
        **_whose(person, about),
    }  # fmt: skip
    return page(request, "requests.html", context, person=person, status=status)


def _erasure(request: HttpRequest, person: Person, about: Person, scope: str) -> HttpResponse:
    language = get_language() or ""
    called = titles(about.company.id, language)
    context = {
        "preview": requests.preview(about, scope, language), "scope": scope,
        "title": called.get(scope, ""), **_whose(person, about),
        "purposes": sorted(called.items(), key=lambda pair: pair[1]),
    }  # fmt: skip
    return page(request, "request_erasure.html", context, person=person)


def _one(
    request: HttpRequest,
    person: Person,
    request_id: UUID,
    *,
    status: int = 200,
    error: str = "",
) -> HttpResponse:
    found = _found(person, request_id)
    context = {
        "asked": requests.shown(found, get_language() or ""),
        "compared": corrections.compared(person, found),
        "is_mine": True,
        "error": error,
    }
    return page(request, "request.html", context, person=person, status=status)


def _whose(person: Person, about: Person) -> dict[str, object]:
    """Of somebody else the pages say so, by a masked name."""
    if person.id == about.id:
        return {"ward": None}
    return {"ward": next((one for one in charges.wards(person) if one.id == about.id), None)}


def _certificate(found: Any) -> HttpResponse:
    file = requests.certificate(found)
    if file is None:
        raise Http404
    return as_file(file.name, file.media_type, file.body)


def _followed(made: Any) -> str:
    return reverse("portal:followed", args=[reference(made)])
