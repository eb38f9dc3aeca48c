"""Attributes as officers see and define them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import actor_column
from audit.verbs import Act, ActForm, AddForm, Verb, VerbAdmin
from profiles.models import AttributeDefinition, Sensitivity, ValueKind
from profiles.services import defining
from profiles.services.defining import Terms
from registry.shown import category_column

DAYS = 36_500


class LinesField(forms.CharField):
    """One choice a line."""

    def clean(self, value: Any) -> tuple[str, ...]:
        lines = (one.strip() for one in super().clean(value).splitlines())
        return tuple(dict.fromkeys(one for one in lines if one))


def days(label: object, help_text: object, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, required=required, min_value=0, max_value=DAYS  # type: ignore[arg-type]
    )  # fmt: skip


class TermsForm(forms.Form):
    """What of an attribute may change."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("What readers call it."))
    category = forms.CharField(
        label=_("Data category"), max_length=60,
        help_text=_("The code of a registered category, for example pd:EmailAddress."),
    )  # fmt: skip
    choices = LinesField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, for an attribute that is one of a list."),
    )  # fmt: skip
    max_length = forms.IntegerField(
        label=_("Longest text"), min_value=1, max_value=4000, initial=200
    )
    fresh_for_days = days(
        _("Fresh for (days)"),
        _("Older values are stale and not shown (DPDP s.8(3)); empty: never stale."),
    )
    retention_days = days(
        _("Kept for (days)"), _("Since it was observed; empty: as long as the person is known.")
    )
    former_days = days(
        _("Former values kept for (days)"), _("A value that was replaced; 0: not at all."),
        required=True,
    )  # fmt: skip

    def terms(self) -> Terms:
        return Terms(**{name: self.cleaned_data[name] for name in TermsForm.base_fields})


class DefineForm(TermsForm, AddForm):
    code = forms.SlugField(
        label=_("Code"), max_length=60,
        help_text=_("Systems and rules name it by this; it never changes."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind of value"), choices=ValueKind.choices, help_text=_("It never changes.")
    )
    sensitivity = forms.ChoiceField(
        label=_("Sensitivity"), choices=Sensitivity.choices,
        help_text=_("Each is sealed apart and needs rules of its own. It never changes."),
    )  # fmt: skip
    field_order = ("controller", "code", "title", "category", "kind", "sensitivity")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {**cleaned, "terms": None if self.errors else self.terms()}


class ChangeForm(TermsForm, ActForm):
    """Starts from what stands."""

    def prepare(self) -> None:
        for name, field in self.fields.items():
            value = getattr(self.obj, name)
            field.initial = "\n".join(value) if name == "choices" else value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {**cleaned, "terms": None if self.errors else self.terms()}


def define(act: Act) -> str:
    made = defining.define_attribute(
        by=act.by, controller_id=act.controller_id, code=act.data["code"], kind=act.data["kind"],
        sensitivity=act.data["sensitivity"], terms=act.data["terms"],
    )  # fmt: skip
    return gettext("%(name)s was defined. Nobody sees it until a rule says so.") % {
        "name": made.title
    }


def change(act: Act) -> str:
    defining.change_attribute(by=act.by, definition=act.obj, terms=act.data["terms"])
    return gettext("The attribute was changed.")


def retire(act: Act) -> str:
    defining.retire_attribute(by=act.by, definition=act.obj)
    return gettext("The attribute is retired; its values are being deleted.")


def is_active(definition: AttributeDefinition) -> bool:
    return definition.is_active


DEFINE = Verb(
    name="add", label=_("Define an attribute"), permission=Permission.MANAGE_VIEWS,
    form=DefineForm, run=define,
    consequence=_("Its values can be taken in from then on. Views hide it until a rule shows it."),
)  # fmt: skip
CHANGE = Verb(
    name="change-terms", label=_("Change"), permission=Permission.MANAGE_VIEWS, form=ChangeForm,
    run=change, applies=is_active,
    consequence=_("What may be kept no longer is deleted soon after."),
)  # fmt: skip
RETIRE = Verb(
    name="retire", label=_("Retire"), permission=Permission.MANAGE_VIEWS, run=retire,
    applies=is_active, is_grave=True,
    consequence=_("All its values of all people are deleted. This cannot be undone."),
)  # fmt: skip


@admin.register(AttributeDefinition)
class AttributeDefinitionAdmin(VerbAdmin):
    related = ("controller",)
    list_filter = ("sensitivity", "kind", "is_active")
    search_fields = ("code", "title", "category")
    creation = DEFINE
    verbs = (CHANGE, RETIRE)

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("title", "code", category_column(), "kind", "sensitivity", "fresh_for_days",
                "retention_days", "is_active", "controller")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        author: Callable[[Any], str] = actor_column(request, _("Defined by"), "created_by")
        return ("code", "title", "controller", category_column(), "kind", "sensitivity", "choices",
                "max_length", "fresh_for_days", "retention_days", "former_days", "is_active",
                "created_at", author)  # fmt: skip
