"""What may not go yet, and who was not heard of for long, as officers see it."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import HappenedFilter, actor_column
from audit.verbs import VerbAdmin
from erasure.admin import keeping_acts as acts
from erasure.admin.shown import AboutPeople, Columns
from erasure.models import Hold, InactivityNotice, RetentionRule, VaultAccess, VaultItem


@admin.register(Hold)
class HoldAdmin(AboutPeople):
    creation = acts.SET_HOLD
    verbs = (acts.REVIEW_HOLD, acts.LIFT_HOLD)
    list_filter: ClassVar[Any] = (("lifted_at", HappenedFilter),)

    def get_list_display(self, request: HttpRequest) -> Columns:
        by = actor_column(request, _("Set by"), "set_by")
        return ("matter", "person", "scope_type", "scope", "authority", "review_on", by,
                "lifted_at")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by = actor_column(request, _("Set by"), "set_by")
        lifter = actor_column(request, _("Lifted by"), "lifted_by")
        lifted = ("lifted_at", lifter, "lifted_reason") if obj and obj.lifted_at else ()
        return ("matter", "person", "scope_type", "scope", "authority", "citation", "review_on",
                "set_at", by, *lifted)  # fmt: skip


@admin.register(RetentionRule)
class RetentionRuleAdmin(VerbAdmin):
    creation = acts.RECORD_RULE
    verbs = (acts.END_RULE,)
    related = ("controller",)
    list_display = (
        "code", "purpose", "category", "pack", "counts_from", "minimum_days", "maximum_days",
        "citation", "effective_on", "ended_on", "controller",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (("ended_on", HappenedFilter), "pack", "counts_from")
    search_fields = ("code", "purpose", "category")
    ordering = ("code", "-id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by: Callable[[Any], str] = actor_column(request, _("Entered by"), "created_by")
        return ("code", "controller", "purpose", "category", "pack", "counts_from",
                "minimum_days", "maximum_days", "citation", "reviewed_by", "effective_on",
                "ended_on", "created_at", by)  # fmt: skip


@admin.register(VaultItem)
class VaultItemAdmin(AboutPeople):
    """That something is kept for the law only; what it is stays sealed here."""

    permission = Permission.VIEW_RESTRICTED
    ordering: ClassVar[Any] = ("destroy_on", "id")
    list_filter: ClassVar[Any] = (("destroyed_at", HappenedFilter),)
    list_display = (
        "category", "person", "element", "citation", "destroy_on", "stored_at", "destroyed_at",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = ("person", "its_case")
    fields: ClassVar[Any] = (
        "person", "its_case", "category", "element", "citation", "destroy_on", "stored_at",
        "destroyed_at",
    )  # fmt: skip


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
        "purge_at",
        "person",
        "last_heard_at",
        "delivered_at",
        "delivered_how",
        "ended_at",
        "ended_how",
    )
    fields: ClassVar[Any] = (*list_display, "proof")
    verbs = (acts.DELIVERED, acts.PUT_OFF)
