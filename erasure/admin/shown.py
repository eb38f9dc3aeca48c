"""What the lists of erasure share: who sees them, and how a row names its person and its case."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import RecordedAdmin
from audit.verbs import VerbAdmin

Columns = tuple[str | Callable[[Any], str], ...]


def case_link(case_id: UUID | None) -> SafeString | str:
    """The end of a case's id, leading to its page."""
    if case_id is None:
        return ""
    address = reverse("admin:erasure_case", args=[case_id])
    return format_html('<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(case_id)[-12:])


def person_link(subject_id: UUID | None) -> SafeString | str:
    """The end of a person's id, leading to their page."""
    if subject_id is None:
        return ""
    address = reverse("admin:person", args=[subject_id])
    return format_html('<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(subject_id)[-12:])


class AboutPeople(RecordedAdmin, VerbAdmin):
    """Newest first, for those who audit; each list and page is recorded before it is shown."""

    permission = Permission.VIEW_AUDIT
    ordering: ClassVar[Any] = ("-id",)
    readonly_fields: ClassVar[Any] = ("person",)

    @admin.display(description=_("Person"))
    def person(self, row: Any) -> SafeString | str:
        return person_link(row.subject_id)

    @admin.display(description=_("Case"))
    def its_case(self, row: Any) -> SafeString | str:
        return case_link(row.case_id)
