"""How a service names a person in a body: our id, or its own identifier with the scheme."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts import inputs
from subjects.naming import Named
from subjects.schemes import MAX_LENGTH


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
            {
                "type": "object",
                "required": ["scheme", "value"],
                "additionalProperties": False,
                "properties": {
                    "scheme": {"type": "string", "minLength": 1, "maxLength": 12},
                    "value": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
                },
            },
        ]
    }
)
class SubjectField(serializers.Field[Named, Any, Any, Any]):
    """Our id of a person, or the company's own identifier of a scheme."""

    def to_internal_value(self, data: Any) -> Named:
        if isinstance(data, str):
            return Named(value=inputs.Text(max_length=MAX_LENGTH).run_validation(data))
        form = IdentifierInput(data=data)
        form.is_valid(raise_exception=True)
        return Named(scheme=form.validated_data["scheme"], value=form.validated_data["value"])


class IdentifierInput(inputs.Input):
    scheme = inputs.Text(max_length=12)
    value = inputs.Text(max_length=MAX_LENGTH)


class PersonInput(inputs.Input):
    subject = SubjectField(help_text=_("Our subject id, or with `scheme` your own identifier."))
    scheme = inputs.Text(
        max_length=12, required=False, help_text=_("crm, email, phone, device or account.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`subject` becomes one of the two ways to name a person."""
        who: Named = attrs["subject"]
        scheme: str = attrs.pop("scheme", "")
        if scheme and who.scheme:
            raise fault("scheme", "twice", _("The scheme is given twice."))
        if scheme:
            attrs["subject"] = Named(scheme=scheme, value=who.value)
        elif not who.scheme:
            attrs["subject"] = meant(who)
        return attrs


def fault(member: str, code: str, message: Any) -> ValidationError:
    """What is wrong with one member of a body."""
    return ValidationError({member: [ErrorDetail(str(message), code=code)]})


def meant(who: Named, member: str = "subject") -> Named:
    """Whom a member names: without a scheme its text is our id. Raises ValidationError."""
    if who.scheme:
        return who
    if not inputs.CANONICAL_UUID.fullmatch(who.value):
        words = _(
            "Without `scheme` this is our subject id; for your own identifier name its scheme."
        )
        raise fault(member, "subject_form", words)
    return Named(subject_id=UUID(who.value))
