"""The page that says from which export a leaked file comes, and who took it.

What is pasted is posted, never stored and never shown again; that somebody traced is on record.
"""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.roles import Permission
from audit.actors import Target
from audit.console import note_read, shown, site, who
from desk.profiles import words
from desk.views import page
from profiles.services.tracing import MOST_CHARACTERS, Traced, traced


class TraceForm(forms.Form):
    """A part of the file, or one of its marks."""

    text = forms.CharField(
        label=gettext_lazy("Lines that leaked"), max_length=MOST_CHARACTERS,
        widget=forms.Textarea(
            attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
        ),
        help_text=gettext_lazy(
            "Lines of the file, with the column watermark if it is there; else at least ten ids "
            "of people in the order in which they stood."
        ),
    )  # fmt: skip


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def trace(request: HttpRequest) -> HttpResponse:
    """Paste what was found; the exports from which it comes are named."""
    allowed = site().controller_ids(request, Permission.REVIEW_ACCESS)
    if not allowed:
        raise PermissionDenied
    form = TraceForm(request.POST or None)

    def build() -> HttpResponse:
        context: dict[str, Any] = {"title": _("Trace a leaked file"), "form": form}
        if request.method == "POST" and form.is_valid():
            found = [one for log in allowed for one in traced(log, form.cleaned_data["text"])]
            named = {"found": [str(one.export.id) for one in found]}
            target = Target("profile_trace", "")
            note_read(request, [(one, None) for one in allowed], target=target, data=named)
            told = {"traced": [_told(request, one) for one in found], "is_asked": True}
            context |= {**told, "form": TraceForm()}
        return page(request, "desk/profiles/trace.html", context, form)

    return shown(request, build)


def _told(request: HttpRequest, one: Traced) -> dict[str, Any]:
    """An export in words: who asked, who approved, who took its file."""
    export = one.export
    return {
        "name": export.name, "at": export.requested_at, "people": export.shown,
        "address": reverse("admin:profiles_profileexport_change", args=[export.pk]),
        "by": who(request, export.seat.holder_type, export.requested_by),
        "approver": who(request, "officer", export.decided_by),
        "purpose": words.purposes(export.controller_id).get(export.purpose, export.purpose),
        "reason": export.reason, "marked": one.marked, "changed": one.changed,
        "by_order": one.order,
        "takings": [(at, who(request, export.seat.holder_type, by)) for at, by in one.takings],
    }  # fmt: skip
