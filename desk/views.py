"""The pages about people: find one, see one, reveal. What they choose is taken down in `capture`.

Each reading is recorded before anything is shown (P11); what belongs to a controller the officer
does not serve does not exist (P9); identifiers never stand in an address (P10).
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from accounts.roles import Permission
from accounts.selectors import Duty
from audit.actors import Target
from audit.console import actor, note_read, shown, site, who
from audit.verbs import in_words
from desk import people, services, words
from desk.forms import SCHEME_NAMES, FindForm, RevealForm
from desk.people import Person
from desk.timeline import timeline
from desk.uses import uses
from keys.problems import DomainError

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@sensitive_post_parameters()
def find(request: HttpRequest) -> HttpResponse:
    """Look a person up. Found: 303 to their page by id. Not found: said so."""
    allowed = site().controller_ids(request, Permission.VIEW_PEOPLE)
    if not allowed:
        raise PermissionDenied
    names = {one: name for one, name in site().controller_names(request).items() if one in allowed}
    form = FindForm(request.POST or None, controllers=names)
    return shown(request, lambda: _found(request, form))


def _found(request: HttpRequest, form: FindForm) -> HttpResponse:
    nobody = False
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            found = services.search(
                by=actor(request), controller_id=UUID(given["controller"]),
                scheme=given["scheme"], value=given["value"],
            )  # fmt: skip
        except DomainError as error:
            refuse(form, error)
        else:
            if found:
                return see_other(reverse("admin:person", args=[found]))
            nobody = True
    context = {"title": _("Find a person"), "form": form, "nobody": nobody}
    return page(request, "desk/find.html", context, form)


@require_GET
def person(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """Everything the desk knows about one person."""
    found = person_or_404(request, subject_id)
    show = request.GET.get("show", "acts")
    if show not in dict(words.FILTERS):
        raise Http404
    before = moment_id(request.GET.get("before", ""))

    def build() -> HttpResponse:
        note(request, found, "person")
        context = {
            "title": _("Person"), "subtitle": found.short_id, "person": found,
            "shown": people.shown(found), "schemes": SCHEME_NAMES, "filters": words.FILTERS,
            **told(request, found, show, before), **abilities(request, found),
        }  # fmt: skip
        return page(request, "desk/person.html", context)

    return shown(request, build)


def told(request: HttpRequest, found: Person, show: str, before: UUID | None) -> dict[str, Any]:
    """What happened about the person: as a list of acts, or by who used or saw their data."""
    if show == "uses":
        return {"history": uses(request, found.controller_id, found.id, before)}
    history = timeline(found.controller_id, found.id, show=show, before=before)
    moments = [(one, who(request, one.actor_type, one.actor_id)) for one in history.moments]
    return {"history": history, "moments": moments}


def reveal(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """Identifiers in clear: asked for with a reason, recorded, shown once."""
    found = person_or_404(request, subject_id, Permission.REVEAL_IDENTIFIERS)
    form = RevealForm(request.POST or None)

    def build() -> HttpResponse:
        context: dict[str, Any] = {
            "title": _("Reveal identifiers"), "person": found, "form": form,
            "back": reverse("admin:person", args=[subject_id]), "schemes": SCHEME_NAMES,
        }  # fmt: skip
        if request.method == "POST" and form.is_valid():
            context["identifiers"] = services.reveal(
                by=actor(request), controller_id=found.controller_id, subject_id=subject_id,
                reason=form.cleaned_data["reason"], case=form.cleaned_data["case"],
            )  # fmt: skip
        return page(request, "desk/reveal.html", context, form)

    return shown(request, build)


def person_or_404(
    request: HttpRequest, subject_id: UUID, permission: Permission | None = None
) -> Person:
    """The person, if the officer may see people there; 403 where only the verb is not allowed."""
    found = people.person(site().controller_ids(request, Permission.VIEW_PEOPLE), subject_id)
    if found is None:
        raise Http404
    if permission and found.controller_id not in site().controller_ids(request, permission):
        raise PermissionDenied
    return found


def duties_of(request: HttpRequest) -> list[Duty]:
    """What the officer may do where."""
    found: list[Duty] = admin.site.duties(request)  # type: ignore[attr-defined]
    return found


def abilities(request: HttpRequest, found: Person) -> dict[str, bool]:
    """Which buttons the page has."""
    wanted = {
        "may_reveal": Permission.REVEAL_IDENTIFIERS, "may_record": Permission.RECORD_CONSENTS,
        "may_audit": Permission.VIEW_AUDIT, "may_flag": Permission.MANAGE_PURPOSES,
    }  # fmt: skip
    return {
        name: found.controller_id in site().controller_ids(request, permission)
        for name, permission in wanted.items()
    }


def note(request: HttpRequest, found: Person, view: str) -> None:
    """Record that this officer reads about this person."""
    target = Target("subject", str(found.id))
    note_read(request, [(found.controller_id, found.id)], target=target, data={"view": view})


def moment_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None


def refuse(form: Form, error: DomainError) -> None:
    """Say what a service refused beside the field it names, else on top."""
    form.add_error(error.field if error.field in form.fields else None, in_words(error))


def see_other(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def page(
    request: HttpRequest, template: str, context: dict[str, Any], form: Any = None
) -> TemplateResponse:
    """A page of the site; one whose form has errors is unprocessable."""
    status = UNPROCESSABLE if form is not None and form.errors else HTTPStatus.OK
    return TemplateResponse(
        request, template, {**site().each_context(request), **context}, status=status
    )


def officers_only(view: Any) -> Any:
    """Behind the site's own door: sign-in, CSRF, never cached."""
    return admin.site.admin_view(view)
