"""What officers do with evidence of what was done by hand: hand it in, look at it, decide."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.verbs import Act, ActForm, Verb
from erasure.manual import services
from erasure.manual.media import ENDINGS, MOST_BYTES
from erasure.models import Claim, ShownEvidence, Step


class HandInForm(ActForm):
    claim = forms.ChoiceField(label=_("What became of it"), choices=Claim.choices)
    file = forms.FileField(
        label=_("A file that shows it"), max_length=200,
        help_text=_("PDF, PNG, JPEG or plain text, at most 5 MB."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        return cleaned | ({"content": file.read(MOST_BYTES + 1)} if file else {})


class RejectForm(ActForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why it proves nothing. Never write anybody’s data."),
    )  # fmt: skip


def hand_in(act: Act) -> str:
    services.show(
        by=act.by, controller_id=act.obj.controller_id, step_id=act.obj.pk,
        claim=act.data["claim"], content=act.data["content"],
    )  # fmt: skip
    return gettext("It is on record. Another person has to look at it.")


def look(act: Act) -> HttpResponse:
    kind, content = services.opened_file(
        by=act.by, controller_id=act.obj.controller_id, evidence_id=act.obj.pk
    )
    name = f"evidence-{str(act.obj.pk)[-12:]}.{ENDINGS[kind]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return HttpResponse(content, content_type=kind, headers=headers)


def accept(act: Act) -> str:
    services.accept(by=act.by, controller_id=act.obj.controller_id, evidence_id=act.obj.pk)
    return gettext("It is accepted, and the step has ended.")


def reject(act: Act) -> str:
    services.reject(
        by=act.by, controller_id=act.obj.controller_id, evidence_id=act.obj.pk,
        reason=act.data["reason"],
    )  # fmt: skip
    return gettext("It is rejected; something else can be shown.")


def may_be_shown(step: Step) -> bool:
    return step.ended_at is None and step.state in services.BY_HAND


def waits(row: ShownEvidence) -> bool:
    return row.decided_at is None


def is_there(row: ShownEvidence) -> bool:
    return row.wrapped_key is not None


HAND_IN = Verb(
    name="hand_in", label=_("Hand in a file"), permission=Permission.MANAGE_ERASURES,
    form=HandInForm, run=hand_in, applies=may_be_shown,
    consequence=_("Another person has to look at the file before the step ends."),
)  # fmt: skip
LOOK = Verb(
    name="look", label=_("Look at the file"), permission=Permission.APPROVE_ERASURES, run=look,
    applies=is_there,
    consequence=_("The file may hold the person’s data. That you looked stands on the record."),
)  # fmt: skip
ACCEPT = Verb(
    name="accept", label=_("Accept it"), permission=Permission.APPROVE_ERASURES, run=accept,
    applies=lambda row: waits(row) and row.claim != Claim.REFUSED, is_grave=True,
    consequence=_("The step ends as verified because of this file. This cannot be undone."),
)  # fmt: skip
REJECT = Verb(
    name="reject", label=_("Reject it"), permission=Permission.APPROVE_ERASURES, form=RejectForm,
    run=reject, applies=waits,
    consequence=_("The step stays open, and something else can be shown."),
)  # fmt: skip
