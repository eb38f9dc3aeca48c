"""Cases, the policies they are handled by, and what platforms passed on, as officers see them."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import OpensPage, actor_column
from audit.verbs import VerbAdmin
from erasure.admin import case_acts as acts
from erasure.admin import keeping_acts, shop_acts
from erasure.admin.shown import AboutPeople, case_link
from erasure.models import Callback, Case, Policy
from erasure.words import case_text


@admin.register(Case)
class CaseAdmin(OpensPage, AboutPeople):
    """The list; a case's page with the picture of its systems is the desk's."""

    page = "admin:erasure_case"
    list_display = (
        "short_id", "state", "due_at", "person", "trigger", "verb", "scope_type", "scope", "why",
        "opened_at",
    )  # fmt: skip
    list_filter: ClassVar[Any] = ("state", "trigger", "verb")
    fields: ClassVar[Any] = ("id",)
    creation = acts.OPEN
    verbs = (acts.REVIEW, acts.EXEMPT, acts.APPROVE, acts.REFUSE, acts.CANCEL)

    @admin.display(description=_("Case"))
    def short_id(self, case: Case) -> SafeString:
        return format_html('<bdi dir="ltr">…{}</bdi>', str(case.pk)[-12:])

    @admin.display(description=_("Why"))
    def why(self, case: Case) -> str:
        return case_text(case.code)


@admin.register(Policy)
class PolicyAdmin(VerbAdmin):
    related = ("controller",)
    ordering = ("-id",)
    readonly_fields: ClassVar[Any] = ("says",)
    creation = keeping_acts.DRAFT_POLICY
    verbs = (keeping_acts.APPROVE_POLICY,)

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("number", "note", *self._people(request), "created_at", "approved_at",
                "controller")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("number", "note", "says", *self._people(request), "created_at", "approved_at",
                "controller")  # fmt: skip

    def _people(self, request: HttpRequest) -> tuple[Callable[[Any], str], ...]:
        author = actor_column(request, _("Written by"), "created_by")
        return author, actor_column(request, _("Approved by"), "approved_by")

    @admin.display(description=_("What it says"))
    def says(self, policy: Policy) -> SafeString:
        text = json.dumps(policy.content, indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)


@admin.register(Callback)
class CallbackAdmin(VerbAdmin):
    """The person's id at the platform was never kept, so these rows are about nobody."""

    permission = Permission.VIEW_AUDIT
    related = ("controller",)
    ordering = ("-id",)
    sortable_by = ()
    list_display = (
        "received_at",
        "platform",
        "outcome",
        "code",
        "its_case",
        "controller",
    )
    list_filter: ClassVar[Any] = ("platform", "outcome")
    verbs = (shop_acts.ERASE_SHOP, shop_acts.KEEP_SHOP)
    readonly_fields: ClassVar[Any] = ("its_case",)
    fields: ClassVar[Any] = (
        "received_at",
        "platform",
        "message_id",
        "outcome",
        "code",
        "its_case",
        "controller",
    )

    @admin.display(description=_("Case"))
    def its_case(self, row: Callback) -> SafeString | str:
        return case_link(row.case_id)
