"""The examples of the published document. Invented people and campaigns only."""

CAMPAIGN_ID = "01931c40-1a00-7c55-8e21-5b9d7f3a1c08"
CAMPAIGN = {
    "reference": "diwali-2026", "purpose": "marketing.email.offers",
    "since_at": "2026-11-01T03:30:00Z", "ends_at": "2026-11-12T18:30:00Z",
}  # fmt: skip
STARTED = {"id": CAMPAIGN_ID, **CAMPAIGN, "ended_at": None}
ENDED = {**STARTED, "ended_at": "2026-11-10T12:00:00Z"}
LINE = {
    "number": 1, "subject": "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42", "reason": "consent_withdrawn",
    "at": "2026-11-02T09:14:07.120934Z",
}  # fmt: skip
KILL_LIST = {"lines": [LINE], "after": 1, "has_more": False, "is_settled": True}
NOTHING_NEW = {"lines": [], "after": 1, "has_more": False, "is_settled": True}
