"""What every connector promises: what its call really does, and how to look whether it did. Pure.

A connector tells one connected system to let go of people, to correct or to restrict them, and asks
whether it has. It holds no row and no connection of ours: it is opened for a batch and closed after
it. Whatever it returns holds codes, counts and digests; never a person's data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol, Self
from uuid import UUID

__all__ = [
    "Act", "Connector", "ConnectorError", "Declaration", "Effect", "Finding", "LocalConnector",
    "Person", "Probed", "Reingest", "Said", "Verb",
]  # fmt: skip

Identifiers = Mapping[str, tuple[str, ...]]
"""A person's identifiers in clear, by scheme (email, phone, crm, device, account)."""


class Verb(StrEnum):
    """What a system can be told about a person."""

    ERASE = "erase"
    CORRECT = "correct"
    RESTRICT = "restrict"
    LIFT = "lift"


class Effect(StrEnum):
    """What a system really does when it is told to erase. Only the first two are an erasure."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    SUPPRESS = "suppress"
    ARCHIVE = "archive"


ERASURES: Final = frozenset({Effect.DELETE, Effect.ANONYMISE})


class Reingest(StrEnum):
    """Whether what was erased can come back into the system by itself."""

    NONE = "none"
    POSSIBLE = "possible"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a connector's call does, how fast it may be called, and how it is looked after.

    `probe_after_seconds` is the system's own delay: nothing it answers before says that it has not
    obeyed. `honours_key`: a call repeated with the same key has no second effect there.
    """

    effect: Effect
    verbs: frozenset[Verb] = frozenset({Verb.ERASE})
    batch: int = 1
    per_minute: int = 0  # calls, not people; 0: no limit known
    probe_after_seconds: int = 0
    probes: bool = True
    unprobed: frozenset[Verb] = frozenset()  # verbs of which it cannot look, though of erasing
    honours_key: bool = False
    by_category: bool = False
    reingest: Reingest = Reingest.POSSIBLE
    schemes: tuple[str, ...] = ()  # identifiers it needs one of; empty: it knows our subject id
    holds: tuple[str, ...] = ()  # data categories it holds; empty: not told apart
    needs_person: bool = False  # somebody does it by hand and shows evidence

    def looks_at(self, verb: Verb) -> bool:
        """Whether it can be seen by reading that it did as this verb says."""
        return self.probes and verb not in self.unprobed


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person of a batch. `key` is the same for every repetition of this step and round."""

    step: UUID
    subject: UUID
    key: str
    identifiers: Identifiers = field(default_factory=dict, repr=False)
    categories: frozenset[str] = frozenset()  # to be erased; empty: everything
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)  # to correct
    reference: str = ""  # what the system called our request, once it was accepted


class Act(StrEnum):
    """What the system said when it was told."""

    DONE = "done"  # it says that it has done it
    ACCEPTED = "accepted"  # it will; ask for the state, or wait for its callback
    UNKNOWN_PERSON = "unknown_person"  # it knows nobody of these identifiers
    RETRY = "retry"  # not now: try again, after `wait_seconds` where it said so
    REFUSED = "refused"  # it will not, whoever asks again: an officer must look


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of telling it about one person. `code` names why; `evidence` proves it."""

    step: UUID
    act: Act
    code: str = ""
    reference: str = ""
    wait_seconds: float = 0.0
    evidence: Mapping[str, str | int] = field(default_factory=dict)


class Finding(StrEnum):
    """What looking again found. Archived and suppressed data are still there."""

    ABSENT = "absent"
    ANONYMISED = "anonymised"
    SUPPRESSED = "suppressed"
    ARCHIVED = "archived"
    PRESENT = "present"
    UNSURE = "unsure"  # it did not answer, or not so that anything follows from it: look again


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What was found of one person. ABSENT of a corrected or restricted one: it is as was told."""

    step: UUID
    finding: Finding
    code: str = ""
    evidence: Mapping[str, str | int] = field(default_factory=dict)


class ConnectorError(Exception):
    """The whole batch failed in a way that has a name. `code` is shown; the message never is.

    `retry`: it may go better later, after `wait_seconds` where the system said so. Without: an
    officer must look (credentials, a changed schema, an address that may not be called). Only
    what surely never came to the system is not `reached`: telling it again is no repetition.
    """

    def __init__(
        self, code: str, *, retry: bool, wait_seconds: float = 0.0, reached: bool = True
    ) -> None:
        super().__init__(code)
        self.code, self.retry, self.wait_seconds = code, retry, wait_seconds
        self.reached = reached


class Connector(Protocol):
    """One connected system, opened for a while: `async with open_connector(system) as it`."""

    @property
    def declaration(self) -> Declaration:
        """What it does and needs; the same for the same settings, without asking the system."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        """Tell the system; one answer a person, in their order. At most `declaration.batch` people.

        Raises ConnectorError; then nothing is known of any of them.
        """

    async def status(self, people: Sequence[Person]) -> list[Said]:
        """How far it is with what it accepted, by `reference`. Raises ConnectorError."""

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        """Look, by reading, whether they are gone. Raises ConnectorError."""

    async def check(self) -> list[str]:
        """Codes of what is wrong with the settings as the system is now; empty where it fits.

        Fails closed: a table, column or key that is not as the settings say has a code.
        """


class LocalConnector(Protocol):
    """A system whose effect stands in our own database: told within the transaction that records
    it, so that both happen or neither. No call leaves the process.
    """

    @property
    def declaration(self) -> Declaration: ...

    def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        """As `Connector.tell`, in the caller's transaction."""

    def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        """As `Connector.probe`, in the caller's transaction."""
