"""The pages about decisions. Whoever is shown is recorded before the page is (P11)."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from audit.actors import Target
from audit.console import note_read, shown, site, who
from audit.errors import CursorError
from audit.search import Page
from desk.decisions import gathering, legal, simulating, words
from desk.decisions.forms import FilterForm
from desk.views import page
from policies.rehearsal import parts, selectors
from policies.rules.version import POLICY_VERSION


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """Recorded decisions, newest first, by what the officer looks for."""
    allowed = _allowed(request)
    form = FilterForm(
        request.GET, services=site().service_names(request, Permission.VIEW_AUDIT),
        purposes=site().purpose_names(request, Permission.VIEW_AUDIT),
    )  # fmt: skip
    asked = form.asked()

    def build() -> HttpResponse:
        found = _found(request, asked)
        rows = gathering.rows(request, found)
        people = [(one.controller_id, one.subject_id) for one in found.rows]
        note_read(
            request, people or [(one, None) for one in allowed], target=Target("decision", ""),
            data={"filters": sorted(asked)},
        )  # fmt: skip
        context = {
            "title": _("Decisions"), "form": form, "rows": rows, "found": found,
            "newest": _query(asked), "newer": _query(asked, found.newer_cursor),
            "older": _query(asked, found.next_cursor), "is_newest": not request.GET.get("cursor"),
        }  # fmt: skip
        return page(request, "desk/decisions/list.html", context)

    return shown(request, build)


@require_safe
def decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """One decision: the answer, the law, each step to it, and whether it can be made again.

    An audience's permit is one of a part of it: whose decision is wanted says `person`.
    """
    allowed = _allowed(request)

    def build() -> HttpResponse:
        person = _id(request.GET.get("person", ""))
        found = selectors.replayed(allowed, decision_id)
        if found is None and person is not None:
            found = parts.replayed(allowed, decision_id, person)
        if found is None:
            return _part(request, allowed, decision_id, person)
        target = Target("decision", str(found.id))
        on = simulating.day(request, found.controller_id)
        seen = {"as_of": on.isoformat()} if on else {}
        note_read(request, [(found.controller_id, found.subject_id)], target=target, data=seen)
        titles = site().purpose_names(request, Permission.VIEW_AUDIT)
        context = {
            "title": _("Decision"), "subtitle": f"…{str(found.id)[-12:]}", "found": found,
            "asked": person, "shown": gathering.decision(found),
            "may_simulate": simulating.may_simulate(request, found.controller_id),
            "simulated": simulating.simulated(found, on) if on else None,
            "service": who(request, "service", found.service_id),
            "purpose": titles.get(found.purpose, found.purpose),
            "reason": site().reason_text(found.reason_code),
        }  # fmt: skip
        return page(request, "desk/decisions/one.html", context)

    return shown(request, build)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The statutory rules as a table with their law. No personal data, so no record of it."""
    _allowed(request)
    law = request.GET.get("law", "")
    if law and law not in words.PACKS:
        raise Http404
    context = {
        "title": _("Statutory rules"), "gates": gathering.rule_gates(law), "law": law,
        "laws": words.PACKS, "version": POLICY_VERSION, "editions": legal.editions(),
    }  # fmt: skip
    return page(request, "desk/decisions/rules.html", context)


@require_safe
def legal_tables(request: HttpRequest) -> HttpResponse:
    """The lists of countries and data that the rules read. No personal data, so no record of it."""
    _allowed(request)
    context = {"title": _("Legal tables"), "tables": legal.tables(), "version": POLICY_VERSION}
    return page(request, "desk/decisions/law.html", context)


def _part(
    request: HttpRequest, allowed: list[UUID], entry_id: UUID, person: UUID | None
) -> HttpResponse:  # fmt: skip
    """The part of an audience; also where it names the person not, which is told and recorded."""
    found = parts.part(allowed, entry_id)
    if found is None:
        raise Http404
    target = Target("decision", str(found.id))
    note_read(request, [(found.controller_id, person)], target=target, data={})
    titles = site().purpose_names(request, Permission.VIEW_AUDIT)
    context = {
        "title": _("Part of an audience"), "subtitle": f"…{str(found.id)[-12:]}", "found": found,
        "asked": person, "service": who(request, "service", found.service_id),
        "purpose": titles.get(found.purpose, found.purpose),
        "replay": words.PARTS_FINDINGS.get(found.finding, words.FINDINGS[found.finding]),
        "is_alarming": found.finding in words.ALARMING,
    }  # fmt: skip
    return page(request, "desk/decisions/part.html", context)


def _id(asked: str) -> UUID | None:
    """The person asked for; None for none. Raises Http404 for what is no id."""
    try:
        return UUID(asked.strip()) if asked else None
    except ValueError:
        raise Http404 from None


def _allowed(request: HttpRequest) -> list[UUID]:
    """The controllers whose decisions the officer may read; 403 for none."""
    found = site().controller_ids(request, Permission.VIEW_AUDIT)
    if not found:
        raise PermissionDenied
    return found


def _found(request: HttpRequest, asked: dict[str, str]) -> Page:
    """The page of the cursor; the newest where it belongs to another search or to nobody."""
    try:
        return gathering.found(request, asked, request.GET.get("cursor", ""))
    except CursorError:
        messages.warning(request, _("This page is not there any more; here is the newest."))
        return gathering.found(request, asked, "")


def _query(asked: dict[str, str], cursor: str | None = None) -> str:
    """The address of a page of this search; empty where there is none."""
    if cursor == "":
        return ""
    given = {**asked, "cursor": cursor} if cursor else asked
    return f"{reverse('admin:decisions')}?{urlencode(given)}"
