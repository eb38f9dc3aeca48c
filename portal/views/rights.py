"""One step to object, to opt out and to restrict, and one step back."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keys.problems import DomainError
from portal import rights
from portal.errors import StillSignalledError
from portal.forms import ObjectionForm, RestrictionForm
from portal.pages import SeeOther, signed_in
from portal.people import Person
from portal.views.choices import choices_page


@signed_in
@require_POST
def objections(request: HttpRequest, person: Person) -> HttpResponse:
    """Object to one thing, or take that back."""
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _unclear(request, person)
    said = form.cleaned_data
    try:
        if said["act"] == "object":
            rights.object_to(person, said["kind"], said["purpose"])
        else:
            is_signalled = rights.is_signalled(request)
            rights.take_back(person, said["kind"], said["purpose"], is_signalled=is_signalled)
    except DomainError as error:
        return _refused(request, person, error)
    return SeeOther(reverse("portal:choices") + "#rights")


@signed_in
@require_POST
def restrictions(request: HttpRequest, person: Person) -> HttpResponse:
    """Restrict the use of one's data, or take a restriction back."""
    form = RestrictionForm(request.POST)
    if not form.is_valid():
        return _unclear(request, person)
    said = form.cleaned_data
    try:
        if said["restriction"]:
            rights.take_restriction_back(person, said["restriction"])
        else:
            rights.restrict(person, said["ground"], said["purpose"])
    except DomainError as error:
        return _refused(request, person, error)
    return SeeOther(reverse("portal:choices") + "#rights")


def _unclear(request: HttpRequest, person: Person) -> HttpResponse:
    text = _("We did not understand this answer. Please choose again.")
    return choices_page(request, person, status=422, error={"text": text})


def _refused(request: HttpRequest, person: Person, error: DomainError) -> HttpResponse:
    text = _("This could not be done, because something changed meanwhile. See it below.")
    if isinstance(error, StillSignalledError):
        text = _(
            "Your browser still tells us not to sell or share your data. Switch that off there "
            "first, if you want to."
        )
    return choices_page(request, person, status=error.status, error={"text": text})
