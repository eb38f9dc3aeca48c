"""Controllers, staff and services as officers see them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import acts, selectors
from accounts.models import Controller, ServiceClient, ServiceKey, User
from accounts.roles import ROLES, Permission
from audit.console import RecordedAdmin, ScopedRelatedFilter, Seen, site
from audit.verbs import VerbAdmin

admin.site.unregister(Group)  # roles are groups, but are given and taken by services alone


@admin.register(Controller)
class ControllerAdmin(VerbAdmin):
    scope = "pk"
    list_display = ("name", "country", "contact_name", "contact_email")
    fields = (
        "name", "slug", "country", "time_zone", "default_language", "contact_name",
        "contact_email", "created_at",
    )  # fmt: skip

    def controller_of(self, obj: Controller) -> UUID:
        return obj.pk


@admin.register(ServiceClient)
class ServiceClientAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("name", "code", "controller", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    fields = (
        "name", "code", "controller", "is_active", "items_per_second", "created_at", "asks_for",
        "its_keys",
    )  # fmt: skip
    readonly_fields = ("asks_for", "its_keys")
    creation = acts.ADD_SERVICE
    verbs = (acts.CHANGE_SERVICE, acts.SET_PACE, acts.ISSUE_KEY)

    @admin.display(description=_("Purposes it may ask about"))
    def asks_for(self, service: ServiceClient) -> str:
        return ", ".join(one.purpose for one in service.purposes.all()) or str(_("none"))

    @admin.display(description=_("Keys"))
    def its_keys(self, service: ServiceClient) -> SafeString:
        rows = (
            (reverse("admin:accounts_servicekey_change", args=[key.pk]), key.prefix, key_state(key))
            for key in service.keys.all()[:20]
        )
        listed = format_html_join("", '<li><a href="{}"><code>{}</code></a> {}</li>', rows)
        return format_html("<ul>{}</ul>", listed)


def key_state(key: ServiceKey) -> str:
    if key.revoked_at:
        return str(_("revoked"))
    return str(_("live") if key.expires_at > timezone.now() else _("expired"))


@admin.register(ServiceKey)
class ServiceKeyAdmin(VerbAdmin):
    related = ("service", "controller")
    list_display = ("prefix", "service", "state", "created_at", "expires_at", "revoked_at")
    list_filter = (("service", ScopedRelatedFilter),)
    fields = ("prefix", "service", "controller", "state", "created_at", "expires_at", "revoked_at")
    readonly_fields = ("state",)
    verbs = (acts.REVOKE_KEY,)

    @admin.display(description=_("State"))
    def state(self, key: ServiceKey) -> str:
        return key_state(key)


@admin.register(User)
class UserAdmin(RecordedAdmin, VerbAdmin):
    """Staff with a role at one of the officer's controllers; other roles of theirs do not show."""

    permission = Permission.VIEW_AUDIT
    scope = "groups__role_group__controller_id"
    ordering = ("username", "id")
    fields = ("username", "email", "is_active", "last_login", "date_joined")
    creation = acts.ADD_OFFICER
    verbs = (acts.ASSIGN_ROLE, acts.REMOVE_ROLE)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).distinct()
        return rows.prefetch_related("groups__role_group")

    def may(self, request: HttpRequest, obj: User, permission: str | None = None) -> bool:
        return bool(selectors.roles_of(obj, self.allowed_ids(request, permission)))

    def seen(self, request: HttpRequest, rows: list[Any]) -> list[Seen]:
        """Nobody of the customers: that the staff list was read is all there is to say."""
        return []

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("username", "is_active", "last_login", self.roles_column(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, self.roles_column(request))

    def roles_column(self, request: HttpRequest) -> Callable[[Any], str]:
        """Only roles at controllers that this officer serves."""
        names = site().controller_names(request)

        @admin.display(description=_("Roles"))
        def roles(officer: User) -> str:
            groups = [one.role_group for one in officer.groups.all() if hasattr(one, "role_group")]
            return "; ".join(
                f"{names[one.controller_id]}: {ROLES[one.role].name}"
                for one in groups
                if one.controller_id in names and one.role in ROLES
            )

        return roles
