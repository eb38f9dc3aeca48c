"""Verification: whatever was edited, removed, inserted or moved is named by its position.

Signed checkpoints hold the tree; the tree holds the commitments; a commitment holds its payload.
Whom the index means is beyond it: payloads name a person by pseudonym only (P6). That a log was
signed anew or set back as a whole nobody can see from within: `verify` takes older checkpoints.
"""

import time

from django.conf import settings

from audit.verification import vitals, watch
from audit.verification.findings import Finding, Problem
from audit.verification.sweeping import sweep
from audit.verification.whole import notes_in, verify

__all__ = ["Finding", "Problem", "go_on", "notes_in", "verify"]


def go_on(*, seconds: float | None = None) -> None:
    """One run of the watch: raises alarms, clears those whose cause is gone, notes its progress.

    Takes about `AUDIT_VERIFY_SECONDS` at most. Raises KeyUnavailableError without keys, but not
    before it has looked at what waits.
    """
    began = time.monotonic()
    stuck = vitals.stuck_groups()
    vitals.judge()
    try:
        until = began + (settings.AUDIT_VERIFY_SECONDS if seconds is None else seconds)
        watch.verify_logs(until=until)
        sweep(until=until)
    finally:
        vitals.judge_waiting(stuck, since=began)
