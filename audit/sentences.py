"""Each kind of entry as one sentence with its particulars, for officers. No person is named.

The one place for these words. What has no sentence of its own here is said by the catalogue's,
and by whom.
"""

from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.catalogue import EVENTS
from audit.models import EntryIndex

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OF_THE_PERSON: "dict[str, StrOrPromise]" = {
    "consent:requested": _("The person was asked about %(purpose)s"),
    "consent:deferred": _("The person put off the choice about %(purpose)s"),
    "consent:given": _("The person gave consent to %(purpose)s"),
    "consent:renewed": _("The person renewed the consent to %(purpose)s"),
    "consent:refused": _("The person refused consent to %(purpose)s"),
    "consent:withdrawn": _("The person withdrew the consent to %(purpose)s"),
    "objection:registered": _("The person objected to a use of their data"),
    "objection:lifted": _("The person took an objection back"),
    "restriction:set": _("The person had the use of their data restricted"),
    "device:chosen": _("A choice was made on a device"),
    "device:joined": _("Refusals on a device became the person’s when they signed in"),
    "attribute:volunteered": _("The person volunteered an attribute for %(purpose)s"),
    "attribute:taken_back": _("The person took an attribute back from %(purpose)s"),
    "personalisation:switched_off": _("The person switched personalisation off"),
    "personalisation:switched_on": _("The person switched personalisation on again"),
    "message:seen": _("The person read a message about %(purpose)s"),
    "subject:signed_in": _("The person signed in"),
    "subject:signed_out": _("The person signed out"),
}
"""Acts of the person; where another entered them, that one is named behind."""

