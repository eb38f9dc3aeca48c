"""What a service says of erasure cases, and what it is answered."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import inputs
from erasure.models import CaseState, StepState, Trigger
from erasure.planning.telling import BY_CALL, BY_HAND, BY_LETTER, NOT_TOLD
from erasure.scopes import ScopeType
from registry.connectors.contract import Verb

SCOPE: Final = r"[A-Za-z0-9_.:/-]*"
REFERENCE: Final = r"[\x21-\x7e]+"
MOST: Final = 100
TOLD: Final = (
    Trigger.REQUEST, Trigger.WITHDRAWAL, Trigger.OBJECTION, Trigger.UNLAWFUL, Trigger.LEGAL_DUTY,
    Trigger.CHILD_SERVICE,
)  # fmt: skip
"""What a service may tell of; the others follow from what is recorded here."""


class ReachInput(inputs.Input):
    """What of whom is meant."""

    subject = inputs.Id(help_text=_("Our id of the person."))
    verb = inputs.Choice([one.value for one in Verb], default=Verb.ERASE.value)
    trigger = inputs.Choice([one.value for one in TOLD], default=Trigger.REQUEST.value)
    scope_type = inputs.Choice(ScopeType.values, default=ScopeType.EVERYTHING.value)
    scope = inputs.Code(
        SCOPE, max_length=100, default="", allow_blank=True,
        help_text=_("The code of the purpose or data category; empty for everything."),
    )  # fmt: skip


class CaseInput(ReachInput):
    reference = inputs.Code(
        REFERENCE, max_length=100,
        help_text=_("Your own name of what happened: told twice it is one case."),
    )  # fmt: skip
    received_at = inputs.Moment(
        required=False, help_text=_("When the duty began; clocks count from then.")
    )
    values = serializers.DictField(
        required=False, help_text=_("Of a correction: what is right, by attribute.")
    )


class CancelInput(inputs.Input):
    reason = inputs.Text(max_length=300, help_text=_("In plain words; never a person's data."))


class CasesQuery(inputs.Query):
    subject = inputs.Id(required=False, help_text=_("Cases about one person only."))
    state = inputs.Choice(CaseState.values, required=False)
    before = inputs.Id(required=False, help_text=_("The last id of the page before."))
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50)


class CaseOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id")
    verb = serializers.ChoiceField([one.value for one in Verb])
    trigger = serializers.ChoiceField(Trigger.values)
    reference = serializers.CharField(source="trigger_ref")
    scope_type = serializers.ChoiceField(ScopeType.values)
    scope = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(CaseState.values)
    code = serializers.CharField(
        allow_blank=True, help_text=_("Why it waits, was refused or cancelled.")
    )
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    joined_into = serializers.UUIDField(
        allow_null=True, help_text=_("The case that does what this one asks for; null: this one.")
    )


class KeptOutput(serializers.Serializer[Any]):
    """What stays, and by which law."""

    category = serializers.CharField()
    because = serializers.CharField()
    citation = serializers.CharField(allow_blank=True, default="")
    until = serializers.CharField(
        allow_null=True, allow_blank=True, default=None, help_text=_("The day it goes, if known.")
    )


class StepOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    system = serializers.CharField(help_text=_("The code of the system or party."))
    duty = serializers.ChoiceField(["instruct", "inform"])
    state = serializers.ChoiceField(
        StepState.values, help_text=_("absent: it was looked into, and nothing is left.")
    )
    code = serializers.CharField(allow_blank=True, help_text=_("What went wrong last."))
    round = serializers.IntegerField()
    attempts = serializers.IntegerField()
    possible_repeats = serializers.IntegerField()
    kept = KeptOutput(many=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class CaseWithStepsOutput(CaseOutput):
    plan_sha256 = serializers.CharField(allow_blank=True)
    steps = StepOutput(many=True)


class CasesOutput(serializers.Serializer[Any]):
    items = CaseOutput(many=True)
    next_before = serializers.UUIDField(allow_null=True, help_text=_("Null: the last page."))


class ElementOutput(serializers.Serializer[Any]):
    """What happens to data of one category in one system."""

    system = serializers.CharField()
    category = serializers.CharField(allow_blank=True)
    fate = serializers.ChoiceField(
        [*(one.value for one in Verb), "keep", "vault"],
        help_text=_("What the case does to it, or that it stays."),
    )
    because = serializers.CharField(allow_blank=True, allow_null=True)
    purpose = serializers.CharField(allow_blank=True, allow_null=True)
    citation = serializers.CharField(allow_blank=True, allow_null=True)
    until = serializers.CharField(allow_blank=True, allow_null=True)


class ToldOutput(serializers.Serializer[Any]):
    """Who would be told, and by whom."""

    system = serializers.CharField(help_text=_("The code of the system or party."))
    duty = serializers.ChoiceField(["instruct", "inform"])
    how = serializers.ChoiceField(
        [BY_CALL, BY_LETTER, BY_HAND, NOT_TOLD],
        help_text=_("by_hand: no call can say it, so an officer does, and shows evidence."),
    )


class DryRunOutput(serializers.Serializer[Any]):
    elements = serializers.ListField(child=ElementOutput())
    told = serializers.ListField(child=ToldOutput())
    review = serializers.CharField(
        allow_blank=True, help_text=_("Why an officer would have to decide first; empty: none.")
    )
