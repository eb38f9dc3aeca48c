"""How people stand to each other, as officers see, record and end it.

Accounts, households and employers are recorded here, on proof that was seen. Who decides for whom
is found out on pages of its own (docs/children.md), and shown here.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import HappenedFilter, RecordedAdmin, Seen
from audit.verbs import Act, AddForm, Verb, VerbAdmin
from registry import selectors_systems as systems
from subjects import relations
from subjects.family import DECIDING
from subjects.models import Relationship, RelationshipKind

KINDS = tuple((one.value, one.label) for one in RelationshipKind if one.value not in DECIDING)
CODE = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9_.:-]*\Z", _("Letters, digits and . : _ - only, without spaces.")
)


class RelationshipForm(AddForm):
    """Who stands to whom as what, where, and by which proof."""

    subject = forms.UUIDField(label=_("Person"), help_text=_("The id on the person's page."))
    kind = forms.ChoiceField(label=_("What they are to the other person"), choices=KINDS)
    related = forms.UUIDField(
        label=_("The other person"), help_text=_("The id on the person's page.")
    )
    unit = forms.ChoiceField(
        label=_("Business unit"), required=False,
        help_text=_("Only its readers know of it; empty: readers of every unit."),
    )  # fmt: skip
    verified_by = forms.CharField(
        label=_("Proof that was seen"), max_length=80, validators=[CODE],
        help_text=_("A code of yours, such as account-opening. Never what stands in it."),
    )  # fmt: skip
    ends_on = forms.DateField(
        label=_("Counts until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("From this day on it counts no longer; empty: open."),
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        units = {
            unit for one in self.controllers
            for unit in systems.systems(one).values_list("unit", flat=True) if unit
        }  # fmt: skip
        choices = [("", _("Every unit")), *((one, one) for one in sorted(units))]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def clean_ends_on(self) -> Any:
        """One that is over before it begins is a slip of the hand."""
        day = self.cleaned_data["ends_on"]
        if day is not None and day <= timezone.localdate():
            raise forms.ValidationError(_("This day must be in the future."))
        return day


def record(act: Act) -> str:
    said = act.data
    relations.enter(
        by=act.by, controller_id=act.controller_id, subject_id=said["subject"],
        related_id=said["related"], kind=said["kind"], verified_by=said["verified_by"],
        unit=said["unit"], ends_on=said["ends_on"],
    )  # fmt: skip
    return gettext("It is on record, and counts from the next reading on.")


def end(act: Act) -> str:
    relations.close(by=act.by, relationship=act.obj)
    return gettext("It has ended, from the next reading on.")


def is_open(found: Relationship) -> bool:
    """Parents and guardians end on the pages on which they were found out."""
    return found.ended_at is None and found.kind not in DECIDING


RECORD = Verb(
    name="add", label=_("Record a relationship"), permission=Permission.MANAGE_VIEWS, run=record,
    form=RelationshipForm, is_grave=True,
    consequence=_(
        "Readers of the unit may look at the person in this capacity, as far as the matrix shows "
        "it. Your name stays on record with it."
    ),
)  # fmt: skip
END = Verb(
    name="end", label=_("End the relationship"), permission=Permission.MANAGE_VIEWS, run=end,
    applies=is_open, consequence=_("Nobody looks at anybody in this capacity any more."),
)  # fmt: skip


@admin.register(Relationship)
class RelationshipAdmin(RecordedAdmin, VerbAdmin):
    """Both people of a row are seen by who sees it, and both are on record (P11)."""

    permission = Permission.VIEW_PEOPLE
    related = ("controller",)
    creation = RECORD
    verbs = (END,)
    ordering = ("-id",)
    list_filter: ClassVar[Any] = ("kind", ("ended_at", HappenedFilter))
    list_display_links = ("kind",)  # the people's columns lead to the people
    list_display = ("person", "kind", "other", "where", "verified_at", "ends_on", "ended_at")
    fields: ClassVar[Any] = (
        "person", "kind", "other", "where", "verified_at", "verified_by", "ends_on", "ended_at",
        "created_at",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def seen(self, request: HttpRequest, rows: list[Relationship]) -> list[Seen]:
        return [
            (row.controller_id, one) for row in rows for one in (row.subject_id, row.related_id)
        ]

    @admin.display(description=_("Person"))
    def person(self, row: Relationship) -> SafeString:
        return named(row.subject_id)

    @admin.display(description=_("The other person"))
    def other(self, row: Relationship) -> SafeString:
        return named(row.related_id)

    @admin.display(description=_("Business unit"))
    def where(self, row: Relationship) -> str:
        return row.unit or gettext("Every unit")


def named(subject_id: Any) -> SafeString:
    address = reverse("admin:person", args=[subject_id])
    return format_html('<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(subject_id)[-12:])
