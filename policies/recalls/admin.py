"""Addresses for recalls, what services were told, and their campaigns, as officers see them."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import RecordedAdmin, ScopedRelatedFilter
from audit.verbs import Act, Secret, Verb, VerbAdmin
from policies.recalls import endpoints
from policies.recalls.forms import AddEndpointForm
from policies.recalls.models import Campaign, Endpoint, Recall
from policies.recalls.words import reason_words

KEEP = _(
    "Store this secret at the service now: it is shown only once. The service checks with it that "
    "a recall is ours (Standard Webhooks, HMAC-SHA256)."
)


def add_endpoint(act: Act) -> Secret:
    _endpoint, secret = endpoints.add_endpoint(
        by=act.by, controller_id=act.controller_id, service_id=UUID(act.data["service"]),
        url=act.data["url"],
    )  # fmt: skip
    return Secret(gettext("Signing secret"), secret, str(KEEP))


def change_secret(act: Act) -> Secret:
    secret = endpoints.change_secret(by=act.by, endpoint=act.obj)
    return Secret(gettext("Signing secret"), secret, str(KEEP))


def end_endpoint(act: Act) -> str:
    endpoints.end_endpoint(by=act.by, endpoint=act.obj)
    return gettext("Nothing is sent there any more; the service must poll.")


def is_live(endpoint: Endpoint) -> bool:
    return endpoint.disabled_at is None


ADD = Verb(
    name="add", label=_("Add an address for recalls"), permission=Permission.MANAGE_SERVICES,
    consequence=_(
        "The service is told there, signed, when a permit it holds has ended. Ids of people and "
        "codes are sent, nothing else."
    ),
    form=AddEndpointForm, run=add_endpoint,
)  # fmt: skip
CHANGE_SECRET = Verb(
    name="change-secret", label=_("Change the secret"), permission=Permission.MANAGE_SERVICES,
    consequence=_("For 24 hours recalls are signed with the new and the former secret."),
    run=change_secret, applies=is_live,
)  # fmt: skip
END = Verb(
    name="end", label=_("End"), permission=Permission.MANAGE_SERVICES,
    consequence=_("The service learns of recalls only by polling. This cannot be undone."),
    run=end_endpoint, applies=is_live, is_grave=True,
)  # fmt: skip


@admin.register(Endpoint)
class EndpointAdmin(VerbAdmin):
    """One live address a service; the secrets are shown once and never here."""

    related = ("service", "controller")
    sortable_by = ()
    list_display = ("service", "url", "state", "created_at")
    list_filter: ClassVar[Any] = (("service", ScopedRelatedFilter),)
    fields = (
        "service", "controller", "url", "state", "created_at", "old_until_at", "disabled_at",
    )  # fmt: skip
    readonly_fields = ("state",)
    creation = ADD
    verbs = (CHANGE_SECRET, END)

    @admin.display(description=_("State"))
    def state(self, endpoint: Endpoint) -> str:
        reasons = {
            "": gettext("in use"), "gone": gettext("ended: it answered that it is gone"),
            "officer": gettext("ended by an officer"),
        }  # fmt: skip
        return reasons.get(endpoint.disabled_reason, endpoint.disabled_reason)


@admin.register(Recall)
class RecallAdmin(RecordedAdmin):
    """What services were told about people, newest first, and whether they heard."""

    permission = Permission.VIEW_AUDIT
    related = ("service",)
    list_filter: ClassVar[Any] = ("state", ("service", ScopedRelatedFilter))
    fields: ClassVar[Any] = (
        "created_at", "service", "purpose", "why", "person", "permits", "its_campaigns", "state",
        "heard_at", "trouble",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("created_at", "service", "purpose", "why", "person", "state", "heard_at")

    @admin.display(description=_("Reason"))
    def why(self, recall: Recall) -> str:
        return reason_words(recall.reason)

    @admin.display(description=_("Person"))
    def person(self, recall: Recall) -> SafeString:
        address = reverse("admin:person", args=[recall.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(recall.subject_id)[-12:]
        )

    @admin.display(description=_("Permits that ended"))
    def permits(self, recall: Recall) -> SafeString | str:
        rows = (
            (reverse("admin:audit_entryindex_change", args=[one]), one) for one in recall.decisions
        )
        listed = format_html_join("", '<li><a href="{}">{}</a></li>', rows)
        return format_html("<ul>{}</ul>", listed) if listed else gettext("none that still lived")

    @admin.display(description=_("Campaigns"))
    def its_campaigns(self, recall: Recall) -> SafeString | str:
        rows = (
            (reverse("admin:policies_campaign_change", args=[one]), f"…{one[-12:]}")
            for one in recall.campaigns
        )
        listed = format_html_join("", '<li><a href="{}">{}</a></li>', rows)
        return format_html("<ul>{}</ul>", listed) if listed else gettext("none")


@admin.register(Campaign)
class CampaignAdmin(VerbAdmin):
    """What services say they run, and how many people had to be taken out."""

    permission = Permission.VIEW_AUDIT
    related = ("service",)
    ordering = ("-id",)
    sortable_by = ()
    list_display = ("reference", "service", "purpose", "since_at", "ends_at", "ended_at", "lines")
    list_filter: ClassVar[Any] = (("service", ScopedRelatedFilter),)
    fields = list_display
