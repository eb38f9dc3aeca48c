"""The approved versions of every controller, compiled for the decision point's catalogue.

A version whose signature or digest does not hold refuses every use of its controller (P4). What
was compiled once is kept: versions never change.
"""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
import structlog

from audit.services import micros
from keys.errors import KeyUnavailableError
from keys.provider import Signature
from policies.guardrails.compiled import Refusing, compiled
from policies.guardrails.model import RulesError, parse
from policies.pdp.policy import NONE, Guardrails
from policies.versions import signing
from policies.versions.signing import Statement

log = structlog.get_logger(__name__)
KEPT: Final = 256
_VERSIONS = """
SELECT v.id, v.controller_id, v.number, v.sha256, v.created_by, v.approved_by, v.effective_from,
       v.signing_key, v.signing_version, v.signature
FROM policies_policyversion v
WHERE v.state = 'approved' AND NOT EXISTS (
  SELECT 1 FROM policies_policyversion n
  WHERE n.controller_id = v.controller_id AND n.state = 'approved' AND n.effective_from <= now()
    AND (n.effective_from, n.number) > (v.effective_from, v.number))
ORDER BY v.controller_id, v.effective_from, v.number
"""
_RULES = "SELECT rules FROM policies_policyversion WHERE id = %s"


class Stored(NamedTuple):
    """A row of `_VERSIONS`."""

    id: UUID
    controller_id: UUID
    number: int
    sha256: str
    created_by: str
    approved_by: str
    effective_from: datetime
    signing_key: str
    signing_version: int
    signature: bytes

    @property
    def statement(self) -> Statement:
        return Statement(
            controller_id=self.controller_id, number=self.number, sha256=self.sha256,
            created_by=self.created_by, approved_by=self.approved_by,
            effective_from=self.effective_from,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timeline:
    """The version in force and those to come, by the microsecond at which each begins."""

    starts: tuple[int, ...] = ()
    policies: tuple[Guardrails, ...] = ()

    def at(self, now: int) -> Guardrails:
        """The policy in force; NONE before the first begins."""
        place = bisect_right(self.starts, now)
        return self.policies[place - 1] if place else NONE

    def until(self, now: int) -> int | None:
        """When the next one begins, if one is to come."""
        place = bisect_right(self.starts, now)
        return self.starts[place] if place < len(self.starts) else None


LAW_ALONE: Final = Timeline()


class Shelf:
    """Compiled versions by everything that was signed, the least lately used forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Stored, Guardrails] = OrderedDict()

    def policy(self, stored: Stored, connection: "psycopg.Connection[Any]") -> Guardrails:
        """Compile a version, or find it compiled. One that is refused is looked at each time."""
        kept = self._kept.get(stored)
        if kept is None:
            kept = _compiled(stored, connection)
            if not isinstance(kept, Refusing):
                self._kept[stored] = kept
        else:
            self._kept.move_to_end(stored)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept


_shelf = Shelf()


def timelines(connection: "psycopg.Connection[Any]") -> dict[UUID, Timeline]:
    """What is in force or to come, by controller; a controller without versions is left out."""
    found: dict[UUID, list[tuple[int, Guardrails]]] = {}
    for row in connection.execute(_VERSIONS).fetchall():
        stored = Stored._make([*row[:-1], bytes(row[-1])])
        policy = _shelf.policy(stored, connection)
        start = micros(stored.effective_from)
        found.setdefault(stored.controller_id, []).append((start, policy))
    return {
        controller_id: Timeline(*map(tuple, zip(*each, strict=True)))
        for controller_id, each in found.items()
    }


def _compiled(stored: Stored, connection: "psycopg.Connection[Any]") -> Guardrails:
    row = connection.execute(_RULES, [stored.id]).fetchone()
    rules = None if row is None else row[0]
    try:
        if _is_genuine(stored, rules):
            return compiled(parse(rules), stored.number)
    except (RulesError, KeyUnavailableError) as error:
        log.error("policy_unreadable", number=stored.number, error=type(error).__name__)
    log.error("policy_refused", controller=str(stored.controller_id), number=stored.number)
    return Refusing(stored.number)


def _is_genuine(stored: Stored, rules: Any) -> bool:
    signature = Signature(stored.signing_key, stored.signing_version, stored.signature)
    return signing.digest(rules) == stored.sha256 and signing.is_genuine(
        stored.statement, signature
    )
