"""The examples of the published document. Invented people and companies only."""

SUBJECT = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
DECISION = "01931c33-02d0-7b11-8a3c-0d9e8f7a6b5c"
ENTRY = "01931c34-4c80-7e02-9b1d-3a5c7e9f1b2d"

PROCESSING = {
    "subject": SUBJECT, "purpose": "marketing.email.offers", "decision_id": DECISION,
    "started_at": "2026-03-14T09:27:02+05:30", "data": ["pd:EmailAddress"],
    "operations": ["Use"], "recipients": ["post"],
}  # fmt: skip
PROCESSING_BULK = {
    "items": [
        PROCESSING,
        {**PROCESSING, "subject": {"scheme": "crm", "value": "CRM-20417"}},
    ]
}
AI_DECISION = {
    "subject": SUBJECT, "purpose": "marketing.email.offers", "decision_id": DECISION,
    "model": "propensity", "model_version": "2026.3", "output": "send_offer_12",
    "automation_level": "full_automation", "started_at": "2026-03-14T09:27:02+05:30",
    "ended_at": "2026-03-14T09:27:03+05:30", "data_as_of": "2026-03-14T00:00:00+05:30",
    "data": ["pd:EmailAddress", "pd:PurchaseHistory"], "operations": ["Profiling"],
    "values": {"pd:PurchaseHistory": "3 orders in 90 days"}, "score": "0.73",
    "threshold": "0.60", "notified": True,
    "factors": [{"name": "orders_in_90_days", "direction": "raised", "weight": "0.41"}],
}  # fmt: skip
BACKED = {"id": ENTRY, "outcome": "backed", "reasons": [], "values_lost": False}
UNBACKED = {**BACKED, "outcome": "unbacked", "reasons": ["DECISION_EXPIRED"]}
MANY = {"items": [BACKED, UNBACKED]}
