"""The pages of the matrix: who sees what for which purpose, the draft beside what is in force.

No personal data stand here, so looking is not a reading; every change is a service's verb.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Permission
from accounts.selectors import Duty
from audit.console import actor, who
from desk.dashboard import chosen
from desk.profiles import table as tables
from desk.profiles import trying, words
from desk.profiles.table import View
from desk.views import duties_of, page, see_other
from keys.problems import DomainError
from profiles import selectors_views as selectors
from profiles import services as profiles
from profiles.matrix import Place, Rules, Step
from profiles.preview import Situation
from profiles.selectors_views import ViewStanding
from profiles.services import NewRule
from profiles.words import STANDINGS, STEPS
from registry import selectors as registry


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a controller, a version and a part of its matrix."""

    duties: list[Duty]
    duty: Duty
    version: Any
    rules: Rules
    before: Rules | None
    view: View
    purposes: dict[str, str]

    @property
    def query(self) -> dict[str, str]:
        """The same as an address."""
        found = {"controller": str(self.duty.controller_id), "purpose": self.view.purpose,
                 "relation": self.view.relation}  # fmt: skip
        return {**found, "version": str(self.version.number)} if self.version else found


@require_safe
def views(request: HttpRequest) -> HttpResponse:
    """The matrix of one purpose as a table; a draft also as a form."""
    asked = _asked(request)
    drawn = tables.table(asked.view, asked.rules, asked.before)
    is_draft = asked.before is not None
    may_edit = is_draft and Permission.MANAGE_VIEWS in asked.duty.permissions
    context = {
        **_context(request, asked), "title": _("Who sees what"), "table": drawn,
        "is_draft": is_draft, "may_edit": may_edit,
        "is_edited": may_edit and request.GET.get("edit") == "1", "opened": asked.view.opened,
        "changes": _changes(asked) if is_draft else [],
    }  # fmt: skip
    return page(request, "desk/profiles/matrix.html", context)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Store what was chosen in the table of a draft; all of it or nothing."""
    asked = _asked(request)
    if Permission.MANAGE_VIEWS not in asked.duty.permissions:
        raise PermissionDenied
    if asked.before is None:
        raise Http404
    drawn = tables.table(asked.view, asked.rules, asked.before)
    try:
        if parse_datetime(request.POST.get("seen", "")) != asked.version.changed_at:
            messages.error(request, _("Somebody changed the draft meanwhile; look at it again."))
        else:
            _put(request, asked, tables.wanted(drawn, request.POST.dict()))
    except DomainError as error:
        messages.error(request, _(error.message))
        return see_other(_address("admin:views", {**asked.query, "edit": "1"}))
    opened = {"category": asked.view.opened} if asked.view.opened else {}
    return see_other(_address("admin:views", {**asked.query, **opened}))


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """What each role would see of an invented person."""
    asked = _asked(request)
    code = request.GET.get("situation", Situation.PERMITTED)
    situation = next((one for one in Situation if one == code), Situation.PERMITTED)
    context = {
        **_context(request, asked), "title": _("Preview on an invented person"),
        "tried": trying.tried(asked.view, asked.rules, situation, now=timezone.now()),
        "situation": situation.value, "situations": words.SITUATIONS,
        "may_attest": asked.before is not None and _may_attest(asked.duty),
    }  # fmt: skip
    return page(request, "desk/profiles/preview.html", context)


@require_POST
def attest(request: HttpRequest) -> HttpResponse:
    """Note that the officer has looked at the preview of the draft as it was on their page."""
    asked = _asked(request)
    if not _may_attest(asked.duty):
        raise PermissionDenied
    if asked.before is None:
        raise Http404
    if parse_datetime(request.POST.get("seen", "")) != asked.version.changed_at:
        messages.error(request, _("Somebody changed the draft meanwhile; look at it again."))
        return see_other(_address("admin:views_preview", asked.query))
    try:
        profiles.note_previewed(by=actor(request), version=asked.version)
    except DomainError as error:
        messages.error(request, _(error.message))
    else:
        messages.success(request, _("Noted: the draft as it is now was previewed."))
    return see_other(_address("admin:views", asked.query))


def _put(request: HttpRequest, asked: Asked, wanted: dict[Place, str]) -> None:
    rules = [NewRule(**place._asdict(), treatment=one) for place, one in wanted.items()]
    profiles.put_rules(by=actor(request), version=asked.version, rules=rules)
    messages.success(request, _("The draft has these rules now."))


def _asked(request: HttpRequest) -> Asked:
    """403 for who audits nowhere; 404 for what the controller does not have."""
    duties = [one for one in duties_of(request) if Permission.VIEW_AUDIT in one.permissions]
    if not duties:
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    duty = chosen(duties, given.get("controller", ""))
    version = _version(duty, given.get("version", ""))
    rules = selectors.rules_of(version)
    is_draft = version is not None and selectors.standing(version) is ViewStanding.DRAFT
    before = selectors.rules_of(selectors.in_force(duty.controller_id)) if is_draft else None
    purposes = tables.purposes(duty.controller_id, [*rules, *(before or {})])
    purpose = given.get("purpose", "") or next(iter(purposes), "")
    relation = given.get("relation", "") or selectors.SELF
    if (purpose and purpose not in purposes) or relation not in dict(selectors.RELATIONS):
        raise Http404
    view = View(duty.controller_id, purpose, relation, given.get("category", ""))
    return Asked(duties, duty, version, rules, before, view, purposes)


def _version(duty: Duty, number: str) -> Any:
    """The version of that number; without one what is in force, else the draft."""
    if not number:
        in_force = selectors.in_force(duty.controller_id)
        return in_force or selectors.draft(duty.controller_id)
    found = selectors.version(duty.controller_id, int(number)) if number.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _context(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What both pages have: the version and where it stands, and the ways to others."""
    version, permissions = asked.version, asked.duty.permissions
    controller_id = asked.duty.controller_id
    return {
        "duties": asked.duties, "duty": asked.duty, "version": version, "view": asked.view,
        "purposes": asked.purposes, "relations": selectors.RELATIONS,
        "purpose": asked.purposes.get(asked.view.purpose, asked.view.purpose),
        "standing": STANDINGS[selectors.standing(version)] if version else "",
        "in_force": selectors.in_force(controller_id), "draft": selectors.draft(controller_id),
        "author": who(request, "officer", version.drafted_by) if version else "",
        "approver": who(request, "officer", version.approved_by)
        if version and version.approved_by else "",
        "may_manage": Permission.MANAGE_VIEWS in permissions,
        "may_approve": Permission.APPROVE_VIEWS in permissions,
        "query": urlencode(asked.query),
        "part": urlencode({k: v for k, v in asked.query.items() if k != "version"}),
    }  # fmt: skip


def _changes(asked: Asked) -> list[dict[str, Any]]:
    """What the draft changes, what shows more first, in words."""
    titles = {one.code: one.title for one in selectors.definitions(asked.duty.controller_id)}
    names = registry.category_titles(asked.duty.controller_id)
    roles = {one.code: one.name for one in selectors.roles(asked.duty.controller_id)}
    relations = dict(selectors.RELATIONS)
    found = selectors.changes_of(asked.version)
    found.sort(key=lambda one: (one.step is not Step.WIDER, one.place))
    return [
        {
            "role": roles.get(one.place.role, one.place.role),
            "purpose": asked.purposes.get(one.place.purpose, one.place.purpose),
            "what": titles.get(one.place.attribute)
            or names.get(one.place.category, one.place.category),
            "relation": "" if one.place.relation == selectors.SELF
            else relations[one.place.relation],
            "old": words.TREATMENTS[one.old], "new": words.TREATMENTS[one.new],
            "step": one.step.value, "meaning": STEPS[one.step],
        }
        for one in found
    ]  # fmt: skip


def _may_attest(duty: Duty) -> bool:
    return bool({Permission.MANAGE_VIEWS, Permission.APPROVE_VIEWS} & duty.permissions)


def _address(name: str, query: dict[str, str]) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
