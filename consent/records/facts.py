"""What is known of one line of the ledger when its record is written. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who takes part. `country` is an ISO 3166 code; `contact` and `email` may be empty."""

    id: str
    name: str
    kind: str
    country: str
    contact: str = ""
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A category of personal data: a term of the vocabulary, or a word of the company's own."""

    code: str
    name: str
    is_special: bool = False
    is_criminal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A version of a purpose. `bases` are terms by law, `retention_days` days after the end."""

    code: str
    version: int
    title: str
    description: str
    enables: str
    term: str
    bases: Mapping[str, str]
    data: tuple[Data, ...]
    operations: tuple[str, ...]
    retention_days: int
    service: str
    uses_ai: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The words that were shown. `url` is where they can still be read; links as the words say."""

    id: str
    code: str
    version: int
    law: str
    sha256: str
    url: str
    withdrawal: str
    complaint: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The line of the ledger."""

    id: str
    subject: str
    state: str
    event_at: datetime
    recorded_at: datetime
    expires_at: datetime | None
    language: str
    method: str
    channel: str
    given_by: str
    guardian: str
    is_guardian_verified: bool
    is_explicit: bool
    reason: str
    actor: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it. `recipients` are those whom the purpose version names."""

    line: Line
    purpose: Purpose
    notice: Notice | None
    controller: Party
    recipients: tuple[Party, ...]
