"""The examples of the published document. Invented people and companies only."""

SUBJECT = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
EVENT = "01931c30-1b40-7d22-8e0f-5a9c3d7b1e64"
NOTICE = "01931c2d-77a0-7c11-b2f3-9d8e7a6b5c40"
CONTROLLER = "01931c2c-0000-7b00-a000-1c2d3e4f5a6b"
PURPOSE = "marketing.email.offers"
SHA256 = "5f1d6cf0a3e8b9d27c4e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c"

MINIMAL = {"subject": SUBJECT, "purpose": PURPOSE, "method": "checkbox"}
FULL = {
    "subject": "CRM-20417", "scheme": "crm", "purpose": PURPOSE, "method": "checkbox",
    "state": "given", "notice": NOTICE, "language": "hi", "channel": "web",
    "event_at": "2026-03-14T09:26:53+05:30",
    "evidence": {"ui_version": "web 4.2.1", "session": "s-81f2", "ip": "203.0.113.77"},
}  # fmt: skip
WITHDRAWAL = {
    "subject": {"scheme": "crm", "value": "CRM-20417"}, "purpose": PURPOSE, "method": "phone",
    "channel": "phone", "reason": "too_many_messages",
}  # fmt: skip
CONSENT = {
    "id": EVENT, "subject": SUBJECT, "purpose": PURPOSE, "sequence": 1, "state": "given",
    "event_at": "2026-03-14T03:56:53Z", "recorded_at": "2026-03-14T03:56:54Z",
    "expires_at": "2028-03-13T03:56:53Z", "purpose_version": 1, "notice": NOTICE,
    "notice_sha256": SHA256, "language": "hi", "method": "checkbox", "channel": "web",
    "given_by": "principal", "guardian": None, "guardian_verified": False, "explicit": False,
    "reason": "",
}  # fmt: skip
RECEIPT = {
    "schema_version": "sammati-receipt-1", "receipt_id": EVENT, "record_id": EVENT,
    "pii_principal_id": SUBJECT, "pii_controller": {"id": CONTROLLER, "name": "Lotus Bazaar"},
    "purpose": PURPOSE, "purpose_version": 1, "event_state": "given",
    "event_time": "2026-03-14T03:56:53+00:00", "recorded_time": "2026-03-14T03:56:54+00:00",
    "validity_end": "2028-03-13T03:56:53+00:00", "language": "hi",
    "privacy_notice": {"id": NOTICE, "code": "website", "version": 1, "sha256": SHA256},
    "method": "checkbox", "channel": "web", "given_by": "principal",
    "signature": {"key_id": "sig-1", "ed25519": "c2lnbmF0dXJl"},
}  # fmt: skip
LOG = f"lotus.example/log/v1/{CONTROLLER}"
PROOF = (
    "c2sp.org/tlog-proof@v1\nextra 3q2+796tvu/erb7v3q2+7w==\nindex 2\n"
    "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=\n\n"
    f"{LOG}\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\n\n"
    f"— {LOG} Uw2QOjuxLto8KY213iVZf1TZJPLhfniiatiVPtghjuaC8L"
    "u+kCHi8wCdFSyRG/HyXsaDqQJxQWZ2evvY5b0PsBJOy4o=\n"
)
RECORDED = {**CONSENT, "receipt": RECEIPT}
WITHDRAWN = {
    **CONSENT, "sequence": 2, "state": "withdrawn", "expires_at": None, "method": "phone",
    "channel": "phone", "reason": "too_many_messages",
    "receipt": {**RECEIPT, "event_state": "withdrawn", "method": "phone", "channel": "phone"},
}  # fmt: skip
STATES = {
    "subject": SUBJECT,
    "states": [
        {
            "purpose": PURPOSE, "title": "Offers by e-mail", "state": "given", "is_valid": True,
            "is_stale": False, "since_at": "2026-03-14T03:56:53Z",
            "expires_at": "2028-03-13T03:56:53Z", "event": EVENT, "notice": NOTICE,
            "language": "hi", "is_closed": False,
        }
    ],
}  # fmt: skip
HISTORY = {"items": [CONSENT], "next_cursor": None}
PURPOSES = {
    "items": [
        {
            "code": PURPOSE, "title": "Offers by e-mail",
            "description": "We write to you about new things and lower prices.",
            "enables": "You learn of an offer before it is over.", "version": 1,
            "dpv_purpose": "dpv:DirectMarketing",
            "dpv_iri": "https://w3id.org/dpv#DirectMarketing", "belongs_to": "",
            "grounds": {"IN": "consent", "EU": "6-1-a"},
            "bases": {
                "IN": "urn:sammati:in-dpdp:S6-consent",
                "EU": "https://w3id.org/dpv/legal/eu/gdpr#A6-1-a",
            },
            "categories": ["pd:EmailAddress"], "operations": ["Use"], "recipients": ["post"],
            "retention_days": 365, "valid_days": 730, "effective_from": "2026-03-01T10:00:00Z",
            "is_registered": True,
        }
    ]
}  # fmt: skip
NOTICE_WORDS = {
    "version": NOTICE, "code": "website", "number": 1, "language": "en", "sha256": SHA256,
    "published_at": "2026-03-01T10:00:00Z", "effective_from": "2026-03-01T10:00:00Z",
    "content": {"title": "What we ask you", "introduction": "One purpose at a time.", "items": []},
}  # fmt: skip
