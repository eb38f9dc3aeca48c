"""Where people's data come from, as officers see, set and end it (PRO-09)."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import HappenedFilter, RecordedAdmin, actor_column, titled_column
from audit.verbs import Act, AddForm, Verb, VerbAdmin
from registry import selectors as registry
from subjects import provenance
from subjects.admin_relations import named
from subjects.models import Provenance, ProvenanceKind
from subjects.selectors import subject

NONE = "–"


class FlagForm(AddForm):
    """Whose data, of which provenance, and what shows it."""

    subject = forms.UUIDField(label=_("Person"), help_text=_("The id on the person’s page."))
    kind = forms.ChoiceField(label=_("Where the data come from"), choices=ProvenanceKind.choices)
    category = forms.ChoiceField(
        label=_("Data category"), required=False,
        help_text=_("What was made public; empty for an outsourcing."),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("What shows it"), max_length=provenance.LONGEST,
        help_text=_("The number of the contract, or where and when the data were made public."),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=_("Last day it counts"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty: open."),
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        known: dict[str, str] = {}
        for one in self.controllers:
            known |= registry.category_titles(one)
        choices = [("", NONE), *sorted(known.items())]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]


def set_flag(act: Act) -> str:
    said = act.data
    provenance.set_flag(
        by=act.by, subject=subject(act.controller_id, said["subject"]), kind=said["kind"],
        category=said["category"], reference=said["reference"], valid_until=said["valid_until"],
    )  # fmt: skip
    return gettext("It is on record, and counts from the next decision on.")


def end_flag(act: Act) -> str:
    row = act.obj
    provenance.end_flag(by=act.by, subject=row.subject, kind=row.kind, category=row.category)
    return gettext("It has ended, from the next decision on.")


def _category() -> Callable[[Any], str]:
    """An outsourcing is about the person, not about one category."""
    return titled_column(_("Data category"), "category", registry.category_titles, empty=NONE)


SET = Verb(
    name="add", label=_("Set a provenance flag"), permission=Permission.MANAGE_PURPOSES,
    run=set_flag, form=FlagForm, is_grave=True,
    consequence=_(
        "India’s Act then asks nothing of uses of these data; other laws, the company’s rules, the "
        "rules about children, and what the person said no to, count as before. Your name stays on "
        "record with it."
    ),
)  # fmt: skip
END = Verb(
    name="end", label=_("End the flag"), permission=Permission.MANAGE_PURPOSES, run=end_flag,
    applies=lambda row: row.ended_at is None,
    consequence=_("India’s Act applies again from the next decision on."),
)  # fmt: skip


@admin.register(Provenance)
class ProvenanceAdmin(RecordedAdmin, VerbAdmin):
    permission = Permission.VIEW_PEOPLE
    related = ("controller",)
    creation = SET
    verbs = (END,)
    ordering = ("-id",)
    list_filter: ClassVar[Any] = ("kind", ("ended_at", HappenedFilter))
    list_display_links = ("kind",)  # the person's column leads to the person
    fields: ClassVar[Any] = (
        "person", "kind", "reference", "valid_until", "set_at", "ended_at", "controller",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = ("person",)

    def get_list_display(self, request: HttpRequest) -> Any:
        return (
            "person", "kind", _category(), "valid_until", "set_at", "ended_at", "controller",
        )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by: Callable[[Any], str] = actor_column(request, _("Set by"), "set_by", "set_by_type")
        return (*self.fields[:2], _category(), *self.fields[2:], by)

    @admin.display(description=_("Person"))
    def person(self, row: Provenance) -> SafeString:
        return named(row.subject_id)
