"""Whether a decision allowed a reported use, and what to say where none did. Pure.

A use without such a decision is recorded all the same: what happened must be known, most of all
where it should not have happened. Times are whole microseconds since 1970-01-01 UTC.
"""

from dataclasses import dataclass
from uuid import UUID

from policies.pdp.model import Decision, Reason
from policies.rules.law import act, gdpr
from policies.rules.permit import Finding

SKEW_SECONDS = 30
"""So far a caller's clock may be from ours before its times are doubted."""
_SKEW = SKEW_SECONDS * 1_000_000
_ACCOUNTABLE = (*act("8(1)"), *gdpr("5(2)"))
_LAWFUL = (*act("4"), *gdpr("6(1)"))


def _finding(code: str, refs: tuple[str, ...], text: str, person: str) -> Finding:
    return Finding(Reason(rule="R00", code=code, refs=refs), text, person)


_NOT_SHOWN = "The company could not show a decision that allowed this use."
_NOT_ALLOWED = "The decision the company named did not allow this use."

MISSING = _finding(
    "DECISION_MISSING", _ACCOUNTABLE, "The report names no decision that allowed the use.",
    _NOT_SHOWN,
)  # fmt: skip
UNKNOWN = _finding(
    "DECISION_UNKNOWN", _ACCOUNTABLE, "The log holds no decision of the reported id.", _NOT_SHOWN
)
DENIED = _finding("DECISION_DENIED", _LAWFUL, "The named decision is a denial.", _NOT_ALLOWED)
OTHER_SERVICE = _finding(
    "DECISION_OTHER_SERVICE", _LAWFUL, "The named decision was given to another service.",
    _NOT_ALLOWED,
)  # fmt: skip
OTHER_SUBJECT = _finding(
    "DECISION_OTHER_SUBJECT", _LAWFUL, "The named decision is about another person.", _NOT_ALLOWED
)
OTHER_PURPOSE = _finding(
    "DECISION_OTHER_PURPOSE", _LAWFUL, "The named decision is for another purpose.", _NOT_ALLOWED
)
TOO_LATE = _finding(
    "DECISION_TOO_LATE", _LAWFUL, "The named decision was made after the use had begun.",
    "The company asked whether it may use your data only after it had done so.",
)  # fmt: skip
EXPIRED = _finding(
    "DECISION_EXPIRED", _LAWFUL, "The named decision had expired when the use began.",
    "The decision that allowed this use had expired.",
)  # fmt: skip

FINDINGS = (
    MISSING, UNKNOWN, DENIED, OTHER_SERVICE, OTHER_SUBJECT, OTHER_PURPOSE, TOO_LATE, EXPIRED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """A recorded decision of the controller in question."""

    id: UUID
    at: int
    service: str
    subject_id: UUID | None
    purpose: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Claim:
    """What a report claims: that this decision allowed this service to do it then."""

    decision_id: UUID | None
    service: str
    subject_id: UUID
    purpose: str
    started_at: int


def gaps(claim: Claim, made: Made | None) -> tuple[str, ...]:
    """Why the decision does not back the claim, the gravest reason first; empty: it does.

    `made` is the decision of the claimed id at the same controller, None where there is none. A
    decision of another controller is given as None: nothing tells that it exists.
    """
    if claim.decision_id is None:
        return (MISSING.reason.code,)
    if made is None or made.id != claim.decision_id:
        return (UNKNOWN.reason.code,)
    decision, until = made.decision, made.decision.valid_until
    found = (
        (DENIED, not decision.permit),
        (OTHER_SERVICE, made.service != claim.service),
        (OTHER_SUBJECT, made.subject_id != claim.subject_id),
        (OTHER_PURPOSE, made.purpose != claim.purpose),
        (TOO_LATE, claim.started_at + _SKEW < made.at),
        (EXPIRED, decision.permit and (until is None or until < claim.started_at)),
    )
    return tuple(finding.reason.code for finding, is_so in found if is_so)
