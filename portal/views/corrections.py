"""Asking for one's data to be put right."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keys.problems import DomainError
from portal import corrections as asking
from portal.errors import TooManyRequestsError
from portal.forms import CorrectionForm
from portal.pages import SeeOther, page, signed_in
from portal.people import Person
from rights.errors import CorrectionUnderWayError


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def corrections(request: HttpRequest, person: Person) -> HttpResponse:
    """What may be put right, and what was asked for; one step asks."""
    found = asking.correctable(person)
    choices = [(one.code, one.title) for one in found]
    form = CorrectionForm(request.POST or None, choices=choices)
    if request.method != "POST":
        return _page(request, person, form)
    if not form.is_valid():
        return _page(request, person, form, status=422)
    said = form.cleaned_data
    try:
        made = asking.ask(person, said["attribute"], said["value"])
    except TooManyRequestsError as error:
        form.add_error(None, _("You have asked for much today. Ask again tomorrow."))
        return _page(request, person, form, status=error.status)
    except CorrectionUnderWayError as error:
        form.add_error(
            "attribute", _("This is being put right already. Ask again when it is answered.")
        )
        return _page(request, person, form, status=error.status)
    except DomainError as error:
        form.add_error("value", _("This cannot be right: please look at how it is written."))
        return _page(request, person, form, status=error.status)
    return SeeOther(reverse("portal:request", args=[made.id]))


def _page(
    request: HttpRequest, person: Person, form: CorrectionForm, *, status: int = 200
) -> HttpResponse:
    titles = dict(form.fields["attribute"].choices)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "asked": [(one, titles.get(one.attribute, one.attribute)) for one in asking.asked(person)],
    }
    return page(request, "corrections.html", context, person=person, status=status)
