"""What may not go yet, and who was not heard of for long, as officers see it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import HappenedFilter, actor_column, titled_column
from audit.verbs import VerbAdmin
from consent import selectors as consents
from consent.shown import purpose_column
from erasure.admin import keeping_acts as acts
from erasure.admin.shown import AboutPeople, Columns
from erasure.models import Hold, InactivityNotice, RetentionRule, VaultAccess, VaultItem
from erasure.vault.storing import IDENTIFIERS
from registry import selectors as registry
from registry.shown import category_column

ANY_LAW = "both"


def _scope() -> Callable[[Any], str]:
    """A purpose or a category, by its title: their codes are told apart by their form."""

    def titles(controller_id: UUID) -> dict[str, str]:
        return consents.purpose_titles(controller_id) | registry.category_titles(controller_id)

    return titled_column(_("Purpose or category"), "scope", titles, empty="")


@admin.display(description=_("Whose law"))
def _law(rule: RetentionRule) -> str:
    return str(dict(acts.PACKS)[rule.pack])


def _kept() -> Callable[[Any], str]:
    """What the vault keeps: a category, or what the person was known by."""

    def titles(controller_id: UUID) -> dict[str, str]:
        known = {IDENTIFIERS: gettext("What they were known by")}
        return known | registry.category_titles(controller_id)

    return titled_column(_("Data category"), "category", titles)


@admin.register(Hold)
class HoldAdmin(AboutPeople):
    creation = acts.SET_HOLD
    verbs = (acts.REVIEW_HOLD, acts.LIFT_HOLD)
    list_filter: ClassVar[Any] = (("lifted_at", HappenedFilter),)

    def get_list_display(self, request: HttpRequest) -> Columns:
        by = actor_column(request, _("Set by"), "set_by")
        return ("matter", "person", "scope_type", _scope(), "authority", "review_on", by,
                "lifted_at")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by = actor_column(request, _("Set by"), "set_by")
        lifter = actor_column(request, _("Lifted by"), "lifted_by")
        lifted = ("lifted_at", lifter, "lifted_reason") if obj and obj.lifted_at else ()
        return ("matter", "person", "scope_type", _scope(), "authority", "citation", "review_on",
                "set_at", by, *lifted)  # fmt: skip


class PackFilter(admin.SimpleListFilter):
    """Whose law, in words: a rule of both would be a link without any."""

    title = _("whose law")
    parameter_name = "law"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code or ANY_LAW, name) for code, name in acts.PACKS]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        asked = self.value()
        return queryset.filter(pack=asked.removeprefix(ANY_LAW)) if asked else queryset


@admin.register(RetentionRule)
class RetentionRuleAdmin(VerbAdmin):
    creation = acts.RECORD_RULE
    verbs = (acts.END_RULE,)
    related = ("controller",)
    list_filter: ClassVar[Any] = (("ended_on", HappenedFilter), PackFilter, "counts_from")
    search_fields = ("code", "purpose", "category")
    ordering = ("code", "-id")

    def get_list_display(self, request: HttpRequest) -> Columns:
        return ("code", purpose_column(), category_column(), _law, "counts_from", "minimum_days",
                "maximum_days", "citation", "effective_on", "ended_on", "controller")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by: Callable[[Any], str] = actor_column(request, _("Entered by"), "created_by")
        return ("code", "controller", purpose_column(), category_column(), _law, "counts_from",
                "minimum_days", "maximum_days", "citation", "reviewed_by", "effective_on",
                "ended_on", "created_at", by)  # fmt: skip


@admin.register(VaultItem)
class VaultItemAdmin(AboutPeople):
    """That something is kept for the law only; what it is stays sealed here."""

    permission = Permission.VIEW_RESTRICTED
    ordering: ClassVar[Any] = ("destroy_on", "id")
    list_filter: ClassVar[Any] = (("destroyed_at", HappenedFilter),)
    readonly_fields: ClassVar[Any] = ("person", "its_case", "kept")
    fields: ClassVar[Any] = (
        "person", "its_case", "kept", "element", "citation", "destroy_on", "stored_at",
        "destroyed_at",
    )  # fmt: skip

    def get_list_display(self, request: HttpRequest) -> Columns:
        return (_kept(), "person", "element", "citation", "destroy_on", "stored_at",
                "destroyed_at")  # fmt: skip

    @admin.display(description=_("Data category"))
    def kept(self, row: VaultItem) -> str:
        return _kept()(row)


@admin.register(VaultAccess)
class VaultAccessAdmin(AboutPeople):
    creation = acts.ASK_VAULT
    verbs = (acts.APPROVE_VAULT, acts.REFUSE_VAULT, acts.READ_VAULT)
    list_filter: ClassVar[Any] = ("ground",)

    def get_list_display(self, request: HttpRequest) -> Columns:
        return ("asked_at", *self._people(request), "person", "ground", "matter", "expires_at",
                "read_at")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("asked_at", *self._people(request), "person", "ground", "citation", "matter",
                "reason", "approved_at", "refused_at", "expires_at", "read_at")  # fmt: skip

    def _people(self, request: HttpRequest) -> Columns:
        asker = actor_column(request, _("Asked by"), "asked_by")
        return asker, actor_column(request, _("Decided by"), "approved_by")


@admin.register(InactivityNotice)
class InactivityNoticeAdmin(AboutPeople):
    list_filter: ClassVar[Any] = (("ended_at", HappenedFilter), "ended_how")
    list_display = (
        "due",
        "person",
        "last_heard_at",
        "delivered_at",
        "delivered_how",
        "ended_at",
        "ended_how",
    )
    fields: ClassVar[Any] = (*list_display, "proof")
    readonly_fields: ClassVar[Any] = ("due", "person")
    verbs = (acts.DELIVERED, acts.PUT_OFF)

    @admin.display(description=_("To be erased on"))
    def due(self, notice: InactivityNotice) -> datetime:
        return notice.purge_at
