"""The closed catalogue of audit events (AUD-01). A code is stable for ever and never reused."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from audit.classes import RetentionClass

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of entry. `sentence` is what an officer reads; it names no person."""

    code: str
    retention: RetentionClass
    sentence: "StrOrPromise"


def _evidence(code: str, sentence: "StrOrPromise") -> Event:
    return Event(code, RetentionClass.EVIDENCE, sentence)


def _processing(code: str, sentence: "StrOrPromise") -> Event:
    return Event(code, RetentionClass.PROCESSING, sentence)


EVENTS: dict[str, Event] = {
    event.code: event
    for event in (
        _evidence("consent:requested", _("Consent was requested")),
        _evidence("consent:deferred", _("The person put off the choice")),
        _evidence("consent:given", _("Consent was given")),
        _evidence("consent:renewed", _("Consent was renewed")),
        _evidence("consent:refused", _("Consent was refused")),
        _evidence("consent:withdrawn", _("Consent was withdrawn")),
        _evidence("consent:expired", _("Consent expired")),
        _evidence("consent:revoked", _("Consent was ended by the controller")),
        _evidence("consent:invalidated", _("Consent was found invalid")),
        _evidence("objection:registered", _("An objection was registered")),
        _evidence("objection:lifted", _("An objection was lifted")),
        _evidence("restriction:set", _("The use of a person's data was restricted")),
        _evidence("restriction:announced", _("The end of a restriction was announced")),
        _evidence("restriction:told", _("The person was told that a restriction ends")),
        _evidence("restriction:lifted", _("A restriction was lifted")),
        _evidence("device:chosen", _("A choice was made on a device")),
        _evidence("device:joined", _("Refusals on a device became the person's")),
        _evidence("commitment:recorded", _("A commitment to the person was recorded")),
        _evidence("commitment:ended", _("A commitment to the person was ended")),
        _evidence("ground:recorded", _("A ground other than consent was recorded")),
        _evidence("ground:activated", _("A ground other than consent was put in force")),
        _evidence("ground:ended", _("A ground other than consent was ended")),
        _evidence("contact_plan:set", _("Reminders and confirmations of a purpose were set")),
        _evidence("legacy_notice:ordered", _("The notices owed for old consents were ordered")),
        _evidence("notice:given", _("The notice owed for an old consent was given")),
        _processing("message:sent", _("A message was sent to the person")),
        _processing("message:kept", _("A message waits for the person in the portal")),
        _processing("message:dropped", _("A message was no longer needed")),
        _processing("message:seen", _("The person read a message")),
        _evidence("purpose:drafted", _("A purpose version was drafted")),
        _evidence("purpose:approved", _("A purpose version was approved")),
        _evidence("purpose:taken_back", _("A purpose version was taken back before it began")),
        _evidence("purpose:closed", _("A purpose was closed")),
        _evidence("policy:drafted", _("A policy version was drafted")),
        _evidence("policy:rule_put", _("A rule of a draft policy was written")),
        _evidence("policy:rule_removed", _("A rule of a draft policy was removed")),
        _evidence("policy:rules_replaced", _("The rules of a draft policy were replaced")),
        _evidence("policy:rehearsed", _("A draft policy was rehearsed")),
        _evidence("policy:approved", _("A policy version was approved")),
        _evidence("policy:discarded", _("A draft policy was given up")),
        _evidence("policy:rolled_back", _("A policy version was rolled back")),
        _evidence("attribute:volunteered", _("The person volunteered an attribute")),
        _evidence("attribute:taken_back", _("The person took an attribute back")),
        _evidence("personalisation:switched_off", _("The person switched personalisation off")),
        _evidence("personalisation:switched_on", _("The person switched personalisation on")),
        _evidence("notice:drafted", _("A notice version was drafted")),
        _evidence("notice:published", _("A notice version was published")),
        _evidence("notice:taken_back", _("A notice version was taken back before it began")),
        _evidence("receipt:issued", _("A consent receipt was issued")),
        _evidence("subject:created", _("A person was added")),
        _evidence("subject:changed", _("Facts about a person were changed")),
        _evidence("subject:identified", _("An identifier was added")),
        _evidence("subject:related", _("A relationship was recorded")),
        _evidence("subject:relation_ended", _("A relationship was ended")),
        _evidence("subject:age_learnt", _("A person’s age was put on record")),
        _evidence("parent:named", _("A parent was named")),
        _evidence("parent:verified", _("A parent was verified")),
        _evidence("parent:not_verified", _("A parent could not be verified")),
        _evidence("parent:declined", _("Somebody named as parent said that they are not")),
        _evidence("parent:lapsed", _("Nobody answered for a child in time")),
        _evidence("parent:ended", _("The verification of a parent was ended")),
        _evidence("guardian:recorded", _("The appointment of a guardian was recorded")),
        _evidence("guardian:verified", _("The appointment of a guardian was verified")),
        _evidence("guardian:refused", _("The appointment of a guardian was not accepted")),
        _evidence("guardian:ended", _("The appointment of a guardian was ended")),
        _evidence("subject:key_destroyed", _("A person's data key was destroyed")),
        _evidence("standing:set", _("A standing was set")),
        _evidence("standing:ended", _("A standing was ended")),
        _evidence("controller:created", _("A controller was created")),
        _evidence("officer:created", _("A staff account was created")),
        _evidence("role:assigned", _("A role was assigned")),
        _evidence("role:removed", _("A role was removed")),
        _evidence("service:created", _("A service was registered")),
        _evidence("service:changed", _("A service was changed")),
        _evidence("key:issued", _("A service key was issued")),
        _evidence("key:revoked", _("A service key was revoked")),
        _evidence("party:recorded", _("A party was recorded")),
        _evidence("party:changed", _("A party was changed")),
        _evidence("category:recorded", _("A data category was recorded")),
        _evidence("finding:recorded", _("A legal finding was recorded")),
        _evidence("finding:approved", _("A legal finding was approved")),
        _evidence("finding:ended", _("A legal finding was taken back")),
        _evidence("model:recorded", _("An AI model was recorded")),
        _evidence("model:approved", _("An AI model was approved")),
        _evidence("model:retired", _("An AI model was retired")),
        _evidence("freeze:set", _("Something was frozen because of an incident")),
        _evidence("freeze:released", _("A freeze was released")),
        _evidence("objection:decided", _("An objection was decided on")),
        _evidence("channel:suppressed", _("A channel was closed for a person")),
        _evidence("channel:released", _("A channel was opened again for a person")),
        _evidence("import:started", _("An import was started")),
        _evidence("import:finished", _("An import was finished")),
        _evidence("keys:rotated", _("A key was rotated")),
        _evidence("subject:forgotten", _("A person was taken out of the log’s index")),
        _evidence("retention:dropped", _("Records reached the end of their life")),
        _evidence("retention:released", _("Records held beyond their life were let go")),
        _evidence("retention:hold_set", _("Records were put under a legal hold")),
        _evidence("retention:hold_ended", _("A legal hold on records ended")),
        _evidence("alarm:raised", _("An alarm was raised")),
        _evidence("alarm:acknowledged", _("An alarm was acknowledged")),
        _evidence("manager:registered", _("A consent manager was registered")),
        _evidence("manager:accepted", _("A consent manager was accepted")),
        _evidence("manager:suspended", _("A consent manager was suspended")),
        _evidence("manager:key_added", _("A key of a consent manager was added")),
        _evidence("manager:key_revoked", _("A key of a consent manager was revoked")),
        _evidence("site:added", _("A company site was registered")),
        _evidence("site:ended", _("A company site was taken off the list")),
        _evidence("sharing:recorded", _("A sharing of data was recorded")),
        _evidence("state:rebuilt", _("A state of consent was made to agree with the ledger")),
        _evidence("consent_export:started", _("An export of consents was started")),
        _evidence("consent_export:finished", _("An export of consents was finished")),
        _evidence("consent_export:taken", _("An export of consents was taken away")),
        _processing("decision:made", _("A decision was made")),
        _processing("behaviour:reported", _("A behaviour of the person was reported")),
        _processing("search:made", _("A service searched whom it may reach")),
        _processing("permissions:searched", _("A service searched what it may do")),
        _processing("permit:recalled", _("A permit was recalled")),
        _processing("recall:heard", _("A recall was acknowledged")),
        _processing("campaign:started", _("A campaign was started")),
        _processing("campaign:ended", _("A campaign was ended")),
        _evidence("emergency:opened", _("An emergency use was opened")),
        _evidence("emergency:ended", _("An emergency use was ended")),
        _evidence("emergency:reviewed", _("An emergency use was reviewed")),
        _evidence("endpoint:added", _("An address for recalls was added")),
        _evidence("endpoint:changed", _("The secret of an address for recalls was changed")),
        _evidence("endpoint:ended", _("An address for recalls was ended")),
        _processing("audience:requested", _("An audience was asked for")),
        _processing("audience:recorded", _("A part of an audience was recorded")),
        _processing("audience:finished", _("An audience was finished")),
        _processing("audience:taken", _("An audience was taken away")),
        _processing("rehearsal:started", _("A rehearsal of a policy was started")),
        _processing("rehearsal:finished", _("A rehearsal of a policy was finished")),
        _processing("rehearsal:stopped", _("A rehearsal of a policy was stopped")),
        _processing("rehearsal:taken", _("The list of a rehearsal was taken away")),
        _processing("segment:replaced", _("A segment was replaced")),
        _processing("processing:reported", _("Processing was reported")),
        _processing("values:revealed", _("Values of a report were revealed")),
        Event("ai:decided", RetentionClass.AI_DECISION, _("An AI decision was reported")),
        _processing("record:viewed", _("A record was viewed")),
        _processing("list:viewed", _("A list was viewed")),
        _processing("identifier:revealed", _("An identifier was revealed")),
        _processing("person:searched", _("A person was looked up")),
        _processing("record:read", _("A service read a record")),
        _processing("export:started", _("An export of the log was started")),
        _processing("export:finished", _("An export of the log was finished")),
        _processing("export:taken", _("An export of the log was taken away")),
        _processing("evidence:taken", _("An evidence pack was taken")),
        _processing("log:viewed", _("The state of the log was viewed")),
        _processing("subject:signed_in", _("The person signed in")),
        _processing("subject:signed_out", _("The person signed out")),
        _processing("link:issued", _("A sign-in link was issued")),
        _processing("officer:signed_in", _("An officer signed in")),
        _processing("officer:signed_out", _("An officer signed out")),
        _processing("officer:password_changed", _("An officer changed their password")),
        _processing("log:heartbeat", _("The log was alive and had nothing to record")),
        _processing("work:revived", _("Failed work was started again")),
    )
}


def event(code: str) -> Event:
    """The event of that code. Raises KeyError for a code outside the closed catalogue."""
    return EVENTS[code]
