"""Exports as officers and auditors see them: ask for one, watch it, take it away."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.console import actor_column, site
from audit.exporting import services
from audit.exporting.forms import ExportForm, TakeForm, criteria, initial
from audit.exporting.models import Export, ExportState
from audit.files import FileStream
from audit.verbs import Act, Verb, VerbAdmin
from work import selectors as work

VIEW_AUDIT = "view_audit"


def start(act: Act) -> str:
    asked, subject = criteria(act)
    services.start(
        by=act.by, controller_id=act.controller_id, criteria=asked, subject=subject,
        reason=act.data["reason"], formats=act.data["copies"],
    )  # fmt: skip
    return gettext("The export is being made. Its file can be taken from this list.")


def take(act: Act) -> FileStream:
    path = services.take(by=act.by, export=act.obj, reason=act.data["reason"])
    return FileStream(path, name=f"log-{act.obj.created_at:%Y%m%d-%H%M%S}.zip")


START = Verb(
    name="add", label=_("Export the log"), permission=VIEW_AUDIT, run=start,
    consequence=_(
        "The entries leave the suite with their proofs, as a signed file that anybody can verify "
        "offline. Asking and taking are recorded."
    ),
)  # fmt: skip
TAKE = Verb(
    name="take", label=_("Take the file"), permission=VIEW_AUDIT, run=take, form=TakeForm,
    consequence=_("Who takes the file, and why, is recorded."),
    applies=lambda export: export.state == ExportState.READY,
)  # fmt: skip


@admin.register(Export)
class ExportAdmin(VerbAdmin):
    """Newest first. What belongs to other controllers does not exist here (P9)."""

    permission = VIEW_AUDIT
    creation = START
    verbs = (TAKE,)
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "created_at", "by", "reason", "asked", "copies", "progress", "entries", "left_out", "size",
        "sha256", "expires_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        by = actor_column(request, _("By"), "requested_by")
        return ("created_at", by, "reason", "copies", "state", "entries", "expires_at")

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = partial(
            ExportForm, initial=initial(request.GET.dict()),
            services=site().service_names(request, VIEW_AUDIT),
            purposes=site().purpose_names(request, VIEW_AUDIT),
        )  # fmt: skip
        return self._act(request, replace(START, form=form), None)

    @admin.display(description=_("By"))
    def by(self, export: Export) -> str:
        return f"…{export.requested_by[-12:]}"

    @admin.display(description=_("Copies for readers"))
    def copies(self, export: Export) -> str:
        return ", ".join(export.formats).upper() or "–"

    @admin.display(description=_("Asked for"))
    def asked(self, export: Export) -> str | SafeString:
        if not export.criteria:
            return "–"
        text = json.dumps(export.criteria["told"], indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)

    @admin.display(description=_("State"))
    def progress(self, export: Export) -> str:
        if export.state != ExportState.MAKING:
            return str(export.get_state_display())
        find = {"kind": services.KIND, "dedupe_key": str(export.id)}
        if work.state_of(controller_id=export.controller_id, **find) == "dead":
            return gettext("Given up after many attempts; the list of jobs says why.")
        return _so_far(
            work.cursor_of(controller_id=export.controller_id, **find),
            *work.progress_of(controller_id=export.controller_id, **find),
        )

    @admin.display(description=_("Without a place in the log, left out"))
    def left_out(self, export: Export) -> int:
        return export.pending

    @admin.display(description=_("Size"))
    def size(self, export: Export) -> str:
        return filesizeformat(export.size_bytes) if export.size_bytes else "–"


def _so_far(cursor: dict[str, Any], done: int, total: int | None) -> str:
    """How far the job is: in entries while they are gathered, in hundredths of the files' bytes."""
    told = {"count": cursor.get("count", 0), "percent": 100 * done // (total or 1)}
    if cursor.get("phase") == "copies":
        return gettext("In the making: %(count)d entries, copies %(percent)d%%") % told
    if cursor.get("phase") == "packing":
        return gettext("In the making: %(count)d entries, packing %(percent)d%%") % told
    return gettext("In the making: %(count)d entries so far") % told
