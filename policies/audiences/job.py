"""The job: a part of the people a step, read from one snapshot, recorded in one transaction.

What a killed step had decided is decided again; what is recorded is recorded once.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.conf import settings

from policies.audiences import services
from policies.audiences.chunks import Chunk, chunks
from policies.audiences.deciding import (
    ID,
    LAST,
    NOBODY,
    Asking,
    Group,
    Part,
    StaleCatalogueError,
    about_nobody,
    before,
    counted,
    decided,
    everybody,
)
from policies.audiences.models import Audience, AudienceState, IdPart
from policies.audiences.reading import INT4, View, bytes_of, view
from policies.audiences.reading import UUID as UUID_OID
from policies.pdp import catalogue as catalogues
from policies.pdp.model import Question
from work.handlers import JobView, Outcome, again, finished, handler, periodic

STEP: Final = 200_000
COUNTED_STEP: Final = 2_000
"""Where caps count the permits: so many counters are locked at once, and not for long."""
RELOADS: Final = 3
LEASE_SECONDS: Final = 600
_BOUND = """
SELECT id FROM subjects_subject WHERE controller_id = $1 AND id > $2
ORDER BY id OFFSET $3::integer - 1 LIMIT 1
"""


@dataclass(slots=True)
class Step:
    """What became of one part: permits as chunks, how many were left out and why."""

    read_at: datetime | None = None
    stamp: int = 0
    chunks: list[Chunk] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)
    decided: int = 0
    cursor: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    asking: Asking | None = None
    counted: list[bytes] = field(default_factory=list)  # who is decided where it is recorded

    def take(self, groups: Iterable[Group]) -> None:
        """Sort decisions into permits, as chunks, and the rest."""
        permits = []
        for group in groups:
            self.decided += len(group)
            if group.decision.permit:
                permits.append(group)
            else:
                self.excluded[group.decision.reason_code] += len(group)
        self.chunks += chunks(permits)


def step(job: JobView) -> Step:
    """Decide about the next part of the people. Writes nothing."""
    audience = Audience.objects.get(id=UUID(job.payload["audience"]))
    if audience.state != AudienceState.MAKING:
        return Step()
    for _ in range(RELOADS):
        asking = asking_of(audience)
        if asking is None:
            return Step(problem="service_without_key")
        try:
            with view() as snapshot:
                return _step(audience, asking, snapshot, job.cursor)
        except StaleCatalogueError:
            continue
    raise StaleCatalogueError


@handler(services.KIND, perform=step, lease_seconds=LEASE_SECONDS)
def record(job: JobView, made: Step) -> Outcome:
    """Record the part; its progress and its entries commit together."""
    audience = Audience.objects.select_for_update().get(id=UUID(job.payload["audience"]))
    if audience.state != AudienceState.MAKING:
        return finished()
    if made.asking is not None:
        made.take(counted(View(), made.asking, made.counted))
    services.add(audience, made.chunks)
    audience.read_at = audience.read_at or made.read_at
    audience.stamp = audience.stamp or made.stamp
    audience.decided += made.decided
    audience.excluded = dict(Counter(audience.excluded) + made.excluded)
    audience.save()
    if made.cursor:
        return again(cursor=made.cursor, done=audience.decided, total=audience.total)
    services.finish(audience, problem=made.problem)
    return finished()


@periodic("policies.audiences", every=300)
def upkeep(_job: JobView) -> Outcome:
    services.end_old()
    return finished()


def _step(audience: Audience, asking: Asking, snapshot: View, cursor: dict[str, Any]) -> Step:
    is_counted = asking.is_counted(snapshot.now)
    size = COUNTED_STEP if is_counted else STEP
    part, following = (
        _of_all(audience, snapshot, cursor, size)
        if audience.list_id is None
        else _of_list(audience, cursor, size)
    )
    made = Step(services.at(snapshot.now), asking.catalogue.version, cursor=following)
    if part is not None and is_counted:
        made.asking, made.counted = asking, everybody(snapshot, asking, part)
    elif part is not None:
        made.take(decided(snapshot, asking, part))
    strangers = _strangers(audience, part, made)
    if strangers:
        made.excluded[about_nobody(snapshot, asking).reason_code] += strangers
        made.decided += strangers
    return made


def _of_all(
    audience: Audience, snapshot: View, cursor: dict[str, Any], size: int
) -> tuple[Part, dict[str, Any]]:
    """The part after the cursor, and the cursor after it: empty after the last."""
    after = bytes.fromhex(cursor["after"]) if cursor else NOBODY
    given = [audience.controller_id.bytes, after, bytes_of(size)]
    rows = snapshot.rows(_BOUND, given, [UUID_OID, UUID_OID, INT4])
    until = rows[0][0] if rows else LAST
    return Part(after, until), {"after": until.hex()} if rows else {}


def _of_list(
    audience: Audience, cursor: dict[str, Any], size: int
) -> tuple[Part | None, dict[str, Any]]:
    """The same of a list, whose parts are as they were stored, or pieces of those."""
    number, begins = cursor.get("number", 0), cursor.get("begins", 0)
    parts = IdPart.objects.filter(list_id=audience.list_id, number__gte=number)
    found = list(parts.order_by("number")[:2])
    if not found:
        return None, {}
    whole = bytes(found[0].ids)
    ends = begins + size * ID
    ids = whole[begins:ends] or NOBODY  # whoever was named here has been forgotten
    following = {"number": number + 1} if len(found) > 1 else {}
    if ends < len(whole):
        following = {"number": number, "begins": ends}
    return Part(before(ids[:ID]), ids[-ID:], ids), following


def _strangers(audience: Audience, part: Part | None, made: Step) -> int:
    """How many of those named in this part are nobody; the list's strangers with its last."""
    if audience.list is None:
        return 0
    found = made.decided + len(made.counted)
    unfound = len(part.listed or b"") // ID - found if part is not None else 0
    return unfound + (0 if made.cursor else audience.list.strangers)


def asking_of(audience: Audience) -> Asking | None:
    """The question with the small tables in force; None where no key of the service lives."""
    compiled = catalogues.compiled()
    wanted = str(audience.service_id)
    caller = next((one for one in compiled.callers.values() if one.id == wanted), None)
    if caller is None:
        return None
    question = msgspec.convert(audience.question, Question)
    return Asking(question, caller, compiled, settings.AUDIENCE_VALID_SECONDS)
