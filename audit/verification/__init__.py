"""Verification: whatever was edited, removed, inserted or moved is named by its position.

Signed checkpoints hold the tree; the tree holds the commitments; a commitment holds its payload.
Whom the index means is beyond it: payloads name a person by pseudonym only (P6). That a log was
signed anew or set back as a whole nobody can see from within: `verify` takes older checkpoints.
"""

from audit.verification.findings import Finding, Problem
from audit.verification.whole import notes_in, verify

__all__ = ["Finding", "Problem", "notes_in", "verify"]
