"""People as officers see them in a list; the page of one person is the desk's."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import OpensPage, RecordedAdmin
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
class SubjectAdmin(OpensPage, RecordedAdmin):
    page = "admin:person"
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

    @admin.display(description=_("Person"))
    def short_id(self, person: Subject) -> str:
        return f"…{str(person.pk)[-12:]}"

    @admin.display(description=_("Identifiers (masked)"))
    def identifiers(self, person: Any) -> str:
        return ", ".join(f"{one.scheme}: {one.text}" for one in person.masked) or "–"


from subjects import (  # noqa: E402 (register what else is here)
    admin_provenance,  # noqa: F401
    admin_relations,  # noqa: F401
    admin_returns,  # noqa: F401
)
