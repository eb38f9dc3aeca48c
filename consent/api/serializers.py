"""What services send and get about consents. Output forms are allow-lists."""

import re
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts import inputs
from audit.door import network
from consent.methods import CHANNELS, GIVERS
from consent.services.lines import Choice
from consent.transitions import State
from subjects.inputs import PersonInput, fault

PURPOSE = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}"
CATEGORY = r"[A-Za-z0-9_]+([.:-][A-Za-z0-9_]+)*"
WORD = r"[a-z0-9_]{1,60}"
REFERENCE = r"[A-Za-z0-9][A-Za-z0-9 ._:/+()-]*"
REPORTED = (State.GIVEN, State.RENEWED, State.REFUSED, State.REQUESTED, State.DEFERRED)
IN_NAME_OF_A_CHILD = {"parent", "guardian"}
NOBODY = UUID(int=0)


class EvidenceInput(inputs.Input):
    """How the choice was taken. Codes and references only, never words about a person."""

    ui_version = inputs.Code(REFERENCE, max_length=200, required=False)
    session = inputs.Code(REFERENCE, max_length=200, required=False)
    operator = inputs.Code(REFERENCE, max_length=200, required=False)
    authority = inputs.Code(
        REFERENCE, max_length=200, required=False,
        help_text=_("Reference of the written authority by which an agent acts."),
    )  # fmt: skip
    source = inputs.Code(  # type: ignore[assignment] # the member of the wire has this name
        REFERENCE, max_length=200, required=False
    )
    ip = inputs.Text(
        max_length=45, required=False, help_text=_("Kept as its /24 (IPv4) or /48 (IPv6) only.")
    )

    def validate_ip(self, value: str) -> str:
        """The network of the address: evidence of roughly where, not of who (CON-13)."""
        found = "" if "%" in value else network(value)  # no zone of a machine
        if not found:
            raise ValidationError(_("This is not an IP address."), code="ip_address")
        return found


class ConsentInput(PersonInput):
    purpose = inputs.Code(PURPOSE, max_length=100)
    method = inputs.Code(
        WORD, help_text=_("How the person acted: checkbox, button, phone, paper ...")
    )
    state = inputs.Choice([state.value for state in REPORTED], required=False)
    notice = inputs.Id(
        required=False, help_text=_("The version of the notice that was shown; else the newest.")
    )
    language = inputs.Code(
        LANGUAGE, max_length=20, required=False, help_text=_("The words that were shown.")
    )
    channel = inputs.Choice(sorted(CHANNELS), required=False)
    event_at = inputs.Moment(required=False, help_text=_("When the person chose; else now."))
    expires_at = inputs.Moment(
        required=False, help_text=_("Sooner than the purpose says; a later end counts as that.")
    )
    given_by = inputs.Choice(sorted(GIVERS), required=False)
    guardian = inputs.Id(
        required=False, help_text=_("Our id of the verified parent or guardian who chose.")
    )
    categories = serializers.ListField(
        child=inputs.Code(CATEGORY, max_length=60), required=False, max_length=50,
        help_text=_(
            "The data the form named. They must cover what the purpose needs; more adds nothing."
        ),
    )  # fmt: skip
    explicit = inputs.Flag(required=False, help_text=_("An express statement (GDPR Art 9(2)(a))."))
    evidence = EvidenceInput(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "guardian" in attrs and attrs.get("given_by") not in IN_NAME_OF_A_CHILD:
            raise fault("guardian", "giver", _("Only a parent or guardian is named here."))
        ends = attrs.get("expires_at")
        if ends and ends <= attrs.get("event_at", timezone.now()):
            raise fault("expires_at", "order", _("A consent ends after it is given."))
        return attrs


class WithdrawalInput(PersonInput):
    purpose = inputs.Code(PURPOSE, max_length=100)
    method = inputs.Code(WORD)
    channel = inputs.Choice(sorted(CHANNELS), required=False)
    reason = inputs.Text(
        required=False, max_length=60,
        help_text=_("A code of small letters, digits and underscores; never a person's words."),
    )  # fmt: skip

    def validate_reason(self, value: str) -> str:
        if not re.fullmatch(WORD, value):
            words = _("A reason is a code such as too_many_messages: free text would be personal.")
            raise ValidationError(words, code="reason_form")
        return value


class StatesQuery(inputs.Query):
    subject = inputs.Id(help_text=_("Our subject id. Your own identifiers never go into a URL."))
    purpose = inputs.Code(PURPOSE, max_length=100, required=False)


class HistoryQuery(StatesQuery):
    cursor = inputs.Id(required=False, help_text=_("`next_cursor` of the page before."))
    limit = serializers.IntegerField(min_value=1, max_value=100, default=50)


class NoticeQuery(inputs.Query):
    purpose = inputs.Code(PURPOSE, max_length=100)
    language = inputs.Code(LANGUAGE, max_length=20, default="en")


class ConsentOutput(serializers.Serializer[Any]):
    """One line of the ledger."""

    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id")
    purpose = serializers.CharField(source="purpose.code")
    sequence = serializers.IntegerField(help_text=_("Counts this person's lines on this purpose."))
    state = serializers.CharField()
    event_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text=_("Null: until it is withdrawn.")
    )
    purpose_version = serializers.IntegerField()
    notice = serializers.UUIDField(
        source="notice_version_id", allow_null=True, help_text=_("Null: no words were shown.")
    )
    notice_sha256 = serializers.CharField(help_text=_("Of the canonical words in `language`."))
    language = serializers.CharField()
    method = serializers.CharField()
    channel = serializers.CharField()
    given_by = serializers.CharField()
    guardian = serializers.UUIDField(source="guardian_id", allow_null=True)
    guardian_verified = serializers.BooleanField()
    explicit = serializers.BooleanField(source="is_explicit")
    reason = serializers.CharField()


class ReceiptControllerOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ReceiptNoticeOutput(serializers.Serializer[Any]):
    id = serializers.CharField()
    code = serializers.CharField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField()


class ReceiptSignatureOutput(serializers.Serializer[Any]):
    key_id = serializers.CharField()
    ed25519 = serializers.CharField(
        help_text=_("Over the canonical JSON (RFC 8785) of everything but `signature`.")
    )


class ReceiptOutput(serializers.Serializer[Any]):
    """Field names of ISO/IEC TS 27560:2023 where they exist."""

    schema_version = serializers.CharField()
    receipt_id = serializers.UUIDField()
    record_id = serializers.UUIDField()
    pii_principal_id = serializers.UUIDField()
    pii_controller = ReceiptControllerOutput()
    purpose = serializers.CharField()
    purpose_version = serializers.IntegerField()
    event_state = serializers.CharField()
    event_time = serializers.CharField()
    recorded_time = serializers.CharField()
    validity_end = serializers.CharField()
    language = serializers.CharField()
    privacy_notice = ReceiptNoticeOutput()
    method = serializers.CharField()
    channel = serializers.CharField()
    given_by = serializers.CharField()
    signature = ReceiptSignatureOutput()


class RecordedOutput(ConsentOutput):
    """The line that was written, and its receipt for the person."""

    receipt = ReceiptOutput(read_only=True)


class StateOutput(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    is_valid = serializers.BooleanField(  # type: ignore[assignment] # as in StateShown
        help_text=_("The state is one that permits processing.")
    )
    is_stale = serializers.BooleanField(
        help_text=_("The words changed materially since: ask again before use.")
    )
    since_at = serializers.DateTimeField(allow_null=True, help_text=_("Null: never asked."))
    expires_at = serializers.DateTimeField(allow_null=True, help_text=_("Null: no end."))
    event = serializers.UUIDField(
        source="event_id", allow_null=True, help_text=_("Null: never asked.")
    )
    notice = serializers.UUIDField(source="notice_version_id", allow_null=True)
    language = serializers.CharField()
    is_closed = serializers.BooleanField(help_text=_("The purpose is closed: nothing permits."))


class StatesOutput(serializers.Serializer[Any]):
    subject = serializers.UUIDField()
    states = StateOutput(many=True)


class HistoryOutput(serializers.Serializer[Any]):
    items = ConsentOutput(many=True)
    next_cursor = serializers.UUIDField(allow_null=True, help_text=_("Null: the last page."))


class PurposeOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    enables = serializers.CharField()
    version = serializers.IntegerField()
    dpv_purpose = serializers.CharField()
    dpv_iri = serializers.CharField(help_text=_("The same term of the vocabulary as an IRI."))
    belongs_to = serializers.CharField(
        help_text=_("The wider purpose, or empty. A consent to one is none to the other.")
    )
    grounds = serializers.DictField(child=serializers.CharField())
    bases = serializers.DictField(
        child=serializers.CharField(), help_text=_("The IRI of the ground in each law.")
    )
    categories = serializers.ListField(child=serializers.CharField())
    operations = serializers.ListField(child=serializers.CharField())
    recipients = serializers.ListField(child=serializers.CharField())
    retention_days = serializers.IntegerField()
    valid_days = serializers.IntegerField(
        allow_null=True, help_text=_("How long a consent lasts; null: until it is withdrawn.")
    )
    effective_from = serializers.DateTimeField(help_text=_("When this version came into force."))
    is_registered = serializers.BooleanField(help_text=_("Whether this service may ask about it."))


class PurposesOutput(serializers.Serializer[Any]):
    items = PurposeOutput(many=True)


class NoticeOutput(serializers.Serializer[Any]):
    """The words in force. Show them as they are; name `version` when you record the choice."""

    version = serializers.UUIDField(source="version_id")
    code = serializers.CharField()
    number = serializers.IntegerField()
    language = serializers.CharField()
    sha256 = serializers.CharField(help_text=_("Of the canonical JSON (RFC 8785) of `content`."))
    published_at = serializers.DateTimeField()
    effective_from = serializers.DateTimeField(help_text=_("When these words came into force."))
    content = serializers.DictField()


def choice_of(said: dict[str, Any]) -> Choice:
    """What a checked body of ConsentInput says. Whose choice it is stands in its `subject`."""
    return Choice(
        subject_id=NOBODY, purpose=said["purpose"], method=said["method"],
        state=State(said.get("state", State.GIVEN)), channel=said.get("channel", ""),
        event_at=said.get("event_at"), expires_at=said.get("expires_at"),
        notice_version=said.get("notice"), language=said.get("language", ""),
        given_by=said.get("given_by", "principal"), guardian_id=said.get("guardian"),
        is_explicit=said.get("explicit", False), evidence=dict(said.get("evidence", {})),
        categories=tuple(said.get("categories", ())),
    )  # fmt: skip
