"""Payloads and index lines that no log knows: what was put in, or whose place was taken away.

They are compared in the order of their ids, some ten thousand at a time, with the bundles of that
time; only for what is not found there all bundles that could have it are read.
"""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Mapping
from uuid import UUID

from django.db import connection

from audit.classes import CLASS_BYTES
from audit.tiles import LogReader
from audit.verification.entries import HELD, split
from audit.verification.findings import Finding, Problem
from audit.verification.statements import rows
from keys.ids import SYSTEM_ID

SLICE = 16_384
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
Kept = tuple[str, UUID | None]
"""A class, and the log where an index line names it."""

_CLASSES = [*CLASS_BYTES, HELD]

# How far a slice reaches: so many payloads of the fullest class. There are as many index lines,
# unless somebody put some in.
_FAR = "(SELECT id FROM audit_payload WHERE retention_class = '{}' AND id > %(after)s"
_END = " UNION ALL ".join(
    _FAR.format(one) + " ORDER BY id OFFSET %(lines)s LIMIT 1)" for one in _CLASSES
)
_PAYLOADS = """
SELECT coalesce(string_agg(uuid_send(id), ''), ''), NULL FROM audit_payload
WHERE retention_class = %s AND id > %s AND id <= %s
"""
_LINES = """
SELECT coalesce(string_agg(uuid_send(id), ''), ''), controller_id FROM audit_entryindex
WHERE retention_class = %s AND id > %s AND id <= %s GROUP BY controller_id
"""
# Of each log the bundles of that time and the one after it: in a quiet log that one spans months.
_OF_TIME = """
SELECT t.controller_id, b.ids FROM audit_tree t CROSS JOIN LATERAL (
  (SELECT ids FROM audit_bundle
   WHERE controller_id = t.controller_id AND highest > %(after)s AND highest <= %(upto)s)
  UNION ALL
  (SELECT ids FROM audit_bundle
   WHERE controller_id = t.controller_id AND highest > %(upto)s ORDER BY highest LIMIT 1)
) AS b
UNION ALL SELECT controller_id, ids FROM audit_tree
UNION ALL SELECT controller_id, ids FROM audit_pending
"""
_OVERLAPPING = """
SELECT b.ids FROM audit_tree t JOIN audit_bundle b USING (controller_id)
WHERE b.highest >= %s AND b.lowest <= %s
"""
_TWICE = """
SELECT id FROM (
  SELECT substring(b.ids FROM 16 * n + 1 FOR 16) AS id
  FROM (SELECT ids FROM audit_bundle UNION ALL SELECT ids FROM audit_tree
        UNION ALL SELECT ids FROM audit_pending) AS b,
       LATERAL generate_series(0, length(b.ids) / 16 - 1) AS n
) AS every GROUP BY id HAVING count(*) > 1 LIMIT 100
"""


class Leftovers:
    """The comparison, slice by slice. `placed` counts the payloads that a log knows."""

    def __init__(self) -> None:
        self.placed = 0
        self.twice: set[bytes] = set()

    def end(self, after: UUID, *, lines: int = SLICE) -> UUID:
        """Where the slice that begins after this id ends: at `LAST`, or before."""
        with connection.cursor() as cursor:
            cursor.execute(_END, {"after": after, "lines": lines})
            return min((row[0] for row in cursor.fetchall()), default=LAST)

    def find(self, after: UUID, upto: UUID) -> Iterator[Finding]:
        """What no log knows of the ids after the one, up to the other."""
        kept, lines = _kept(_PAYLOADS, after, upto), _kept(_LINES, after, upto)
        payloads = set[bytes]().union(*kept.values())
        owned = yield from self._placed(after.bytes, upto.bytes)
        known = set[bytes]().union(*owned.values())
        unknown = payloads.union(*lines.values()) - known
        unknown -= _overlapping(unknown)
        self.placed += len(payloads - unknown)
        for one in sorted(unknown & payloads):
            log = next((log for (_, log), ids in lines.items() if one in ids), None)
            yield _entry(one, log, Problem.UNLOGGED)
        for (retention, log), ids in lines.items():
            for one in sorted(unknown & ids - payloads):
                yield _entry(one, log, Problem.INDEX_UNLOGGED)
            for one in sorted(ids & payloads - kept.get((retention, None), set())):
                yield _entry(one, log, Problem.INDEX_DISAGREES)
        for one, log in _strange(lines, owned):
            yield _entry(one, log, Problem.INDEX_DISAGREES)

    def search_twice(self) -> Iterator[Finding]:
        """Whatever has two places, wherever they are. Reads the ids of all logs."""
        for row in rows(_TWICE, []):
            if row[0] not in self.twice:
                yield from self._twice(row[0], None)

    def _placed(
        self, after: bytes, upto: bytes
    ) -> Generator[Finding, None, dict[UUID, set[bytes]]]:
        """The ids of that time that each log and its queue have."""
        known: set[bytes] = set()
        owned: dict[UUID, set[bytes]] = defaultdict(set)
        for log, ids in rows(_OF_TIME, {"after": UUID(bytes=after), "upto": UUID(bytes=upto)}):
            ours = [one for one in split(ids) if after < one <= upto]
            before = len(known)
            for one in known.intersection(ours):
                yield from self._twice(one, log)
            known.update(ours)
            owned[log].update(ours)
            if len(known) < before + len(ours):
                repeated = (one for one, times in Counter(ours).items() if times > 1)
                for one in repeated:
                    yield from self._twice(one, log)
        return owned

    def _twice(self, entry: bytes, log: UUID | None) -> Iterator[Finding]:
        self.twice.add(entry)
        reader = LogReader.of(log) if log else None
        place = reader.position(UUID(bytes=entry)) if reader else None
        yield Finding(log or SYSTEM_ID, place, UUID(bytes=entry), Problem.PLACED_TWICE)


def _kept(query: str, after: UUID, upto: UUID) -> dict[Kept, set[bytes]]:
    """The ids by class and log. To name the class lets partitions be left out."""
    return {
        (one, row[1]): set(split(row[0]))
        for one in _CLASSES
        for row in rows(query, [one, after, upto])
    }


def _strange(
    lines: Mapping[Kept, set[bytes]], owned: Mapping[UUID, set[bytes]]
) -> Iterator[tuple[bytes, UUID]]:
    """Lines beside those of an entry's own log: the database takes one of an entry for each log.

    Where they are all there are, whoever compares the entry finds that its line is another's.
    """
    if sum(map(len, lines.values())) == len(set[bytes]().union(*lines.values())):
        return
    several = Counter(one for ids in lines.values() for one in ids)
    doubled = {one for one, times in several.items() if times > 1}
    for (_, log), ids in lines.items():
        if log is not None:
            yield from ((one, log) for one in sorted(ids & doubled - owned.get(log, set())))


def _entry(entry: bytes, log: UUID | None, problem: Problem) -> Finding:
    return Finding(log or SYSTEM_ID, None, UUID(bytes=entry), problem)


def _overlapping(wanted: set[bytes]) -> set[bytes]:
    """Those of them that some bundle has after all."""
    if not wanted:
        return set()
    bounds = [UUID(bytes=min(wanted)), UUID(bytes=max(wanted))]
    return {one for row in rows(_OVERLAPPING, bounds) for one in split(row[0]) if one in wanted}
