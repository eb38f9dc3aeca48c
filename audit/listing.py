"""The audit log as a list in the admin: pages by key, as `audit.search` finds them."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from audit import filters
from audit.console import site
from audit.criteria import Criteria
from audit.downloads import DownloadsAdmin
from audit.errors import CursorError
from audit.search import Page, search

CURSOR = "cursor"
MOST_WORDS = 100


class LogChangeList(ChangeList):
    """Django's list without its counts and page numbers."""

    page: Page

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        found.pop(CURSOR, None)
        return found

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Every other choice begins at the newest page."""
        return super().get_query_string(new_params, [*(remove or ()), CURSOR])

    def get_results(self, request: HttpRequest) -> None:
        self.page = self._found(request, self.criteria(request))
        self.result_list = list(self.page.rows)
        self.result_count, self.full_result_count = len(self.result_list), None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = False
        self.paginator = Paginator(self.result_list, self.list_per_page)

    def _found(self, request: HttpRequest, criteria: Criteria) -> Page:
        """The page of the cursor; the newest one where it is of another search or of nobody's."""
        try:
            return search(criteria, cursor=request.GET.get(CURSOR, ""), limit=self.list_per_page)
        except CursorError:
            messages.warning(request, _("This page is not there any more; here is the newest."))
            self.params.pop(CURSOR)
            return search(criteria, limit=self.list_per_page)

    def criteria(self, request: HttpRequest) -> Criteria:
        """What the filters ask for, in the officer's own logs."""
        asked: dict[str, Any] = {}
        for one in cast("list[filters.LogFilter]", self.filter_specs):
            asked |= one.criteria()
        allowed = cast(ListingAdmin, self.model_admin).allowed_ids(request)
        return Criteria(controller_ids=tuple(allowed), **asked)

    @property
    def newest_query(self) -> str:
        return self.get_query_string()

    @property
    def newer_query(self) -> str:
        return self._with(self.page.newer_cursor)

    @property
    def older_query(self) -> str:
        return self._with(self.page.next_cursor)

    @property
    def is_newest(self) -> bool:
        return CURSOR not in self.params

    def _with(self, cursor: str) -> str:
        if not cursor:
            return ""
        rest = self.get_query_string()
        return f"{rest}{'&' if rest != '?' else ''}{urlencode({CURSOR: cursor})}"


class ListingAdmin(DownloadsAdmin):
    """The list's filters, its pages, and the search box for words of reasons."""

    list_filter = (
        filters.KindFilter, filters.PeriodFilter, filters.ReasonFilter, filters.PersonFilter,
        filters.OutcomeFilter, filters.ActorFilter, filters.PurposeFilter, filters.ServiceFilter,
        filters.EventFilter,
    )  # fmt: skip

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LogChangeList

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.find_view)
        return [path("find/", view, name="audit_entryindex_find"), *super().get_urls()]

    @method_decorator(sensitive_post_parameters())
    @method_decorator(require_POST)
    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Words of reasons become a filter. Words that stand in none are kept nowhere: they may be
        a person's name, which no address may hold (P10)."""
        words = request.POST.get("words", "").strip()[:MOST_WORDS]
        kept = request.GET.copy()
        for name in (CURSOR, "reason"):
            kept.pop(name, None)
        if words and site().reason_codes(words):
            kept["reason"] = words
        elif words:
            messages.warning(request, _("No reason has these words."))
        return redirect(f"{reverse('admin:audit_entryindex_changelist')}?{kept.urlencode()}")
