"""What officers do with cases: open, decide, exempt, approve, refuse, call off."""

from datetime import UTC
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.exporting.forms import Moment
from audit.verbs import Act, ActForm, AddForm, Verb
from erasure import services
from erasure.admin.rehearsal import rehearsed
from erasure.grounds import REFUSED
from erasure.models import Case, CaseState, Trigger
from erasure.scopes import ScopeType
from erasure.services import deciding
from registry import selectors as registry
from registry.connectors.contract import Verb as Told

TRIGGERS = [
    (one.value, one.label)
    for one in (
        Trigger.REQUEST, Trigger.UNLAWFUL, Trigger.LEGAL_DUTY, Trigger.OBJECTION,
        Trigger.CHILD_SERVICE, Trigger.PURPOSE_END, Trigger.RETENTION,
    )
]  # fmt: skip
TOLD = [
    (Told.ERASE.value, _("Erase")), (Told.RESTRICT.value, _("Restrict")),
    (Told.LIFT.value, _("Lift a restriction")),
]  # fmt: skip


class OpenForm(AddForm):
    subject = forms.UUIDField(label=_("Person"), help_text=_("The id on the person’s page."))
    verb = forms.ChoiceField(label=_("What is done"), choices=TOLD)
    trigger = forms.ChoiceField(label=_("Why there is a case"), choices=TRIGGERS)
    trigger_ref = forms.RegexField(
        r"\A[\x21-\x7e]{1,100}\Z", label=_("Reference"),
        help_text=_("Of the letter or order. Told twice it is one case. Never a person’s data."),
    )  # fmt: skip
    scope_type = forms.ChoiceField(label=_("Reaches"), choices=ScopeType.choices)
    scope = forms.CharField(
        label=_("Which purpose or category"), max_length=100, required=False,
        help_text=_("Its code; empty for everything."),
    )  # fmt: skip
    received_at = Moment(
        label=_("Duty began (UTC)"), help_text=_("Clocks count from then. Empty: now.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("scope_type") == ScopeType.EVERYTHING:
            cleaned["scope"] = ""
        return cleaned


def open_case(act: Act) -> str:
    said = act.data
    received = said["received_at"]
    new = services.NewCase(
        subject_id=said["subject"], trigger=said["trigger"], trigger_ref=said["trigger_ref"],
        scope_type=said["scope_type"], scope=said["scope"], verb=said["verb"],
        received_at=received.replace(tzinfo=UTC) if received else None,
    )  # fmt: skip
    opened = services.open_case(by=act.by, controller_id=act.controller_id, new=new)
    if not opened.is_new:
        return gettext("There is a case about this already.")
    return gettext("The case is open. The person’s data are used no more within its reach.")


OPEN = Verb(
    name="add", label=_("Open a case"), permission=Permission.MANAGE_ERASURES, form=OpenForm,
    run=open_case, is_grave=True, preview=rehearsed,
    consequence=_(
        "Uses within its reach are denied from this moment on, and connected systems are told as "
        "soon as the case waits for nobody. Once a system was told it cannot be cancelled."
    ),
)  # fmt: skip


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In plain words, and without anybody’s data."),
    )  # fmt: skip


class ReasonForm(ActForm):
    reason = reason_field()


class RefuseForm(ActForm):
    ground = forms.ChoiceField(
        label=_("Ground"), required=False, choices=[("", "–"), *REFUSED.items()],
        help_text=_("Needed where the person asked: they are told, with where to complain."),
    )  # fmt: skip
    reason = reason_field()


class ReviewForm(ActForm):
    law = forms.ChoiceField(
        label=_("Whose law counts"), required=False,
        choices=[("", "–"), ("IN", _("India")), ("EU", _("European Union"))],
        help_text=_("Where both apply and differ."),
    )  # fmt: skip
    accept = forms.BooleanField(
        label=_("A system keeps what it cannot part with"), required=False,
        help_text=_("It stays there, and the person reads that in the certificate."),
    )  # fmt: skip
    reason = reason_field()


class ExemptForm(ActForm):
    """One exemption of the law, for one data category of the case."""

    category = forms.ChoiceField(label=_("Data category"))
    pack = forms.ChoiceField(
        label=_("Whose law"), choices=[("IN", _("India")), ("EU", _("European Union"))]
    )
    citation = forms.CharField(
        label=_("Law"), max_length=160, help_text=_("The law and the place in it.")
    )
    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("From that day on it goes."),
    )  # fmt: skip
    reason = reason_field()

    def prepare(self) -> None:
        named = registry.category_titles(self.obj.controller_id)
        found = {one["category"] for one in self.obj.plan.get("elements", ())} - {""}
        codes = sorted({*named, *found})
        choices = [(code, named.get(code, code)) for code in codes]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]


