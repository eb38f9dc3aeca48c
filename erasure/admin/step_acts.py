"""What officers do with steps: tell a system again, sign an exception, accept evidence."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.verbs import Act, ActForm, Verb
from erasure.models import CaseState, Step, StepState
from erasure.services import stepping
from registry import selectors_connectors as connectors


class ExceptForm(ActForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Why the data stay there, or why it need not be proved. The person reads it in the "
            "certificate; never write anybody’s data."
        ),
    )  # fmt: skip


class EvidenceForm(ActForm):
    """What was shown; the thing itself stays where it is, told by its digest."""

    reference = forms.RegexField(
        r"\A[A-Za-z0-9_.:/+\- ]{1,200}\Z", label=_("Reference"),
        help_text=_("Of the letter, ticket or report that shows it. Never a person’s data."),
    )  # fmt: skip
    sha256 = forms.RegexField(
        r"\A[0-9a-f]{64}\Z", label=_("SHA-256 of the file"), required=False,
        help_text=_("In small letters and digits, where there is a file."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {"evidence": {name: value for name, value in cleaned.items() if value}}


def retry(act: Act) -> str:
    stepping.retry_step(by=act.by, controller_id=act.obj.controller_id, step_id=act.obj.pk)
    return gettext("The system is told again.")


def except_(act: Act) -> str:
    stepping.except_step(
        by=act.by, controller_id=act.obj.controller_id, step_id=act.obj.pk,
        reason=act.data["reason"],
    )  # fmt: skip
    return gettext("The exception is signed.")


def evidence(act: Act) -> str:
    stepping.note_evidence(
        by=act.by, controller_id=act.obj.controller_id, step_id=act.obj.pk,
        evidence=act.data["evidence"],
    )  # fmt: skip
    return gettext("The evidence is on record, and the step has ended.")


def has_failed(step: Step) -> bool:
    return step.state == StepState.FAILED and stepping.can_be_told(step)


def is_evident(step: Step) -> bool:
    """Of what is done by hand a file has to be handed in, and another person accepts that."""
    is_by_hand = step.system_id is not None and connectors.by_hand(step.system_id) is not None
    return is_open(step) and not is_by_hand


def is_open(step: Step) -> bool:
    return step.ended_at is None and step.case.state == CaseState.RUNNING


RETRY = Verb(
    name="retry", label=_("Try again"), permission=Permission.MANAGE_ERASURES, run=retry,
    applies=has_failed,
    consequence=_("The system is told again at once, under the same key, as often as at first."),
)  # fmt: skip
EXCEPT = Verb(
    name="except", label=_("Sign an exception"), permission=Permission.MANAGE_ERASURES,
    form=ExceptForm, run=except_, applies=is_open, is_grave=True,
    consequence=_(
        "The step ends without proof that the data are gone. Your name stands on the record, and "
        "your reason in the person’s certificate. This cannot be undone."
    ),
)  # fmt: skip
EVIDENCE = Verb(
    name="evidence", label=_("Show evidence"), permission=Permission.APPROVE_ERASURES,
    form=EvidenceForm, run=evidence, applies=is_evident, is_grave=True,
    consequence=_("The step ends as verified because of what was shown. This cannot be undone."),
)  # fmt: skip
