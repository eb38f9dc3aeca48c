"""What officers' pages stand on: scoped to their controllers, read-only, and reading is recorded.

Packages build their admin on these classes; what the officer may see comes from the site, so that
nothing here knows accounts or subjects.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, cast
from uuid import UUID

import structlog
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import Error as DatabaseError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from audit.errors import ReadNotRecordedError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    ModelAdmin = admin.ModelAdmin[Any]
    RelatedFilter = admin.RelatedFieldListFilter
    Pages = Paginator[Any]
else:  # only the type checker knows the admin as generic
    ModelAdmin = admin.ModelAdmin
    RelatedFilter = admin.RelatedFieldListFilter
    Pages = Paginator

UUID_LENGTH = 36
ANY: Final = _("Any")
logger = structlog.get_logger(__name__)

Seen = tuple[UUID, UUID | None]
"""A row on a page: its controller, and the person it is about, if it is about one."""


class Console(Protocol):
    """What these classes ask of the admin site."""

    name: str

    def controller_ids(self, request: HttpRequest, permission: str | None = None) -> list[UUID]:
        """The controllers at which the officer has the permission (without one: any role)."""

    def controller_names(self, request: HttpRequest) -> Mapping[UUID, str]:
        """What the officer's controllers are called."""

    def subject_refs(self, controller_id: UUID, ids: Collection[UUID]) -> list[SubjectRef]:
        """How entries name these people."""

    def actor_names(self, request: HttpRequest) -> Mapping[str, str]:
        """What the officer's colleagues and services are called, by the ids entries hold."""

    def service_names(self, request: HttpRequest, permission: str) -> Mapping[str, str]:
        """What the services are called, by id, at controllers where the officer may do this."""

    def purpose_names(self, request: HttpRequest, permission: str) -> Mapping[str, str]:
        """What the purposes are called there, by code."""

    def reason_text(self, code: str) -> str:
        """What a reason code of a decision means, in the officer's language."""

    def reason_codes(self, text: str) -> tuple[str, ...]:
        """The reason codes in which the text stands, by their words in that language too."""

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the site shows."""


def site() -> Console:
    """The officers' site."""
    return cast("Console", admin.site)


def actor(request: HttpRequest) -> Actor:
    """The officer behind a request."""
    return Actor("officer", str(request.user.pk))


def who(request: HttpRequest, actor_type: str, actor_id: str) -> str:
    """Whom an entry names as actor, in words; never a person's name."""
    if actor_type == "subject":
        return gettext("the person")
    kind = {"officer": gettext("officer"), "service": gettext("service")}.get(actor_type, "")
    short = f"…{actor_id[-12:]}" if len(actor_id) == UUID_LENGTH else actor_id
    name = site().actor_names(request).get(actor_id, short)
    return f"{kind} {name}".strip()


def actor_column(
    request: HttpRequest, label: "StrOrPromise", id_field: str, type_field: str = ""
) -> Callable[[Any], str]:
    """A list's column that names the actor of each row."""

    @admin.display(description=label)
    def column(obj: Any) -> str:
        actor_type = getattr(obj, type_field) if type_field else "officer"
        actor_id = getattr(obj, id_field)
        return who(request, actor_type, actor_id) if actor_id else ""

    return column


def titled_column(
    label: "StrOrPromise",
    field: str,
    titles: Callable[[UUID], Mapping[str, str]],
    *,
    empty: "StrOrPromise" = ANY,
) -> Callable[[Any], str]:
    """A column of codes by their titles at the row's controller, each looked up once a page.

    What has no title (it was never registered, or stands for many) is shown as it was written.
    """
    known = cache(titles)

    @admin.display(description=label)
    def column(row: Any) -> str:
        code = getattr(row, field)
        if not code:
            return str(empty)
        return known(row.controller_id).get(code, code)

    return column


def shown(request: HttpRequest, build: Callable[[], HttpResponse]) -> HttpResponse:
    """Build and render a page in one transaction with the record of the read (P11).

    If that record cannot be written or committed, the answer is a 503 page without any data.
    """
    try:
        with transaction.atomic():
            response = build()
            if isinstance(response, SimpleTemplateResponse):
                response.render()
    except (ReadNotRecordedError, DatabaseError) as error:
        logger.error("read_not_recorded", exc_info=error)
        return TemplateResponse(request, "admin/not_recorded.html", status=503)
    return response


def note_read(
    request: HttpRequest, rows: Iterable[Seen], *, target: Target, data: Mapping[str, Any]
) -> None:
    """Record who is shown, one entry a person. Raises ReadNotRecordedError; then show nothing."""
    grouped: dict[UUID, dict[UUID, None]] = {}
    for controller_id, subject_id in rows:
        people = grouped.setdefault(controller_id, {})
        if subject_id is not None:
            people[subject_id] = None
    try:
        for controller_id, people in grouped.items():
            audit.record_read(
                by=actor(request), controller_id=controller_id, target=target,
                subjects=refs(controller_id, list(people)), data=data,
            )  # fmt: skip
    except Exception as error:
        raise ReadNotRecordedError from error


