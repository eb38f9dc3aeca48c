"""Filters of the audit log: each says what is looked for; `audit.search` finds it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.catalogue import EVENTS
from audit.console import site
from audit.groups import group
from audit.models import EntryIndex

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

READS = ("record:viewed", "list:viewed", "record:read")


class LogFilter(admin.SimpleListFilter):
    """A part of the criteria. `name` is the criterion that the chosen value is for."""

    name = ""

    def criteria(self) -> dict[str, Any]:
        """What the choice adds to the criteria."""
        return {self.name: self.value()} if self.value() else {}

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[EntryIndex]
    ) -> QuerySet[EntryIndex]:
        return queryset


class DefaultedFilter(LogFilter):
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
    """By time, from now back."""

    title = _("period")
    parameter_name = "period"
    options = (("7d", _("Last 7 days")), ("24h", _("Last 24 hours")), ("30d", _("Last 30 days")),
               ("all", _("Any time")))  # fmt: skip
    hours = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}

    def criteria(self) -> dict[str, Any]:
        """From a full hour or day on: the second page is of the same period as the first."""
        hours = self.hours.get(self.value())
        if hours is None:
            return {}
        since = timezone.now() - timedelta(hours=hours)
        is_day = hours == 24
        return {
            "since": since.replace(
                hour=since.hour if is_day else 0, minute=0, second=0, microsecond=0
            )
        }


class KindFilter(DefaultedFilter):
    """Reading the log is recorded too; those entries are shown only when asked for."""

    title = _("kind")
    parameter_name = "kind"
    options = (("acts", _("Acts and decisions")), ("reads", _("Who looked")), ("all", _("All")))

    def criteria(self) -> dict[str, Any]:
        if self.value() == "acts":
            return {"except_events": READS}
        return {"events": READS} if self.value() == "reads" else {}


class OutcomeFilter(LogFilter):
    """By the outcome of decisions."""

    title = _("decision")
    parameter_name = name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return [("permit", _("Permitted")), ("deny", _("Denied"))]


class ActorFilter(LogFilter):
    """By the kind of actor."""

    title = _("actor")
    parameter_name = "actor"
    name = "actor_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return [
            ("officer", _("Officers")),
            ("service", _("Services")),
            ("subject", _("The persons themselves")),
            ("system", _("The suite itself")),
        ]


class ServiceFilter(LogFilter):
    """By service, under its name."""

    title = _("service")
    parameter_name = "service"
    name = "actor_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return list(site().service_names(request, model_admin.permission).items())


class PurposeFilter(LogFilter):
    """By purpose, under its name."""

    title = _("purpose")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return list(site().purpose_names(request, model_admin.permission).items())

    def criteria(self) -> dict[str, Any]:
        return {"purposes": (self.value(),)} if self.value() else {}


class EventFilter(LogFilter):
    """By event, in words."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        return sorted(((one.code, str(one.sentence)) for one in EVENTS.values()), key=_words)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Each with its heading; the first is all of them."""
        every, *events = super().choices(changelist)
        yield every
        for choice, (code, _sentence) in zip(events, self.lookup_choices, strict=True):
            yield {**choice, "group": group(str(code))}

    def criteria(self) -> dict[str, Any]:
        return {"events": (self.value(),), "except_events": ()} if self.value() else {}


class GivenFilter(LogFilter):
    """Chosen elsewhere, by a link or the search box; stands here to be seen and taken back."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> "list[tuple[str, StrOrPromise]]":
        given = request.GET.get(str(self.parameter_name), "")
        return [(given, self.label(given))] if given else []

    def label(self, given: str) -> str:
        return given


class ReasonFilter(GivenFilter):
    """By words that stand in a reason's code or in its sentence."""

    title = _("reason")
    parameter_name = "reason"

    def criteria(self) -> dict[str, Any]:
        return {"reasons": site().reason_codes(self.value() or "")} if self.value() else {}


class PersonFilter(GivenFilter):
    """By person. What is no id of ours finds nobody."""

    title = _("person")
    parameter_name = "person"

    def label(self, given: str) -> str:
        return f"…{given[-12:]}"

    def criteria(self) -> dict[str, Any]:
        if not self.value():
            return {}
        try:
            return {"subject_id": UUID(self.value())}
        except ValueError:
            return {"reasons": ()}


def _words(option: "tuple[str, StrOrPromise]") -> str:
    return str(option[1])
