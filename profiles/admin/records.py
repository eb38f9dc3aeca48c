"""That something is known of a person, as officers see it: never what (PRO-07).

Sources, moments and lengths of life alone. The names of the attributes would tell of sensitive
ones; who may see values, sees them in a view.
"""

from typing import ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import RecordedAdmin, ScopedRelatedFilter
from profiles.models import FormerRecord, ProfileRecord


class SealedAdmin(RecordedAdmin):
    """Rows of restricted and vaulted people are here too, and that data are sensitive (PRO-06)."""

    permission = Permission.VIEW_RESTRICTED
    related: ClassVar[tuple[str, ...]] = ("source", "controller")
    list_display_links = ("source",)  # the person's column leads to the person
    list_filter = (("source", ScopedRelatedFilter),)
    ordering = ("-id",)
    readonly_fields = ("person", "known")

    @admin.display(description=_("Person"))
    def person(self, row: ProfileRecord | FormerRecord) -> SafeString:
        address = reverse("admin:person", args=[row.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(row.subject_id)[-12:]
        )

    @admin.display(description=_("How many values"))
    def known(self, row: ProfileRecord | FormerRecord) -> int:
        return len(row.codes)


@admin.register(ProfileRecord)
class ProfileRecordAdmin(SealedAdmin):
    list_display = ("person", "source", "sensitivity", "known", "observed_at", "due_at")
    fields = ("person", "source", "sensitivity", "known", "observed_at", "due_at", "sequence",
              "received_at")  # fmt: skip


@admin.register(FormerRecord)
class FormerRecordAdmin(SealedAdmin):
    list_display = ("person", "source", "sensitivity", "known", "replaced_at", "until_at")
    fields = ("person", "source", "sensitivity", "known", "replaced_at", "until_at")
