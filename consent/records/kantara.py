"""The receipt as Kantara Consent Receipt 1.1 has it, for those who read that. Pure.

It knows neither a withdrawn consent nor several laws: it states what the person was asked and, in
`termination`, how it ended or may end.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

VERSION: Final = "KI-CR-v1.1.0"
NO_PHONE: Final = "-"
"""The format insists on a telephone number; a controller here need not have one."""
EXPLICIT: Final = "EXPLICIT"
"""By an act of the person, as every consent here is."""

Content = Mapping[str, Any]


def document(content: Content) -> dict[str, Any]:
    """The content of a full receipt in the other format's members."""
    processing = content["pii_processing"]
    data = [one for purpose in processing["purposes"] for one in purpose["pii_information"]]
    special = sorted({one["pii_type"] for one in data if one["sensitive_pii_category"]})
    return {
        "version": VERSION,
        "jurisdiction": ", ".join(processing["purposes"][0]["jurisdiction"]),
        "consentTimestamp": int(datetime.fromisoformat(content["event_time"]).timestamp()),
        "collectionMethod": content["method"],
        "consentReceiptID": content["receipt_id"],
        "language": content["language"],
        "piiPrincipalId": content["pii_principal_id"],
        "piiControllers": [
            _controller(one)
            for one in content["party_identification"]
            if one["party_type"] == "controller"
        ],
        "policyUrl": processing["privacy_notice"] or processing["purposes"][0]["withdrawal_method"],
        "services": [_service(content, one) for one in processing["purposes"]],
        "sensitive": bool(special),
        "spiCat": special,
    }


def _controller(party: Content) -> dict[str, Any]:
    return {
        "piiController": party["party_name"],
        "onBehalf": False,
        "contact": party["party_contact"]["name"],
        "address": {"addressCountry": party["party_address"]["country"]},
        "email": party["party_contact"]["email"],
        "phone": NO_PHONE,
        "piiControllerUrl": party["party_url"],
    }


def _service(content: Content, purpose: Content) -> dict[str, Any]:
    names = {one["party_id"]: one["party_name"] for one in content["party_identification"]}
    others = [names[one] for one in purpose["recipient_third_parties"]]
    disclosed: dict[str, Any] = {"thirdPartyDisclosure": bool(others)}
    if others:
        disclosed["thirdPartyName"] = ", ".join(others)
    return {
        "service": purpose["service"],
        "purposes": [
            {
                "purpose": purpose["purpose"],
                "purposeCategory": [purpose["purpose_type"]],
                "consentType": EXPLICIT,
                "piiCategory": [one["pii_type"] for one in purpose["pii_information"]],
                "primaryPurpose": True,
                "termination": _termination(content, purpose),
                **disclosed,
            }
        ],
    }


def _termination(content: Content, purpose: Content) -> str:
    state: str = content["event_state"]
    if state not in {"given", "renewed"}:
        return state
    ends = content["validity_end"]
    until = f"until {ends}, or " if ends else ""
    return f"{until}until it is withdrawn at {purpose['withdrawal_method']}"
