"""What services reported, as officers read it: lists, and a page with the account of each."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import RecordedAdmin, actor_column, site
from audit.filters import PeriodFilter
from audit.verbs import Act, ActForm, Secret, Verb, VerbAdmin
from policies import selectors
from policies.audiences import admin as audiences  # noqa: F401 (registers)
from policies.emergency import admin as emergency  # noqa: F401 (registers)
from policies.filters import BackingFilter, ModelFilter, PurposeFilter, ServiceFilter
from policies.intake import revealing
from policies.models import AIDecision, Processing
from policies.recalls import admin as recalls  # noqa: F401 (registers)
from policies.versions import admin as versions  # noqa: F401 (registers)
from policies.words import REVEAL_REASONS

HIDDEN = ("names", "sealed")
"""Parts of a record that the page tells otherwise, or not without a reveal."""


class ReasonForm(ActForm):
    """Why sealed values are opened."""

    reason = forms.ChoiceField(label=_("Reason"), choices=REVEAL_REASONS)


def reveal(act: Act) -> Secret:
    """The sealed values, shown once."""
    values = revealing.reveal_values(
        by=act.by, controller_id=act.obj.controller_id, entry_id=act.obj.pk,
        reason=act.data["reason"],
    )  # fmt: skip
    said = "; ".join(f"{code}: {value}" for code, value in sorted(values.items()))
    return Secret(
        gettext("Values used"), said or gettext("The report gave no values."),
        gettext("That you saw this is recorded."), gettext("Go back"),
    )  # fmt: skip


REVEAL = Verb(
    name="reveal-values", label=_("Reveal values"), permission=Permission.REVEAL_IDENTIFIERS,
    consequence=_("The values the service reported are shown in clear; the log says to whom."),
    form=ReasonForm, run=reveal,
)  # fmt: skip


class ReportAdmin(RecordedAdmin, VerbAdmin):
    """Reports of one kind, newest first."""

    permission = Permission.VIEW_AUDIT
    ordering = ("-id",)
    list_filter: ClassVar[Any] = (PeriodFilter, BackingFilter, ServiceFilter, PurposeFilter)
    verbs = (REVEAL,)
    fields: ClassVar[Any] = (
        "at", "account", "purpose", "backing", "person", "decision", "facts", "entry",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        service = actor_column(request, _("Service"), "actor_id", "actor_type")
        return ("at", service, *self.told, "purpose", "backing", "person")

    told: ClassVar[tuple[str, ...]] = ()

    @admin.display(description=_("In plain words"))
    def account(self, row: Any) -> SafeString:
        said = selectors.account_of(row.controller_id, row.pk) or ""
        return format_html_join("", "<p>{}</p>", ((line,) for line in said.split("\n")))

    @admin.display(description=_("Permission"))
    def backing(self, row: Any) -> str:
        if row.outcome == "backed":
            return gettext("A decision allowed it")
        return f"{gettext('No decision allowed it')}: {site().reason_text(row.reason_code)}"

    @admin.display(description=_("Person"))
    def person(self, row: Any) -> str | SafeString:
        if row.subject_id is None:
            return ""
        address = reverse("admin:person", args=[row.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(row.subject_id)[-12:]
        )

    @admin.display(description=_("Decision"))
    def decision(self, row: Any) -> str | SafeString:
        """A link where the decision is one of this log; what was claimed otherwise."""
        if not row.decision_id:
            return gettext("none")
        if not selectors.is_decision(row.controller_id, row.decision_id):
            return str(row.decision_id)
        address = reverse("admin:audit_entryindex_change", args=[row.decision_id])
        return format_html('<a href="{}">{}</a>', address, row.decision_id)

    @admin.display(description=_("What was reported"))
    def facts(self, row: Any) -> str | SafeString:
        entry = selectors.report_entry(row.controller_id, row.pk)
        if entry is None or entry.body is None:
            return gettext("It has reached the end of its life; the commitment stays.")
        shown = {name: value for name, value in entry.data.items() if name not in HIDDEN}
        text = json.dumps(shown, indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)

    @admin.display(description=_("Entry in the log"))
    def entry(self, row: Any) -> SafeString:
        address = reverse("admin:audit_entryindex_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, row.pk)


@admin.register(Processing)
class ProcessingAdmin(ReportAdmin):
    """What services did with people's data."""


@admin.register(AIDecision)
class AIDecisionAdmin(ReportAdmin):
    """What models decided about people."""

    list_filter = (PeriodFilter, BackingFilter, ServiceFilter, PurposeFilter, ModelFilter)
    fields = (
        "at", "account", "model", "purpose", "backing", "person", "decision", "facts", "entry",
    )  # fmt: skip
    readonly_fields = fields
    told = ("model",)
