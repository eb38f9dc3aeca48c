"""What the decision point said, as frozen values that do not name the person asked about."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NoReturn


def clock() -> float:
    """Seconds that only grow and, where the system can tell, also count while it sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke, in the order of the gates; the first decides."""

    code: str
    rule: str | None = None
    pack: str | None = None
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cure:
    """What would change the answer, with a link where a person can act."""

    code: str | None = None
    text: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """What the caller must do with its permit (AuthZEN obligations profile)."""

    type: str
    id: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    mandatory: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What permits and denials have in common."""

    reason_code: str
    decision_id: str | None = None
    reasons: tuple[Reason, ...] = ()
    reason_admin: Mapping[str, str] = field(default_factory=dict)
    reason_user: Mapping[str, str] = field(default_factory=dict)
    packs: tuple[str, ...] = ()
    basis: Mapping[str, str] = field(default_factory=dict)
    consent_record: str | None = None
    policy_version: str | int | None = None
    legal_refs: tuple[str, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit(Answer):
    """A lease to act: true until it ends by the clock of this process, false afterwards.

    It cannot be pickled: another process or machine has another clock and must ask again.
    """

    decision_id: str
    valid_until: datetime
    lease_ends: float = field(repr=False, compare=False)

    @property
    def remaining_seconds(self) -> float:
        """Seconds left of the lease, never negative."""
        return max(0.0, self.lease_ends - clock())

    def __bool__(self) -> bool:
        return clock() < self.lease_ends

    def __reduce__(self) -> NoReturn:
        raise TypeError("A permit is a lease of this process. Pass its decision_id and ask again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny(Answer):
    """A no: the decision point's own, or the client's where it heard no explicit permit.

    Codes that begin with CLIENT_ come from the client; `detail` then says what happened.
    """

    cure: Cure | None = None
    detail: str = ""
    http_status: int | None = None

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True)
class Written:
    """An acknowledged write. `data` is the server's answer.

    `created`: a new record was made of it (201). A withdrawal answers 200, the first time, too.
    """

    created: bool
    data: Mapping[str, Any] = field(repr=False)
    request_id: str | None = None
