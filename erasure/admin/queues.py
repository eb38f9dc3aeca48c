"""Queues of systems, recorded effects, and links that were opened, as officers see them."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import HappenedFilter, OpensPage, ScopedAdmin
from audit.verbs import VerbAdmin
from erasure.admin import queue_acts as acts
from erasure.admin.shown import AboutPeople, case_link, person_link
from erasure.models import Errand, Gate, Mark
from erasure.words import code_text


@admin.register(Gate)
class GateAdmin(OpensPage, VerbAdmin):
    """The list; the page of a queue is the desk's."""

    page = "admin:erasure_queue"
    permission = Permission.VIEW_AUDIT
    related = ("system", "controller")
    ordering = ("system__name", "system_id")
    sortable_by = ()
    list_display = ("system", "failures", "its_trouble", "rests_until_at", "answered_at",
                    "controller")  # fmt: skip
    list_filter: ClassVar[Any] = (("rests_until_at", HappenedFilter),)
    fields: ClassVar[Any] = ("system",)
    verbs = (acts.RETRY_ALL, acts.EVIDENCE_CAUSE, acts.EXCEPT_CAUSE, acts.CALL_NOW,
             acts.ASK_AGAIN)  # fmt: skip

    @admin.display(description=_("What went wrong"))
    def its_trouble(self, gate: Gate) -> str:
        return code_text(gate.trouble)


@admin.register(Mark)
class MarkAdmin(AboutPeople):
    """What is known to have happened, and when: appended, and never changed."""

    related = ("step__system", "step__party")
    list_display = ("at", "whom", "person", "its_case", "kind", "round", "says")
    list_filter: ClassVar[Any] = ("kind",)
    readonly_fields: ClassVar[Any] = ("whom", "person", "its_case", "its_step", "says")
    fields: ClassVar[Any] = ("at", "whom", "person", "its_case", "its_step", "kind", "round",
                             "attempt", "says")  # fmt: skip

    def subject_of(self, obj: Mark) -> UUID:
        return obj.step.subject_id

    @admin.display(description=_("System or party"))
    def whom(self, mark: Mark) -> str:
        return str((mark.step.system or mark.step.party).name)  # type: ignore[union-attr]

    @admin.display(description=_("Person"))
    def person(self, mark: Mark) -> SafeString | str:
        return person_link(mark.step.subject_id)

    @admin.display(description=_("Case"))
    def its_case(self, mark: Mark) -> SafeString | str:
        return case_link(mark.step.case_id)

    @admin.display(description=_("Step"))
    def its_step(self, mark: Mark) -> SafeString:
        address = reverse("admin:erasure_step_change", args=[mark.step_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(mark.step_id)[-12:]
        )

    @admin.display(description=_("What was said"))
    def says(self, mark: Mark) -> str:
        return code_text(mark.code)


@admin.register(Errand)
class ErrandAdmin(ScopedAdmin):
    """When whoever does it by hand, or is told, opened a link. Whom they saw stands in the log."""

    permission = Permission.VIEW_AUDIT
    related = ("system", "party", "controller")
    ordering = ("-id",)
    sortable_by = ()
    list_display = ("whom", "opened_at", "ends_at", "its_queue", "controller")
    readonly_fields: ClassVar[Any] = ("its_queue",)
    fields: ClassVar[Any] = ("system", "party", "opened_at", "ends_at", "its_queue", "controller")

    @admin.display(description=_("System or party"))
    def whom(self, row: Errand) -> str:
        return row.place

    @admin.display(description=_("Queue"))
    def its_queue(self, row: Errand) -> SafeString | str:
        if row.system_id is None:
            return ""
        address = reverse("admin:erasure_queue", args=[row.system_id])
        return format_html('<a href="{}">{}</a>', address, row.place)
