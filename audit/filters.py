"""Filters of the audit log, each of which the log's index can serve."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.catalogue import EVENTS
from audit.models import EntryIndex
from keys.ids import uuid7_at

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

READS = ("record:viewed", "list:viewed", "record:read")


class DefaultedFilter(admin.SimpleListFilter):
    """A filter whose first choice holds while none is chosen."""

    options: "tuple[tuple[str, StrOrPromise], ...]" = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return list(self.options)

    def value(self) -> str:
        return super().value() or self.options[0][0]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({str(self.parameter_name): value}),
                "display": label,
            }


class PeriodFilter(DefaultedFilter):
    """By the time in an entry's id, so that the index bounds what is read."""

    title = _("period")
    parameter_name = "period"
    options = (("7d", _("Last 7 days")), ("24h", _("Last 24 hours")), ("30d", _("Last 30 days")),
               ("all", _("Any time")))  # fmt: skip
    hours = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[EntryIndex]
    ) -> QuerySet[EntryIndex]:
        hours = self.hours.get(self.value())
        if hours is None:
            return queryset
        return queryset.filter(id__gte=uuid7_at(timezone.now() - timedelta(hours=hours)))


class KindFilter(DefaultedFilter):
    """Reading the log is recorded too; those entries are shown only when asked for."""

    title = _("kind")
    parameter_name = "kind"
    options = (("acts", _("Acts and decisions")), ("reads", _("Who looked")), ("all", _("All")))

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[EntryIndex]
    ) -> QuerySet[EntryIndex]:
        if self.value() == "acts":
            return queryset.exclude(event__in=READS)
        return queryset.filter(event__in=READS) if self.value() == "reads" else queryset


class EventFilter(admin.SimpleListFilter):
    """By event, in words."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return sorted(((one.code, str(one.sentence)) for one in EVENTS.values()), key=_words)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[EntryIndex]
    ) -> QuerySet[EntryIndex]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class ActorFilter(admin.SimpleListFilter):
    """By the kind of actor."""

    title = _("actor")
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return [
            ("officer", _("Officers")),
            ("service", _("Services")),
            ("subject", _("The persons themselves")),
            ("system", _("The suite itself")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[EntryIndex]
    ) -> QuerySet[EntryIndex]:
        return queryset.filter(actor_type=self.value()) if self.value() else queryset


class OutcomeFilter(admin.SimpleListFilter):
    """By the outcome of decisions."""

    title = _("decision")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return [("permit", _("Permitted")), ("deny", _("Denied"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[EntryIndex]
    ) -> QuerySet[EntryIndex]:
        return queryset.filter(outcome=self.value()) if self.value() else queryset


def _words(option: "tuple[str, StrOrPromise]") -> str:
    return str(option[1])
