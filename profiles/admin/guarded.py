"""What went beyond views, what left the house, and what was unusual, as officers see it.

Rows about people: each list and each page is recorded before it is shown (P11).
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import RecordedAdmin, actor_column
from audit.verbs import VerbAdmin
from consent.shown import purpose_column
from profiles.admin import guarded_acts as acts
from profiles.models import (
    BreakGlass,
    Disclosure,
    FlaggedPerson,
    ProfileExport,
    ReaderPerson,
    ReadingLimits,
    Reveal,
    UnusualAccess,
)
from profiles.selectors_watched import NUMBERS

Columns = tuple[str | Callable[[Any], str], ...]


class Guarded(RecordedAdmin, VerbAdmin):
    """Newest first, for those who review access; the person is named by the end of their id."""

    permission = Permission.REVIEW_ACCESS
    ordering = ("-id",)

    @admin.display(description=_("Person"))
    def person(self, row: Any) -> SafeString | str:
        if row.subject_id is None:
            return ""
        address = reverse("admin:person", args=[row.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(row.subject_id)[-12:]
        )

    @admin.display(description=_("Seat"))
    def sits(self, row: Any) -> str:
        return f"{row.seat.role} {row.seat.unit}".strip()


@admin.register(Reveal)
class RevealAdmin(Guarded):
    related = ("seat__role",)
    fields: ClassVar[Any] = (
        "opened_at", "expires_at", "person", "attribute", "purpose", "sits", "reason",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> Columns:
        by = actor_column(request, _("By"), "holder_id")
        return ("opened_at", by, "person", "attribute", purpose_column(), "reason")


@admin.register(BreakGlass)
class BreakGlassAdmin(Guarded):
    related = ("seat__role",)
    list_filter: ClassVar[Any] = ("verdict",)
    verbs = (acts.REVIEW, acts.CLOSE)
    fields: ClassVar[Any] = (
        "id", "opened_at", "expires_at", "person", "purpose", "sits", "case", "reason",
        "review_due_at", "reviewed_at", "verdict", "finding", "told_at",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> Columns:
        by = actor_column(request, _("Opened by"), "holder_id")
        return ("opened_at", by, "person", purpose_column(), "case", "expires_at", "review")

    @admin.display(description=_("Review"))
    def review(self, glass: BreakGlass) -> str:
        if glass.reviewed_at is not None:
            return str(glass.get_verdict_display())
        is_late = glass.review_due_at < timezone.now()
        return gettext("overdue") if is_late else gettext("to be done")


@admin.register(UnusualAccess)
class UnusualAccessAdmin(Guarded):
    list_filter: ClassVar[Any] = ("kind", "answer")
    verbs = (acts.ANSWER,)
    fields: ClassVar[Any] = (
        "kind", "holder_type", "holder_id", "person", "since_at", "count", "noticed_at",
        "answered_at", "answer",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> Columns:
        by = actor_column(request, _("Reader"), "holder_id", "holder_type")
        return ("noticed_at", "kind", by, "person", "count", "since_at", "answer")


@admin.register(FlaggedPerson)
class FlaggedPersonAdmin(Guarded):
    creation = acts.FLAG
    verbs = (acts.UNFLAG,)
    list_display = ("person", "why", "set_at", "ended_at")
    list_display_links = ("why",)  # the person's column leads to the person
    fields: ClassVar[Any] = list_display
    readonly_fields: ClassVar[Any] = list_display


@admin.register(ReaderPerson)
class ReaderPersonAdmin(Guarded):
    creation = acts.KNOW
    verbs = (acts.FORGET,)
    fields: ClassVar[Any] = ("holder_id", "person", "set_at", "ended_at")
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> Columns:
        return (actor_column(request, _("Reader"), "holder_id"), "person", "set_at", "ended_at")


@admin.register(ReadingLimits)
class ReadingLimitsAdmin(VerbAdmin):
    permission = Permission.REVIEW_ACCESS
    related = ("controller",)
    creation = acts.LIMITS
    sortable_by = ()
    list_display = ("controller", "people_an_hour", "reveals_a_day", "glass_a_day", "changed_at")
    fields: ClassVar[Any] = ("controller", *NUMBERS, "changed_at")
    readonly_fields: ClassVar[Any] = fields


@admin.register(Disclosure)
class DisclosureAdmin(Guarded):
    """Those on an authority's written request too: the person is not told of these."""

    permission = Permission.VIEW_PEOPLE
    related = ("recipient",)
    list_filter: ClassVar[Any] = ("is_written_request",)
    creation = acts.DISCLOSE
    fields: ClassVar[Any] = (
        "disclosed_at", "recipient", "person", "purpose", "categories", "described", "ground",
        "decision_id", "is_written_request", "request_reference", "key", "recorded_at",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> Columns:
        return ("disclosed_at", "recipient", "person", purpose_column(), "ground", "decided")

    @admin.display(description=_("Decision"), boolean=True)
    def decided(self, row: Disclosure) -> bool:
        return row.decision_id is not None or row.is_written_request


@admin.register(ProfileExport)
class ProfileExportAdmin(VerbAdmin):
    """Newest first: for who asks, and for who decides."""

    permission = Permission.VIEW_PROFILES
    related = ("controller", "seat__role")
    ordering = ("-id",)
    sortable_by = ()
    creation = acts.REQUEST
    verbs = (acts.APPROVE, acts.REFUSE, acts.TAKE)
    fields: ClassVar[Any] = (
        "controller", "requested_at", "purpose", "reason", "people", "state", "decided_at",
        "watermark", "shown", "length", "sha256", "expires_at",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> Columns:
        by = actor_column(request, _("Asked for by"), "requested_by")
        return ("requested_at", by, purpose_column(), "people", "state", "expires_at")

    @admin.display(description=_("Size"))
    def length(self, export: ProfileExport) -> str:
        return filesizeformat(export.size) if export.size else "–"
