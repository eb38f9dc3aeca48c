"""The same request again: its permits are given once more and count once.

A repeat is told by the service, its `Idempotency-Key` and the bytes of the request. Each item is
decided anew. Where it is still permitted, and the first permit still lives, the answer is that
first permit, as it was recorded; anything else is a decision of its own. So a repeat never says
more than the facts do. Rows are locked before facts are read, before any counter, and in the order
of their ids, so that of two repeats at the same time one waits for the other, and nobody waits in
a circle. They travel with the facts: a key costs no round trip of its own.
"""

import hashlib
import re
from dataclasses import dataclass

from keys.ids import text
from policies.pdp.catalogue import Caller
from policies.pdp.channel import Parameters, Rows, Statement
from policies.pdp.facts import Asked
from policies.pdp.record import CLASS, Made
from policies.pdp.shapes import Row, Shapes
from policies.rehearsal.recorded import read

HEADER = b"idempotency-key"
_FORM = re.compile(rb"[\x21-\x7e]{1,128}")
_NONE = bytes(16)


class KeyFormError(ValueError):
    """The key is not 1 to 128 visible ASCII characters."""


@dataclass(frozen=True, slots=True)
class Once:
    """The key of a request, which part of the request it is, and the digest of the whole."""

    key: bytes
    digest: bytes
    part: int = 0


def once(key: bytes, path: str, body: bytes) -> Once:
    """How a request that carries a key is told from others. Raises KeyFormError."""
    if not _FORM.fullmatch(key):
        raise KeyFormError
    return Once(key, hashlib.sha256(path.encode() + b"\n" + body).digest())


def _lock(sources: list[str], _: bool) -> str:
    return f"""
INSERT INTO policies_firstanswer AS a (id, controller_id, request_digest, decisions, answered_at)
SELECT id, controller_id, request_digest, ''::bytea, now() FROM {sources[0]}
  AS t(id, controller_id, request_digest) ORDER BY id
ON CONFLICT (id) DO UPDATE SET decisions = a.decisions WHERE a.id IS NULL
"""  # noqa: S608 (constants)


def _read(sources: list[str], _: bool) -> str:
    return f"""
SELECT a.id, a.request_digest, a.decisions, p.id, p.body
FROM {sources[0]} AS t(id) JOIN policies_firstanswer a ON a.id = t.id
LEFT JOIN LATERAL (
  SELECT encode(substr(a.decisions, 16 * n + 1, 16), 'hex')::uuid AS id
  FROM generate_series(0, length(a.decisions) / 16 - 1) AS n
) d ON true
LEFT JOIN audit_payload p ON p.retention_class = '{CLASS}' AND p.id = d.id
"""  # noqa: S608 (constants)


def _write(sources: list[str], _: bool) -> str:
    return f"""
UPDATE policies_firstanswer a SET decisions = t.decisions
FROM {sources[0]} AS t(id, decisions) WHERE a.id = t.id
"""  # noqa: S608 (constants)


LOCK = Shapes("answers_lock", _lock, ("uuid", "uuid", "bytea"))
READ = Shapes("answers_read", _read, ("uuid",))
WRITE = Shapes("answers_write", _write, ("uuid", "bytea"))


class Answers:
    """The first answers to the requests of one batch that carry a key."""

    def __init__(self) -> None:
        self._of: dict[int, bytes] = {}
        self._wanted: dict[bytes, Row] = {}
        self._digests: dict[bytes, bytes] = {}
        self._decisions: dict[bytes, list[bytes]] = {}
        self._bodies: dict[bytes, bytes] = {}
        self._given: dict[bytes, Made] = {}
        self._changed: set[bytes] = set()

    def want(self, call: int, caller: Caller, asked: Once) -> None:
        """Note a request; `call` is what it is known by within the batch."""
        if call not in self._of:
            named = f"{caller.id}:{asked.part}:".encode() + asked.key
            answer = self._of[call] = hashlib.sha256(named).digest()[:16]
            self._wanted.setdefault(answer, (answer, caller.controller, asked.digest))

    def of(self, call: int) -> bytes | None:
        """The id of the row of a request; None where it has no key."""
        return self._of.get(call)

    def reading(self) -> list[tuple[Statement, Parameters]]:
        """The commands that lock and read what was answered before."""
        if not self._wanted:
            return []
        read = READ.command([(each,) for each in self._wanted])
        return [LOCK.command(list(self._wanted.values())), read]

    def take(self, results: list[Rows]) -> None:
        """Take in what `reading` found."""
        for answer, digest, decisions, made, body in results[-1] if results else ():
            self._digests[answer] = digest
            self._decisions[answer] = [decisions[n : n + 16] for n in range(0, len(decisions), 16)]
            if body is not None:
                self._bodies[made] = body

    def is_other(self, answer: bytes, asked: Once) -> bool:
        """Whether the key came with another request before."""
        return self._digests.get(answer) != asked.digest

    def first(self, answer: bytes, place: int, asked: Asked, now: int) -> Made | None:
        """The permit that the item at `place` was given first, while it lives; else None."""
        known = self._decisions[answer]
        given = known[place] if place < len(known) else _NONE
        made = None if given == _NONE else self._recorded(given, asked)
        until = None if made is None else made.decision.valid_until
        return made if until is not None and now < until else None

    def note(self, answer: bytes, place: int, made: Made) -> None:
        """Remember what the item at `place` is answered with."""
        given = made.raw_id if made.decision.permit else _NONE
        known = self._decisions[answer]
        known += [_NONE] * (place + 1 - len(known))
        self._given[given] = made
        if known[place] != given:
            known[place] = given
            self._changed.add(answer)

    def writing(self) -> list[tuple[Statement, Parameters]]:
        """The command that stores what was given."""
        rows = [(answer, b"".join(self._decisions[answer])) for answer in self._changed]
        return [WRITE.command(rows)] if rows else []

    def _recorded(self, raw_id: bytes, asked: Asked) -> Made | None:
        """A permit of this batch, or one as its record has it; None where the record is gone."""
        if raw_id in self._given:
            return self._given[raw_id]
        body = self._bodies.get(raw_id)
        if body is None:
            return None
        found = read(body)
        caller, purpose = asked.caller, asked.item.question.purpose
        return Made(
            text(raw_id), raw_id, caller.controller, caller.id, found.decision, found.facts, None,
            found.person, purpose,
        )  # fmt: skip
