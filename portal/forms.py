"""What people send."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keys.problems import DomainError
from portal import rights
from subjects.schemes import MAX_LENGTH, normalise


class SignInForm(forms.Form):
    """An e-mail address. It is never shown again, not even to correct it."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        max_length=MAX_LENGTH,
        error_messages={
            "required": _("Enter your e-mail address."),
            "max_length": _("This is longer than any e-mail address."),
        },
    )

    def clean_email(self) -> str:
        try:
            return normalise("email", self.cleaned_data["email"])
        except DomainError as error:
            text = _("Enter an e-mail address like name@example.org.")
            raise forms.ValidationError(text) from error


class ParentForm(SignInForm):
    """The address of a parent whom a child names."""

    email = forms.CharField(
        label=_("Your parent’s e-mail address"),
        max_length=MAX_LENGTH,
        error_messages={
            "required": _("Enter an e-mail address."),
            "max_length": _("This is longer than any e-mail address."),
        },
    )


class ParentAnswerForm(forms.Form):
    """What somebody who was named as a parent says, and the token they may hand in."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    token = forms.CharField(max_length=4000, required=False)


class ObjectionForm(forms.Form):
    """To object to one thing, or to take that back."""

    act = forms.ChoiceField(choices=[("object", "object"), ("lift", "lift")])
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in rights.KINDS])
    purpose = forms.CharField(max_length=100, required=False)


class RestrictionForm(forms.Form):
    """A restriction to take back; without one, what to restrict and why."""

    restriction = forms.UUIDField(required=False)
    ground = forms.ChoiceField(choices=[(one, one) for one in rights.GROUNDS], required=False)
    purpose = forms.CharField(max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not said.get("restriction") and not said.get("ground"):
            raise forms.ValidationError(_("Say why."))
        return said


class DeviceForm(forms.Form):
    """An answer for each category; one button refuses all of them."""

    all = forms.ChoiceField(choices=[("no", "no")], required=False)
    functional = forms.ChoiceField(choices=[("no", "no"), ("yes", "yes")])
    analytics = forms.ChoiceField(choices=[("no", "no"), ("yes", "yes")])
    advertising = forms.ChoiceField(choices=[("no", "no"), ("yes", "yes")])

    def choices(self) -> dict[str, bool]:
        """What is allowed by category. Call it on a valid form."""
        said = dict(self.cleaned_data)
        refuses_all = said.pop("all") == "no"
        return {code: word == "yes" and not refuses_all for code, word in said.items()}


class AnswerForm(forms.Form):
    """One answer about one purpose, and the words that were on the page."""

    purpose = forms.CharField(max_length=100)
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no"), ("withdraw", "withdraw")])
    notice = forms.CharField(max_length=36, required=False)
    language = forms.CharField(max_length=20, required=False)


class CorrectionForm(forms.Form):
    """What is wrong, and what is right. No evidence is asked for: an officer asks if they doubt."""

    attribute = forms.ChoiceField(
        label=_("What is wrong"),
        error_messages={"required": _("Choose what is wrong."),
                        "invalid_choice": _("Choose what is wrong.")},
    )  # fmt: skip
    value = forms.CharField(
        label=_("What is right"), max_length=1000,
        error_messages={"required": _("Say what is right.")},
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]]) -> None:
        super().__init__(*args)
        self.fields["attribute"].choices = choices  # type: ignore[attr-defined]
