"""What officers fill in about readers' roles, seats and versions of the views."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit.verbs import ActForm, AddForm
from consent import selectors as consents
from profiles import selectors_views as selectors
from profiles.admin.shown import listed
from profiles.models import HolderType, Relation, Sensitivity, Treatment
from registry import selectors as registry

NONE = ("", "–")


class RoleForm(AddForm):
    code = forms.SlugField(
        label=_("Code"), max_length=60,
        help_text=_("Small letters, digits and hyphens; services name the role by it."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("For example Branch officer.")
    )


class SeatForm(ActForm):
    """Who sits in a role. `self.obj` is the role."""

    holder = forms.ChoiceField(label=_("Who reads"))
    unit = forms.SlugField(
        label=_("Business unit"), max_length=60, required=False,
        help_text=_("They see its sources beside those of no unit; empty: of no unit only."),
    )  # fmt: skip
    until = forms.DateTimeField(
        label=_("Until (UTC)"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: until somebody ends it."),
    )  # fmt: skip

    def prepare(self) -> None:
        found = selectors.holders(self.obj.controller_id)
        kinds: dict[str, Any] = dict(HolderType.choices)
        choices = [(f"{kind} {one}", f"{name} ({kinds[kind]})")
                   for (kind, one), name in found.items()]  # fmt: skip
        self.fields["holder"].choices = [NONE, *choices]  # type: ignore[attr-defined]

    def clean_until(self) -> datetime | None:
        chosen: datetime | None = self.cleaned_data["until"]
        return None if chosen is None else chosen.replace(tzinfo=UTC)


class DraftForm(AddForm):
    note = forms.CharField(
        label=_("What changes"), max_length=300,
        help_text=_("Why this version is made. The draft begins with the rules in force."),
    )  # fmt: skip


class RuleForm(ActForm):
    """One rule of the matrix. `self.obj` is the draft."""

    role = forms.ChoiceField(label=_("Reader’s role"))
    purpose = forms.ChoiceField(label=_("Purpose"))
    category = forms.ChoiceField(label=_("Data category"))
    attribute = forms.ChoiceField(
        label=_("Only this attribute"), required=False,
        help_text=_("It outweighs the rule of its category."),
    )  # fmt: skip
    sensitivity = forms.ChoiceField(
        label=_("Sensitivity"), choices=Sensitivity.choices,
        help_text=_("Sensitive data are shown by a rule about them alone."),
    )  # fmt: skip
    relation = forms.ChoiceField(label=_("Looked at as"), choices=Relation.choices)
    treatment = forms.ChoiceField(label=_("What is done with it"), choices=Treatment.choices)

    def prepare(self) -> None:
        controller_id = self.obj.controller_id
        titles = consents.purpose_titles(controller_id)
        known = selectors.known(controller_id)
        offered = {
            "role": [(one.code, one.name) for one in selectors.roles(controller_id)],
            "purpose": [(one, titles.get(one, one)) for one in sorted(known.purposes)],
            "category": sorted(registry.category_titles(controller_id).items()),
            "attribute": [(one.code, one.title) for one in selectors.definitions(controller_id)],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [NONE, *choices]  # type: ignore[attr-defined]


class ApproveForm(ActForm):
    """What the approver read: the changes as they were on the page."""

    seen = forms.CharField(widget=forms.HiddenInput)
    is_read = forms.BooleanField(label=_("I have read what changes"))

    def prepare(self) -> None:
        self.fields["seen"].initial = self.obj.changed_at.isoformat()
        self.fields["is_read"].help_text = format_html("{}", listed(selectors.changes_of(self.obj)))

    def clean_seen(self) -> datetime | None:
        return parse_datetime(self.cleaned_data["seen"])
