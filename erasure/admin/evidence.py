"""Evidence of what was done by hand, as officers see it: the file only by a recorded look."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.console import HappenedFilter, actor_column
from erasure.admin import evidence_acts as acts
from erasure.admin.shown import AboutPeople, Columns, case_link, person_link
from erasure.models import ShownEvidence


@admin.register(ShownEvidence)
class ShownEvidenceAdmin(AboutPeople):
    """What waits for another person's look stands first."""

    related = ("step__system",)
    verbs = (acts.LOOK, acts.ACCEPT, acts.REJECT)
    list_filter: ClassVar[Any] = (("decided_at", HappenedFilter), "claim")
    readonly_fields: ClassVar[Any] = ("system", "person", "its_case")

    def get_list_display(self, request: HttpRequest) -> Columns:
        by = actor_column(request, _("Shown by"), "shown_by")
        return ("system", "person", "its_case", "claim", "shown_at", by, "is_accepted")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by: Callable[[Any], str] = actor_column(request, _("Shown by"), "shown_by")
        decider = actor_column(request, _("Decided by"), "decided_by")
        decided = ("is_accepted", "decided_at", decider, "reason") if obj and obj.decided_at else ()
        return ("system", "person", "its_case", "claim", "media_type", "size", "sha256",
                "shown_at", by, *decided)  # fmt: skip

    def subject_of(self, obj: ShownEvidence) -> Any:
        return obj.step.subject_id

    @admin.display(description=_("System"))
    def system(self, row: ShownEvidence) -> str:
        return row.step.system.name if row.step.system else ""

    @admin.display(description=_("Person"))
    def person(self, row: ShownEvidence) -> SafeString | str:
        return person_link(row.step.subject_id)

    @admin.display(description=_("Case"))
    def its_case(self, row: ShownEvidence) -> SafeString | str:
        return case_link(row.step.case_id)