def review(act: Act) -> str:
    deciding.decide_review(
        by=act.by, **named(act), reason=act.data["reason"], law=act.data["law"],
        accept=act.data["accept"],
    )  # fmt: skip
    return gettext("Your decision is on record, and the case goes on.")


def exempt(act: Act) -> str:
    given = {name: act.data[name] for name in ("category", "pack", "citation", "until")}
    deciding.claim_exemption(
        by=act.by, **named(act), exemption=deciding.Exemption(**given), reason=act.data["reason"]
    )
    return gettext("The plan was made anew with the exemption.")


def approve(act: Act) -> str:
    deciding.approve(by=act.by, **named(act))
    return gettext("The case runs: systems are being told.")


def refuse(act: Act) -> str:
    said = act.data
    deciding.refuse(by=act.by, **named(act), reason=said["reason"], ground=said["ground"])
    return gettext("The case was refused. What stood because of it has ended.")


def cancel(act: Act) -> str:
    deciding.cancel(by=act.by, **named(act), reason=act.data["reason"])
    return gettext("The case was called off.")


def named(act: Act) -> dict[str, Any]:
    return {"controller_id": act.obj.controller_id, "case_id": act.obj.pk}


def in_state(*states: str) -> Any:
    def applies(case: Case) -> bool:
        return case.state in states

    return applies


REVIEW = Verb(
    name="review", label=_("Decide"), permission=Permission.MANAGE_ERASURES, form=ReviewForm,
    run=review, applies=in_state(CaseState.REVIEW), is_grave=True,
    consequence=_("The plan is made anew by your decision. Where nothing else waits, it runs."),
)  # fmt: skip
EXEMPT = Verb(
    name="exempt", label=_("Claim an exemption"), permission=Permission.MANAGE_ERASURES,
    form=ExemptForm, run=exempt, applies=in_state(CaseState.REVIEW, CaseState.APPROVAL),
    consequence=_(
        "Data of the category stay until the day, with the law you name; the person reads both."
    ),
)  # fmt: skip
APPROVE = Verb(
    name="approve", label=_("Approve"), permission=Permission.APPROVE_ERASURES, run=approve,
    applies=in_state(CaseState.APPROVAL), is_grave=True,
    consequence=_(
        "Systems are told from now on, and what is gone does not come back. Whoever opened the "
        "case cannot approve it."
    ),
)  # fmt: skip
REFUSE = Verb(
    name="refuse", label=_("Refuse"), permission=Permission.APPROVE_ERASURES, form=RefuseForm,
    run=refuse, applies=in_state(CaseState.REVIEW, CaseState.APPROVAL), is_grave=True,
    consequence=_("What was denied because of the case alone is possible again."),
)  # fmt: skip
CANCEL = Verb(
    name="cancel", label=_("Call off"), permission=Permission.MANAGE_ERASURES, form=ReasonForm,
    run=cancel, is_grave=True,
    applies=in_state(CaseState.OPEN, CaseState.REVIEW, CaseState.APPROVAL, CaseState.RUNNING),
    consequence=_("Possible only while no system was told. Its denials end with it."),
)  # fmt: skip
