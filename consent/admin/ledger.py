"""Joined records of one person, as officers see, join and part them."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.console import actor_column
from audit.verbs import VerbAdmin
from consent.admin import ledger_acts as acts_ledger
from consent.admin.catalogue import AboutPersonAdmin
from consent.models import Merge


@admin.register(Merge)
class MergeAdmin(AboutPersonAdmin, VerbAdmin):
    related: ClassVar[tuple[str, ...]] = ("controller",)
    list_display = ("reason", "person", "merged_at", "split_at", "split_reason")
    list_filter: ClassVar[Any] = ("reason", "split_reason")
    fields = ("person", "other_record", "reason", "merged_at", "split_at", "split_reason")
    readonly_fields: ClassVar[Any] = ("person", "other_record")
    creation = acts_ledger.MERGE
    verbs = (acts_ledger.SPLIT,)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        merged: Callable[[Any], str] = actor_column(request, _("Joined by"), "merged_by")
        return (*self.fields, merged, actor_column(request, _("Parted by"), "split_by"))

    @admin.display(description=_("Other record"))
    def other_record(self, merge: Merge) -> SafeString:
        address = reverse("admin:person", args=[merge.absorbed_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(merge.absorbed_id)[-12:]
        )
