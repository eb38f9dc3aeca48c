"""Verifications of parents and appointments of guardians, as officers see and decide them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, ActForm, AddForm, Verb, VerbAdmin
from consent import services
from consent.admin.catalogue import AboutPersonAdmin
from consent.family.parents import OPEN
from consent.models import (
    Authority,
    BegunBy,
    CheckState,
    GuardianAppointment,
    ParentalCheck,
)
from consent.opaque import MAX_LENGTH

ENDINGS = (
    ("found_wrong", gettext_lazy("It was found to be wrong")),
    ("not_the_parent", gettext_lazy("She is not the parent")),
    ("account_compromised", gettext_lazy("The account may be in other hands")),
    ("parental_rights_ended", gettext_lazy("A court ended the parental rights")),
)
REFUSALS = (
    ("not_on_record", gettext_lazy("The authority has no such order")),
    ("another_person", gettext_lazy("The order names another person")),
    ("order_ended", gettext_lazy("The order has ended")),
)
APPOINTMENT_ENDINGS = (
    ("order_ended", gettext_lazy("The authority ended the order")),
    ("replaced", gettext_lazy("Another guardian was appointed")),
    ("found_wrong", gettext_lazy("The order never held: find invalid what rests on it")),
)


class NameForm(AddForm):
    subject = forms.UUIDField(
        label=gettext_lazy("Child"), help_text=gettext_lazy("The id on the person’s page.")
    )
    parent = forms.UUIDField(
        label=gettext_lazy("Parent"), help_text=gettext_lazy("The id on the parent’s page.")
    )
    begun_by = forms.ChoiceField(label=gettext_lazy("Who spoke first"), choices=BegunBy.choices)
    is_registered = forms.BooleanField(
        label=gettext_lazy("The parent says to be registered here"), required=False,
        help_text=gettext_lazy("Then reliable details may be held already (r.10, cases 1 and 3)."),
    )  # fmt: skip


class DetailsForm(ActForm):
    is_adult = forms.TypedChoiceField(
        label=gettext_lazy("What the details showed"), coerce=lambda value: value == "yes",
        choices=[
            ("", "–"), ("yes", gettext_lazy("An identifiable adult")),
            ("no", gettext_lazy("Not an adult, or not identifiable")),
        ],
    )  # fmt: skip
    reference = forms.CharField(
        label=gettext_lazy("Reference"), max_length=MAX_LENGTH,
        help_text=gettext_lazy(
            "Your own, such as a ticket. Keep no copy of a document and no number of one."
        ),
    )  # fmt: skip


class EndForm(ActForm):
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "–"), *ENDINGS])


class RefuseForm(ActForm):
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "–"), *REFUSALS])


class EndAppointmentForm(ActForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=[("", "–"), *APPOINTMENT_ENDINGS]
    )


class AppointForm(AddForm):
    subject = forms.UUIDField(
        label=gettext_lazy("Person in care"), help_text=gettext_lazy("The id on their page.")
    )
    guardian = forms.UUIDField(
        label=gettext_lazy("Guardian"), help_text=gettext_lazy("The id on the guardian’s page.")
    )
    authority = forms.ChoiceField(
        label=gettext_lazy("Appointed by"), choices=[("", "–"), *Authority.choices]
    )
    issuer = forms.CharField(label=gettext_lazy("Which one"), max_length=80)
    number = forms.CharField(label=gettext_lazy("Number of the order"), max_length=MAX_LENGTH)
    appointed_on = forms.DateField(
        label=gettext_lazy("Appointed on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Ends on"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("The first day on which it counts no longer; empty: open."),
    )  # fmt: skip


def name(act: Act) -> str:
    services.name_parent(
        by=act.by, controller_id=act.controller_id, child_id=act.data["subject"],
        parent_id=act.data["parent"], begun_by=act.data["begun_by"],
        is_registered=act.data["is_registered"],
    )  # fmt: skip
    return _("The parent is named. Nothing follows until she is verified.")


def check(act: Act) -> str:
    found = services.check_parent(
        by=act.by, controller_id=act.obj.controller_id, check_id=act.obj.pk,
        method="existing_details",
    )  # fmt: skip
    return _said(found)


def record_details(act: Act) -> str:
    found = services.record_details(
        by=act.by, controller_id=act.obj.controller_id, check_id=act.obj.pk,
        is_adult=act.data["is_adult"], reference=act.data["reference"],
    )  # fmt: skip
    return _said(found)


def end(act: Act) -> str:
    services.end_parent(
        by=act.by, controller_id=act.obj.controller_id, check_id=act.obj.pk,
        reason=act.data["reason"],
    )  # fmt: skip
    return _("The verification ended, and every consent that rests on it is invalid.")


def appoint(act: Act) -> str:
    parts = ("authority", "issuer", "number", "appointed_on", "ends_on")
    order = services.Order(**{part: act.data[part] for part in parts})
    services.record_appointment(
        by=act.by, controller_id=act.controller_id, subject_id=act.data["subject"],
        guardian_id=act.data["guardian"], order=order,
    )  # fmt: skip
    return _("The appointment is recorded. A second person verifies it.")


def verify(act: Act) -> str:
    services.verify_appointment(by=act.by, appointment=act.obj)
    return _("The guardian decides from now on.")


def refuse(act: Act) -> str:
    services.refuse_appointment(by=act.by, appointment=act.obj, reason=act.data["reason"])
    return _("The appointment was not accepted.")


def end_appointment(act: Act) -> str:
    reason = act.data["reason"]
    services.end_appointment(
        by=act.by, appointment=act.obj, reason=reason, was_wrong=reason == "found_wrong"
    )
    return _("The appointment ended. The person is asked anew.")


def _said(found: ParentalCheck) -> str:
    if found.state == CheckState.VERIFIED:
        return _("The parent is verified and may decide for the child.")
    return _("The parent could not be verified in this way.")


def _is_open(found: ParentalCheck) -> bool:
    return found.state in OPEN


NAME = Verb(
    name="add", label=gettext_lazy("Name a parent"), permission=Permission.RECORD_CONSENTS,
    form=NameForm, run=name,
    consequence=gettext_lazy("Nothing follows until the parent is found to be an adult."),
)  # fmt: skip
CHECK = Verb(
    name="check", label=gettext_lazy("Check the details we hold"), run=check, applies=_is_open,
    permission=Permission.RECORD_CONSENTS,
    consequence=gettext_lazy("If the parent’s own account is verified as an adult’s, she decides."),
)  # fmt: skip
DETAILS = Verb(
    name="details", label=gettext_lazy("Record what details showed"), run=record_details,
    form=DetailsForm, applies=_is_open, permission=Permission.RECORD_CONSENTS,
    consequence=gettext_lazy(
        "You looked at details issued by an entity that the law entrusts with them. Only what they "
        "showed is kept."
    ),
)  # fmt: skip
END = Verb(
    name="end", label=gettext_lazy("End"), form=EndForm, run=end, is_grave=True,
    permission=Permission.APPROVE_PURPOSES, applies=lambda found: found.state == "verified",
    consequence=gettext_lazy(
        "She decides nothing more for the child, and what she agreed to is invalid at once."
    ),
)  # fmt: skip
APPOINT = Verb(
    name="add", label=gettext_lazy("Record an appointment"), form=AppointForm, run=appoint,
    permission=Permission.RECORD_CONSENTS,
    consequence=gettext_lazy("It counts once a second person has verified it."),
)  # fmt: skip
VERIFY = Verb(
    name="verify", label=gettext_lazy("Verify"), run=verify,
    permission=Permission.APPROVE_PURPOSES, applies=lambda found: found.state == "recorded",
    consequence=gettext_lazy(
        "You asked the authority, and it has this order. From now on the guardian alone decides; "
        "the person’s own yes counts no longer."
    ),
)  # fmt: skip
REFUSE = Verb(
    name="refuse", label=gettext_lazy("Do not accept"), form=RefuseForm, run=refuse,
    permission=Permission.APPROVE_PURPOSES, applies=lambda found: found.state == "recorded",
    consequence=gettext_lazy("The guardian’s word will not count."),
)  # fmt: skip
END_APPOINTMENT = Verb(
    name="end", label=gettext_lazy("End"), form=EndAppointmentForm, run=end_appointment,
    permission=Permission.APPROVE_PURPOSES, applies=lambda found: found.state == "verified",
    is_grave=True,
    consequence=gettext_lazy("What the guardian agreed to ends, and the person is asked anew."),
)  # fmt: skip


class AboutTwoAdmin(AboutPersonAdmin, VerbAdmin):
    """Rows that name a person and one who decides for them."""

    related: ClassVar[tuple[str, ...]] = ("controller",)
    list_filter: ClassVar[Any] = ("state",)
    readonly_fields: ClassVar[Any] = ("person", "decider")
    other: ClassVar[str]

    @admin.display(description=gettext_lazy("Decides for them"))
    def decider(self, row: Any) -> SafeString:
        found = getattr(row, self.other)
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>',
            reverse("admin:person", args=[found]),
            str(found)[-12:],
        )


@admin.register(ParentalCheck)
class ParentalCheckAdmin(AboutTwoAdmin):
    other = "parent_id"
    list_display = ("state", "person", "begun_by", "method", "named_at", "decided_at")
    list_filter: ClassVar[Any] = ("state", "method")
    fields = (
        "person", "decider", "begun_by", "is_registered", "state", "method", "outcome",
        "reference", "named_at", "lapses_at", "decided_at",
    )  # fmt: skip
    creation = NAME
    verbs = (CHECK, DETAILS, END)


@admin.register(GuardianAppointment)
class GuardianAppointmentAdmin(AboutTwoAdmin):
    other = "guardian_id"
    list_display = ("state", "person", "authority", "appointed_on", "ends_on", "decided_at")
    list_filter: ClassVar[Any] = ("state", "authority")
    fields = (
        "person", "decider", "authority", "issuer", "number", "appointed_on", "ends_on", "state",
        "outcome", "recorded_at", "decided_at", "ended_at",
    )  # fmt: skip
    creation = APPOINT
    verbs = (VERIFY, REFUSE, END_APPOINTMENT)
