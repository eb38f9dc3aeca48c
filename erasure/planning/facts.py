"""What a plan is made from. Pure; every part is hashable, so that equal people share one plan."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

IN, EU = "IN", "EU"
EVERYTHING, PURPOSE, CATEGORY = "everything", "purpose", "category"
ANY: Final = ""
"""Stands for the categories of a system that does not tell them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A purpose that still needs data of the person.

    `survives`: also a request to erase everything, because it rests on no will of the person's.
    """

    purpose: str
    citation: str
    categories: frozenset[str]
    until: date | None = None
    survives: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold; without `categories`: everything."""

    id: str
    citation: str
    review_on: date
    categories: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An exemption that an officer claimed for a category (GDPR 17(3); DPDP s.8(7), s.17)."""

    category: str
    pack: str
    citation: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """How long a law wants a category kept, resolved for the person."""

    category: str
    rule: str
    pack: str
    citation: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFacts:
    """A connected system: what it holds and how it is told. `declared` is its canonical JSON."""

    id: str
    code: str
    holds: frozenset[str] | None  # None: not told apart
    by_category: bool
    duty: str = "instruct"
    is_own: bool = False
    waits: tuple[tuple[str, int], ...] = ()  # (system id, seconds)
    declared: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """Somebody outside every system of ours who was given data of the person (GDPR 19)."""

    id: str
    code: str
    duty: str
    categories: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What is known of the person."""

    packs: tuple[str, ...]
    uses: tuple[Use, ...] = ()
    holds: tuple[Hold, ...] = ()
    minima: tuple[Minimum, ...] = ()
    claims: tuple[Claim, ...] = ()
    parties: tuple[PartyFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a case asks for. `categories` is what the scope comes to; None: everything.

    `law`: whose law an officer decided on where two contradict; empty: nobody decided.
    """

    verb: str
    scope_type: str
    scope: str
    categories: frozenset[str] | None
    today: date
    is_wish: bool = True  # it rests on the person's will or a wrong: consents do not outlive it
    vault: bool = True
    vault_days: int = 365
    policy: int = 0
    law: str = ""
    accepted: bool = False  # an officer accepted that a system keeps what it cannot part with


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is the same for everybody of a controller."""

    systems: tuple[SystemFacts, ...]
    universe: frozenset[str] = field(default_factory=frozenset)
