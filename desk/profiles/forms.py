"""Whose profile is looked at, from which seat and for what (PRO-01)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms import SCHEME_NAMES, case_field
from profiles.selectors_views import RELATIONS, SELF
from profiles.services import RECORD
from subjects.schemes import SCHEMES


class UseForm(forms.Form):
    """From which seat, for which purpose, in what capacity; nothing here can name a person."""

    seat = forms.ChoiceField(label=_("I read as"))
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        help_text=_("What you need the data for. It is recorded with your name."),
    )  # fmt: skip
    relation = forms.ChoiceField(
        label=_("The person is"), choices=RELATIONS, initial=SELF, required=False
    )
    case = case_field()

    def __init__(
        self, *args: Any, seats: Sequence[tuple[str, str]], purposes: Mapping[str, str],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["seat"].choices = seats  # type: ignore[attr-defined]
        named = sorted(purposes.items(), key=lambda one: one[1])
        self.fields["purpose"].choices = [("", "–"), *named]  # type: ignore[attr-defined]

    def clean_relation(self) -> str:
        return self.cleaned_data["relation"] or SELF


class FindForm(UseForm):
    """The identifier travels in the body of the request, never in its address (P10)."""

    scheme = forms.ChoiceField(
        label=_("Kind"), initial="email",
        choices=[*((one, SCHEME_NAMES[one]) for one in SCHEMES), (RECORD, _("Id of the record"))],
    )  # fmt: skip
    value = forms.CharField(
        label=_("Identifier"), max_length=254,
        help_text=_("Exactly as the person gave it, for example with the country code."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    field_order = ("scheme", "value", "seat", "purpose", "relation", "case")
