"""What services send and get about visitors' devices. Output forms are allow-lists."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import inputs
from consent.api.serializers import WORD
from subjects.inputs import PersonInput, SubjectField, fault

DEVICE = r"[A-Za-z0-9_-]{16,128}"
KEY = _("A random key that your site keeps on the device. Stored as a keyed hash only.")


class MaybePersonInput(PersonInput):
    """Somebody is named, if they are signed in."""

    subject = SubjectField(
        required=False, help_text=_("Our subject id, or with `scheme` your own identifier.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "subject" in attrs:
            return super().validate(attrs)
        if "scheme" in attrs:
            raise fault("scheme", "alone", _("A scheme needs the subject it belongs to."))
        return attrs


class CategoriesInput(inputs.Input):
    """Each answer by its category; the essential is not asked about."""

    functional = inputs.Flag(required=False)
    analytics = inputs.Flag(required=False)
    advertising = inputs.Flag(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(_("Name a category."), code="empty")
        return attrs


class DeviceChoiceInput(MaybePersonInput):
    device = inputs.Code(DEVICE, help_text=KEY)
    choices = CategoriesInput()
    method = inputs.Code(WORD, help_text=_("How it was chosen: button, toggle, web_form ..."))
    gpc = inputs.Text(
        max_length=200, required=False, allow_blank=True,
        help_text=_("The `Sec-GPC` header as the browser sent it, if it did."),
    )  # fmt: skip


class DeviceInput(MaybePersonInput):
    device = inputs.Code(DEVICE, help_text=KEY)


class DeviceJoinInput(PersonInput):
    device = inputs.Code(DEVICE, help_text=KEY)


class SignalInput(MaybePersonInput):
    signal = inputs.Choice(["gpc"], help_text=_("Global Privacy Control."))
    value = inputs.Text(
        max_length=200, allow_blank=True,
        help_text=_("The header as the browser sent it; only exactly 1 says anything."),
    )  # fmt: skip
    device = inputs.Code(DEVICE, required=False, help_text=KEY)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "subject" not in attrs and "device" not in attrs:
            raise fault("subject", "nobody", _("Name the person, the device, or both."))
        return attrs


class CategoriesOutput(serializers.Serializer[Any]):
    functional = serializers.BooleanField()
    analytics = serializers.BooleanField()
    advertising = serializers.BooleanField()


class DeviceChoicesOutput(serializers.Serializer[Any]):
    allowed = CategoriesOutput(help_text=_("What may be kept on or read from the device now."))


class SignalOutput(serializers.Serializer[Any]):
    signal = serializers.CharField()
    is_heard = serializers.BooleanField(help_text=_("Whether the value said anything."))
