"""What services send and get about people. No identifier ever goes out."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts import inputs
from subjects.channels import REASONS
from subjects.clock import is_zone
from subjects.inputs import PersonInput
from subjects.models import AgeState, Assurance
from subjects.schemes import MAX_LENGTH, SCHEMES
from subjects.services import NewSubject

COUNTRY = r"[A-Z]{2}"
REGION = r"[A-Za-z0-9][A-Za-z0-9-]*"
LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}"
ZONE = r"[A-Za-z0-9_+/-]+"
TRIGGER = r"[A-Za-z0-9][A-Za-z0-9_.:/-]*"
CHANNEL = r"(\*|[a-z][a-z0-9_-]{0,29})"
MOST_IDENTIFIERS = 20


class IdentifierInput(inputs.Input):
    scheme = inputs.Text(max_length=12, help_text=", ".join(SCHEMES))
    value = inputs.Text(max_length=MAX_LENGTH)


class SubjectInput(inputs.Input):
    identifiers = serializers.ListField(
        child=IdentifierInput(), min_length=1, max_length=MOST_IDENTIFIERS
    )
    residence = inputs.Code(
        COUNTRY, required=False, help_text=_("ISO 3166 country; absent: unknown, which denies.")
    )
    region = inputs.Code(REGION, max_length=40, required=False, help_text=_("ISO 3166-2."))
    time_zone = inputs.Code(
        ZONE, max_length=64, required=False, help_text=_("A name of the time zone database.")
    )
    language = inputs.Code(LANGUAGE, max_length=20, required=False)
    age_state = inputs.Choice(AgeState.values, required=False)
    age_assurance = inputs.Choice(
        Assurance.values, required=False, help_text=_("How the age is known.")
    )
    adult_on = inputs.Day(required=False, help_text=_("When a child comes of age."))
    has_guardian = inputs.Flag(required=False)

    def validate_time_zone(self, value: str) -> str:
        if not is_zone(value):
            raise ValidationError(_("This is not a time zone."), code="time_zone")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An age comes with how it is known, and the other way round."""
        known = [attrs.get(name, "unknown") != "unknown" for name in ("age_state", "age_assurance")]
        if known[0] != known[1]:
            message = ErrorDetail(str(_("An age comes with how it is known.")), code="age_pair")
            raise ValidationError({"age_assurance": [message]})
        return attrs


class FoundOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text=_("Our subject id: opaque, and safe in URLs."))


class SubjectOutput(FoundOutput):
    """The facts that decisions about this person rest on. Empty means unknown."""

    residence = serializers.CharField()
    region = serializers.CharField()
    time_zone = serializers.CharField()
    language = serializers.CharField()
    age_state = serializers.CharField()
    age_assurance = serializers.CharField()
    adult_on = serializers.DateField(allow_null=True, help_text=_("Null: unknown or not a child."))
    has_guardian = serializers.BooleanField()
    created_at = serializers.DateTimeField()


def new_subject(said: dict[str, Any]) -> NewSubject:
    """What a checked body of SubjectInput says."""
    facts = {name: value for name, value in said.items() if name != "identifiers"}
    pairs = tuple((one["scheme"], one["value"]) for one in said["identifiers"])
    return NewSubject(identifiers=pairs, **facts)


class TriggerInput(PersonInput):
    trigger = inputs.Code(
        TRIGGER, max_length=100, help_text=_("A code of your own, such as `basket_left`.")
    )
    at = inputs.Moment(help_text=_("When the person did it."))


class TriggerOutput(serializers.Serializer[Any]):
    trigger = serializers.CharField(source="code")
    last_at = serializers.DateTimeField(help_text=_("The latest time reported so far."))


class SuppressionInput(PersonInput):
    channel = inputs.Code(
        CHANNEL, max_length=30, help_text=_("As decisions name it, such as `sms`; `*`: all.")
    )
    reason = inputs.Choice(sorted(REASONS), help_text=_("`register`: a preference register."))


class SuppressionOutput(serializers.Serializer[Any]):
    channel = serializers.CharField()
    reason = serializers.CharField()
