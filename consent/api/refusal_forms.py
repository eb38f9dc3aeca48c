"""What services send and get about objections and restrictions. Output forms are allow-lists."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import inputs
from consent.api.serializers import PURPOSE, WORD
from consent.models import ObjectionKind, RestrictionGround, RestrictionScope
from subjects.inputs import PersonInput, fault

CODE = r"[A-Za-z0-9][A-Za-z0-9_.:/-]*"
WITHOUT_PURPOSE = {ObjectionKind.DIRECT_MARKETING, ObjectionKind.SALE_SHARING}


class ObjectionInput(PersonInput):
    kind = inputs.Choice(ObjectionKind.values, help_text=_("What the person objects to."))
    purpose = inputs.Code(
        PURPOSE, max_length=100, required=False,
        help_text=_("With particular_situation; with voluntary_use, or else all such uses."),
    )  # fmt: skip
    method = inputs.Code(WORD, help_text=_("How the person said so: phone, paper, web_form ..."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        kind, has_purpose = attrs["kind"], "purpose" in attrs
        if has_purpose and kind in WITHOUT_PURPOSE:
            raise fault("purpose", "kind", _("This objection is about all purposes of its kind."))
        if not has_purpose and kind == ObjectionKind.PARTICULAR_SITUATION:
            raise fault("purpose", "kind", _("This objection is about one purpose."))
        return attrs


class RestrictionInput(PersonInput):
    ground = inputs.Choice(RestrictionGround.values, help_text=_("The case of GDPR Art 18(1)."))
    scope_type = inputs.Choice(RestrictionScope.values, required=False)
    scope = inputs.Code(
        CODE, max_length=100, required=False, help_text=_("The purpose or data category.")
    )
    method = inputs.Code(WORD, help_text=_("How the person asked for it."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        kind = attrs.setdefault("scope_type", RestrictionScope.EVERYTHING.value)
        scope = attrs.setdefault("scope", "")
        if (kind == RestrictionScope.EVERYTHING) == bool(scope):
            raise fault("scope", "scope_type", _("Name what `scope_type` speaks of, and only it."))
        return attrs


class SubjectQuery(inputs.Query):
    subject = inputs.Id(help_text=_("Our subject id. Your own identifiers never go into a URL."))


class LiftInput(inputs.Input):
    method = inputs.Code(WORD, help_text=_("How the person took it back."))


class RestrictionLiftInput(inputs.Input):
    method = inputs.Code(
        WORD, required=False,
        help_text=_("How the person took it back; without it the company lifts, after notice."),
    )  # fmt: skip


class AnnouncementInput(inputs.Input):
    reason = inputs.Code(WORD, help_text=_("A code such as data_corrected; never free text."))
    days = serializers.IntegerField(
        min_value=1, max_value=90, required=False,
        help_text=_("Time for the person to answer; 7 unless said."),
    )  # fmt: skip


class ObjectionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id")
    kind = serializers.CharField()
    purpose = serializers.CharField(source="purpose.code", default=None, allow_null=True)
    state = serializers.CharField(help_text=_("pending denies as upheld does."))
    objected_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True, help_text=_("Null: not weighed."))
    lifted_at = serializers.DateTimeField(allow_null=True, help_text=_("Null: it stands."))


class ObjectionsOutput(serializers.Serializer[Any]):
    items = ObjectionOutput(many=True)


class RestrictionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id")
    ground = serializers.CharField()
    scope_type = serializers.CharField()
    scope = serializers.CharField()
    asked_at = serializers.DateTimeField()
    announced_at = serializers.DateTimeField(allow_null=True)
    lifts_at = serializers.DateTimeField(
        allow_null=True, help_text=_("From then on it may be lifted; null: no end is announced.")
    )
    told_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When the person was told of the end.")
    )
    lifted_at = serializers.DateTimeField(allow_null=True, help_text=_("Null: it stands."))


class RestrictionsOutput(serializers.Serializer[Any]):
    items = RestrictionOutput(many=True)
