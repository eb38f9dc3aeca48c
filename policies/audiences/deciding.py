"""The decision for a part of the population: once for a group where nothing tells its people apart,
and one by one for the rest. Both by the decision point's own facts and engine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from keys.ids import text
from policies.audiences import sets
from policies.audiences.reading import BYTEA, INT4, UUID, View, bytes_of
from policies.audiences.spans import Span, UndecidedError, span
from policies.guardrails.compiled import Ruled, compiled
from policies.guardrails.model import Limit
from policies.pdp import facts as information
from policies.pdp.catalogue import Caller, Catalogue
from policies.pdp.channel import Parameters
from policies.pdp.engine import decide, failed
from policies.pdp.extras import Complete, Looked
from policies.pdp.facts import Asked, Clock
from policies.pdp.model import Decision, Facts, Question
from policies.pdp.wire import Item
from policies.versions.loading import Timeline

log = structlog.get_logger(__name__)

ID: Final = 16
AT_ONCE: Final = 500
"""So many people are looked up by one statement; the decision point's own batches are as long."""
NOBODY: Final = bytes(ID)
LAST: Final = b"\xff" * ID

Row = tuple[Any, ...]


class StaleCatalogueError(Exception):
    """The catalogue in hand is not the one of this snapshot."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what, with the small tables as they were compiled."""

    question: Question
    caller: Caller
    catalogue: Catalogue
    valid_seconds: int

    def is_for_sets(self, now: int) -> bool:
        """Whether the usual facts are all that is looked at; counters and clocks are one's own."""
        return sets.understood() and self.caller.policy(now).needs(self.question) is None

    def is_counted(self, now: int) -> bool:
        """Whether a cap concerns the question: then each permit counts, as a check does."""
        needs = self.caller.policy(now).needs(self.question)
        return needs is not None and bool(needs.caps)

    def uncounted(self, now: int) -> "Asking":
        """The same question to the same rules but for caps, which have counted its permits."""
        policy = self.caller.policy(now)
        if not isinstance(policy, Ruled):
            return self
        rules = [one for one in policy.rules if not isinstance(one.effect, Limit)]
        timeline = Timeline((0,), (compiled(rules, policy.number),))
        return replace(self, caller=replace(self.caller, timeline=timeline))


@dataclass(frozen=True, slots=True)
class Part:
    """The people with ids above `after` up to `until`; of these only the `listed`, if any are."""

    after: bytes = NOBODY
    until: bytes = LAST
    listed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """People with one decision: their ids and their pseudonyms, sixteen bytes each, side by side.

    Of facts that differ within the group the bounds are given.
    """

    facts: Facts | None
    decision: Decision
    ids: bytes
    pseudonyms: bytes

    def __len__(self) -> int:
        return len(self.ids) // ID


def decided(view: View, asking: Asking, part: Part) -> Iterator[Group]:
    """The decision about everybody in the part, each person in exactly one group.

    Ids that are listed and that nobody has are in no group: `about_nobody` decides those. Raises
    StaleCatalogueError, ReadingError.
    """
    apart: list[bytes] = []
    if asking.is_for_sets(view.now):
        for group in _groups(view, asking, part):
            if isinstance(group, Group):
                yield group
            else:
                apart.append(group)
    yield from one_by_one(view, asking, [*_alone(view, asking, part), *cut(b"".join(apart))])


def one_by_one(view: View, asking: Asking, ids: Sequence[bytes]) -> Iterator[Group]:
    """Everybody of these ids as a group of their own."""
    for start in range(0, len(ids), AT_ONCE):
        yield from _each(view, asking, ids[start : start + AT_ONCE], counts=False)


def counted(view: View, asking: Asking, ids: Sequence[bytes]) -> list[Group]:
    """As `one_by_one`, and each permit is counted by the caps that concern it.

    In a transaction that writes, and once in it: counters are locked in one order by everybody.
    """
    return _each(view, asking, ids, counts=True) if ids else []


def _each(view: View, asking: Asking, ids: Sequence[bytes], *, counts: bool) -> list[Group]:
    asked = [_asked(asking, one) for one in ids]
    rows = view.look_up(information.look_up(asked))
    clock = _clock(asking, rows)
    looked = Looked(asking.catalogue, locks=counts)
    for place, (one, row) in enumerate(zip(asked, rows, strict=True)):
        looked.want(place, one, row, clock)
    if looked:
        looked.take([view.look_up(command) for command in looked.reading()])
    groups = []
    for place, (one, row) in enumerate(zip(asked, rows, strict=True)):
        facts, decision = _certain(asking, one, row, clock, looked.completing(place))
        groups.append(Group(facts, decision, row[0] or NOBODY, row[1] or NOBODY))
        if counts and decision.permit:
            looked.count(place, clock.now)
    for command in looked.writing() if counts else ():
        view.look_up(command)
    return groups


