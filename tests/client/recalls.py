"""Recalls as the suite sends them, made here from the text of Standard Webhooks alone."""

import base64
import hashlib
import hmac
import json
import time

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
FORMER = "whsec_" + base64.b64encode(b"f" * 32).decode()
PURPOSE = "marketing.email.offers"
PERSON = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"


def recall(subject=PERSON, purpose=PURPOSE, message_id="r-1", **more):
    """The body of a recall."""
    data = {
        "subject": subject, "purpose": purpose, "reason": "consent_withdrawn", "decisions": [],
        "decisions_omitted": 0, "campaigns": [], **more,
    }  # fmt: skip
    event = {
        "specversion": "1.0", "id": message_id, "type": "org.sammati.permit.recalled",
        "source": "urn:uuid:1", "time": "2026-11-02T09:14:07Z",
        "datacontenttype": "application/json", "data": data,
    }  # fmt: skip
    return json.dumps(event).encode()


def signed(body, *, secret=SECRET, message_id="r-1", at=None):
    """The headers that sign it."""
    stamp = str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    message = f"{message_id}.{stamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id, "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }  # fmt: skip
