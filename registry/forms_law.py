"""What officers fill in about legal findings and freezes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.verbs import ActForm, AddForm
from registry.forms import date_field
from registry.models import FrozenKind
from registry.models_law import KINDS


class RecordFindingForm(AddForm):
    kind = forms.ChoiceField(label=_("What was found"), choices=KINDS)
    purpose = forms.CharField(
        label=_("Purpose"), max_length=100, required=False,
        help_text=_("Its code; empty where the finding is about the whole controller."),
    )  # fmt: skip
    topic = forms.CharField(
        label=_("About"), max_length=100, required=False,
        help_text=_("The data category (* for all), or the purpose the data were collected for."),
    )  # fmt: skip
    citation = forms.CharField(
        label=_("Law"), max_length=200, help_text=_("The law and the place in it.")
    )
    conclusion = forms.CharField(
        label=_("Conclusion"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was found, and why; name no person."),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Reference"), max_length=200, required=False,
        help_text=_("Where the whole assessment is kept."),
    )  # fmt: skip
    valid_until = date_field(
        _("Counts until"), _("Last day; needed for what allows, empty for what restricts.")
    )


class FreezeForm(AddForm):
    kind = forms.ChoiceField(label=_("What is frozen"), choices=FrozenKind.choices)
    code = forms.CharField(
        label=_("Code"), max_length=100,
        help_text=_("Its code: of the service, of the party, or the name services give a system."),
    )  # fmt: skip
    incident = forms.CharField(
        label=_("Incident"), max_length=120, help_text=_("Its reference; name no person.")
    )


class ReleaseForm(ActForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why it is safe to go on; name no person."),
    )  # fmt: skip
