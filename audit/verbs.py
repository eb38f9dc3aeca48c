"""Verbs on officers' pages: a button, a confirmation with a small form, one service call.

The only way an officer changes anything: no model form ever saves (ADM-03).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.console import ScopedAdmin, actor, site
from keys.problems import DomainError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Act:
    """What an officer confirmed: on which row (None when one is added), with which words."""

    by: Actor
    obj: Any
    data: Mapping[str, Any]

    @property
    def controller_id(self) -> UUID:
        """The controller chosen in the form, where there is no row yet."""
        return UUID(self.data["controller"])


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is shown once, on a page no browser keeps. `done` is what leads back from it."""

    label: str
    value: str
    sentence: str
    done: str = ""


class Caution(str):
    """What a verb found that is not as it should be: said as a warning, not as a success."""


def in_words(error: DomainError) -> str:
    """A refusal in the officer's language; codes and laws keep their own direction within it."""
    said, named = _(error.sentence), error.named
    if get_language_bidi():
        named = f"\N{LEFT-TO-RIGHT ISOLATE}{named}\N{POP DIRECTIONAL ISOLATE}"
    return said % {"named": named} if error.named else said


class ActForm(forms.Form):
    """The form of a verb. `prepare` fits it to the row and to the controllers it may name."""

    def __init__(
        self, *args: Any, obj: Any = None, controllers: Mapping[UUID, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.obj = obj
        self.controllers = controllers
        self.prepare()

    def prepare(self) -> None:
        """Set choices and first values; `self.obj` and `self.controllers` are there."""

    def refuse(self, error: DomainError | ValidationError) -> None:
        """Show what a service refused beside the field it names, else on top."""
        if isinstance(error, DomainError):
            field = error.field if error.field in self.fields else None
            self.add_error(field, in_words(error))
            return
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, sentences in found.items():
            self.add_error(name if name in self.fields else None, sentences)


class AddForm(ActForm):
    """A form that adds something to one of the officer's controllers."""

    controller = forms.ChoiceField()

    def prepare(self) -> None:
        choices = [(str(one), name) for one, name in self.controllers.items()]
        field = self.fields["controller"]
        field.label = _("Controller")
        field.choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            field.initial = choices[0][0]


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One thing an officer may do. `run` calls a service and says what happened.

    It may hand out a file instead. `consequence` is what an officer reads before confirming;
    `preview`, where there is one, tells in sentences what would come of it and changes nothing.
    """

    name: str
    label: "StrOrPromise"
    consequence: "StrOrPromise"
    permission: str
    run: Callable[[Act], str | Secret | HttpResponseBase]
    form: Callable[..., ActForm] = ActForm
    applies: Callable[[Any], bool] = lambda obj: True
    is_grave: bool = False
    preview: Callable[[Act], list[str]] | None = None

    @property
    def can_preview(self) -> bool:
        """For templates, which would call `preview` itself and find nothing."""
        return self.preview is not None


class VerbAdmin(ScopedAdmin):
    """Adds object verbs, and one verb that adds a row, to a read-only admin."""

    verbs: ClassVar[tuple[Verb, ...]] = ()
    creation: ClassVar[Verb | None] = None

    def get_urls(self) -> list[URLPattern | URLResolver]:  # type: ignore[override]
        view = self.admin_site.admin_view(self.act_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [path("<uuid:pk>/act/<slug:verb>/", view, name=name), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.creation is not None and bool(
            self.allowed_ids(request, self.creation.permission)
        )

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if self.creation is None or not self.has_add_permission(request):
            raise PermissionDenied
        return self._act(request, self.creation, None)

    def act_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        obj = self.get_object(request, str(pk))
        chosen = next((one for one in self.verbs if one.name == verb), None)
        if chosen is None:
            raise Http404
        if not self.may(request, obj, chosen.permission):
            raise PermissionDenied
        return self._act(request, chosen, obj)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        context = {"verbs": self.open_verbs(request, obj), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def open_verbs(self, request: HttpRequest, obj: Any) -> list[tuple[Verb, str]]:
        """What this officer may do with the row now, with its address."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_act"
        return [
            (verb, reverse(name, args=[obj.pk, verb.name]))
            for verb in self.verbs
            if verb.applies(obj) and self.may(request, obj, verb.permission)
        ]

    def back(self, obj: Any) -> str:
        """Where the officer goes afterwards."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{name}_change", args=[obj.pk]) if obj else reverse(f"{name}_changelist")

    def _act(self, request: HttpRequest, verb: Verb, obj: Any) -> HttpResponse:
        allowed = self.allowed_ids(request, verb.permission)
        names = {
            one: name for one, name in site().controller_names(request).items() if one in allowed
        }
        given = (request.POST or None, request.FILES or None)
        form = verb.form(*given, obj=obj, controllers=names)
        told: list[str] = []
        if request.method == "POST" and form.is_valid():
            if verb.preview is not None and "preview" in request.POST:
                told = self._preview(request, verb.preview, obj, form)
            else:
                answer = self._run(request, verb, obj, form)
                if answer is not None:
                    return answer
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return self._page(
            request, "admin/act.html", verb, obj, status=status, form=form, preview=told
        )

    def _preview(
        self, request: HttpRequest, look: Callable[[Act], list[str]], obj: Any, form: ActForm
    ) -> list[str]:
        try:
            return look(Act(actor(request), obj, form.cleaned_data))
        except (DomainError, ValidationError) as error:
            form.refuse(error)
            return []

    def _run(
        self, request: HttpRequest, verb: Verb, obj: Any, form: ActForm
    ) -> HttpResponse | None:
        try:
            said = verb.run(Act(actor(request), obj, form.cleaned_data))
        except (DomainError, ValidationError) as error:
            form.refuse(error)
            return None
        if isinstance(said, HttpResponseBase):
            return cast("HttpResponse", said)
        if isinstance(said, Secret):
            return self._page(request, "admin/secret.html", verb, obj, secret=said)
        tell = messages.warning if isinstance(said, Caution) else messages.success
        tell(request, said)
        return redirect(self.back(obj))

    def _page(  # noqa: PLR0913 (a page has these parts)
        self,
        request: HttpRequest,
        template: str,
        verb: Verb,
        obj: Any,
        *,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        context |= site().each_context(request)
        context |= {"title": verb.label, "verb": verb, "original": obj, "opts": self.opts,
                    "back": self.back(obj)}  # fmt: skip
        return TemplateResponse(request, template, context, status=status)
