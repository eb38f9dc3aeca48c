"""Legal findings and freezes as officers see them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.console import actor_column
from audit.verbs import Act, Verb, VerbAdmin
from registry import forms_law, services
from registry.findings import SHAPES, Kind
from registry.models import Assessment, Freeze


def record_finding(act: Act) -> str:
    given = {name: value for name, value in act.data.items() if name != "controller"}
    made = services.record_assessment(
        by=act.by, controller_id=act.controller_id, finding=services.Finding(**given)
    )
    if SHAPES[Kind(made.kind)].allows:
        return _("The finding was recorded. It counts once a second person has approved it.")
    return _("The finding was recorded. It counts from now on.")


def approve_finding(act: Act) -> str:
    services.approve_assessment(by=act.by, assessment=act.obj)
    return _("The finding was approved. It counts from now on.")


def end_finding(act: Act) -> str:
    services.end_assessment(by=act.by, assessment=act.obj)
    return _("The finding was taken back.")


def freeze(act: Act) -> str:
    given = {name: value for name, value in act.data.items() if name != "controller"}
    services.freeze(by=act.by, controller_id=act.controller_id, **given)
    return _("It is frozen. Every check that it takes part in is denied from now on.")


def release(act: Act) -> str:
    services.release(by=act.by, frozen=act.obj, reason=act.data["reason"])
    return _("The freeze was released.")


def _awaits_approval(finding: Assessment) -> bool:
    is_open = finding.approved_at is None and finding.ended_at is None
    return is_open and SHAPES[Kind(finding.kind)].allows


RECORD = Verb(
    name="add", label=gettext_lazy("Record a legal finding"),
    permission=Permission.MANAGE_PURPOSES, form=forms_law.RecordFindingForm, run=record_finding,
    consequence=gettext_lazy(
        "What restricts counts at once; what allows, once another officer approves it."
    ),
)  # fmt: skip
APPROVE = Verb(
    name="approve", label=gettext_lazy("Approve the finding"),
    permission=Permission.APPROVE_PURPOSES, run=approve_finding, applies=_awaits_approval,
    consequence=gettext_lazy("Checks that need this finding may be permitted from now on."),
)  # fmt: skip
END = Verb(
    name="end", label=gettext_lazy("Take the finding back"), is_grave=True,
    permission=Permission.APPROVE_PURPOSES, run=end_finding,
    applies=lambda finding: finding.ended_at is None,
    consequence=gettext_lazy(
        "What it allowed is denied from now on; what it restricted is restricted no longer."
    ),
)  # fmt: skip
FREEZE = Verb(
    name="add", label=gettext_lazy("Freeze because of an incident"),
    permission=Permission.MANAGE_PARTIES, form=forms_law.FreezeForm, run=freeze,
    consequence=gettext_lazy("Every check that it takes part in is denied until the release."),
)  # fmt: skip
RELEASE = Verb(
    name="release", label=gettext_lazy("Release the freeze"), is_grave=True,
    permission=Permission.APPROVE_PURPOSES, form=forms_law.ReleaseForm, run=release,
    applies=lambda frozen: frozen.released_at is None,
    consequence=gettext_lazy("Checks are decided again as if nothing had been frozen."),
)  # fmt: skip


class OpenFilter(admin.SimpleListFilter):
    """What still counts, or what is over."""

    title = gettext_lazy("state")
    parameter_name = "over"
    column = "ended_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", gettext_lazy("Open")), ("yes", gettext_lazy("Over"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in {"no", "yes"}:
            return queryset.filter(**{f"{self.column}__isnull": self.value() == "no"})
        return queryset


class ReleasedFilter(OpenFilter):
    column = "released_at"


@admin.register(Assessment)
class AssessmentAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("kind", "purpose", "topic", "valid_until", "approved_at", "ended_at")
    list_filter = (OpenFilter, "kind")
    search_fields = ("purpose", "topic", "citation")
    ordering = ("-id",)
    fields = (
        "kind", "purpose", "topic", "citation", "conclusion", "reference", "valid_until",
        "controller", "created_at", "approved_at", "ended_at",
    )  # fmt: skip
    creation = RECORD
    verbs = (APPROVE, END)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *_people(request, "created_by", "approved_by", "ended_by"))


@admin.register(Freeze)
class FreezeAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("kind", "code", "incident", "frozen_at", "released_at", "controller")
    list_filter = (ReleasedFilter, "kind")
    search_fields = ("code", "incident")
    ordering = ("-id",)
    fields = (
        "kind", "code", "incident", "controller", "frozen_at", "released_at", "release_reason",
    )  # fmt: skip
    creation = FREEZE
    verbs = (RELEASE,)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *_people(request, "frozen_by", "released_by"))


_LABELS = {
    "created_by": gettext_lazy("Recorded by"),
    "approved_by": gettext_lazy("Approved by"),
    "ended_by": gettext_lazy("Taken back by"),
    "frozen_by": gettext_lazy("Frozen by"),
    "released_by": gettext_lazy("Released by"),
}


def _people(request: HttpRequest, *columns: str) -> tuple[Callable[[Any], str], ...]:
    return tuple(actor_column(request, _LABELS[column], column) for column in columns)
