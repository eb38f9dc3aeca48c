"""Opening more than the view: a masked field for minutes, or the whole profile in an emergency.

The forms say nothing about the person, not even that they exist: only opening does, and whom the
reader may not look at does not exist then either (PRO-06).
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.roles import Permission
from audit.console import actor, shown, site
from desk.forms import CASE
from desk.profiles import words
from desk.views import page, refuse, see_other
from desk.words import tail_of
from keys.problems import DomainError
from profiles import selectors_views as selectors
from profiles import services as profiles
from profiles.errors import SubjectNotFoundError
from profiles.services.breaking import MOST_MINUTES as MOST_GLASS
from profiles.services.revealing import MOST_MINUTES as MOST_REVEAL

KEPT = ("seat", "purpose", "relation", "case")
"""What the address of the profile said, and says again afterwards."""


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reason"), min_length=10, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is kept for good with your name. Name nobody in it."),
    )  # fmt: skip


class RevealForm(forms.Form):
    """Which field, for how long, and why."""

    attribute = forms.ChoiceField(label=gettext_lazy("Field"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=1, max_value=MOST_REVEAL, initial=5
    )
    reason = reason_field()

    def __init__(self, *args: Any, attributes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attribute"].choices = attributes  # type: ignore[attr-defined]


class GlassForm(forms.Form):
    """For which case, for how long, and why nobody could wait."""

    case = forms.CharField(
        label=gettext_lazy("Case"), max_length=40, validators=[CASE],
        help_text=gettext_lazy("Your own number of it. It is kept for good."),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=1, max_value=MOST_GLASS, initial=30
    )
    reason = reason_field()


@require_http_methods(["GET", "HEAD", "POST"])
def reveal_field(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """Open one masked field, then go back to the profile."""
    seat = _seat(request)
    named = [(one.code, one.title) for one in selectors.attributes(seat.controller_id)]
    form = RevealForm(
        request.POST or None, attributes=named,
        initial={"attribute": request.GET.get("attribute", "")},
    )  # fmt: skip

    def open_it() -> None:
        profiles.reveal(
            **_who(request, seat, subject_id), attribute=form.cleaned_data["attribute"],
            reason=form.cleaned_data["reason"], minutes=form.cleaned_data["minutes"],
        )  # fmt: skip

    context = {
        "title": _("Open a masked field"), "action": _("Open it"),
        "consequence": _(
            "You see the field in full for these minutes, on this person's profile and for this "
            "purpose only. Very many in a day are an alarm."
        ),
    }  # fmt: skip
    return _page(request, subject_id, form, open_it, context)


@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """Open the whole profile beyond the view, then go back to it."""
    seat = _seat(request)
    form = GlassForm(request.POST or None)

    def open_it() -> None:
        profiles.break_glass(
            **_who(request, seat, subject_id), case=form.cleaned_data["case"],
            reason=form.cleaned_data["reason"], minutes=form.cleaned_data["minutes"],
        )  # fmt: skip

    context = {
        "title": _("Break the glass"), "action": _("Open the whole profile"), "is_grave": True,
        "consequence": _(
            "You see everything of this person that a decision permits for this purpose. A second "
            "person reviews it within 24 hours, and the person reads of it and of your reason."
        ),
    }  # fmt: skip
    return _page(request, subject_id, form, open_it, context)


def _page(
    request: HttpRequest,
    subject_id: UUID,
    form: forms.Form,
    open_it: Callable[[], None],
    context: dict[str, Any],
) -> HttpResponse:
    """Ask, open, and go back to the profile as its address was."""
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    back = f"{reverse('admin:profile', args=[subject_id])}?{urlencode(kept)}"

    def build() -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                open_it()
            except SubjectNotFoundError:
                raise Http404 from None
            except DomainError as error:
                refuse(form, error)
            else:
                return see_other(back)
        told = {"subtitle": tail_of(subject_id), "form": form, "back": back}
        return page(request, "desk/profiles/open.html", {**context, **told, **_use(request)}, form)

    return shown(request, build)


def _use(request: HttpRequest) -> dict[str, str]:
    """For which purpose, in the officer's words."""
    code, seat = request.GET.get("purpose", ""), _seat(request)
    return {"purpose": words.purposes(seat.controller_id).get(code, code)}


def _who(request: HttpRequest, seat: Any, subject_id: UUID) -> dict[str, Any]:
    return {
        "by": actor(request), "controller_id": seat.controller_id, "subject_id": subject_id,
        "purpose": request.GET.get("purpose", ""), "role": seat.role.code, "unit": seat.unit,
    }  # fmt: skip


def _seat(request: HttpRequest) -> Any:
    """The officer's own seat that the address names; 403 for any other."""
    allowed = site().controller_ids(request, Permission.VIEW_PROFILES)
    mine = (
        seat for one in allowed
        for seat in selectors.seats_of(one, "officer", actor(request).id)
    )  # fmt: skip
    wanted = request.GET.get("seat", "")
    found = next((seat for seat in mine if str(seat.pk) == wanted), None)
    if found is None:
        raise PermissionDenied
    return found
