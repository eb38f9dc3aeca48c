"""The audit log as officers and auditors read it. Nobody changes anything here."""

import json
from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit import selectors
from audit.console import UUID_LENGTH, actor_column, site, who
from audit.exporting import admin as exporting  # noqa: F401 (registers)
from audit.listing import ListingAdmin
from audit.models import EntryIndex
from audit.sentences import sentence


@admin.register(EntryIndex)
class EntryIndexAdmin(ListingAdmin):
    """One line an entry: when, what in words, by whom, about whom, with which outcome."""

    permission = "view_audit"
    ordering = ("-id",)
    fields = (
        "at", "sentence", "event", "actor_type", "actor_id", "target_type", "target_id", "person",
        "purpose", "outcome", "reason", "request", "network", "id", "proof", "commitment",
        "payload",
    )  # fmt: skip
    readonly_fields = fields

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        by = actor_column(request, _("By"), "actor_id", "actor_type")

        @admin.display(description=_("What happened"))
        def happened(entry: EntryIndex) -> str:
            return said(request, entry)

        return ("at", happened, by, "person")

    def get_list_display_links(
        self, request: HttpRequest, list_display: Any
    ) -> tuple[str | Callable[[Any], str], ...]:
        return (list_display[1],)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> EntryIndex:
        """The entry with its sentence, which names whoever the reader may know."""
        found: EntryIndex = super().get_object(request, object_id, from_field)
        found.said = said(request, found)  # type: ignore[attr-defined]
        return found

    @admin.display(description=_("What happened"))
    def sentence(self, entry: EntryIndex) -> str:
        return str(getattr(entry, "said", entry.event))

    @admin.display(description=_("Person"))
    def person(self, entry: EntryIndex) -> str | SafeString:
        if entry.subject_id is None:
            return ""
        address = reverse("admin:person", args=[entry.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(entry.subject_id)[-12:]
        )

    @admin.display(description=_("Reason"))
    def reason(self, entry: EntryIndex) -> str:
        return site().reason_text(entry.reason_code) if entry.reason_code else ""

    def get_fields(self, request: HttpRequest, obj: EntryIndex | None = None) -> tuple[str, ...]:
        """Of the door it came through what is known."""
        unknown = {"request", "network"} - _door(obj).keys() if obj is not None else ()
        return tuple(one for one in self.fields if one not in unknown)

    @admin.display(description=_("Id of the request or job"))
    def request(self, entry: EntryIndex) -> SafeString:
        return format_html('<code dir="ltr">{}</code>', _door(entry)["request"])

    @admin.display(description=_("Network it came from"))
    def network(self, entry: EntryIndex) -> SafeString:
        return format_html('<code dir="ltr">{}</code>', _door(entry)["network"])

    @admin.display(description=_("Commitment (SHA-256 of salt and payload)"))
    def commitment(self, entry: EntryIndex) -> SafeString:
        return format_html("<code>{}</code>", selectors.commitment_of(entry))

    @admin.display(description=_("Payload"))
    def payload(self, entry: EntryIndex) -> str | SafeString:
        said = _payload(entry)
        if said is None:
            return str(_("It has reached the end of its life; the commitment stays."))
        text = json.dumps(said, indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)


def _payload(entry: EntryIndex) -> dict[str, object] | None:
    """What the entry says, read once for a page."""
    if not hasattr(entry, "told"):
        entry.told = selectors.payload(entry.id)  # type: ignore[attr-defined]
    found: dict[str, object] | None = entry.told  # type: ignore[attr-defined]
    return found


def _door(entry: EntryIndex) -> dict[str, str]:
    return cast("dict[str, str]", (_payload(entry) or {}).get("door", {}))


def said(request: HttpRequest, entry: EntryIndex) -> str:
    """The entry as a sentence in the officer's language."""
    target = entry.target_id[-12:] if len(entry.target_id) == UUID_LENGTH else entry.target_id
    return sentence(
        entry, who=who(request, entry.actor_type, entry.actor_id),
        target=site().actor_names(request).get(entry.target_id, target),
        reason=site().reason_text(entry.reason_code) if entry.reason_code else "",
    )  # fmt: skip
