"""What officers fill in about one person. Values that could name somebody are codes only."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from audit.alarms import REASONS
from consent.transitions import VALID, State, is_legal, settle
from desk import words
from subjects.schemes import SCHEMES

SCHEME_NAMES = {
    "crm": _("Customer number"), "email": _("E-mail address"), "phone": _("Telephone number"),
    "device": _("Device"), "account": _("Account"),
}  # fmt: skip
CASE = RegexValidator(
    r"^(?!.*\d{9})[A-Za-z0-9/_-]{0,40}$",
    _("Letters, digits, /, _ and - only; no telephone number and no address."),
)


def case_field() -> forms.CharField:
    """A case number of the company's own; never a name or an address."""
    return forms.CharField(
        label=_("Case number"), required=False, max_length=40, validators=[CASE],
        help_text=_("Of the request or complaint, if there is one. It is kept for good."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class FindForm(forms.Form):
    """The identifier travels in the body of the request, never in its address."""

    controller = forms.ChoiceField(label=_("Controller"))
    scheme = forms.ChoiceField(
        label=_("Kind"), initial="email", choices=[(one, SCHEME_NAMES[one]) for one in SCHEMES]
    )
    value = forms.CharField(
        label=_("Identifier"), max_length=254,
        help_text=_("Exactly as the person gave it, for example with the country code."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args: Any, controllers: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one), name) for one, name in controllers.items()]
        self.fields["controller"].choices = choices  # type: ignore[attr-defined]


class RevealForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "–"), *words.REVEAL_REASONS],
        help_text=_("The reason is recorded with your name."),
    )  # fmt: skip
    case = case_field()


class EvidenceForm(forms.Form):
    """About which purpose a pack is taken, and why."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "–"), *words.EVIDENCE_REASONS],
        help_text=_("The reason is recorded with your name, and stands in the pack."),
    )  # fmt: skip
    case = case_field()

    def __init__(self, *args: Any, purposes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", "–"), *purposes]  # type: ignore[attr-defined]


class AnswerAlarmForm(forms.Form):
    """Why an alarm needs no more shouting."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "–"), *REASONS.items()],
        help_text=_("The reason is recorded with your name."),
    )  # fmt: skip


class OnBehalfForm(forms.Form):
    """A choice of the person that an officer enters."""

    state = forms.ChoiceField(label=_("The person’s choice"), widget=forms.RadioSelect)
    method = forms.ChoiceField(
        label=_("How they expressed it"), choices=[("", "–"), *words.METHODS]
    )
    language = forms.ChoiceField(
        label=_("Language of the notice they were shown"), required=False,
        help_text=_("A yes counts only for words that the person saw or heard."),
    )  # fmt: skip
    is_explicit = forms.BooleanField(
        label=_("It was an explicit statement"), required=False,
        help_text=_("Signed, or said in words; needed for special categories."),
    )  # fmt: skip
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *words.CHOICE_REASONS])
    case = case_field()

    def __init__(
        self, *args: Any, current: State, languages: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = _choices(current)  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", "–"), *languages]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("state") == State.GIVEN and not cleaned.get("language"):
            self.add_error("language", _("Choose the language of the words they were shown."))
        return cleaned


def _choices(current: State) -> list[tuple[str, Any]]:
    """Only what may legally follow the present state."""
    possible = ((State.GIVEN, _("Yes, they agree")), (State.REFUSED, _("No, they refuse")),
                (State.WITHDRAWN, _("They withdraw their consent")))  # fmt: skip
    return [
        (state.value, label)
        for state, label in possible
        if is_legal(current, settle(current, state))
        and not (state is State.REFUSED and current in VALID)
    ]
