"""The pages of one person's profile: find somebody, state a purpose, read the view.

Whom the reader may not look at does not exist here, in bytes and in work (PRO-06). The reading is
on record before anything is shown (P11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Permission
from accounts.selectors import Duty
from audit.console import actor, site
from desk.dashboard import chosen
from desk.profiles import showing, words
from desk.profiles.forms import FindForm, UseForm
from desk.views import duties_of, page, refuse, see_other
from desk.words import tail_of
from keys.problems import DomainError
from profiles import selectors_views as selectors
from profiles import services as profiles
from profiles.errors import ReadNotRecordedError, SubjectNotFoundError
from profiles.fields import ProfileShown

logger = structlog.get_logger(__name__)
ASKED = ("seat", "purpose", "relation", "case")
"""What the address of a profile says besides the record: nothing about the person."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The officer at one controller: from which seats they read, and for which purposes."""

    duty: Duty
    seats: Sequence[Any]
    purposes: dict[str, str]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The seats as a person reads them."""
        return [
            (str(one.pk), f"{one.role.name} · {one.unit}" if one.unit else one.role.name)
            for one in self.seats
        ]

    def seat(self, pk: str) -> Any:
        return next(one for one in self.seats if str(one.pk) == pk)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def profiles_page(request: HttpRequest) -> HttpResponse:
    """Whose profile, from which seat, for what. Found: 303 to the view. Not found: said so."""
    duties = _duties(request)
    reader = _reader(request, chosen(duties, request.GET.get("controller", "")))
    form = FindForm(
        request.POST or None, seats=reader.choices, purposes=reader.purposes,
        initial={"seat": reader.choices[0][0]} if reader.choices else {},
    )  # fmt: skip
    nobody = False
    if request.method == "POST" and form.is_valid():
        found = _found(request, reader, form)
        if found:
            given = {name: form.cleaned_data[name] for name in ASKED if form.cleaned_data[name]}
            return see_other(f"{reverse('admin:profile', args=[found])}?{urlencode(given)}")
        nobody = not form.errors
    context = {"title": _("Look at a profile"), "form": form, "nobody": nobody, "duties": duties,
               "reader": reader}  # fmt: skip
    return page(request, "desk/profiles/find.html", context, form)


@require_safe
def profile(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """One person in one view, or the question in which and for what."""
    reader = _reader_of_seat(request)
    is_asked = bool(request.GET.get("purpose"))
    form = UseForm(
        request.GET if is_asked else None, seats=reader.choices, purposes=reader.purposes,
        initial={name: request.GET.get(name, "") for name in ASKED},
    )  # fmt: skip
    context = {"title": _("Profile"), "subtitle": tail_of(subject_id), "form": form,
               "reader": reader, "subject_id": subject_id}  # fmt: skip
    if not is_asked or not form.is_valid():
        return page(request, "desk/profiles/ask.html", context, form)
    try:
        context |= _read(request, reader, subject_id, form.cleaned_data)
    except SubjectNotFoundError:
        raise Http404 from None
    except (ReadNotRecordedError, DatabaseError) as error:
        logger.error("read_not_recorded", error=type(error).__name__)
        return TemplateResponse(request, "admin/not_recorded.html", status=503)
    except DomainError as error:
        refuse(form, error)
        return page(request, "desk/profiles/ask.html", context, form)
    return page(request, "desk/profiles/profile.html", context)


def _read(
    request: HttpRequest, reader: Reader, subject_id: UUID, given: dict[str, str]
) -> dict[str, Any]:
    """What the page shows, after the reading was recorded."""
    seat = reader.seat(given["seat"])
    controller_id = reader.duty.controller_id
    found: ProfileShown = profiles.read(
        by=actor(request), controller_id=controller_id, subject_id=subject_id,
        purpose=given["purpose"], role=seat.role.code, unit=seat.unit,
        relation=selectors.relation(given["relation"]), case=given["case"],
    )  # fmt: skip
    said = {one: site().reason_text(one) for one in showing.codes(found)}
    query = {name: given[name] for name in ASKED if given[name]}
    return {
        "profile": found, "shown": showing.shown(controller_id, found, said), "seat": seat,
        "purpose": words.purposes(controller_id).get(found.purpose, found.purpose),
        "relation": dict(selectors.RELATIONS)[found.relation],
        "reason": site().reason_text(found.decision.reason_code),
        "query": urlencode(query),
        "related": _related(request, controller_id, found, query)
        if request.GET.get("related") == "1" else None,
        "may_see_person": controller_id in site().controller_ids(request, Permission.VIEW_PEOPLE),
    }  # fmt: skip


def _related(
    request: HttpRequest, controller_id: UUID, found: ProfileShown, query: dict[str, str]
) -> list[dict[str, str]]:
    """Who stands to the person, with where to look at them in that capacity; it is recorded."""
    names = dict(selectors.RELATIONS)
    around = profiles.related(
        by=actor(request), controller_id=controller_id, subject_id=found.subject_id,
        purpose=found.purpose, role=found.role, unit=found.unit,
    )  # fmt: skip
    return [
        {
            "relation": str(names[one.relation]), "tail": f"…{str(one.subject_id)[-12:]}",
            "address": f"{reverse('admin:profile', args=[one.subject_id])}?"
            f"{urlencode({**query, 'relation': str(one.relation)})}",
        }
        for one in around
    ]  # fmt: skip


def _found(request: HttpRequest, reader: Reader, form: FindForm) -> UUID | None:
    given = form.cleaned_data
    seat = reader.seat(given["seat"])
    try:
        return profiles.find(
            by=actor(request), controller_id=reader.duty.controller_id, scheme=given["scheme"],
            value=given["value"], purpose=given["purpose"], role=seat.role.code, unit=seat.unit,
            relation=given["relation"],
        )  # fmt: skip
    except DomainError as error:
        refuse(form, error)
        return None


def _duties(request: HttpRequest) -> list[Duty]:
    """The controllers at which the officer reads profiles; 403 for none."""
    found = [one for one in duties_of(request) if Permission.VIEW_PROFILES in one.permissions]
    if not found:
        raise PermissionDenied
    return found


def _reader(request: HttpRequest, duty: Duty) -> Reader:
    seats = list(selectors.seats_of(duty.controller_id, "officer", actor(request).id))
    named = words.purposes(duty.controller_id)
    codes = selectors.purposes_seen(duty.controller_id, seats)
    return Reader(duty, seats, {one: named.get(one, one) for one in codes})


def _reader_of_seat(request: HttpRequest) -> Reader:
    """The reader at the controller of the seat that the address names; else where they sit.

    403 for who sits nowhere: whether the record exists plays no part.
    """
    readers = [_reader(request, one) for one in _duties(request)]
    sitting = [one for one in readers if one.seats]
    if not sitting:
        raise PermissionDenied
    wanted = request.GET.get("seat", "")
    return next((one for one in sitting if wanted in dict(one.choices)), sitting[0])