ACTS: "dict[str, StrOrPromise]" = {
    "decision:made permit": _("%(who)s was permitted %(purpose)s"),
    "decision:made deny": _("%(who)s was refused %(purpose)s"),
    "behaviour:reported": _("%(who)s reported a behaviour of the person, from which a rest counts"),
    "search:made": _("%(who)s searched whom it may reach for %(purpose)s"),
    "permissions:searched": _("%(who)s searched what it may do with the person’s data"),
    "audience:requested": _("%(who)s asked whom it may reach for %(purpose)s"),
    "audience:recorded": _("%(who)s was told that it may reach the person for %(purpose)s"),
    "audience:recorded nobody": _("A part of an audience of %(who)s for %(purpose)s was recorded"),
    "audience:finished": _("The audience of %(who)s for %(purpose)s was finished"),
    "audience:taken": _("%(who)s took its audience for %(purpose)s away"),
    "rehearsal:started": _("%(who)s began to rehearse a draft policy"),
    "rehearsal:stopped": _("%(who)s stopped the rehearsal of a draft policy"),
    "rehearsal:taken": _("%(who)s took the list of a rehearsal away"),
    "segment:replaced": _("%(who)s replaced a segment"),
    "processing:reported": _("%(who)s reported that the data were used for %(purpose)s"),
    "ai:decided": _("%(who)s reported an AI decision about the person, for %(purpose)s"),
    "values:revealed": _("%(who)s was shown values of a report in clear"),
    "permit:recalled": _("A permit of the service %(target)s for %(purpose)s was recalled"),
    "recall:heard": _("The service %(target)s acknowledged a recall about %(purpose)s"),
    "campaign:started": _("%(who)s started a campaign for %(purpose)s"),
    "campaign:ended": _("%(who)s ended a campaign for %(purpose)s"),
    "emergency:opened": _("%(who)s opened the person’s data to %(target)s in an emergency"),
    "emergency:ended": _("%(who)s ended the emergency use by %(target)s"),
    "emergency:reviewed": _("%(who)s reviewed the emergency use by %(target)s"),
    "endpoint:added": _("%(who)s added an address for recalls of the service %(target)s"),
    "endpoint:changed": _("%(who)s changed the secret for recalls of the service %(target)s"),
    "endpoint:ended": _("%(who)s ended the address for recalls of the service %(target)s"),
    "subscriber:added": _("%(who)s made the service %(target)s a subscriber of events"),
    "subscriber:changed": _("%(who)s changed how the service %(target)s is sent events"),
    "subscriber:agreed": _("The address of the service %(target)s agreed to be sent events"),
    "subscriber:stopped": _("%(who)s stopped events to the service %(target)s"),
    "subscriber:resumed": _("%(who)s resumed events to the service %(target)s"),
    "subscriber:replayed": _("%(who)s had events told again to the service %(target)s"),
    "events:heard": _("The service %(target)s heard events"),
    "events:confirmed": _("%(who)s confirmed that it acted on events"),
    "events:late": _("The service %(target)s did not confirm in time that a use has ended"),
    "consent:expired": _("The consent to %(purpose)s expired"),
    "consent:revoked": _("%(who)s ended the consent to %(purpose)s for the controller"),
    "state:rebuilt": _("Where the person stands on %(purpose)s was worked out anew"),
    "ledger:export_started": _("%(who)s asked for an export of consents"),
    "ledger:export_finished": _("An export of consents was finished"),
    "ledger:export_taken": _("%(who)s took an export of consents away"),
    "consent:invalidated": _("%(who)s found the consent to %(purpose)s invalid"),
    "commitment:recorded": _("%(who)s recorded a commitment to the person"),
    "commitment:ended": _("%(who)s ended a commitment to the person"),
    "ground:recorded": _("%(who)s recorded a ground other than consent for %(purpose)s"),
    "ground:activated": _("%(who)s put a ground other than consent in force for %(purpose)s"),
    "ground:ended": _("%(who)s ended a ground other than consent for %(purpose)s"),
    "reminders:set": _("%(who)s set what people are written about %(purpose)s"),
    "notice:ordered": _("%(who)s had the notices owed for old consents to %(purpose)s sent"),
    "notice:given": _("The notice owed for the person’s old consent to %(purpose)s was given"),
    "message:sent": _("A message about %(purpose)s was sent to the person"),
    "message:kept": _("A message about %(purpose)s waits for the person in the portal"),
    "message:dropped": _("A message about %(purpose)s was no longer needed"),
    "purpose:drafted": _("%(who)s drafted a version of the purpose %(purpose)s"),
    "purpose:approved": _("%(who)s approved a version of the purpose %(purpose)s"),
    "purpose:taken_back": _(
        "%(who)s took a version of the purpose %(purpose)s back before it began"
    ),
    "purpose:closed": _("%(who)s closed the purpose %(purpose)s"),
    "policy:drafted": _("%(who)s drafted a version of the policy"),
    "policy:rule_put": _("%(who)s wrote a rule of the draft policy"),
    "policy:rule_removed": _("%(who)s removed a rule of the draft policy"),
    "policy:rules_replaced": _("%(who)s replaced the rules of the draft policy"),
    "policy:rehearsed": _("A draft of the policy was rehearsed by %(who)s"),
    "policy:approved": _("%(who)s approved a version of the policy"),
    "policy:discarded": _("%(who)s gave a draft of the policy up"),
    "policy:rolled_back": _("%(who)s took a version of the policy out of force"),
    "view:drafted": _("%(who)s drafted a version of the views of profiles"),
    "view:rules_put": _("%(who)s wrote rules of the drafted views"),
    "view:rule_removed": _("%(who)s removed a rule of the drafted views"),
    "view:previewed": _("%(who)s looked at a preview of the drafted views"),
    "view:approved": _("%(who)s approved a version of the views of profiles"),
    "view:discarded": _("%(who)s gave the drafted views up"),
    "view:rolled_back": _("%(who)s took the views of profiles back to an earlier version"),
    "reader_role:created": _("%(who)s named a reader’s role"),
    "reader_role:retired": _("%(who)s took a reader’s role out of use"),
    "seat:granted": _("%(who)s gave somebody a seat to read profiles from"),
    "seat:ended": _("%(who)s ended a seat to read profiles from"),
    "notice:drafted": _("%(who)s drafted a version of a notice"),
    "notice:published": _("%(who)s published a version of a notice"),
    "notice:taken_back": _("%(who)s took a version of a notice back before it began"),
    "translation:drafted": _("%(who)s drafted the words of a notice in a language"),
    "translation:approved": _("%(who)s approved the words of a notice in a language"),
    "waiver:recorded": _("%(who)s waived languages of a notice until a day"),
    "waiver:approved": _("%(who)s approved a waiver of languages"),
    "subject:created": _("%(who)s added the person"),
    "subject:changed": _("%(who)s changed facts about the person"),
    "subject:identified": _("%(who)s added an identifier of the person"),
    "subject:relation_ended": _("%(who)s ended a relationship of the person"),
    "subject:age_learnt": _("%(who)s put on record what was learnt of the person’s age"),
    "parent:named": _("%(who)s named a parent of the person"),
    "parent:verified": _("%(who)s verified a parent of the person"),
    "parent:not_verified": _("%(who)s could not verify a parent of the person"),
    "parent:declined": _("Somebody named as a parent of the person said that they are not"),
    "parent:lapsed": _("Nobody answered in time for the person, who is a child"),
    "parent:ended": _("%(who)s ended the verification of a parent of the person"),
    "guardian:recorded": _("%(who)s recorded the appointment of a guardian of the person"),
    "guardian:verified": _("%(who)s verified the appointment of a guardian of the person"),
    "guardian:refused": _("%(who)s did not accept the appointment of a guardian of the person"),
    "guardian:ended": _("%(who)s ended the appointment of a guardian of the person"),
    "subject:merged": _("%(who)s joined two records of the person"),
    "subject:split": _("%(who)s found joined records to be of two people"),
    "consent:unknown": _("The consent to %(purpose)s went back to the person it is of"),
    "subject:related": _("%(who)s recorded a relationship of the person"),
    "subject:key_destroyed": _("%(who)s destroyed the person’s data key"),
    "standing:set": _("%(who)s set a standing of the person"),
    "standing:ended": _("%(who)s ended a standing of the person"),
    "controller:created": _("%(who)s created the controller"),
    "officer:created": _("%(who)s created a staff account"),
    "officer:signed_in": _("%(who)s signed in"),
    "officer:signed_out": _("%(who)s signed out"),
    "officer:password_changed": _("%(who)s changed their password"),
    "role:assigned": _("%(who)s gave %(target)s a role"),
    "role:removed": _("%(who)s took a role from %(target)s"),
    "service:created": _("%(who)s registered the service %(target)s"),
    "service:changed": _("%(who)s changed the service %(target)s"),
    "key:issued": _("%(who)s issued a key for the service %(target)s"),
    "key:revoked": _("%(who)s revoked a key of the service %(target)s"),
    "party:recorded": _("%(who)s recorded a party"),
    "party:changed": _("%(who)s changed a party"),
    "category:recorded": _("%(who)s recorded a data category"),
    "system:recorded": _("%(who)s recorded a connected system"),
    "system:changed": _("%(who)s changed a connected system"),
    "attribute:defined": _("%(who)s defined an attribute of profiles"),
    "attribute:changed": _("%(who)s changed an attribute of profiles"),
    "attribute:retired": _("%(who)s retired an attribute of profiles"),
    "profile:recorded": _("%(who)s handed in values about the person"),
    "profile:ended": _("Values about the person reached the end of their retention"),
    "finding:recorded": _("%(who)s recorded a legal finding"),
    "finding:approved": _("%(who)s approved a legal finding"),
    "finding:ended": _("%(who)s took a legal finding back"),
    "model:recorded": _("%(who)s recorded an AI model"),
    "model:approved": _("%(who)s approved an AI model"),
    "model:retired": _("%(who)s retired an AI model"),
    "freeze:set": _("%(who)s froze a service, a party or a system because of an incident"),
    "freeze:released": _("%(who)s released a freeze"),
    "restriction:announced": _("%(who)s announced that a restriction ends"),
    "restriction:told": _("%(who)s told the person that a restriction ends"),
    "restriction:lifted": _("%(who)s lifted a restriction"),
    "objection:decided": _("%(who)s decided on the person’s objection"),
    "channel:suppressed": _("%(who)s closed a channel to the person"),
    "channel:released": _("%(who)s opened a channel to the person again"),
    "import:started": _("%(who)s started an import"),
    "import:finished": _("The import of %(who)s was finished"),
    "keys:rotated": _("%(who)s rotated a key"),
    "record:viewed": _("%(who)s opened a page about the person"),
    "record:viewed nobody": _("%(who)s opened a page that shows nobody"),
    "list:viewed": _("%(who)s saw the person in a list"),
    "list:viewed nobody": _("%(who)s saw a list that shows nobody"),
    "identifier:revealed": _("%(who)s was shown an identifier of the person in clear"),
    "person:searched found": _("%(who)s looked somebody up and found the person"),
    "person:searched not_found": _("%(who)s looked somebody up and found nobody"),
    "person:searched": _("%(who)s looked somebody up"),
    "record:read": _("%(who)s read what is stored about the person"),
    "link:issued": _("The person was sent a link to sign in"),
    "export:started": _("%(who)s started an export of the log"),
    "export:finished": _("An export of the log was finished"),
    "export:taken": _("%(who)s took an export of the log away"),
    "evidence:taken": _("%(who)s took an evidence pack about %(purpose)s"),
    "subject:forgotten": _("%(who)s took a person out of the log’s index"),
    "retention:dropped": _("%(who)s ended records whose time was over"),
    "retention:released": _("%(who)s let go records that were held beyond their time"),
    "retention:hold_set": _("%(who)s put records under a legal hold"),
    "retention:hold_ended": _("%(who)s ended a legal hold on records"),
    "log:heartbeat": _("The log was alive and had nothing to record"),
    "log:viewed": _("%(who)s looked at the state of the log"),
    "manager:registered": _("%(who)s registered a consent manager"),
    "manager:accepted": _("%(who)s accepted a consent manager"),
    "manager:suspended": _("%(who)s suspended a consent manager"),
    "manager:key_added": _("%(who)s added a key of a consent manager"),
    "manager:key_revoked": _("%(who)s revoked a key of a consent manager"),
    "site:added": _("%(who)s registered a site of the company"),
    "site:ended": _("%(who)s took a site of the company off the list"),
    "sharing:recorded": _("%(who)s recorded that data of the person were shared"),
    "alarm:raised": _("An alarm of the log was raised"),
    "alarm:acknowledged": _("%(who)s acknowledged an alarm of the log"),
}
"""Acts of others. A code may be followed by the outcome, or by `nobody` where nobody is shown."""


def sentence(entry: EntryIndex, *, who: str, target: str, reason: str) -> str:
    """What an entry says. `who`, `target` and `reason` are its actor, target and reason in words.

    Total: an event of a version after this one is said by its code.
    """
    names = {"who": who, "purpose": entry.purpose or gettext("no purpose"), "target": target}
    text = capfirst(_said(entry, names))
    return f"{text}. {reason}" if reason else text


def _said(entry: EntryIndex, names: dict[str, str]) -> str:
    if entry.event in OF_THE_PERSON:
        said = str(OF_THE_PERSON[entry.event]) % names
        if entry.actor_type == "subject":
            return said
        return gettext("%(said)s, as recorded by %(who)s") % {**names, "said": said}
    for code in _codes(entry):
        if code in ACTS:
            return str(ACTS[code]) % names
    known = EVENTS.get(entry.event)
    said = str(known.sentence) if known else entry.event
    return gettext("%(said)s (%(who)s)") % {**names, "said": said}


def _codes(entry: EntryIndex) -> list[str]:
    """How `ACTS` may name the entry, the most telling name first."""
    particulars = [entry.outcome, "nobody" if entry.subject_id is None else ""]
    return [*(f"{entry.event} {one}" for one in particulars if one), entry.event]
