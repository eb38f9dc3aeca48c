"""What officers fill in when they put a version in force, and what they read before they do."""

from datetime import UTC, datetime

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit.verbs import ActForm
from consent.admin import shown_changes
from consent.models import PurposeVersion
from consent.versions import selectors as versions


class PutInForceForm(ActForm):
    """When a version begins, and why; with what it changes, weighed (CON-19)."""

    effective_from = forms.DateTimeField(
        label=_("In force from (UTC)"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: at once, from the next check on."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Reason"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def prepare(self) -> None:
        changes = (
            versions.purpose_changes(self.obj)
            if isinstance(self.obj, PurposeVersion)
            else versions.notice_changes(self.obj)
        )
        said = _("For colleagues; the log keeps it. It names no person.")
        self.fields["note"].help_text = format_html(
            "{} {}{}", said, shown_changes.claim(self.obj), shown_changes.listed(self.obj, changes)
        )

    def clean_effective_from(self) -> datetime | None:
        chosen: datetime | None = self.cleaned_data["effective_from"]
        return None if chosen is None else chosen.replace(tzinfo=UTC)
