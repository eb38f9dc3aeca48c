"""Purposes, notices and the consent ledger as officers see them."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import RecordedAdmin, ScopedRelatedFilter, actor_column
from audit.verbs import VerbAdmin
from consent.admin import acts, translation_acts
from consent.admin import ledger_acts as acts_ledger
from consent.admin.forms import WordsForm
from consent.admin.versions import Standings
from consent.models import (
    ConsentEvent,
    ConsentState,
    Notice,
    NoticeVersion,
    Purpose,
    PurposeVersion,
)
from consent.versions import selectors as versions
from consent.versions.naming import language_name


def links(route: str, rows: Any) -> SafeString:
    """A list of links to the pages of these rows."""
    addresses = ((reverse(f"admin:{route}_change", args=[row.pk]), str(row)) for row in rows)
    return format_html(
        "<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a></li>', addresses)
    )


@admin.register(Purpose)
class PurposeAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("code", "controller", "created_at", "closed_at")
    search_fields = ("code",)
    fields = ("code", "controller", "created_at", "closed_at", "belongs_to", "its_parts",
              "its_versions")  # fmt: skip
    readonly_fields = ("belongs_to", "its_parts", "its_versions")
    creation = acts.DRAFT_PURPOSE
    verbs = (acts.REDRAFT_PURPOSE, acts.CLOSE_PURPOSE)

    @admin.display(description=_("Belongs to"))
    def belongs_to(self, purpose: Purpose) -> SafeString:
        """What it belongs to, the widest last."""
        return links("consent_purpose", versions.above(purpose))

    @admin.display(description=_("Its parts"))
    def its_parts(self, purpose: Purpose) -> SafeString:
        return links("consent_purpose", versions.parts(purpose))

    @admin.display(description=_("Versions"))
    def its_versions(self, purpose: Purpose) -> SafeString:
        return links("consent_purposeversion", purpose.versions.all()[:50])


class StateFilter(admin.SimpleListFilter):
    """Drafts wait for a second person; what that person approved, for its moment."""

    title = _("state")
    parameter_name = "in_force"
    column = "approved_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Drafts")), ("later", _("To come")), ("yes", _("Begun"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "no":
            return queryset.filter(**{self.column: None})
        if self.value() == "later":
            return queryset.filter(effective_from__gt=Now())
        return queryset.begun() if self.value() == "yes" else queryset


class PublishedFilter(StateFilter):
    column = "published_at"


@admin.register(PurposeVersion)
class PurposeVersionAdmin(Standings):
    family = "purpose"
    related = ("purpose", "parent", "controller")
    list_filter = (StateFilter, ("purpose", ScopedRelatedFilter))
    ordering = ("-id",)
    fields = (
        "purpose", "parent", "number", "standing", "changes", "title", "description", "enables",
        "dpv_purpose", "grounds", "categories", "operations", "recipients", "retention_days",
        "valid_days", "owner", "is_marketing", "is_tracking", "is_detrimental_to_children",
        "uses_ai", "needs_explicit", "schedule_item", "is_material", "created_at", "approved_at",
        "effective_from",
    )  # fmt: skip
    labels: ClassVar[Mapping[str, Any]] = {
        **{name: field.label for name, field in WordsForm.base_fields.items()},
        "purpose": _("Purpose"), "number": _("Running number"), "grounds": _("Grounds"),
        "created_at": _("Drafted at"), "approved_at": _("Approved at"),
    }  # fmt: skip
    readonly_fields = ("standing", "changes")
    verbs = (acts.APPROVE_PURPOSE, acts.TAKE_BACK_PURPOSE)

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        people = _people(request, "approved_by")
        return ("title", "purpose", "number", "standing", *people, "effective_from")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *_people(request, "approved_by"))


@admin.register(Notice)
class NoticeAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("code", "pack", "controller", "created_at")
    search_fields = ("code",)
    list_filter = ("pack",)
    fields = ("code", "pack", "controller", "created_at", "its_versions")
    readonly_fields = ("its_versions",)
    creation = acts.DRAFT_NOTICE
    verbs = (acts.REDRAFT_NOTICE, translation_acts.WAIVE)

    @admin.display(description=_("Versions"))
    def its_versions(self, notice: Notice) -> SafeString:
        return links("consent_noticeversion", notice.versions.select_related("notice")[:50])


@admin.register(NoticeVersion)
class NoticeVersionAdmin(Standings):
    family = "notice"
    related = ("notice", "controller")
    list_filter = (PublishedFilter, ("notice", ScopedRelatedFilter))
    ordering = ("-id",)
    fields = (
        "notice",
        "number",
        "standing",
        "lacking",
        "unread",
        "changes",
        "is_material",
        "created_at",
        "published_at",
        "effective_from",
        "asks_about",
        "words",
    )
    labels: ClassVar[Mapping[str, Any]] = {
        "notice": _("Notice"), "number": _("Running number"), "is_material": _("Material change"),
        "created_at": _("Drafted at"), "published_at": _("Published at"),
    }  # fmt: skip
    readonly_fields = ("standing", "lacking", "unread", "changes", "asks_about", "words")
    verbs = (
        acts.PUBLISH_NOTICE, acts.TAKE_BACK_NOTICE, translation_acts.DRAFT, translation_acts.IMPORT,
    )  # fmt: skip

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        people = _people(request, "published_by")
        return ("__str__", "notice", "number", "standing", *people, "effective_from")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *_people(request, "published_by"))

    @admin.display(description=_("Purposes"))
    def asks_about(self, version: NoticeVersion) -> SafeString:
        found = PurposeVersion.objects.filter(notices__notice_version=version)
        return links("consent_purposeversion", found)

    @admin.display(description=_("Words"))
    def words(self, version: NoticeVersion) -> SafeString:
        rows = (
            (
                reverse("admin:consent_noticetranslation_change", args=[one.pk]), one.language,
                language_name(one.language), one.get_state_display(), one.get_origin_display(),
            )
            for one in version.translations.all()
        )  # fmt: skip
        line = '<li><a href="{}">{}</a> <bdi>{}</bdi>: {}, {}</li>'
        return format_html("<ul>{}</ul>", format_html_join("", line, rows))


class AboutPersonAdmin(RecordedAdmin):
    """Rows that name a person and a purpose."""

    permission = Permission.VIEW_PEOPLE
    related: ClassVar[tuple[str, ...]] = ("purpose", "controller")
    list_filter = ("state", ("purpose", ScopedRelatedFilter))
    ordering = ("-id",)
    readonly_fields = ("person",)

    @admin.display(description=_("Person"))
    def person(self, row: Any) -> SafeString:
        address = reverse("admin:person", args=[row.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(row.subject_id)[-12:]
        )


@admin.register(ConsentState)
class ConsentStateAdmin(AboutPersonAdmin, VerbAdmin):
    verbs = (acts_ledger.REVOKE, acts_ledger.INVALIDATE)
    list_display = ("state", "person", "purpose", "since_at", "expires_at", "is_provable")
    fields = (
        "person", "purpose", "state", "since_at", "expires_at", "purpose_version", "language",
        "is_explicit", "is_provable", "given_by", "guardian_verified", "sequence", "event_id",
    )  # fmt: skip


@admin.register(ConsentEvent)
class ConsentEventAdmin(AboutPersonAdmin):
    list_display = ("state", "person", "purpose", "event_at", "recorded_at", "method", "language")
    fields = (
        "person", "purpose", "state", "sequence", "event_at", "recorded_at", "expires_at",
        "purpose_version", "notice_version", "language", "notice_sha256", "method", "channel",
        "given_by", "guardian_verified", "is_explicit", "reason", "actor_type", "evidence",
    )  # fmt: skip
    related = ("purpose", "controller", "notice_version__notice")


def _people(request: HttpRequest, second: str) -> tuple[Callable[[Any], str], ...]:
    """Who drafted and who put it in force."""
    author = actor_column(request, _("Drafted by"), "created_by")
    return author, actor_column(request, _("Put in force by"), second)