def everybody(view: View, asking: Asking, part: Part) -> list[bytes]:
    """The ids of all people in the part, ascending."""
    sql = sets.alone(part.listed is not None, is_everybody=True)
    return [row[0] for row in view.rows(sql, *_parameters(asking, part))]


def about_nobody(view: View, asking: Asking) -> Decision:
    """The decision about an id that nobody has."""
    (group,) = one_by_one(view, asking, [NOBODY])
    return group.decision


def cut(joined: bytes) -> list[bytes]:
    """The ids that were joined."""
    return [joined[i : i + ID] for i in range(0, len(joined), ID)]


def before(subject_id: bytes) -> bytes:
    """The id below this one."""
    return max(int.from_bytes(subject_id) - 1, 0).to_bytes(ID)


def _groups(view: View, asking: Asking, part: Part) -> Iterator[Group | bytes]:
    """The groups that one decision holds for; the ids of those that none does."""
    sql = sets.grouped(part.listed is not None)
    found = view.rows(sql, *_parameters(asking, part))
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        asked = [_asked(asking, row[0][:ID]) for row in some]
        if not asked:
            return
        rows, names = view.names(information.look_up(asked))
        clock = _clock(asking, rows)
        for one, group, row in zip(asked, some, rows, strict=True):
            shown = dict(zip(names, row, strict=False))
            if len(shown) < len(row):  # a name twice: which of the two is meant is not known
                yield from cut(group[0])
                continue
            yield _for_all(asking, one, group, shown, clock)


def _for_all(
    asking: Asking, asked: Asked, group: Row, shown: dict[str, Any], clock: Clock
) -> Group | bytes:
    ids: bytes = group[0]
    if len(ids) == ID:
        return ids
    try:
        row = tuple((shown | _of_all(shown, group[2:])).values())
        facts = information.facts(row, asked, asking.catalogue, clock).facts
        decision = decide(facts, asking.caller.policy(clock.now))
    except (UndecidedError, Exception):  # whatever it is, each is decided alone
        return ids
    return ids if isinstance(decision.valid_until, Span) else Group(facts, decision, ids, group[1])


def _of_all(shown: dict[str, Any], bounds: Row) -> dict[str, Any]:
    """What takes the place of the representative's own: times as spans, the consent unnamed."""
    meant = {
        column.name: span(low, high) if low is not None else None
        for column, low, high in zip(sets.times(), bounds[::2], bounds[1::2], strict=True)
    }
    return {**meant, "event_id": NOBODY if shown["event_id"] else None}


def _certain(
    asking: Asking, asked: Asked, row: Row, clock: Clock, complete: Complete | None
) -> tuple[Facts | None, Decision]:  # fmt: skip
    try:
        facts = information.facts(row, asked, asking.catalogue, clock).facts
        whole = facts if complete is None else complete(facts)
        return whole, decide(whole, asking.caller.policy(clock.now))
    except Exception as error:  # a bug denies this person alone (P4)
        log.error("decision_failed", error=type(error).__name__)
        return None, failed(None, "ENGINE_ERROR")


def _alone(view: View, asking: Asking, part: Part) -> list[bytes]:
    if not asking.is_for_sets(view.now):
        return everybody(view, asking, part)
    sql = sets.alone(part.listed is not None, is_everybody=False)
    return [row[0] for row in view.rows(sql, *_parameters(asking, part))]


def _parameters(asking: Asking, part: Part) -> tuple[Parameters, list[int]]:
    purpose = asking.caller.purposes.get(asking.question.purpose)
    given = [asking.caller.controller, purpose.id if purpose else NOBODY, part.after, part.until,
             bytes_of(asking.valid_seconds)]  # fmt: skip
    oids = [UUID, UUID, UUID, UUID, INT4]
    return ([*given, part.listed], [*oids, BYTEA]) if part.listed is not None else (given, oids)


def _asked(asking: Asking, subject_id: bytes) -> Asked:
    return Asked(Item(asking.question, text(subject_id)), asking.caller)


def _clock(asking: Asking, rows: Sequence[Row]) -> Clock:
    """The snapshot's time; its last two columns tell it, and which catalogue is in force."""
    at, stamp = rows[0][-2:]
    if not asking.catalogue.is_in_force(stamp, at):
        raise StaleCatalogueError
    return Clock(at, asking.valid_seconds)
