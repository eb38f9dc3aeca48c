"""The audit log as officers and auditors read it. Nobody changes anything here."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import selectors
from audit.catalogue import EVENTS
from audit.console import RecordedAdmin, actor_column, site
from audit.filters import ActorFilter, EventFilter, KindFilter, OutcomeFilter, PeriodFilter
from audit.models import EntryIndex


@admin.register(EntryIndex)
class EntryIndexAdmin(RecordedAdmin):
    """One line an entry: when, what in words, by whom, about whom, with which outcome."""

    permission = "view_audit"
    list_filter = (KindFilter, PeriodFilter, OutcomeFilter, ActorFilter, EventFilter)
    list_display_links = ("sentence",)
    ordering = ("-id",)
    fields = (
        "at", "sentence", "event", "actor_type", "actor_id", "target_type", "target_id", "person",
        "purpose", "outcome", "reason", "id", "commitment", "payload",
    )  # fmt: skip
    readonly_fields = fields

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        by = actor_column(request, _("By"), "actor_id", "actor_type")
        return ("at", "sentence", "details", by, "person")

    @admin.display(description=_("What happened"))
    def sentence(self, entry: EntryIndex) -> str:
        known = EVENTS.get(entry.event)
        return str(known.sentence) if known else entry.event

    @admin.display(description=_("Person"))
    def person(self, entry: EntryIndex) -> str | SafeString:
        if entry.subject_id is None:
            return ""
        address = reverse("admin:person", args=[entry.subject_id])
        return format_html('<a href="{}">…{}</a>', address, str(entry.subject_id)[-12:])

    @admin.display(description=_("Details"))
    def details(self, entry: EntryIndex) -> str:
        outcome = {"permit": _("permitted"), "deny": _("denied")}.get(entry.outcome, entry.outcome)
        return " · ".join(str(one) for one in (outcome, entry.purpose, self.reason(entry)) if one)

    @admin.display(description=_("Reason"))
    def reason(self, entry: EntryIndex) -> str:
        return site().reason_text(entry.reason_code) if entry.reason_code else ""

    @admin.display(description=_("Commitment (SHA-256 of salt and payload)"))
    def commitment(self, entry: EntryIndex) -> SafeString:
        return format_html("<code>{}</code>", selectors.commitment_of(entry))

    @admin.display(description=_("Payload"))
    def payload(self, entry: EntryIndex) -> str | SafeString:
        said = selectors.payload(entry.id)
        if said is None:
            return str(_("It has reached the end of its life; the commitment stays."))
        text = json.dumps(said, indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)
