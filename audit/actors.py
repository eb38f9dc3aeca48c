"""Who acted, and on what: the two values every audit entry names. Pure."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import msgspec

ActorType = Literal["officer", "service", "subject", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts: a type and an opaque id. Never a name, an address or another identifier."""

    type: ActorType
    id: str

    @classmethod
    def system(cls, process: str) -> "Actor":
        """A process of the suite itself, by its name ("keeper", "import")."""
        return cls("system", process)


class Target(msgspec.Struct, frozen=True):
    """What an entry is about, by type and id."""

    type: str
    id: str


class SubjectRef(msgspec.Struct, frozen=True):
    """The person an entry concerns.

    `id` goes only into the deletable index; payloads name the person by `pseudonym`, which is
    destroyed with the person's key (P6). A person whose key is gone has none.
    """

    id: UUID
    pseudonym: UUID | None
