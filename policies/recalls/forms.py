"""What officers fill in about addresses for recalls."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from audit.verbs import AddForm
from work.webhooks.addresses import LONGEST


class AddEndpointForm(AddForm):
    service = forms.ChoiceField(label=_("Service"))
    url = forms.CharField(
        label=_("Address"), max_length=LONGEST, widget=forms.TextInput(attrs={"type": "url"}),
        help_text=_("https, at a public host; or http or https at this very machine."),
    )  # fmt: skip

    field_order = ("controller", "service", "url")

    def prepare(self) -> None:
        super().prepare()
        names = accounts.service_names(self.controllers)
        self.fields["service"].choices = list(names.items())  # type: ignore[attr-defined]
