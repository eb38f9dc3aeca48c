"""The pages of those who erase by hand: a link that opens once, and a list with a way to show it.

No account is needed: the link went to the address that the controller entered for the system. A
look at it takes nothing (mail programs look, too); a button opens it.
"""

from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.actors import Actor
from erasure.errors_manual import ErrandUnknownError
from erasure.manual import selectors, services
from erasure.manual.media import MOST_BYTES
from erasure.models import Claim, Errand
from keys.problems import DomainError

COOKIE: Final = "errand"
SALT: Final = "sammati.errand.opened"
SECONDS: Final = services.HOURS * 3600


class ShowForm(forms.Form):
    """What became of one person, and the file that shows it."""

    step = forms.UUIDField(widget=forms.HiddenInput)
    claim = forms.ChoiceField(label=_("What became of it"), choices=Claim.choices)
    file = forms.FileField(
        label=_("A file that shows it"), max_length=200,
        help_text=_("PDF, PNG, JPEG or plain text, at most 5 MB."),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, token: str) -> HttpResponse:
    """A look tells nothing; the button opens the link, once."""
    if request.method == "GET":
        return render(request, "erasure/manual/open.html")
    try:
        opened = services.open_errand(token=token)
    except ErrandUnknownError:
        return render(request, "erasure/manual/closed.html", status=403)
    response = redirect("errand:list")
    response.set_signed_cookie(
        COOKIE, str(opened.id), salt=SALT, max_age=SECONDS, httponly=True, samesite="Strict",
        secure=request.is_secure(), path="/errand/",
    )  # fmt: skip
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def tasks(request: HttpRequest) -> HttpResponse:
    """Who waits, and the form to show what was done."""
    opened = _opened(request)
    if opened is None:
        return render(request, "erasure/manual/closed.html", status=403)
    form, trouble = None, ""
    if request.method == "POST":
        form = ShowForm(request.POST, request.FILES)
        trouble = _shown(opened, form)
        if not trouble:
            return redirect("errand:list")
    context = {
        "errand": opened, "waiting": selectors.count(opened), "tasks": selectors.tasks(opened),
        "claims": Claim.choices, "trouble": trouble,
    }  # fmt: skip
    return render(request, "erasure/manual/list.html", context, status=422 if trouble else 200)


def _shown(opened: Errand, form: ShowForm) -> str:
    """Hand it in; what was wrong with it, empty where nothing was."""
    if not form.is_valid():
        return str(_("Choose what became of it, and a file that shows it."))
    said: dict[str, Any] = form.cleaned_data
    try:
        services.show(
            by=Actor.system(f"errand:{opened.id}"), controller_id=opened.controller_id,
            place_id=opened.system_id or opened.party_id, step_id=said["step"], claim=said["claim"],
            content=_content(said["file"]),
        )  # fmt: skip
    except DomainError as error:
        return str(_(error.message))
    return ""


def _content(file: "UploadedFile[bytes]") -> bytes:
    """One byte more than is taken, so that what is too big is seen to be."""
    return bytes(file.read(MOST_BYTES + 1))


def _opened(request: HttpRequest) -> Errand | None:
    found = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=SECONDS)
    return selectors.errand(UUID(found), timezone.now()) if found else None
