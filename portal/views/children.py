"""Deciding for a child or a person in care, and asking a parent to (DPDP s.9)."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.errors import VerifierUnavailableError
from keys.problems import DomainError
from portal import charges, wording
from portal.charges import Ward
from portal.errors import WordsChangedError
from portal.forms import AnswerForm, ParentAnswerForm, ParentForm
from portal.pages import SeeOther, page, signed_in
from portal.people import Person


@signed_in
@require_safe
def children(request: HttpRequest, person: Person) -> HttpResponse:
    """Whom the person decides for, and who says to be their child."""
    return _children(request, person)


@signed_in
@require_POST
def answer_check(request: HttpRequest, person: Person, check_id: UUID) -> HttpResponse:
    """Somebody who was named as parent says whether they are; if so it is found out."""
    form = ParentAnswerForm(request.POST)
    if not form.is_valid():
        text = _("We did not understand this answer. Please choose again.")
        return _children(request, person, status=422, error=text)
    try:
        charges.answer_as_parent(
            person=person, check_id=check_id, is_parent=form.cleaned_data["answer"] == "yes",
            token=form.cleaned_data["token"],
        )  # fmt: skip
    except VerifierUnavailableError as error:
        text = _("This way does not work at this moment. Try again later, or write to us.")
        return _children(request, person, status=error.status, error=text)
    except DomainError as error:
        if error.status == 404:
            raise Http404 from None
        text = _("This question is closed. Let the child ask again.")
        return _children(request, person, status=error.status, error=text)
    return SeeOther(reverse("portal:children"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def child(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """See the answers of one of them; post one answer about one purpose."""
    found = charges.ward(person, child_id)
    if found is None:
        raise Http404
    ward, about = found
    if request.method != "POST":
        return _child(request, person, ward, about)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        text = _("We did not understand this answer. Please choose again.")
        return _child(request, person, ward, about, status=422, error=text)
    try:
        charges.answer_for(person=person, ward=ward, sent=form.cleaned_data)
    except DomainError as error:
        return _child(request, person, ward, about, status=error.status, error=_refusal(error))
    address = reverse("portal:child", args=[ward.id])
    return SeeOther(f"{address}#choice-{form.cleaned_data['purpose']}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def parent(request: HttpRequest, person: Person) -> HttpResponse:
    """A child names a parent. The answer is the same whomever they name (POR-14)."""
    if not charges.of(person).is_child:
        raise Http404
    form = ParentForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, "parent.html", {"form": form}, person=person, status=status)
    charges.ask_parent(person=person, email=form.cleaned_data["email"])
    return page(request, "parent_asked.html", {}, person=person)


def _children(
    request: HttpRequest, person: Person, *, status: int = 200, error: str = ""
) -> HttpResponse:
    context = {
        "wards": charges.wards(person), "asked": charges.asked(person),
        "has_tokens": charges.has_tokens(), "error": error,
    }  # fmt: skip
    return page(request, "children.html", context, person=person, status=status)


def _child(  # noqa: PLR0913 (a page has these parts)
    request: HttpRequest,
    person: Person,
    ward: Ward,
    about: Person,
    *,
    status: int = 200,
    error: str = "",
) -> HttpResponse:
    charges.note_seen(person=person, ward=ward)
    asked = charges.cards_of(person, ward, about, wording.wished(request, person))
    context = {"ward": ward, "asked": asked, "error": error}
    return page(request, "child.html", context, person=person, status=status)


def _refusal(error: DomainError) -> str:
    if isinstance(error, WordsChangedError):
        return _(
            "The words changed while you read them. Please read the new words and answer again."
        )
    return _("Your answer could not be recorded, because it was changed meanwhile. See it below.")
