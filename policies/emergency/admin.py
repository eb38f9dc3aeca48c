"""Emergency uses as officers open, end and review them."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts.roles import Permission
from audit.console import RecordedAdmin, actor_column, site
from audit.verbs import Act, ActForm, AddForm, Verb, VerbAdmin
from policies.emergency import selectors, services
from policies.emergency.models import EmergencyUse, Finding, Ground, Reason


class OpenForm(AddForm):
    """For whom the glass is broken, and why: codes, never free text."""

    service = forms.ChoiceField(label=_("Service"))
    subject = forms.UUIDField(label=_("Person"), help_text=_("The id on the person's page."))
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices)
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices)
    reference = forms.SlugField(
        label=_("Incident"), max_length=60, help_text=_("Your own number of it; no names.")
    )
    hours = forms.IntegerField(
        label=_("Hours"), min_value=1, max_value=services.MOST_HOURS, initial=4
    )

    def prepare(self) -> None:
        super().prepare()
        names = accounts.service_names(self.controllers)
        self.fields["service"].choices = list(names.items())  # type: ignore[attr-defined]


class ReviewForm(ActForm):
    """What the review found."""

    finding = forms.ChoiceField(label=_("Finding"), choices=Finding.choices)


def open_use(act: Act) -> str:
    said = act.data
    opened = services.open_emergency(
        by=act.by, controller_id=act.controller_id, service_id=UUID(said["service"]),
        subject_id=said["subject"], ground=said["ground"], reason=said["reason"],
        reference=said["reference"], hours=said["hours"],
    )  # fmt: skip
    told = gettext("It is open. The service names this case: %(case)s") % {"case": opened.id}
    if why := selectors.refusal(opened):
        lacks = gettext("But it would be denied now, so see to this at once: %(why)s")
        return f"{told} {lacks % {'why': site().reason_text(why)}}"
    return told


def end_use(act: Act) -> str:
    services.end_emergency(by=act.by, emergency=act.obj)
    return gettext("It is over; the next check is denied.")


def review_use(act: Act) -> str:
    services.review_emergency(by=act.by, emergency=act.obj, finding=act.data["finding"])
    return gettext("The review is on record.")


def is_open(use: EmergencyUse) -> bool:
    return use.ended_at is None and use.ends_at > timezone.now()


OPEN = Verb(
    name="add", label=_("Open an emergency use"), permission=Permission.RECORD_CONSENTS,
    consequence=_(
        "The service may use the person's data to save life or health without consent. The "
        "protection officer and the person are told, and a second person reviews it in 24 hours."
    ),
    form=OpenForm, run=open_use, is_grave=True,
)  # fmt: skip
END = Verb(
    name="end", label=_("End now"), permission=Permission.RECORD_CONSENTS,
    consequence=_("From the next check on the service is denied."), run=end_use, applies=is_open,
)  # fmt: skip
REVIEW = Verb(
    name="review", label=_("Review"), permission=Permission.APPROVE_PURPOSES,
    consequence=_("What you find stays on record. Whoever opened it cannot review it."),
    form=ReviewForm, run=review_use, applies=lambda use: use.reviewed_at is None,
)  # fmt: skip


@admin.register(EmergencyUse)
class EmergencyUseAdmin(RecordedAdmin, VerbAdmin):
    """Newest first; who was told, and what the review found."""

    permission = Permission.VIEW_PEOPLE
    related = ("service",)
    list_filter: ClassVar[Any] = ("finding",)
    creation = OPEN
    verbs = (REVIEW, END)
    fields: ClassVar[Any] = (
        "case", "opened_at", "ends_at", "ended_at", "service", "person", "ground", "reason",
        "reference", "officer_told_at", "person_told_at", "reviewed_at", "finding",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = fields

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        by = actor_column(request, _("Opened by"), "opened_by")
        return ("opened_at", by, "service", "person", "ground", "ends_at", "review")

    @admin.display(description=_("Case"))
    def case(self, use: EmergencyUse) -> str:
        return str(use.id)

    @admin.display(description=_("Person"))
    def person(self, use: EmergencyUse) -> SafeString:
        address = reverse("admin:person", args=[use.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(use.subject_id)[-12:]
        )

    @admin.display(description=_("Review"))
    def review(self, use: EmergencyUse) -> str:
        if use.reviewed_at is not None:
            return str(use.get_finding_display())
        due = use.opened_at + services.REVIEW_WITHIN
        return gettext("overdue") if due < timezone.now() else gettext("to be done")
