"""A cosigner that speaks C2SP tlog-witness: it checks that the log only grew, and signs."""

import base64
import hashlib
import re
import time
from datetime import UTC, datetime
from typing import Final

from audit.tlog import notes
from audit.tlog.notes import NoteError, Signed, Vkey
from audit.witnesses.configuration import Witness
from audit.witnesses.errors import ContradictionError, Problem, WitnessTroubleError
from audit.witnesses.models import Cosignature
from audit.witnesses.published import Published
from audit.witnesses.said import Said
from audit.witnesses.transport import Line, Reply

SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
TRIES: Final = 3
SKEW_SECONDS: Final = 300

REFUSALS: Final = {403: Problem.UNTRUSTED_KEY, 404: Problem.UNKNOWN_LOG, 429: Problem.BUSY}


class HttpSink:
    """`POST <url>/add-checkpoint`, and `GET <monitoring>/<origin hash>/checkpoint` if served."""

    def __init__(self, witness: Witness, vkey: Vkey) -> None:
        self._url = witness.url.rstrip("/")
        self._monitoring = witness.monitoring.rstrip("/")
        self._vkey = vkey
        self._line = Line(witness.timeout)

    def publish(self, log: Published, known: int) -> Said:
        """Have the newest checkpoint cosigned. Raises WitnessTroubleError, ContradictionError.

        `known` is where we believe the witness to be; it says so itself where we err.
        """
        old, had = min(known, log.size), None
        for _ in range(TRIES):
            reply = self._line.post(f"{self._url}/add-checkpoint", _request(log, old), "text/plain")
            if reply.status == 200:
                return self._cosigned(log, reply, had)
            if reply.status != 409:
                raise self._refusal(log, old, reply)
            old = had = self._conflict(log, reply)
        raise WitnessTroubleError(Problem.CONFLICT)

    def recall(self, log: Published) -> None:
        """Hold the log to the checkpoint the witness serves. Raises as `publish`.

        Where it serves none nothing is learnt: the next publication tells.
        """
        log.face(self._served(log))

    def vouches(self, kept: Cosignature, log: Published) -> bool:
        """Whether a cosignature we kept is one of our tree as it is. Raises ContradictionError.

        Of another key than the configured one nothing can be said.
        """
        try:
            note = notes.parse_note(notes.note(log.body_at(kept.size), [kept.line]))
            names = {(name, value[:4]) for name, value in note.signatures}
            return (self._vkey.name, self._vkey.key_id) not in names or note.by(self._vkey)
        except NoteError:
            return False

    def close(self) -> None:
        self._line.close()

    def _conflict(self, log: Published, reply: Reply) -> int:
        """What the witness says it has seen, if our tree has so much."""
        match = SIZE.fullmatch(reply.body)
        if match is None or reply.content_type != "text/x.tlog.size":
            raise WitnessTroubleError(Problem.GARBLED)
        size = int(match.group(1))
        try:
            log.has_room_for(size)
        except ContradictionError as found:
            raise self._with_evidence(log, found) from None
        if size > log.size:  # another keeper was faster
            raise WitnessTroubleError(Problem.CONFLICT)
        return size

    def _refusal(self, log: Published, old: int, reply: Reply) -> Exception:
        if reply.status == 422:
            return self._with_evidence(log, ContradictionError(Problem.FORK, old))
        if 300 <= reply.status < 400:
            return WitnessTroubleError(Problem.REDIRECTED)
        busy = Problem.BUSY if reply.status >= 500 else Problem.REFUSED
        return WitnessTroubleError(REFUSALS.get(reply.status, busy))

    def _with_evidence(self, log: Published, found: ContradictionError) -> ContradictionError:
        """The same with the note that the witness holds, if it shows one that we signed."""
        try:
            log.face(self._served(log))
        except ContradictionError as shown:
            return ContradictionError(found.problem, shown.size, shown.evidence)
        except WitnessTroubleError:
            pass
        return found

    def _served(self, log: Published) -> str:
        origin = hashlib.sha256(log.origin.encode()).hexdigest()
        reply = self._line.get(f"{self._monitoring}/{origin}/checkpoint")
        return reply.body.decode(errors="replace") if reply.status == 200 else ""

    def _cosigned(self, log: Published, reply: Reply, had: int | None) -> Said:
        """The witness's own line, verified; whatever else it sends is left out."""
        note = _answer(log, reply)
        try:
            if not note.by(self._vkey):
                raise WitnessTroubleError(Problem.BAD_SIGNATURE)
        except NoteError:
            raise WitnessTroubleError(Problem.BAD_SIGNATURE) from None
        seconds = note.time_of(self._vkey) or 0
        if not 0 < seconds <= time.time() + SKEW_SECONDS:
            raise WitnessTroubleError(Problem.BAD_TIME)
        value = next(v for name, v in note.signatures if _is_by(self._vkey, name, v))
        line = notes.signature_line(self._vkey, value[12:], seconds=seconds)
        return Said(log.size, line=line, at=datetime.fromtimestamp(seconds, UTC), had=had)


def _request(log: Published, old: int) -> bytes:
    proof = [base64.b64encode(one).decode() for one in log.consistency(old)]
    return "\n".join([f"old {old}", *proof, "", log.checkpoint.note]).encode()


def _answer(log: Published, reply: Reply) -> Signed:
    try:
        return notes.parse_note(notes.note(log.body, [reply.body.decode()]))
    except (NoteError, UnicodeDecodeError):
        raise WitnessTroubleError(Problem.GARBLED) from None


def _is_by(key: Vkey, name: str, value: bytes) -> bool:
    return name == key.name and value[:4] == key.key_id
