"""The record in the W3C Data Privacy Vocabulary, as JSON-LD (CON-11). Pure.

Follows the profile for ISO/IEC TS 27560 (https://w3id.org/dpv/schema/dpv-27560). Every term is one
of DPV 2.3 or of our own namespace; `consent.versions.vocabulary` holds the lists, which a test
compares.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from consent.records.content import UNTIL_WITHDRAWN
from consent.versions.vocabulary import NAMESPACES, terms

PROFILE: Final = "https://w3id.org/dpv/schema/dpv-27560#"
OURS: Final = "urn:sammati:"
CONTEXT: Final = {
    **NAMESPACES,
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sammati": OURS,
}
STATUS: Final = {
    "unknown": "dpv:ConsentUnknown", "requested": "dpv:ConsentRequested",
    "deferred": "dpv:ConsentRequestDeferred", "given": "dpv:ConsentGiven",
    "renewed": "dpv:RenewedConsentGiven", "refused": "dpv:ConsentRefused",
    "withdrawn": "dpv:ConsentWithdrawn", "expired": "dpv:ConsentExpired",
    "revoked": "dpv:ConsentRevoked", "invalidated": "dpv:ConsentInvalidated",
}  # fmt: skip
PARTIES: Final = {
    "controller": "dpv:DataController", "processor": "dpv:DataProcessor",
    "internal": "dpv:OrganisationalUnit", "recipient": "dpv:ThirdParty",
    "consent_manager": "dpv:ThirdParty",
}  # fmt: skip

Content = Mapping[str, Any]
Node = dict[str, Any]


def document(content: Content, token: str) -> Node:
    """The receipt as JSON-LD; `token` is the same content signed, so that it can be verified."""
    law = content["pii_processing"]["purposes"][0]["jurisdiction"]
    kind = "eu-gdpr" if law == ["EU"] else "record"
    return {
        "@context": dict(CONTEXT),
        "@id": f"{OURS}receipt:{content['receipt_id']}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": content["receipt_id"],
        "dct:conformsTo": {"@id": f"{PROFILE}receipt-{kind}"},
        "dct:created": _time(content["recorded_time"]),
        "dct:publisher": {"@id": _party_id(content["pii_controller"]["id"])},
        "dpv:hasRecordOfActivity": _record(
            content, "record" if kind == "record" else "record-" + kind
        ),
        "sammati:signed": token,
    }


def _record(content: Content, profile: str) -> Node:
    processing = content["pii_processing"]
    return {
        "@id": f"urn:uuid:{content['record_id']}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": content["record_id"],
        "dct:conformsTo": {"@id": f"{PROFILE}{profile}"},
        "dpv:hasDataSubject": {
            "@id": f"{OURS}subject:{content['pii_principal_id']}", "@type": "dpv:DataSubject",
        },
        "dpv:hasNotice": _notice(content),
        "dct:language": content["language"],
        "dpv:hasProcess": [_process(content, one) for one in processing["purposes"]],
        **_event(content),
    }  # fmt: skip


def _notice(content: Content) -> Node:
    notice = content["privacy_notice"]
    return {
        "@type": "dpv:ConsentNotice",
        "dct:identifier": notice["id"],
        "dct:title": notice["code"],
        "dct:hasVersion": notice["version"],
        "dct:source": content["pii_processing"]["privacy_notice"],
        "sammati:sha256": notice["sha256"],
    }


def _event(content: Content) -> Node:
    """What was decided, by whom, when and for how long."""
    event = content["consent_events"][0]
    return {
        "dpv:hasConsentStatus": {"@id": STATUS[event["event_state"]]},
        "dpv:hasLegalBasis": {"@id": event["event_type"]},
        "dpv:isIndicatedAtTime": _time(event["event_time"]),
        "dpv:isIndicatedBy": {"@id": f"{OURS}subject:{event['entity_id']}"},
        "dpv:hasIndicationMethod": content["method"],
        "dpv:hasDuration": _lasting(event["validity_duration"]),
    }


def _process(content: Content, purpose: Content) -> Node:
    code = content["purpose"]
    parties = content["party_identification"]
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@id": f"{OURS}purpose:{code}",
            "@type": "dpv:Purpose",
            "skos:broader": {"@id": purpose["purpose_type"]},
            "dct:identifier": code,
            "dct:title": purpose["purpose"],
            "dct:description": purpose["purpose_description"],
        },
        "dpv:hasLegalBasis": _ids(purpose["lawful_basis"]),
        "dpv:hasPersonalData": [_data(one) for one in purpose["pii_information"]],
        "dpv:hasProcessing": _ids(purpose["processing_method"]),
        "dpv:hasDataController": [_party(one) for one in parties if _is_controller(one)],
        "dpv:hasRecipient": [_party(one) for one in parties if not _is_controller(one)],
        "dpv:hasStorageCondition": [
            _storage("Location", _places(purpose["storage_locations"])),
            _storage("Duration", _lasting(purpose["retention_period"])),
        ],
        "dpv:hasProcessingCondition": {
            "@type": "dpv:ProcessingLocation",
            "dpv:hasLocation": _places(purpose["processing_locations"]),
        },
        "dpv:hasService": {"@type": "dpv:Service", "dct:title": purpose["service"]},
        "dpv:hasJurisdiction": list(purpose["jurisdiction"]),
        "dpv:hasRight": _ids(purpose["privacy_rights"]),
        "dpv:hasAuthority": _ids(purpose["authority_party"]),
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": purpose["withdrawal_method"],
        },
    }  # fmt: skip


def _storage(what: str, value: Node | list[Node]) -> Node:
    return {"@type": f"dpv:Storage{what}", f"dpv:has{what}": value}


def _is_controller(party: Content) -> bool:
    return bool(party["party_type"] == "controller")


def _data(one: Content) -> Node:
    """A term of the vocabulary as it is, the company's own word in our namespace."""
    code = one["pii_attribute_id"]
    kinds = ["dpv:PersonalData"]
    if one["sensitive_pii_category"]:
        kinds.append("dpv:SensitivePersonalData")
    if one["special_pii_category"]:
        kinds.append("dpv:SpecialCategoryPersonalData")
    return {
        "@id": data_id(code),
        "@type": kinds,
        "dct:identifier": code,
        "dct:title": one["pii_type"],
        "dpv:hasNecessity": {"@id": "dpv:Optional" if one["pii_optional"] else "dpv:Required"},
    }


def data_id(code: str) -> str:
    """The term of a category of data, or an address of ours for a word of the company's own."""
    return code if code in terms() else f"{OURS}data:{quote(code, safe='')}"


def _party(one: Content) -> Node:
    contact = one["party_contact"]
    return {
        "@id": _party_id(one["party_id"]),
        "@type": PARTIES[one["party_type"]],
        "dpv:hasName": one["party_name"],
        "dpv:hasAddress": one["party_address"]["country"],
        "dpv:hasContact": contact["email"]
        if "email" in contact
        else {"@id": _party_id(contact["through"])},
    }


def _party_id(text: str) -> str:
    return f"{OURS}party:{text}"


def _places(countries: list[str]) -> list[Node]:
    return [{"@type": "dpv:Country", "dct:identifier": one} for one in countries]


def _lasting(text: str) -> Node:
    if text == UNTIL_WITHDRAWN:
        return {"@type": "dpv:UntilEventDuration", "dct:description": "until it is withdrawn"}
    return {
        "@type": "dpv:TemporalDuration",
        "dct:extent": {"@type": "xsd:duration", "@value": text},
    }


def _time(text: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": text}


def _ids(found: list[str]) -> list[Node]:
    return [{"@id": one} for one in found]
