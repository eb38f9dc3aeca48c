"""The signature over an approved version: who approved which rules, from when on.

Signed with the installation's Ed25519 key; the statement names the controller, so that a signature
serves for no other. What does not verify is never compiled (POL-14).
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from audit.canonical import canonical
from audit.services import micros
from keys import services as keys
from keys.provider import Signature
from policies.guardrails.model import canonical_rules, parse

KIND = "sammati/policy-version/1"


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed."""

    controller_id: UUID
    number: int
    sha256: str
    created_by: str
    approved_by: str
    effective_from: datetime

    @property
    def body(self) -> bytes:
        """The canonical bytes."""
        return canonical({
            "kind": KIND, "controller": str(self.controller_id), "number": self.number,
            "sha256": self.sha256, "created_by": self.created_by,
            "approved_by": self.approved_by, "effective_from": micros(self.effective_from),
        })  # fmt: skip


def digest(rules: Any) -> str:
    """The SHA-256 of rules as stored, hexadecimal. Raises RulesError."""
    return hashlib.sha256(canonical_rules(parse(rules))).hexdigest()


def signed(statement: Statement) -> Signature:
    """Raises KeyUnavailableError."""
    return keys.sign(statement.body)


def is_genuine(statement: Statement, signature: Signature) -> bool:
    """Whether one of our keys signed exactly this. Raises KeyUnavailableError."""
    return keys.verify(statement.body, signature)
