"""Taking down what a person says by telephone, on paper or in person (CON-13, CON-15).

The words stand on the page to be read out, in the person's language; the answer names exactly
these. To withdraw takes the same page and fewer fields than to agree.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.roles import Permission
from audit.actors import Actor
from audit.console import actor, shown
from consent import selectors as consent
from consent import services as consents
from consent.selectors import NoticeWords, StateShown
from consent.transitions import State
from consent.versions.languages import best, direction
from consent.versions.naming import language_name
from desk import people, words
from desk.forms import OnBehalfForm
from desk.people import Person
from desk.views import note, page, person_or_404, refuse, see_other
from keys.problems import DomainError

UI_VERSION = "desk-1"


@dataclass(frozen=True, slots=True)
class ReadOut:
    """The words to read to the person, about one purpose."""

    notice: NoticeWords
    item: dict[str, Any]

    @property
    def direction(self) -> str:
        return direction(self.notice.language)


def choice(request: HttpRequest, subject_id: UUID, purpose: str) -> HttpResponse:
    """Enter what the person chose by telephone, on paper or in person."""
    found = person_or_404(request, subject_id, Permission.RECORD_CONSENTS)
    state = people.state(found, purpose)
    if state is None:
        raise Http404
    languages = people.languages(found.controller_id, purpose)
    wished = request.POST.get("language") or request.GET.get("language", "")
    read = read_out(found, purpose, wished, languages)
    form = OnBehalfForm(request.POST or None, current=state.state, shown=_named(read))
    if request.method == "POST" and form.is_valid():
        if is_other(read, form.cleaned_data):
            said = _("The words changed meanwhile. Read the new words to the person.")
            messages.error(request, said)
            return see_other(request.get_full_path())
        if chosen(request, found, state, form):
            messages.success(request, _("The choice was recorded; the next check sees it."))
            return see_other(reverse("admin:person", args=[subject_id]))

    def build() -> HttpResponse:
        note(request, found, "choice")
        context = {
            "title": _("Enter a choice of the person"), "person": found, "state": state,
            "form": form, "back": reverse("admin:person", args=[subject_id]),
            "now": words.said(words.STATES, state.state), "read": read,
            "languages": [(tag, language_name(tag)) for tag in languages],
        }  # fmt: skip
        return page(request, "desk/choice.html", context, form)

    return shown(request, build)


def read_out(found: Person, purpose: str, wished: str, languages: list[str]) -> ReadOut | None:
    """The words in force: in the language asked for, else the person's, else English."""
    chosen = wished if wished in languages else best(found.language, languages)
    notice = consent.words_in_force(found.controller_id, purpose, chosen)
    if notice is None:
        return None
    items = notice.content.get("items", [])
    return ReadOut(notice, next((one for one in items if one.get("purpose") == purpose), {}))


def is_other(read: ReadOut | None, given: dict[str, Any]) -> bool:
    """Whether a yes is to words that are in force no longer; a no is to none."""
    if given["state"] != State.GIVEN:
        return False
    now = (read.notice.version_id, read.notice.language) if read else None
    return now != (given["notice"], given["language"])


def chosen(request: HttpRequest, found: Person, state: StateShown, form: OnBehalfForm) -> bool:
    """Record the choice; whether the service took it."""
    try:
        record(actor(request), found, state.purpose, form.cleaned_data)
    except DomainError as error:
        refuse(form, error)
    return not form.errors


def record(by: Actor, found: Person, purpose: str, given: dict[str, Any]) -> None:
    """One line of the ledger, with who took it down and what shows it."""
    evidence = {"operator": by.id, "ui_version": UI_VERSION, "reference": given["reference"],
                "case": given["case"]}  # fmt: skip
    told = {name: value for name, value in evidence.items() if value}
    channel = words.CHANNELS[given["method"]]
    if given["state"] == State.WITHDRAWN:
        consents.withdraw(
            by=by, controller_id=found.controller_id, subject_id=found.id, purpose=purpose,
            method=given["method"], channel=channel, reason=given["reason"],
            given_by="operator", evidence=told,
        )  # fmt: skip
        return
    said = consents.Choice(
        subject_id=found.id, purpose=purpose, state=State(given["state"]), given_by="operator",
        method=given["method"], channel=channel, language=given["language"],
        notice_version=given["notice"], is_explicit=given["is_explicit"], reason=given["reason"],
        evidence=told,
    )  # fmt: skip
    consents.record(by=by, controller_id=found.controller_id, choice=said)


def _named(read: ReadOut | None) -> dict[str, str]:
    """What names the words on the page, for the form to carry."""
    if read is None:
        return {}
    return {"notice": str(read.notice.version_id), "language": read.notice.language}
