"""People as officers see them in a list; the page of one person is the desk's."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import RecordedAdmin
from subjects import selectors
from subjects.models import Subject


class MaskedList(ChangeList):
    """A page of people with their identifiers masked, read in two queries."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        people = list(self.result_list)
        masked = selectors.masked_many(people)
        for person in people:
            person.masked = masked.get(person.id, [])
        self.result_list = people


@admin.register(Subject)
class SubjectAdmin(RecordedAdmin):
    permission = Permission.VIEW_PEOPLE
    related = ("controller",)
    list_display = (
        "short_id", "identifiers", "residence", "language", "age_state", "controller",
        "created_at",
    )  # fmt: skip
    list_filter = ("age_state",)
    ordering = ("-id",)
    fields = ("id",)

    def subject_of(self, obj: Subject) -> Any:
        return obj.pk

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[MaskedList]:
        return MaskedList

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """There is one page about a person, and it is recorded there."""
        if request.method != "GET":
            raise PermissionDenied
        return redirect("admin:person", self.get_object(request, object_id).pk)

    @admin.display(description=_("Person"))
    def short_id(self, person: Subject) -> str:
        return f"…{str(person.pk)[-12:]}"

    @admin.display(description=_("Identifiers (masked)"))
    def identifiers(self, person: Any) -> str:
        return ", ".join(f"{one.scheme}: {one.text}" for one in person.masked) or "–"
