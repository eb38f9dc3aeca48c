"""What the buttons do on officers' pages about reminders, notices owed, grounds and commitments."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, ActForm, AddForm, Verb
from consent import services
from consent.errors import PurposeUnknownError
from consent.models import ContactPlan, GroundState, LegacyQueue, PersonalGround, Purpose
from consent.services import Evidence
from consent.services.upkeep import CONFIRMED, unnoticed


class DaysField(forms.CharField):
    """Whole numbers separated by spaces or commas."""

    def clean(self, value: Any) -> list[int]:
        texts = super().clean(value).replace(",", " ").split()
        if not all(one.isascii() and one.isdigit() and len(one) < 5 for one in texts):
            raise ValidationError(_("Write whole numbers of days, such as 30 7."))
        return [int(one) for one in texts]


class PlanForm(ActForm):
    remind_days = DaysField(
        label=gettext_lazy("Remind before the end (days)"), required=False,
        help_text=gettext_lazy("Up to five numbers, such as 30 7. Empty: no reminder."),
    )  # fmt: skip
    confirms = forms.MultipleChoiceField(
        label=gettext_lazy("Confirm to the person"), required=False,
        choices=[(one.value, one.value) for one in sorted(CONFIRMED)],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They get a message when this is recorded of them."),
    )  # fmt: skip

    def prepare(self) -> None:
        if isinstance(self.obj, ContactPlan):
            self.fields["remind_days"].initial = " ".join(map(str, self.obj.remind_days))
            self.fields["confirms"].initial = self.obj.confirms


class AddPlanForm(PlanForm, AddForm):
    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=100)
    field_order = ("controller", "purpose")

    def prepare(self) -> None:
        AddForm.prepare(self)


class EvidenceForm(ActForm):
    """What a claimed ground lacked."""

    provided_at = forms.DateTimeField(
        label=gettext_lazy("Provided of their own accord"), required=False
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=120, required=False)
    citation = forms.CharField(label=gettext_lazy("Citation"), max_length=200, required=False)
    assessment = forms.UUIDField(
        label=gettext_lazy("Legal finding"), required=False,
        help_text=gettext_lazy("The id of the approved balancing test."),
    )  # fmt: skip

    def prepare(self) -> None:
        for name in ("provided_at", "reference", "citation"):
            self.fields[name].initial = getattr(self.obj, name)
        self.fields["assessment"].initial = self.obj.assessment_id


class EndGroundForm(ActForm):
    reason = forms.RegexField(
        r"^[a-z0-9_]{1,60}$", label=gettext_lazy("Reason"), max_length=60,
        help_text=gettext_lazy("A code such as contract_ended; never words about a person."),
    )  # fmt: skip


def add_plan(act: Act) -> str:
    rows = Purpose.objects.filter(controller_id=act.controller_id, code=act.data["purpose"])
    purpose = rows.first()
    if purpose is None:
        raise PurposeUnknownError
    return _set_plan(act, purpose)


def change_plan(act: Act) -> str:
    return _set_plan(act, act.obj.purpose)


def _set_plan(act: Act, purpose: Purpose) -> str:
    services.set_contact_plan(
        by=act.by, purpose=purpose, remind_days=act.data["remind_days"],
        confirms=act.data["confirms"],
    )  # fmt: skip
    return _("People are written to by this plan from now on.")


def order_notices(act: Act) -> str:
    services.order_legacy_notices(by=act.by, purpose=Purpose.objects.get(pk=act.obj.pk))
    return _("The notices are being sent. The counts below follow.")


def complete_ground(act: Act) -> str:
    said = act.data
    services.activate_ground(
        by=act.by, controller_id=act.obj.controller_id, ground_id=act.obj.pk,
        evidence=Evidence(
            provided_at=said["provided_at"], reference=said["reference"],
            citation=said["citation"], assessment_id=said["assessment"],
        ),
    )  # fmt: skip
    return _("The ground is active.")


def end_ground(act: Act) -> str:
    services.end_ground(
        by=act.by, controller_id=act.obj.controller_id, ground_id=act.obj.pk,
        reason=act.data["reason"],
    )  # fmt: skip
    return _("The ground has ended.")


def end_commitment(act: Act) -> str:
    services.end_commitment(
        by=act.by, controller_id=act.obj.controller_id, commitment_id=act.obj.pk
    )
    return _("The commitment has ended: nothing rests on it any more.")


def _waits(queue: LegacyQueue) -> bool:
    return unnoticed(queue.pk).exists()


def _is_claimed(ground: PersonalGround) -> bool:
    return ground.state == GroundState.CLAIMED


def _holds(ground: PersonalGround) -> bool:
    return ground.state != GroundState.ENDED


ADD_PLAN = Verb(
    name="add", label=gettext_lazy("Plan what people are written"),
    permission=Permission.MANAGE_PURPOSES, form=AddPlanForm, run=add_plan,
    consequence=gettext_lazy("A plan that the purpose has already is replaced."),
)  # fmt: skip
CHANGE_PLAN = Verb(
    name="change-plan", label=gettext_lazy("Change"), permission=Permission.MANAGE_PURPOSES,
    form=PlanForm, run=change_plan,
    consequence=gettext_lazy("It counts for what happens from now on."),
)  # fmt: skip
ORDER_NOTICES = Verb(
    name="send-notices", label=gettext_lazy("Send the notices"),
    permission=Permission.APPROVE_PURPOSES, run=order_notices, applies=_waits,
    consequence=gettext_lazy(
        "Everybody whose consent is older than the law and who awaits the notice of section 5(2) "
        "is sent the notice in force, in their language. Their consents count again once it went "
        "out, or once they read it in the portal."
    ),
)  # fmt: skip
COMPLETE_GROUND = Verb(
    name="complete", label=gettext_lazy("Complete and activate"),
    permission=Permission.APPROVE_PURPOSES, form=EvidenceForm, run=complete_ground,
    applies=_is_claimed,
    consequence=gettext_lazy("Without the evidence that its law asks for it stays a claim."),
)  # fmt: skip
END_GROUND = Verb(
    name="end", label=gettext_lazy("End"), permission=Permission.APPROVE_PURPOSES, is_grave=True,
    form=EndGroundForm, run=end_ground, applies=_holds,
    consequence=gettext_lazy("The ground holds no longer, for good."),
)  # fmt: skip
END_COMMITMENT = Verb(
    name="end", label=gettext_lazy("End"), permission=Permission.RECORD_CONSENTS, is_grave=True,
    run=end_commitment,
    consequence=gettext_lazy("After a withdrawal nothing may be done for it any more."),
)  # fmt: skip
