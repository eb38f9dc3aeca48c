"""The answer as an ODRL 2.2 agreement: what the person allows whom, for what, until when. Pure.

A yes is a permission; anything else is a prohibition of the same, for what is not permitted must
not read as if nobody had decided. Deleting the data after their period is the controller's duty.
"""

from collections.abc import Mapping
from typing import Any, Final

from consent.records.dpv import CONTEXT, OURS, data_id

ODRL: Final = "http://www.w3.org/ns/odrl.jsonld"
RUNNING: Final = frozenset(("given", "renewed"))

Content = Mapping[str, Any]
Node = dict[str, Any]


def document(content: Content) -> Node:
    """The agreement between the person (assigner) and the controller (assignee)."""
    purpose = content["pii_processing"]["purposes"][0]
    kind = "permission" if content["event_state"] in RUNNING else "prohibition"
    return {
        "@context": [ODRL, dict(CONTEXT)],
        "@type": "Agreement",
        "uid": f"{OURS}agreement:{content['record_id']}",
        "profile": "https://w3id.org/dpv",
        "assigner": f"{OURS}subject:{content['pii_principal_id']}",
        "assignee": f"{OURS}party:{content['pii_controller']['id']}",
        kind: [_rule(content, purpose, one, kind) for one in purpose["pii_information"]],
        "obligation": [_deletion(purpose, one) for one in purpose["pii_information"]],
    }


def _rule(content: Content, purpose: Content, data: Content, kind: str) -> Node:
    return {
        "target": data_id(data["pii_attribute_id"]),
        "action": list(purpose["processing_method"]),
        "constraint": _constraints(content, purpose, is_permission=kind == "permission"),
    }


def _constraints(content: Content, purpose: Content, *, is_permission: bool) -> list[Node]:
    found = [_constraint("purpose", "isA", {"@id": purpose["purpose_type"]})]
    found.append(_constraint("purpose", "eq", f"{OURS}purpose:{content['purpose']}"))
    if is_permission:
        found += [
            _constraint(
                "dpv:hasLegalBasis", "isAnyOf", [{"@id": b} for b in purpose["lawful_basis"]]
            ),
            _constraint("dpv:hasRecipient", "isAnyOf", _recipients(content, purpose)),
        ]
        if content["validity_end"]:
            end = {"@type": "xsd:dateTime", "@value": content["validity_end"]}
            found.append(_constraint("dateTime", "lt", end))
    return found


def _recipients(content: Content, purpose: Content) -> list[Node]:
    ids = [content["pii_controller"]["id"], *purpose["recipient_third_parties"]]
    return [{"@id": f"{OURS}party:{one}"} for one in ids]


def _deletion(purpose: Content, data: Content) -> Node:
    """Due when the period after the end of the purpose is over."""
    period = {"@type": "xsd:duration", "@value": purpose["retention_period"]}
    return {
        "target": data_id(data["pii_attribute_id"]),
        "action": "delete",
        "constraint": [_constraint("delayPeriod", "lteq", period)],
    }


def _constraint(left: str, operator: str, right: Any) -> Node:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}
