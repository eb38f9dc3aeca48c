"""What officers do with the queue of a system: try all again, call it now, ask again by hand."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.verbs import Act, ActForm, Verb
from erasure import selectors_engine as engine
from erasure.admin.step_acts import EvidenceForm, ExceptForm
from erasure.engine import gates
from erasure.manual import reminding
from erasure.manual import selectors as by_hand
from erasure.models import Gate
from erasure.services import stepping
from erasure.words import code_text
from registry import selectors_connectors as connectors


class CauseForm(ActForm):
    """Which of the causes is meant: a verb and a code, as one choice."""

    cause = forms.ChoiceField(label=_("What went wrong"))

    def prepare(self) -> None:
        found = engine.failures(self.obj.controller_id, self.obj.pk)
        self.fields["cause"].choices = [  # type: ignore[attr-defined]
            (f"{one.verb}:{one.code}", failure_text(one)) for one in found
        ]


class ExceptCauseForm(CauseForm, ExceptForm):
    field_order = ("cause", "reason")


class EvidenceCauseForm(CauseForm, EvidenceForm):
    field_order = ("cause", "reference", "sha256")

    def clean(self) -> dict[str, Any]:
        cause = self.cleaned_data.pop("cause", "")
        return {**super().clean(), "cause": cause}


def failure_text(one: engine.Failure) -> str:
    """What was to be done, what came of it, and how often."""
    return f"{one.doing}: {code_text(one.code)} ({number_format(one.number)})"


def except_cause(act: Act) -> str:
    verb, _colon, code = act.data["cause"].partition(":")
    number = stepping.except_failed(
        by=act.by, controller_id=act.obj.controller_id, system_id=act.obj.pk, verb=verb, code=code,
        reason=act.data["reason"],
    )  # fmt: skip
    text = ngettext("%(n)s exception is signed.", "%(n)s exceptions are signed.", number)
    return text % {"n": number_format(number)}


def evidence_cause(act: Act) -> str:
    verb, _colon, code = act.data["cause"].partition(":")
    number = stepping.note_evidence_of_failed(
        by=act.by, controller_id=act.obj.controller_id, system_id=act.obj.pk, verb=verb, code=code,
        evidence=act.data["evidence"],
    )  # fmt: skip
    text = ngettext("%(n)s step has ended.", "%(n)s steps have ended.", number)
    return text % {"n": number_format(number)}


def retry_all(act: Act) -> str:
    number = stepping.retry_system(
        by=act.by, controller_id=act.obj.controller_id, system_id=act.obj.pk
    )
    text = ngettext("%(n)s step is told again.", "%(n)s steps are told again.", number)
    return text % {"n": number_format(number)}


def call_now(act: Act) -> str:
    stepping.open_gate(by=act.by, controller_id=act.obj.controller_id, system_id=act.obj.pk)
    return gettext("The system is called now.")


def ask_again(act: Act) -> str:
    reminding.ask_again(by=act.by, controller_id=act.obj.controller_id, system_id=act.obj.pk)
    return gettext("Another letter with another link is on its way.")


def has_failed(gate: Gate) -> bool:
    return engine.failed_at(gate.controller_id, gate.pk).exists()


def is_evident(gate: Gate) -> bool:
    """As of a single step: where somebody does it by hand, a file is handed in instead."""
    return has_failed(gate) and connectors.by_hand(gate.pk) is None


def rests(gate: Gate) -> bool:
    return gates.is_resting(gate.controller_id, gate.pk, timezone.now())


def is_asked(gate: Gate) -> bool:
    is_by_hand = connectors.by_hand(gate.pk) == gate.controller_id
    return is_by_hand and by_hand.waiting(gate.controller_id, gate.pk).exists()


MANAGED = Permission.MANAGE_ERASURES
RETRY_ALL = Verb(
    name="retry-all", label=_("Try all failed again"), permission=MANAGED, run=retry_all,
    applies=has_failed,
    consequence=_(
        "Every failed step of the system is told again at once, under the same key. Do so once the "
        "cause is gone; what fails again comes back here."
    ),
)  # fmt: skip
EXCEPT_CAUSE = Verb(
    name="except-cause", label=_("Sign for all of one cause"), permission=MANAGED,
    form=ExceptCauseForm, run=except_cause, applies=has_failed, is_grave=True,
    consequence=_(
        "Up to 500 failed steps of this cause end without proof that the data are gone, the oldest "
        "first. Your name stands on each record, and your reason in each person’s certificate. "
        "This cannot be undone."
    ),
)  # fmt: skip
EVIDENCE_CAUSE = Verb(
    name="evidence-cause", label=_("Show evidence for all of one cause"),
    permission=Permission.APPROVE_ERASURES, form=EvidenceCauseForm, run=evidence_cause,
    applies=is_evident, is_grave=True,
    consequence=_(
        "Up to 500 failed steps of this cause end as verified because of what was shown, the "
        "oldest first. Name what shows it of all of them. This cannot be undone."
    ),
)  # fmt: skip
CALL_NOW = Verb(
    name="call-now", label=_("Call it now"), permission=MANAGED, run=call_now, applies=rests,
    consequence=_("Its rest after failures ends. Where it fails again, it rests for longer."),
)  # fmt: skip
ASK_AGAIN = Verb(
    name="ask-again", label=_("Write again"), permission=MANAGED, run=ask_again, applies=is_asked,
    consequence=_(
        "Whoever erases by hand gets a letter with another link, which opens once. It names nobody."
    ),
)  # fmt: skip
