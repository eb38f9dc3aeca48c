"""What officers fill in about staff and services."""

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.roles import ROLES
from audit.verbs import ActForm, AddForm

CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


class PurposesField(forms.CharField):
    """Purpose codes, one a line."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def clean(self, value: Any) -> list[str]:
        codes = sorted(set(super().clean(value).split()))
        if any(not CODE.fullmatch(code) or len(code) > 100 for code in codes):
            raise ValidationError(_("A purpose code has small letters, digits, _ and dots."))
        return codes


class AddServiceForm(AddForm):
    code = forms.SlugField(
        label=_("Code"), max_length=60, help_text=_("Its name in AuthZEN requests.")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    purposes = PurposesField(
        label=_("Purposes"), required=False, help_text=_("Purpose codes, one a line.")
    )


class ChangeServiceForm(ActForm):
    is_active = forms.BooleanField(
        label=_("Active"), required=False, help_text=_("An inactive service gets no answers.")
    )
    purposes = PurposesField(
        label=_("Purposes"), required=False, help_text=_("Purpose codes, one a line.")
    )

    def prepare(self) -> None:
        self.fields["is_active"].initial = self.obj.is_active
        codes = [one.purpose for one in self.obj.purposes.all()]
        self.fields["purposes"].initial = "\n".join(codes)


class PaceForm(ActForm):
    items_per_second = forms.IntegerField(
        label=_("Items a second"), required=False, min_value=1, max_value=2**31 - 1,
        help_text=_("For each decision point. Empty: as many as for any service."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["items_per_second"].initial = self.obj.items_per_second


class IssueKeyForm(ActForm):
    days = forms.IntegerField(
        label=_("Valid for"), min_value=1, max_value=730, initial=365, help_text=_("Days.")
    )


def role_choices() -> list[tuple[str, Any]]:
    return [(role.code, role.name) for role in ROLES.values()]


class AddOfficerForm(AddForm):
    """A role for somebody who has an account, or a new account with a role."""

    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=role_choices)
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("Only for a new account.")
    )
    password = forms.CharField(
        label=_("First password"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Only for a new account; ask the colleague to change it at once."),
    )  # fmt: skip

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if password:
            validate_password(password)
        return password


class AssignRoleForm(AddForm):
    role = forms.ChoiceField(label=_("Role"), choices=role_choices)


class RemoveRoleForm(ActForm):
    held = forms.ChoiceField(label=_("Role"))

    def prepare(self) -> None:
        groups = self.obj.groups.filter(role_group__controller_id__in=self.controllers)
        rows = groups.values_list("role_group__controller_id", "role_group__role")
        field = self.fields["held"]
        field.choices = [  # type: ignore[attr-defined]
            (f"{one}:{role}", f"{self.controllers[one]}: {ROLES[role].name}")
            for one, role in rows.order_by("role_group__controller__name", "role_group__role")
            if role in ROLES
        ]
