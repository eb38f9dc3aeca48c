"""What an officer looks for among the decisions; nothing here can name a person (P10)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.decisions import words

ANY = ("", _("All"))
MOST_WORDS = 100


class FilterForm(forms.Form):
    """Each choice narrows the list; one that is not offered is left out."""

    outcome = forms.ChoiceField(
        label=_("Answer"), required=False, choices=[ANY, *words.OUTCOMES.items()]
    )
    period = forms.ChoiceField(label=_("Period"), required=False, choices=words.PERIODS)
    purpose = forms.ChoiceField(label=_("Purpose"), required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    reason = forms.CharField(
        label=_("Words of a reason"), required=False, max_length=MOST_WORDS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, services: Mapping[str, str], purposes: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("service", services), ("purpose", purposes)):
            choices = sorted(offered.items(), key=lambda one: one[1])
            self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        """What was chosen and is valid."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class RehearseForm(forms.Form):
    """Over which recorded decisions the draft is tried."""

    hours = forms.ChoiceField(
        label=_("Decisions of"), choices=words.SPANS, initial="168",
        help_text=_("What was asked then is judged by the draft and by the version in force now."),
    )  # fmt: skip


class ShadowForm(forms.Form):
    """How long the draft is tried on live traffic."""

    days = forms.ChoiceField(
        label=_("How long"), choices=words.SHADOW_DAYS, initial="7",
        help_text=_("The draft answers nobody; what it would have said differently is counted."),
    )  # fmt: skip
