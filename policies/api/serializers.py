"""What services report, strictly: codes and texts, no fractions, no free words about a person."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from accounts import inputs
from policies.intake.backing import SKEW_SECONDS
from policies.intake.reports import Factor, Model, Report
from policies.words import AUTOMATION, DIRECTIONS
from subjects.inputs import PersonInput, fault

MOST = 1000
PURPOSE = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
CODE = r"[A-Za-z0-9][A-Za-z0-9._:/-]*"
DIGITS = 12
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
VALUE = 1000


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "pattern": rf"^{NUMBER.pattern}$"},
            {"type": "integer", "minimum": 1 - 10**DIGITS, "maximum": 10**DIGITS - 1},
        ]
    }
)
class Number(serializers.Field[str, Any, Any, Any]):
    """A number with one spelling: a text of decimal digits, or a whole number."""

    default_error_messages = {  # noqa: RUF012 (the framework's own way)
        "fraction": _(
            'Write a fraction as a text of decimal digits ("0.73"), or scale it to a whole '
            "number: a binary fraction has no exact form, so it cannot stand in the log."
        ),
        "form": _("Write up to 12 digits, a point and up to 12 more, or a whole number."),
    }

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, float):
            self.fail("fraction")
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("form")
        text = str(data)
        if not NUMBER.fullmatch(text):
            self.fail("form")
        return text


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": 50,
        "propertyNames": {"pattern": rf"^{CODE}$", "maxLength": 60},
        "additionalProperties": {"type": "string", "maxLength": VALUE},
    }
)
class Values(serializers.Field[dict[str, str], Any, Any, Any]):
    """The values that were used, by data category."""

    default_error_messages = {  # noqa: RUF012
        "form": _("Give an object of texts by the code of their data category."),
        "size": _("Give at most 50 values of at most 1,000 characters each."),
    }

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict) or not all(isinstance(one, str) for one in data.values()):
            self.fail("form")
        if not all(len(name) <= 60 and re.fullmatch(CODE, name, re.ASCII) for name in data):
            self.fail("form")
        if len(data) > 50 or any(len(one) > VALUE for one in data.values()):
            self.fail("size")
        return data


class Bounded(serializers.ListField):
    """A list whose length is looked at before what is in it."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list):
            self.run_validators(data)
        return super().to_internal_value(data)


def _codes(most: int, **options: Any) -> Any:
    return Bounded(
        child=inputs.Code(CODE, max_length=60), required=False, max_length=most, **options
    )


class ReportInput(PersonInput):
    """What both kinds of reports say."""

    purpose = inputs.Code(PURPOSE, max_length=100)
    decision_id = inputs.Id(
        required=False,
        help_text=_("The decision that allowed it. Without one the use counts as unbacked."),
    )
    started_at = inputs.Moment(help_text=_("When the use began: the decision must hold then."))
    ended_at = inputs.Moment(required=False)
    data_as_of = inputs.Moment(required=False, help_text=_("As of when the data were right."))
    data = _codes(50, help_text=_("Codes of the data categories used, such as pd:EmailAddress."))
    operations = _codes(20, help_text=_("What was done, in terms such as Use or Profiling."))
    recipients = _codes(50, help_text=_("Codes of the parties that received the data."))
    values = Values(
        required=False,
        help_text=_("The values used, by category. Kept only sealed under the person's own key."),
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        latest = timezone.now() + timedelta(seconds=SKEW_SECONDS)
        for name in ("started_at", "ended_at", "data_as_of"):
            if (at := attrs.get(name)) and at > latest:
                raise fault(name, "future", _("This has not happened yet."))
        _in_order(attrs["started_at"], attrs.get("ended_at"))
        if set(attrs.get("values", ())) - set(attrs.get("data", ())):
            words = _("Name the category of each value in `data`.")
            raise fault("values", "category_missing", words)
        return attrs


class ProcessingInput(ReportInput):
    """One use of a person's data."""


class FactorInput(inputs.Input):
    name = inputs.Code(CODE, max_length=60)
    direction = inputs.Choice(list(DIRECTIONS), help_text=_("What it did to the score."))
    weight = Number(required=False)


class AIDecisionInput(ReportInput):
    """One decision about a person that a model made or helped to make."""

    model = inputs.Code(CODE, max_length=100)
    model_version = inputs.Code(CODE, max_length=60)
    output = inputs.Code(
        CODE, max_length=100, help_text=_("What was decided, as a code; never free words.")
    )
    automation_level = inputs.Choice(
        list(AUTOMATION), help_text=_("How automated it was, in terms of the W3C DPV.")
    )
    score = Number(required=False)
    threshold = Number(required=False)
    factors = Bounded(
        child=FactorInput(), required=False, max_length=20,
        help_text=_("The main ones, weightiest first."),
    )  # fmt: skip
    reviewer = inputs.Code(
        CODE, max_length=60, required=False,
        help_text=_("A reference of yours to the human reviewer; never a name."),
    )  # fmt: skip
    notified = inputs.Flag(
        required=False, help_text=_("Whether the person was told that a model takes part.")
    )


class ProcessingBulkInput(inputs.Input):
    """Many uses: all are recorded or none."""

    items = Bounded(child=ProcessingInput(), min_length=1, max_length=MOST)


class AIDecisionBulkInput(inputs.Input):
    """Many decisions: all are recorded or none."""

    items = Bounded(child=AIDecisionInput(), min_length=1, max_length=MOST)


class RecordedReportOutput(serializers.Serializer[Any]):
    """How a report stands in the log."""

    id = serializers.UUIDField(source="entry_id", help_text=_("Of the entry in the log."))
    outcome = serializers.ChoiceField(["backed", "unbacked"])
    reasons = serializers.ListField(
        source="gaps", child=serializers.CharField(),
        help_text=_("Why no decision backs it, the gravest reason first; empty: one does."),
    )  # fmt: skip
    values_lost = serializers.BooleanField(
        source="are_values_lost",
        help_text=_("Values were given but not kept: the person's key is destroyed."),
    )


class RecordedReportsOutput(serializers.Serializer[Any]):
    """The same for each report, in their order."""

    items = RecordedReportOutput(many=True)


def either(name: str, one: Any, many: Any) -> PolymorphicProxySerializer:
    """One, or many under `items`."""
    return PolymorphicProxySerializer(
        component_name=name, serializers=[one, many], resource_type_field_name=None
    )


def report_of(said: dict[str, Any]) -> Report:
    """What a checked body of ReportInput says."""
    data, operations, recipients = (
        tuple(said.get(name, ())) for name in ("data", "operations", "recipients")
    )
    return Report(
        who=said["subject"], purpose=said["purpose"], started_at=said["started_at"],
        ended_at=said.get("ended_at"), data_as_of=said.get("data_as_of"),
        decision_id=said.get("decision_id"), data=data, operations=operations,
        recipients=recipients, values=said.get("values", {}),
        model=_model(said) if "model" in said else None,
    )  # fmt: skip


def _model(said: dict[str, Any]) -> Model:
    texts = {name: said.get(name, "") for name in ("score", "threshold", "reviewer")}
    return Model(
        name=said["model"], version=said["model_version"], output=said["output"],
        automation_level=said["automation_level"], notified=said.get("notified"),
        factors=tuple(Factor(**one) for one in said.get("factors", ())), **texts,
    )  # fmt: skip


def _in_order(started_at: datetime, ended_at: datetime | None) -> None:
    if ended_at is not None and ended_at < started_at:
        raise fault("ended_at", "order", _("A use ends after it began."))
