"""Filters of the lists of reports: only what the officer's own companies have is offered (P9)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from consent import selectors as consents
from policies import selectors


class ColumnFilter(admin.SimpleListFilter):
    """By the exact value of one column, which the parameter is called after."""

    column = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.column: value}) if value else queryset


class BackingFilter(ColumnFilter):
    title = _("permission")
    parameter_name = column = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("unbacked", _("No decision allowed it")), ("backed", _("A decision allowed it"))]


class ServiceFilter(ColumnFilter):
    title = _("service")
    parameter_name = "service"
    column = "actor_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        found = [
            (str(one.id), one.name)
            for controller_id in model_admin.allowed_ids(request)
            for one in accounts.services_of(controller_id).prefetch_related(None)
        ]
        return sorted(found, key=lambda option: option[1])


class PurposeFilter(ColumnFilter):
    title = _("purpose")
    parameter_name = column = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        titles: dict[str, str] = {}
        for controller_id in model_admin.allowed_ids(request):
            titles |= consents.purpose_titles(controller_id)
        return sorted(titles.items(), key=lambda option: option[1])


class ModelFilter(ColumnFilter):
    """Offers the models of late; one that is long gone can still be named in the address."""

    title = _("model")
    parameter_name = column = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, name) for name in selectors.models_of(model_admin.allowed_ids(request))]
