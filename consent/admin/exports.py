"""Exports of consents as officers see them: ask for one, watch it, take it away."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import actor_column
from audit.exporting.forms import Moment, reason_field
from audit.files import FileStream
from audit.verbs import Act, AddForm, Verb, VerbAdmin
from consent.exporting import services
from consent.models.exports import ConsentExport, ConsentExportState, ExportForm
from work import selectors as work


class ConsentExportForm(AddForm):
    form = forms.ChoiceField(label=_("Form"), choices=ExportForm.choices)
    purposes = forms.CharField(
        label=_("Purposes"), required=False, max_length=2000,
        help_text=_("Codes with spaces between them; empty: all."),
    )  # fmt: skip
    since = Moment(label=_("From (UTC)"))
    until = Moment(label=_("Until (UTC)"), help_text=_("Empty: until now."))
    reason = reason_field()


def start(act: Act) -> str:
    data = act.data
    services.start(
        by=act.by, controller_id=act.controller_id, form=data["form"],
        purposes=data["purposes"].split(), since=_utc(data["since"]), until=_utc(data["until"]),
        reason=data["reason"],
    )  # fmt: skip
    return gettext("The export is being made. Its file can be taken from this list.")


def _utc(moment: datetime | None) -> datetime | None:
    """The form's minutes are of UTC, whatever the zone of the page."""
    return moment.replace(tzinfo=UTC) if moment else None


def take(act: Act) -> FileStream:
    path = services.take(by=act.by, export=act.obj)
    name = f"consents-{act.obj.created_at:%Y%m%d-%H%M%S}.{act.obj.form}"
    return FileStream(path, name=name)


START = Verb(
    name="add", label=_("Export consents"), permission=Permission.MANAGE_PURPOSES, run=start,
    form=ConsentExportForm, is_grave=True,
    consequence=_(
        "What people chose leaves the suite, a line for each choice, with people named by our "
        "ids. Asking and taking are recorded with your name."
    ),
)  # fmt: skip
TAKE = Verb(
    name="take", label=_("Take the file"), permission=Permission.MANAGE_PURPOSES, run=take,
    consequence=_("Who takes the file is recorded."),
    applies=lambda export: export.state == ConsentExportState.READY,
)  # fmt: skip


@admin.register(ConsentExport)
class ConsentExportAdmin(VerbAdmin):
    """Newest first. What belongs to other controllers does not exist here (P9)."""

    permission = Permission.VIEW_PEOPLE
    related = ("controller",)
    creation = START
    verbs = (TAKE,)
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "controller", "created_at", "reason", "form", "purposes", "since_at", "until_at",
        "progress", "lines", "size", "sha256", "expires_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        by = actor_column(request, _("By"), "asked_by")
        return ("created_at", by, "reason", "form", "state", "lines", "expires_at")

    @admin.display(description=_("State"))
    def progress(self, export: ConsentExport) -> str:
        if export.state != ConsentExportState.MAKING:
            return str(export.get_state_display())
        find = {"kind": services.KIND, "dedupe_key": str(export.id)}
        if work.state_of(controller_id=export.controller_id, **find) == "dead":
            return gettext("Given up after many attempts; the list of jobs says why.")
        done = work.cursor_of(controller_id=export.controller_id, **find).get("lines", 0)
        return gettext("In the making: %(count)d lines so far") % {"count": done}

    @admin.display(description=_("Size"))
    def size(self, export: ConsentExport) -> str:
        return filesizeformat(export.size_bytes) if export.size_bytes else "–"
