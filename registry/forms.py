"""What officers fill in about parties and data categories."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from audit.verbs import ActForm, AddForm
from registry.models import PartyKind, TransferTool

COUNTRY = r"^[A-Z]{2}$"


def date_field(label: object, help_text: object = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=False, widget=widget)  # type: ignore[arg-type]


class AddPartyForm(AddForm):
    code = forms.SlugField(label=_("Code"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=PartyKind.choices)
    country = forms.RegexField(
        COUNTRY, label=_("Country"), max_length=2,
        help_text=_("Where it processes, as a two-letter ISO 3166 code."),
    )  # fmt: skip
    contract_reference = forms.CharField(
        label=_("Contract reference"), max_length=120, required=False,
        help_text=_("Needed for everybody who works or decides under one (DPDP s.8(2); GDPR 28)."),
    )  # fmt: skip
    contract_ends_on = date_field(
        _("Contract ends on"), _("Last day of the contract; empty: no end agreed.")
    )
    transfer_tool = forms.ChoiceField(label=_("Transfer tool"), choices=TransferTool.choices)
    transfer_tool_ends_on = date_field(_("Transfer tool ends on"))


class ContactForm(ActForm):
    contact_email = forms.EmailField(
        label=_("Address"), required=False, help_text=_("Empty: an officer tells it by hand.")
    )

    def prepare(self) -> None:
        self.fields["contact_email"].initial = self.obj.contact_email


class EndContractForm(ActForm):
    on = date_field(_("Last day"), _("Checks of its services are denied from the day after."))

    def prepare(self) -> None:
        self.fields["on"].required = True


class PutInChargeForm(ActForm):
    service = forms.ChoiceField(label=_("Service"))

    def prepare(self) -> None:
        found = accounts.services_of(self.obj.controller_id)
        field = self.fields["service"]
        field.choices = [(str(one.pk), str(one)) for one in found]  # type: ignore[attr-defined]


class AddCategoryForm(AddForm):
    code = forms.CharField(
        label=_("Code"), max_length=60, help_text=_("For example pd:EmailAddress.")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    is_special = forms.BooleanField(
        label=_("Special category"), required=False,
        help_text=_("A special category under GDPR Art 9."),
    )  # fmt: skip
    is_criminal = forms.BooleanField(
        label=_("Data on offences"), required=False,
        help_text=_("Data on convictions and offences under GDPR Art 10."),
    )  # fmt: skip
