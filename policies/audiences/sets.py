"""Which people the decision cannot tell apart: one statement groups them by every fact it reads.

What is grouped by is taken from the statement of the facts itself (policies/pdp/facts.py). Of
people without a row in any of its rarer tables, all that can differ are the columns of the person
and of the consent that it selects: who has the same ones has the same facts, but for times, which
become spans. Where the statement reads something this does not understand, `understood` says no,
and everybody is decided one by one.
"""

import re
from functools import cache
from typing import Final, NamedTuple

from policies.pdp.facts import FACTS

PERSON, CONSENT = "subjects_subject", "consent_consentstate"
RARE: Final = {"subjects_standing": "subject_id", "consent_objection": "subject_id"}
"""Who has a row here is decided alone; the column that names the person."""
CONSTANT: Final = frozenset({
    "accounts_cataloguestamp", "consent_purpose",
    "consent_commitment",  # an audience names no order
    "subjects_identifier",  # an audience names people by our ids
})  # fmt: skip
"""What is the same for everybody an audience asks about."""
IDENTITY: Final = frozenset({"id", "pseudonym", "controller_id", "event_id"})
"""What differs from person to person and no rule may look at."""
TIMES: Final = frozenset({"since_at", "expires_at", "adult_on", "created_at"})
_TABLE = re.compile(
    r"(?<![.\w])(?:accounts|audit|consent|erasure|keys|policies|profiles|registry|rights|subjects"
    r"|work)_[a-z_]+"
)
_ALIASES: Final = {PERSON: ("p", "s"), CONSENT: ("e", "c")}
"""How the statement names a row inside its look-up and outside."""


class Column(NamedTuple):
    """A column of the person (`s`) or of the consent (`c`) that the facts are made from."""

    table: str
    name: str

    @property
    def is_time(self) -> bool:
        return self.name in TIMES

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@cache
def understood() -> bool:
    """Whether the statement of the facts reads only what this module knows how to group by."""
    return not strangers(FACTS.many.sql)


def strangers(sql: str) -> list[str]:
    """What the statement reads that cannot be grouped by; empty where all is known."""
    tables = set(_TABLE.findall(sql))
    found = sorted(tables - {PERSON, CONSENT, *RARE, *CONSTANT})
    for table, (inner, _outer) in _ALIASES.items():
        if sql.count(table) != 1 or f"FROM {table} {inner}\n" not in sql.replace(" WHERE", "\n"):
            found.append(table)
    for column in filter(lambda one: one.is_time, columns(sql)):
        # Selected once as it is: a time inside an expression would be one person's for all.
        aliases = {name: names for names in _ALIASES.values() for name in names}[column.table]
        mentions = re.findall(rf"\b(?:{'|'.join(aliases)})\.{column.name}\b", sql)
        if len(mentions) != 1 or not re.search(rf"(?:SELECT|,)\s*{column}\s*,", sql):
            found.append(str(column))
    return found


def columns(sql: str) -> tuple[Column, ...]:
    """The columns of person and consent that the statement reads, in the order it names them."""
    named = re.findall(r"\b([sc])\.([a-z_]+)\b", sql)
    return tuple(
        Column(table, name) for table, name in dict.fromkeys(named) if name not in IDENTITY
    )


def times() -> tuple[Column, ...]:
    return tuple(column for column in columns(FACTS.many.sql) if column.is_time)


@cache
def grouped(is_listed: bool) -> str:
    """The groups among the people of one part of the population.

    $1 controller, $2 purpose, $3 after, $4 up to and including, $5 how many seconds a permit
    lasts; with `is_listed` $6 the ids that are meant. A row a group: the ids and the pseudonyms as
    bytes, side by side, then for each time the lowest and the highest.

    A time is cut at the two moments at which rules look: now, and the end of the longest permit.
    """
    keys = [_key(column) for column in columns(FACTS.many.sql)]
    bounds = [f"min({column}), max({column})" for column in times()]
    rare = [
        f"NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{column} = s.id)"  # noqa: S608
        for table, column in RARE.items()
    ]
    listed = "AND s.id IN (SELECT id FROM listed)" if is_listed else ""
    return f"""
{LISTED if is_listed else ""}
SELECT string_agg(uuid_send(s.id), ''), string_agg(uuid_send(coalesce(s.pseudonym, {_NIL})), ''),
  {", ".join(bounds)}
FROM subjects_subject s
LEFT JOIN consent_consentstate c
  ON c.subject_id = s.id AND c.purpose_id = $2 AND c.subject_id > $3 AND c.subject_id <= $4
WHERE s.controller_id = $1 AND s.id > $3 AND s.id <= $4 {listed}
  AND {" AND ".join(rare)}
GROUP BY c.subject_id IS NULL, {", ".join(keys)}
"""  # noqa: S608 (names of the facts' statement and the constants above)


_NIL = "'00000000-0000-0000-0000-000000000000'"
LISTED = """
WITH listed AS MATERIALIZED (
  SELECT encode(substring($6 FROM 16 * n + 1 FOR 16), 'hex')::uuid AS id
  FROM generate_series(0, length($6) / 16 - 1) n
)
"""


def alone(is_listed: bool, *, is_everybody: bool) -> str:
    """The ids of those in the part who must be decided alone; parameters as `grouped`."""
    listed = "AND s.id IN (SELECT id FROM listed)" if is_listed else ""
    rare = " UNION ALL ".join(
        f"SELECT {column} FROM {table} WHERE {column} > $3 AND {column} <= $4"  # noqa: S608
        for table, column in RARE.items()
    )
    only = "" if is_everybody else f"AND s.id IN ({rare})"
    return f"""
{LISTED if is_listed else ""}
SELECT s.id FROM subjects_subject s
WHERE s.controller_id = $1 AND s.id > $3 AND s.id <= $4 {listed} {only}
ORDER BY s.id
"""  # noqa: S608


def _key(column: Column) -> str:
    if not column.is_time:
        return str(column)
    lease = "$5 * interval '1 second'"
    return (
        f"CASE WHEN {column} IS NULL THEN 0 WHEN {column} <= now() THEN 1 "
        f"WHEN {column} <= now() + {lease} THEN 2 ELSE 3 END"
    )
