"""The door to evidence packs: a verb on the person's page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Permission
from audit.console import actor, shown
from consent import selectors as consents
from desk.evidence import services
from desk.evidence.services import Pack, Why
from desk.forms import EvidenceForm
from desk.people import Person
from desk.views import note, page, person_or_404, refuse
from keys.problems import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, subject_id: Any) -> HttpResponse:
    """Ask for a pack; the answer to a complete form is the file."""
    found = person_or_404(request, subject_id, Permission.VIEW_AUDIT)
    titles = consents.purpose_titles(found.controller_id)
    purposes = sorted(titles.items(), key=lambda one: one[1])
    form = EvidenceForm(request.POST or None, purposes=purposes)
    return shown(request, lambda: _pack(request, found, form))


def _pack(request: HttpRequest, found: Person, form: EvidenceForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        why = Why(actor(request), request.user.get_username(), given["reason"], given["case"])
        try:
            return _file(services.take(person=found, purpose=given["purpose"], why=why))
        except DomainError as error:
            refuse(form, error)
    note(request, found, "evidence")
    context = {
        "title": _("Take an evidence pack"), "person": found, "form": form,
        "back": reverse("admin:person", args=[found.id]),
    }  # fmt: skip
    return page(request, "desk/evidence/ask.html", context, form)


def _file(pack: Pack) -> HttpResponse:
    response = HttpResponse(pack.content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{pack.name}"'
    return response
