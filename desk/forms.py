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
    """A choice of the person that an officer takes down. A yes needs more fields than a no."""

    state = forms.ChoiceField(label=_("The person’s choice"), widget=forms.RadioSelect)
    method = forms.ChoiceField(
        label=_("How they expressed it"), choices=[("", "–"), *words.METHODS]
    )
    is_read = forms.BooleanField(
        label=_("They heard or read the words above"), required=False,
        help_text=_("A yes counts only for words that the person saw or heard."),
    )  # fmt: skip
    is_explicit = forms.BooleanField(
        label=_("It was an explicit statement"), required=False,
        help_text=_("Signed, or said in words; needed for special categories."),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("What shows it"), required=False, max_length=40, validators=[CASE],
        help_text=_("The reference of the recording or of the signed paper, for a yes."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *words.CHOICE_REASONS])
    case = case_field()
    notice = forms.UUIDField(required=False, widget=forms.HiddenInput)
    language = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, current: State, shown: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = _choices(current)  # type: ignore[attr-defined]
        for name, value in shown.items():
            self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("state") == State.GIVEN:
            self._need(cleaned, "is_read", _("Read the words to the person first."))
            self._need(cleaned, "reference", _("Say what shows that they agreed."))
            if not (cleaned.get("notice") and cleaned.get("language")):
                self.add_error(None, _("No published words about this purpose were on the page."))
        return cleaned

    def _need(self, cleaned: Mapping[str, Any], name: str, words: Any) -> None:
        if not cleaned.get(name) and name not in self.errors:
            self.add_error(name, words)


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
