"""Recorded decisions as typed values again: the facts and the answer of each payload. Pure."""

from dataclasses import dataclass

import msgspec

from audit.canonical import canonical_struct
from policies.pdp.model import Decision, Facts


class _Data(msgspec.Struct, gc=False, frozen=True):
    facts: msgspec.Raw = msgspec.Raw(b"null")
    decision: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""


class _Body(msgspec.Struct, gc=False, frozen=True):
    data: _Data
    subject: str = ""


_body = msgspec.json.Decoder(_Body)
_facts = msgspec.json.Decoder(Facts | None)
_decision = msgspec.json.Decoder(Decision)


class UnreadableDecisionError(ValueError):
    """The bytes are no decision this version can read. Says nothing of what is in them."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one entry says. `person` is the pseudonym, empty where nobody was found."""

    facts: Facts | None
    decision: Decision
    facts_bytes: bytes
    decision_bytes: bytes
    error: str
    person: str

    @property
    def is_whole(self) -> bool:
        """Whether the facts as read have the very bytes of the record: nothing was left out."""
        if self.facts is None:
            return self.facts_bytes == b"null"
        return canonical_struct(self.facts) == self.facts_bytes


def read(body: bytes) -> Recorded:
    """The decision of a payload. Raises UnreadableDecisionError."""
    try:
        found = _body.decode(body)
        facts = _facts.decode(found.data.facts)
        decision = _decision.decode(found.data.decision)
    except msgspec.MsgspecError:
        raise UnreadableDecisionError from None
    return Recorded(
        facts, decision, bytes(found.data.facts), bytes(found.data.decision), found.data.error,
        found.subject,
    )  # fmt: skip
