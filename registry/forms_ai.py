"""What officers fill in about AI models, and about parties that are foreign States."""

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.verbs import ActForm, AddForm
from registry.forms import date_field
from registry.models import Risk


class AddModelForm(AddForm):
    code = forms.SlugField(
        label=_("Code"), max_length=60,
        help_text=_("What services call it when they ask, for example prop-7."),
    )  # fmt: skip
    version = forms.CharField(label=_("Version"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=120)
    risk = forms.ChoiceField(label=_("Risk"), choices=Risk.choices)
    is_significant = forms.BooleanField(
        label=_("Significant effect"), required=False, initial=True,
        help_text=_("Its results have legal or similarly significant effects on people."),
    )  # fmt: skip
    oversight = forms.CharField(
        label=_("Overseen by"), max_length=120, required=False,
        help_text=_("The function that oversees it (AI Act 14, 26(2)); never a person's name."),
    )  # fmt: skip
    informs_persons = forms.BooleanField(
        label=_("People are told"), required=False,
        help_text=_("Those concerned are told that it is used (AI Act 26(11))."),
    )  # fmt: skip
    review_route = forms.CharField(
        label=_("Human review"), max_length=200, required=False,
        help_text=_("Where a person reaches a human who reviews the result (GDPR 22(3))."),
    )  # fmt: skip
    authorising_law = forms.CharField(
        label=_("Authorising law"), max_length=200, required=False,
        help_text=_("The law that lets it decide alone (GDPR 22(2)(b)), if there is one."),
    )  # fmt: skip
    special_law = forms.CharField(
        label=_("Law for special categories"), max_length=200, required=False,
        help_text=_("The law that lets it use special categories (GDPR 22(4)), if there is one."),
    )  # fmt: skip
    diligence_reference = forms.CharField(
        label=_("Due diligence"), max_length=200, required=False,
        help_text=_("Where the due diligence of this version is kept (DPDP Rules 13(3))."),
    )  # fmt: skip
    diligence_until = date_field(
        _("Due diligence counts until"), _("Last day, at most a year from today.")
    )


class ForeignStateForm(ActForm):
    is_foreign_state = forms.BooleanField(
        label=_("Foreign State"), required=False,
        help_text=_("A foreign State, or a body under its control (DPDP r.15)."),
    )  # fmt: skip
    state_order = forms.CharField(
        label=_("Order"), max_length=200, required=False,
        help_text=_("The order of the Central Government whose condition is met, with its date."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["is_foreign_state"].initial = self.obj.is_foreign_state
        self.fields["state_order"].initial = self.obj.state_order
