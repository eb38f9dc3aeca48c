"""How every page is made: the frame's own context, headers, and who is signed in."""

from collections.abc import Callable
from dataclasses import replace
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from portal import people, rights
from portal.people import Company, Person
from subjects.sessions import PERSON as SESSION

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
PersonView = Callable[Concatenate[HttpRequest, Person, P], HttpResponse]


class SeeOther(HttpResponseRedirect):
    """After a write: look there, and a reload repeats nothing."""

    status_code = 303


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    company: Company | None = None,
    person: Person | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page in the portal's frame."""
    frame = {"company": person.company if person else company, "person": person}
    return render(request, f"portal/{template}", {**frame, **context}, status=status)


def signed_in(view: PersonView[P]) -> View[P]:
    """Only for the person of this session; others are shown the way in. Nothing of it is kept."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = current(request)
        if person is None:
            return redirect("portal:sign_in")
        rights.heed(person, request)
        with timezone.override(zone(person.time_zone)):
            response = view(request, person, *args, **kwargs)
        patch_cache_control(response, no_store=True, private=True)
        return response

    update_wrapper(guarded, view)
    return guarded


def current(request: HttpRequest) -> Person | None:
    """Who is signed in here; the session names one person of one company."""
    kept = request.session.get(SESSION)
    if not kept:
        return None
    found = people.person(UUID(kept["controller"]), UUID(kept["subject"]))
    return replace(found, session=kept.get("reference", "")) if found else None


def enter(request: HttpRequest, person: Person) -> None:
    """A new session key, so that nobody who knew the old one comes along."""
    request.session.cycle_key()
    request.session[SESSION] = {
        "controller": str(person.company.id), "subject": str(person.id), "reference": str(uuid4()),
    }  # fmt: skip


def leave(request: HttpRequest) -> None:
    request.session.pop(SESSION, None)
    request.session.cycle_key()


def remember_withdrawn(request: HttpRequest, events: list[UUID]) -> None:
    """Keep the lines of a withdrawal of everything for the page that confirms it."""
    request.session[SESSION]["withdrawn"] = [str(event_id) for event_id in events]
    request.session.modified = True


def remembered_withdrawn(request: HttpRequest) -> list[UUID] | None:
    kept = request.session[SESSION].get("withdrawn")
    return None if kept is None else [UUID(event_id) for event_id in kept]


def zone(name: str) -> ZoneInfo:
    """The person's time zone, or UTC where the name is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
