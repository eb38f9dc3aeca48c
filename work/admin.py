"""Officers see what runs, how far it is, and what was given up."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from keys.ids import SYSTEM_ID
from work import services
from work.errors import NotDeadError
from work.models import Job

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Job]
else:  # only the type checker knows the admin as generic
    Base = admin.ModelAdmin

MANAGE = "manage_work"


@admin.register(Job)
class JobAdmin(Base):
    """Read-only: jobs are made by services; the one verb here is to revive a dead one.

    It stands below the audit's own base classes, so it asks the site for the officer's
    controllers, and to record what was done. The system's jobs, which are about nobody, are shown
    to whoever manages work anywhere.
    """

    list_display = ("kind", "state", "progress", "run_at", "attempts", "last_error_code", "job")
    list_filter = ("state", "kind")
    ordering = ("-id",)
    actions = ("revive",)
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    readonly_fields = ("progress",)
    exclude = ("cursor", "progress_done", "progress_total", "ordering_key", "dedupe_key")

    def controllers(self, request: HttpRequest, permission: str | None = None) -> list[UUID]:
        site: Any = self.admin_site
        managed = [SYSTEM_ID] if site.controller_ids(request, MANAGE) else []
        return [*site.controller_ids(request, permission), *managed]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).filter(controller_id__in=self.controllers(request))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Job:
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        allowed = self.controllers(request)
        return bool(allowed) if obj is None else obj.controller_id in allowed

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_revive_permission(self, request: HttpRequest) -> bool:
        return bool(self.controllers(request, MANAGE))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "GET" and not self.has_revive_permission(request):
            raise PermissionDenied
        return super().changelist_view(request, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        raise Http404

    @admin.display(description=_("Job"))
    def job(self, job: Job) -> str:
        return str(job.id)

    @admin.display(description=_("Progress"))
    def progress(self, job: Job) -> str:
        if job.progress_total is None:
            return str(job.progress_done) if job.progress_done else "–"
        return f"{job.progress_done} / {job.progress_total}"

    @admin.action(description=_("Try the selected jobs again"), permissions=["revive"])
    def revive(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        mine = queryset.filter(controller_id__in=self.controllers(request, MANAGE))
        revived = sum(self._revive_one(request, job) for job in mine)
        text = ngettext("%(n)d job will run again.", "%(n)d jobs will run again.", revived)
        self.message_user(request, text % {"n": revived}, messages.SUCCESS)

    @transaction.atomic
    def _revive_one(self, request: HttpRequest, job: Job) -> bool:
        site: Any = self.admin_site
        try:
            services.revive(job_id=job.id, by=str(request.user.pk))
        except NotDeadError:
            return False
        site.record(request, "work:revived", job.controller_id, target=("job", str(job.id)))
        return True
