"""What a full receipt says: the record of one answer, complete by ISO/IEC TS 27560:2023. Pure.

The sections and members have the standard's names: 6.3 the record (header, processing of personal
information, parties, events), 6.4 the receipt. The flat members are those of the short receipt, so
that one rule compares either with the log. What the standard asks for and nobody recorded is there
and empty; what it only allows is left out.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from consent.records.facts import Data, Facts, Line, Party, Purpose

SCHEMA: Final = "sammati-receipt-2"
UNTIL_WITHDRAWN: Final = "until_withdrawn"
EXPLICIT: Final = "dpv:ExplicitlyExpressedConsent"
EXPRESSED: Final = "dpv:ExpressedConsent"
RIGHTS: Final = {
    "IN": (
        "in-dpdp:S11-access", "in-dpdp:S12-correction", "in-dpdp:S12-erasure",
        "in-dpdp:S13-grievance", "in-dpdp:S14-nomination",
    ),
    "EU": (
        "eu-gdpr:A7-3", "eu-gdpr:A15", "eu-gdpr:A16", "eu-gdpr:A17", "eu-gdpr:A18", "eu-gdpr:A20",
        "eu-gdpr:A77",
    ),
}  # fmt: skip
"""What a person may ask for where consent is the ground, by law."""
AUTHORITIES: Final = {"IN": "legal-in:DPA-IN"}
SERVICE_PROVIDERS: Final = frozenset(("internal", "processor"))


def content(facts: Facts) -> dict[str, Any]:
    """The content of the full receipt: texts, whole numbers and flags only, so that it is signed
    as canonical JSON."""
    return {
        **_slip(facts),
        "pii_processing": {
            "privacy_notice": facts.notice.url if facts.notice else "",
            "language": facts.line.language,
            "purposes": [_purpose(facts)],
        },
        "party_identification": [
            _party(one, facts.controller) for one in (facts.controller, *facts.recipients)
        ],
        "consent_events": [_event(facts.line)],
        "evidence": _evidence(facts),
    }


def _slip(facts: Facts) -> dict[str, Any]:
    """The short receipt's members."""
    line, notice = facts.line, facts.notice
    return {
        "schema_version": SCHEMA,
        "receipt_id": line.id,
        "record_id": line.id,
        "pii_principal_id": line.subject,
        "pii_controller": {"id": facts.controller.id, "name": facts.controller.name},
        "purpose": facts.purpose.code,
        "purpose_version": facts.purpose.version,
        "event_state": line.state,
        "event_time": line.event_at.isoformat(),
        "recorded_time": line.recorded_at.isoformat(),
        "validity_end": line.expires_at.isoformat() if line.expires_at else "",
        "language": line.language,
        "privacy_notice": {
            "id": notice.id if notice else "",
            "code": notice.code if notice else "",
            "version": notice.version if notice else 0,
            "sha256": notice.sha256 if notice else "",
        },
        "method": line.method,
        "channel": line.channel,
        "given_by": line.given_by,
    }


def _purpose(facts: Facts) -> dict[str, Any]:
    """One purpose with everything that is done for it (6.3.4)."""
    purpose, notice, laws = facts.purpose, facts.notice, sorted(facts.purpose.bases)
    return {
        "purpose": purpose.title,
        "purpose_description": purpose.description,
        "purpose_enables": purpose.enables,
        "purpose_type": purpose.term,
        "lawful_basis": [purpose.bases[law] for law in laws],
        "pii_information": [_data(one) for one in purpose.data],
        "pii_controllers": [facts.controller.id],
        "processing_method": list(_operations(purpose)),
        "storage_locations": _countries(facts, SERVICE_PROVIDERS),
        "retention_period": f"P{purpose.retention_days}D",
        "processing_locations": _countries(facts, None),
        "service": purpose.service,
        "jurisdiction": laws,
        "recipient_third_parties": [one.id for one in facts.recipients],
        "withdrawal_method": notice.withdrawal if notice else facts.controller.url,
        "privacy_rights": [right for law in laws for right in RIGHTS.get(law, ())],
        "authority_party": [AUTHORITIES[law] for law in laws if law in AUTHORITIES],
    }


def _operations(purpose: Purpose) -> tuple[str, ...]:
    return tuple(one if ":" in one else f"dpv:{one}" for one in purpose.operations)


def _data(one: Data) -> dict[str, Any]:
    """Personal information (6.3.5). A purpose lists what is necessary for it and nothing else."""
    return {
        "pii_type": one.name,
        "pii_attribute_id": one.code,
        "pii_optional": False,
        "sensitive_pii_category": one.is_special or one.is_criminal,
        "special_pii_category": one.is_special,
    }


def _countries(facts: Facts, kinds: frozenset[str] | None) -> list[str]:
    """Where the controller is established and where its parties process."""
    parties = [one for one in facts.recipients if kinds is None or one.kind in kinds]
    return sorted({facts.controller.country, *(one.country for one in parties)})


def _party(one: Party, controller: Party) -> dict[str, Any]:
    """A party (6.3.6). A recipient without a contact of its own is reached by the controller."""
    contact = {"name": one.contact, "email": one.email}
    return {
        "party_id": one.id,
        "party_name": one.name,
        "party_address": {"country": one.country},
        "party_contact": contact if one.email else {"through": controller.id},
        "party_type": one.kind,
        "party_url": one.url,
    }


def _event(line: Line) -> dict[str, Any]:
    """The event (6.3.7)."""
    return {
        "event_time": line.event_at.isoformat(),
        "validity_duration": duration(line.event_at, line.expires_at),
        "entity_id": line.guardian or line.subject,
        "event_type": EXPLICIT if line.is_explicit else EXPRESSED,
        "event_state": line.state,
    }


def _evidence(facts: Facts) -> dict[str, Any]:
    """What is kept beyond the standard: how the answer was taken (CON-13), and what it binds."""
    line, notice = facts.line, facts.notice
    return {
        "recorded_by": line.actor,
        "guardian_verified": line.is_guardian_verified,
        "reason": line.reason,
        "taken": {name: str(value) for name, value in sorted(line.evidence.items())},
        "notice_law": notice.law if notice else "",
        "complaint": notice.complaint if notice else "",
        "authority": notice.authority if notice else "",
        "uses_ai": facts.purpose.uses_ai,
    }


def duration(begins: datetime, ends: datetime | None) -> str:
    """How long a consent lasts, as ISO 8601 writes it: whole days, or else seconds."""
    if ends is None:
        return UNTIL_WITHDRAWN
    lasting = ends - begins
    if lasting % timedelta(days=1):
        return f"PT{max(round(lasting.total_seconds()), 0)}S"
    return f"P{lasting.days}D"