def refs(controller_id: UUID, ids: list[UUID]) -> list[SubjectRef]:
    """Also people who are gone are named, by what is left of them."""
    known = {ref.id: ref for ref in site().subject_refs(controller_id, ids)} if ids else {}
    return [known.get(one, SubjectRef(one, None)) for one in ids]


class CappedPaginator(Pages):
    """Counts no further than `CAP` rows: a full count of a ledger costs more than the page."""

    CAP = 10_000

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[: self.CAP].count()

    @property
    def is_capped(self) -> bool:
        """Whether there may be more rows than these pages hold."""
        return self.count >= self.CAP


class ScopedRelatedFilter(RelatedFilter):
    """A filter by a related row that offers only rows of the officer's controllers (P9)."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        ids = model_admin.admin_site.controller_ids(request, model_admin.permission)
        return field.get_choices(include_blank=False, limit_choices_to={"controller__in": ids})


class HappenedFilter(admin.EmptyFieldListFilter):
    """Whether what a time stands for has happened, asked as an officer would: yes or no."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, words in ((None, gettext("All")), ("0", gettext("Yes")), ("1", gettext("No"))):
            asked = {self.lookup_kwarg: value} if value else {}
            yield {
                "selected": self.lookup_val == value, "display": words,
                "query_string": changelist.get_query_string(asked, [self.lookup_kwarg]),
            }  # fmt: skip


class ScopedAdmin(ModelAdmin):
    """Read-only, and only rows of controllers at which the officer has `permission`.

    What belongs to others does not exist here (404). Changes are verbs (audit.verbs), which call
    services; nothing is ever added, saved or deleted through a model form (ADM-03).
    """

    permission: ClassVar[str | None] = None
    scope: ClassVar[str] = "controller_id"
    related: ClassVar[tuple[str, ...]] = ()
    actions: Any = None
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator

    def allowed_ids(self, request: HttpRequest, permission: str | None = None) -> list[UUID]:
        """The controllers whose rows are shown, or at which a verb is permitted."""
        return site().controller_ids(request, permission or self.permission)

    def controller_of(self, obj: Any) -> UUID:
        return cast("UUID", obj.controller_id)

    def may(self, request: HttpRequest, obj: Any, permission: str | None = None) -> bool:
        """Whether the officer has the permission at the row's controller."""
        return self.controller_of(obj) in self.allowed_ids(request, permission)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = (
            super().get_queryset(request).filter(**{f"{self.scope}__in": self.allowed_ids(request)})
        )
        return rows.select_related(*self.related) if self.related else rows

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.allowed_ids(request)) if obj is None else self.may(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "GET" and not self.actions:
            raise PermissionDenied
        context = {"title": self.opts.verbose_name_plural, **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"title": capfirst(self.opts.verbose_name), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's own history knows nothing of services; the audit log does."""
        raise Http404


class OpensPage(ScopedAdmin):
    """A list whose rows open one page of the desk; the look is recorded there."""

    page: ClassVar[str]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "GET":
            raise PermissionDenied
        found = self.get_object(request, object_id)
        return redirect(self.page, found.pk)


class RecordedAdmin(ScopedAdmin):
    """For rows about people: every list and every page is recorded before it is shown (P11).

    No search: what is searched for would stand in the address (P10). No sorting: it would read
    the whole table.
    """

    search_fields = ()
    sortable_by: ClassVar[Any] = ()

    def subject_of(self, obj: Any) -> UUID | None:
        """The person a row is about."""
        return cast("UUID | None", obj.subject_id)

    def seen(self, request: HttpRequest, rows: list[Any]) -> list[Seen]:
        """Whom these rows show, and to which controller they belong."""
        return [(self.controller_of(row), self.subject_of(row)) for row in rows]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        def build() -> HttpResponse:
            response = super(RecordedAdmin, self).changelist_view(request, extra_context)
            if isinstance(response, TemplateResponse):
                self._note_list(request, response)
            return response

        return shown(request, build)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        def build() -> HttpResponse:
            obj = self.get_object(request, object_id)
            self._note(request, [obj], target_id=str(obj.pk), filters=[])
            return super(RecordedAdmin, self).change_view(
                request, object_id, form_url, extra_context
            )

        return shown(request, build)

    def _note_list(self, request: HttpRequest, response: TemplateResponse) -> None:
        page = (response.context_data or {}).get("cl")
        if page is not None:
            self._note(request, list(page.result_list), target_id="", filters=sorted(page.params))

    def _note(
        self, request: HttpRequest, rows: list[Any], *, target_id: str, filters: list[str]
    ) -> None:
        """The names of filters are noted, never what they were set to."""
        nobody: list[Seen] = [(one, None) for one in self.allowed_ids(request)]
        note_read(
            request, self.seen(request, rows) or nobody,
            target=Target(self.opts.model_name or "", target_id), data={"filters": filters},
        )  # fmt: skip
