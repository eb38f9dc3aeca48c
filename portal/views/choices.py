"""The heart of the portal: every purpose with its answer, and the one step that changes it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent import messages
from consent import selectors as consent
from consent.managers import selectors as managers
from keys.problems import DomainError
from portal import attributes, charges, rights, selectors, sentences, services, wording
from portal.errors import WordsChangedError
from portal.forms import AnswerForm
from portal.pages import (
    SeeOther,
    page,
    remember_withdrawn,
    remembered_withdrawn,
    signed_in,
)
from portal.people import Person


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, person: Person) -> HttpResponse:
    """See the answers; post one answer about one purpose."""
    if request.method != "POST":
        return choices_page(request, person)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        text = _("We did not understand this answer. Please choose again.")
        return choices_page(request, person, status=422, error={"text": text})
    try:
        event_id = _answer(person, form.cleaned_data)
    except DomainError as error:
        return _refused(request, person, form.cleaned_data["purpose"], error)
    return SeeOther(reverse("portal:done", args=[event_id]))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_all(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything at once, after one page that says what that is."""
    if request.method != "POST":
        running = selectors.running(person, get_language() or "")
        return page(request, "withdraw_all.html", {"running": running}, person=person)
    events = services.withdraw_all(person=person)
    remember_withdrawn(request, events)
    return SeeOther(reverse("portal:done_all"))


@signed_in
@require_POST
def personalisation(request: HttpRequest, person: Person) -> HttpResponse:
    """Switch personalisation off entirely, or on again. Anything unclear switches it off."""
    services.switch_personalisation(person=person, off=request.POST.get("to") != "on")
    return SeeOther(reverse("portal:choices") + "#personalisation")


@signed_in
@require_safe
def done(request: HttpRequest, person: Person, event_id: UUID) -> HttpResponse:
    """What happened, what follows, and the receipt."""
    line = line_or_404(person, event_id)
    return page(request, "done.html", {"line": line}, person=person)


@signed_in
@require_safe
def done_all(request: HttpRequest, person: Person) -> HttpResponse:
    """What the withdrawal of everything ended."""
    withdrawn = remembered_withdrawn(request)
    if withdrawn is None:
        return redirect("portal:choices")
    lines = [line_or_404(person, event_id) for event_id in withdrawn]
    return page(request, "done_all.html", {"lines": lines}, person=person)


def line_or_404(person: Person, event_id: UUID) -> sentences.Line:
    """A line of this person's own history, or one they wrote for somebody in their charge."""
    event = consent.event(person.company.id, event_id)
    if event is None or not _is_of(event, person):
        raise Http404
    titles = selectors.titles(person.company.id, get_language() or "")
    return sentences.line(event, titles, managers.names([person.company.id]))


def _is_of(event: Any, person: Person) -> bool:
    gave = event.guardian_verified and event.guardian_id == person.id
    return bool(event.subject_id == person.id or gave)


def _answer(person: Person, sent: dict[str, Any]) -> UUID:
    if sent["answer"] == "yes":
        return services.say_yes(
            person=person, purpose=sent["purpose"], notice=sent["notice"],
            language=sent["language"],
        )  # fmt: skip
    if sent["answer"] == "no":
        return services.say_no(person=person, purpose=sent["purpose"], language=sent["language"])
    return services.withdraw(person=person, purpose=sent["purpose"])


def choices_page(
    request: HttpRequest, person: Person, *, status: int = 200, error: dict[str, str] | None = None
) -> HttpResponse:
    """The page of choices as it stands now, with what went wrong on top."""
    wished = wording.wished(request, person)
    titles = selectors.titles(person.company.id, wished)
    cards = selectors.cards(person, wished)
    asked = [card for card in cards if card.is_question or card.is_running]
    context = {
        "asked": asked,
        "listed": [card for card in cards if card not in asked],
        "running": sum(card.is_running for card in cards),
        "personalisation": selectors.personalisation(person),
        "rights": rights.shown(person, titles, is_signalled=rights.is_signalled(request)),
        "family": charges.of(person),
        "unread": messages.unread(person.company.id, person.id),
        "offers": bool(attributes.offered(person, get_language() or "")),
        "error": error,
        "spoken": selectors.languages(person.company.id),
        "wished": wished,
    }
    return page(request, "choices.html", context, person=person, status=status)


def _refused(
    request: HttpRequest, person: Person, purpose: str, error: DomainError
) -> HttpResponse:
    """The same page, with a word on top of it about what did not work. Nothing was recorded."""
    text = _("Your answer could not be recorded, because it was changed meanwhile. See it below.")
    if isinstance(error, WordsChangedError):
        text = _(
            "The words changed while you read them. Please read the new words and answer again."
        )
    cards = selectors.cards(person, wording.wished(request, person))
    known = {card.state.purpose for card in cards}
    told = {"text": text, "target": purpose if purpose in known else ""}
    return choices_page(request, person, status=error.status, error=told)
