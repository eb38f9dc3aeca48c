"""Officers see what runs, how far it is, and what was given up."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import PermissionsMixin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from work import services
from work.errors import NotDeadError
from work.models import Job

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Job]
else:  # only the type checker knows the admin as generic
    Base = admin.ModelAdmin


@admin.register(Job)
class JobAdmin(Base):
    """Read-only: jobs are made by services; the one verb here is to revive a dead one."""

    list_display = ("kind", "state", "progress", "run_at", "attempts", "last_error_code", "id")
    list_filter = ("state", "kind")
    ordering = ("-id",)
    actions = ("revive",)
    show_full_result_count = False
    readonly_fields = ("progress",)
    exclude = ("cursor", "progress_done", "progress_total", "ordering_key", "dedupe_key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_revive_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, PermissionsMixin) and request.user.has_perm(
            "work.revive_job"
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """The jobs of the officer's controllers, where the site knows them."""
        jobs = super().get_queryset(request)
        controller_ids = getattr(self.admin_site, "controller_ids", None)
        if controller_ids is None:
            return jobs
        allowed: list[UUID] = list(controller_ids(request))
        return jobs.filter(controller_id__in=allowed)

    @admin.display(description=_("Progress"))
    def progress(self, job: Job) -> str:
        if job.progress_total is None:
            return str(job.progress_done) if job.progress_done else "–"
        return f"{job.progress_done} / {job.progress_total}"

    @admin.action(description=_("Try the selected jobs again"), permissions=["revive"])
    def revive(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        revived = sum(self._revive_one(job, by=str(request.user.pk)) for job in queryset)
        text = ngettext("%(n)d job will run again.", "%(n)d jobs will run again.", revived)
        self.message_user(request, text % {"n": revived}, messages.SUCCESS)

    def _revive_one(self, job: Job, *, by: str) -> bool:
        try:
            services.revive(job_id=job.id, by=by)
        except NotDeadError:
            return False
        return True
