"""Who reads profiles, as officers see it: roles, and who sits in them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import ScopedRelatedFilter, actor_column
from audit.verbs import VerbAdmin
from profiles import selectors_views as selectors
from profiles.admin import view_acts as acts
from profiles.models import ReaderRole, Seat

MOST = 50


@admin.register(ReaderRole)
class ReaderRoleAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("name", "code", "controller", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    creation = acts.ADD_ROLE
    verbs = (acts.GRANT_SEAT, acts.RETIRE_ROLE)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        author = actor_column(request, _("Named by"), "created_by")
        sits = self.may(request, obj, Permission.VIEW_AUDIT) if obj else False
        seats = (self._seats(request),) if sits else ()
        return ("name", "code", "controller", "is_active", "created_at", author, *seats)

    def _seats(self, request: HttpRequest) -> Callable[[Any], SafeString | str]:
        @admin.display(description=_("Who sits there"))
        def seats(role: ReaderRole) -> SafeString | str:
            holder = actor_column(request, "", "holder_id", "holder_type")
            found = selectors.live_seats([role.controller_id]).filter(role=role)[:MOST]
            rows = ((holder(one), one.unit or gettext("no unit")) for one in found)
            items = format_html_join("", "<li>{} · {}</li>", rows)
            return format_html("<ul>{}</ul>", items) if items else gettext("Nobody.")

        return seats


class LiveFilter(admin.SimpleListFilter):
    """Seats from which somebody reads, or read once."""

    title = _("state")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("In use")), ("no", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.exclude(ends_at__lte=timezone.now())
        return queryset.filter(ends_at__lte=timezone.now()) if self.value() == "no" else queryset


@admin.register(Seat)
class SeatAdmin(VerbAdmin):
    """Newest first. A seat is given on the page of its role."""

    permission = Permission.VIEW_AUDIT
    related = ("role", "controller")
    ordering = ("-id",)
    sortable_by = ()
    list_filter = (LiveFilter, ("role", ScopedRelatedFilter), "holder_type")
    verbs = (acts.END_SEAT,)

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return (*self._holder(request), "role", "unit", "granted_at", "ends_at", "controller")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        giver = actor_column(request, _("Given by"), "granted_by")
        ender = actor_column(request, _("End set by"), "ended_by")
        return (*self._holder(request), "role", "unit", "controller", "granted_at", giver,
                "ends_at", ender)  # fmt: skip

    def _holder(self, request: HttpRequest) -> tuple[Callable[[Any], str], ...]:
        return (actor_column(request, _("Who reads"), "holder_id", "holder_type"),)
