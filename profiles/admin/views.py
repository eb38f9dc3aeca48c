"""The matrix of views as officers see it: its versions, and its rules one by one."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.console import ScopedRelatedFilter, actor_column
from audit.verbs import VerbAdmin
from consent.shown import purpose_column
from profiles import selectors_views as selectors
from profiles.admin import view_acts as acts
from profiles.admin.shown import listed
from profiles.models import ViewRule, ViewVersion
from profiles.words import STANDINGS
from registry.shown import category_column


@admin.register(ViewVersion)
class ViewVersionAdmin(VerbAdmin):
    """Newest first. Its rules are drawn as a table on the page of the matrix."""

    related = ("controller", "restores")
    creation = acts.DRAFT
    verbs = (acts.PUT_RULE, acts.APPROVE, acts.DISCARD, acts.GO_BACK, acts.CLOSE)
    ordering = ("-id",)
    sortable_by = ()
    readonly_fields = ("standing", "matrix", "changes")

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("__str__", "standing", "note", *self._people(request), "approved_at", "ended_at",
                "controller")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        previewer = actor_column(request, _("Previewed by"), "previewed_by")
        restorer = actor_column(request, _("Gone back to by"), "restored_by")
        back = ("restores", restorer) if obj and obj.restores_id else ()
        return ("number", "controller", "standing", "note", "matrix", "changes",
                *self._people(request), "drafted_at", "changed_at", "previewed_at", previewer,
                "approved_at", "ended_at", *back)  # fmt: skip

    def _people(self, request: HttpRequest) -> tuple[Callable[[Any], str], ...]:
        author = actor_column(request, _("Drafted by"), "drafted_by")
        return author, actor_column(request, _("Approved by"), "approved_by")

    @admin.display(description=_("State"))
    def standing(self, version: ViewVersion) -> str:
        return str(STANDINGS[selectors.standing(version)])

    @admin.display(description=_("As a table"))
    def matrix(self, version: ViewVersion) -> SafeString:
        query = f"?controller={version.controller_id}&version={version.number}"
        return format_html(
            '<a href="{}{}">{}</a>', reverse("admin:views"), query,
            gettext("Roles, purposes and data categories"),
        )  # fmt: skip

    @admin.display(description=_("What it changes"))
    def changes(self, version: ViewVersion) -> SafeString:
        return listed(selectors.changes_of(version))


class StandingFilter(admin.SimpleListFilter):
    """Rules of the version that counts, or of the one that is being written."""

    title = _("version")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("in_force", _("In force")), ("draft", _("Draft"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "in_force":
            return queryset.filter(version__approved_at__isnull=False, version__ended_at=None)
        if self.value() == "draft":
            return queryset.filter(version__approved_at=None, version__ended_at=None)
        return queryset


@admin.register(ViewRule)
class ViewRuleAdmin(VerbAdmin):
    related = ("version", "role", "controller")
    verbs = (acts.REMOVE_RULE,)
    ordering = ("-id",)
    sortable_by = ()
    list_filter = (
        StandingFilter, ("role", ScopedRelatedFilter), "treatment", "sensitivity", "relation",
    )  # fmt: skip

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("role", purpose_column(), category_column(), "attribute", "sensitivity", "relation",
                "treatment", "version", "controller")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("version", "controller", "role", purpose_column(), category_column(), "attribute",
                "sensitivity", "relation", "treatment")  # fmt: skip
