"""What keeps erased people erased, and what came in of them since, as officers see it.

Neither names anybody: a tombstone is a digest that is not shown, and what came in was not kept.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import HappenedFilter, actor_column, who
from audit.verbs import Act, ActForm, Verb, VerbAdmin
from subjects import quarantine
from subjects.models import Quarantined, Tombstone


class SettleForm(ActForm):
    note = forms.CharField(
        label=_("What was done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example that the source was put right. Never a person’s data."),
    )  # fmt: skip


def settle(act: Act) -> str:
    quarantine.settle(by=act.by, arrival=act.obj, note=act.data["note"])
    return gettext("It is settled. What comes again is shown anew.")


SETTLE = Verb(
    name="settle", label=_("Settle"), permission=Permission.MANAGE_ERASURES, form=SettleForm,
    run=settle, applies=lambda arrival: arrival.settled_at is None,
    consequence=_("Nothing is let in by it: only the person can come back, by an act of theirs."),
)  # fmt: skip


def _case_link(case_id: UUID) -> SafeString:
    """The end of a case's id, leading to its page."""
    address = reverse("admin:erasure_case", args=[case_id])
    return format_html('<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(case_id)[-12:])


def _source_column(request: HttpRequest) -> Callable[[Any], str]:
    """Where it came from: a system's code, or the service that wrote it, by its name."""

    @admin.display(description=_("Source"))
    def column(arrival: Quarantined) -> str:
        kind, _colon, service = arrival.source.partition(":")
        return who(request, kind, service) if kind == "service" and service else arrival.source

    return column


@admin.register(Tombstone)
class TombstoneAdmin(VerbAdmin):
    """That somebody by an identifier of this scheme is not taken in; whom is told to nobody."""

    permission = Permission.VIEW_AUDIT
    related = ("controller",)
    list_display = ("scheme", "case", "set_at", "lifted_at", "lifted_how", "controller")
    list_filter = ("scheme",)
    ordering = ("-id",)
    sortable_by = ()
    readonly_fields = ("case",)
    fields = ("scheme", "case", "set_at", "lifted_at", "lifted_how", "controller")

    @admin.display(description=_("Erasure case"))
    def case(self, tombstone: Tombstone) -> SafeString:
        return _case_link(tombstone.case_id)


@admin.register(Quarantined)
class QuarantinedAdmin(VerbAdmin):
    permission = Permission.VIEW_AUDIT
    related = ("controller", "tombstone")
    list_filter = (("settled_at", HappenedFilter), "kind")
    ordering = ("-last_at", "-id")
    sortable_by = ()
    verbs = (SETTLE,)
    readonly_fields = ("case",)

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        by = actor_column(request, _("Settled by"), "settled_by")
        return (_source_column(request), "kind", "times", "last_at", "settled_at", by, "controller")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by = actor_column(request, _("Settled by"), "settled_by")
        came = (_source_column(request), "kind", "times", "first_at", "last_at", "case")
        return (*came, "settled_at", by, "note", "controller")

    @admin.display(description=_("Erasure case"))
    def case(self, arrival: Quarantined) -> SafeString:
        return _case_link(arrival.tombstone.case_id)
