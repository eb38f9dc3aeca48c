"""The queries of a verification, and rows of them in PostgreSQL's binary form as they arrive."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import psycopg
from django.db import connection

ROWS_AT_ONCE = 256

# Whether the index repeats the payload is compared as text, because the canonical form of what the
# index holds is known. `head`, `middle` and `tail` are the canonical bytes around what it does not
# hold: the data, the pseudonym as a member (49 bytes), and ids that are the pseudonym (36 bytes).
_PAYLOADS = """
SELECT uuid_send(p.id), p.salt, p.body,
  substr(p.body, i.head_at, length(i.head)) = i.head
  AND substr(p.body, length(p.body) - length(i.tail) + 1) = i.tail
  AND i.event <> ALL (%(strangers)s)
  AND (substr(p.body, length(p.body) - i.after - length(i.middle) + 1, length(i.middle)) = i.middle
    OR substr(p.body, length(p.body) - i.after - 49 - length(i.middle) + 1, length(i.middle) + 11)
      = i.middle || '"subject":"'::bytea)
FROM audit_payload p
LEFT JOIN (
  SELECT id, event, head, head_at, middle, tail,
    length(tail) + CASE WHEN by_pseudonym THEN 52 ELSE 0 END AS after
  FROM (
    SELECT id, event, target_type = 'subject' AS by_pseudonym,
      convert_to(CASE WHEN actor_type = 'subject' THEN '","type":"subject'
        ELSE '{{"actor":{{"id":"' || actor_id || '","type":"' || actor_type END
        || '"}},"at":' || (extract(epoch FROM at) * 1000000)::bigint || ',"data":{{', 'UTF8')
        AS head,
      CASE WHEN actor_type = 'subject' THEN 53 ELSE 1 END AS head_at,
      convert_to(',"event":"' || event || '","id":"' || id || '",'
        || CASE WHEN outcome = '' THEN '' ELSE '"outcome":"' || outcome || '",' END
        || CASE WHEN purpose = '' THEN '' ELSE '"purpose":"' || purpose || '",' END
        || CASE WHEN reason_code = '' THEN '' ELSE '"reason_code":"' || reason_code || '",' END,
        'UTF8') AS middle,
      convert_to(CASE WHEN target_type = 'subject' THEN '' ELSE '"target":{{"id":"' || target_id END
        || '","type":"' || target_type || '"}}}}', 'UTF8') AS tail
    FROM audit_entryindex
    WHERE controller_id = %(log)s AND retention_class = %(stored)s
      AND id BETWEEN %(first)s AND %(last)s {more}
    OFFSET 0
  ) AS texts OFFSET 0
) AS i ON i.id = p.id
WHERE p.retention_class = %(stored)s AND p.id BETWEEN %(first)s AND %(last)s {more_payloads}
"""
PAYLOADS_OF_TIME = _PAYLOADS.format(more="", more_payloads="")
PAYLOADS_OF_IDS = _PAYLOADS.format(
    more="AND id = ANY(%(ids)s)", more_payloads="AND p.id = ANY(%(ids)s)"
)

_SHOWN = """
SELECT uuid_send(id), uuid_send(controller_id), (extract(epoch FROM at) * 1000000)::bigint, event,
  actor_type, actor_id, target_type, target_id, outcome, reason_code, purpose
FROM audit_entryindex
WHERE retention_class = %(stored)s AND id BETWEEN %(first)s AND %(last)s
  AND id = ANY(%(ids)s) {more}
"""
SHOWN_BY_LOG = _SHOWN.format(more="AND controller_id = %(log)s")
SHOWN_ANYWHERE = _SHOWN.format(more="")
"""Lines that may say they are another log's: no key finds them, so few are to be asked for."""
STORED_AS = "SELECT retention_class FROM audit_payload WHERE id = %s"

BUNDLES = """
SELECT number, entries, hash, ids, classes, uuid_send(lowest), uuid_send(highest)
FROM audit_bundle WHERE controller_id = %s AND number >= %s AND number < %s ORDER BY number
"""
LOWER = {
    1: "SELECT hash FROM audit_bundle WHERE controller_id = %s AND number >= %s AND number < %s"
       " ORDER BY number",
    2: "SELECT hash FROM audit_tile WHERE controller_id = %s AND number >= %s AND number < %s"
       " AND level = %s ORDER BY number",
}  # fmt: skip
TILE = "SELECT hashes, hash FROM audit_tile WHERE controller_id = %s AND level = %s AND number = %s"

# In one statement, because a log that grows between two would seem to have too much.
SURPLUS = """
SELECT b.number * 256 FROM audit_tree t JOIN audit_bundle b USING (controller_id)
WHERE t.controller_id = %(log)s AND b.number >= t.size / 256
UNION ALL
SELECT LEAST(x.number::numeric * 256::numeric ^ (x.level + 1), 9223372036854775807)::bigint
FROM audit_tree t JOIN audit_tile x USING (controller_id)
WHERE t.controller_id = %(log)s AND x.level >= 1 AND x.number >= t.size >> (8 * (x.level + 1))
ORDER BY 1 LIMIT 100
"""
# Of each log one checkpoint is looked at: there may be millions.
TREELESS = """
WITH RECURSIVE logs AS (
  (SELECT controller_id FROM audit_checkpoint ORDER BY controller_id LIMIT 1)
  UNION ALL
  SELECT (SELECT c.controller_id FROM audit_checkpoint c
          WHERE c.controller_id > logs.controller_id ORDER BY c.controller_id LIMIT 1)
  FROM logs WHERE logs.controller_id IS NOT NULL
)
SELECT controller_id FROM logs WHERE controller_id IS NOT NULL
EXCEPT SELECT controller_id FROM audit_tree
"""


def streamed(query: str, parameters: Sequence[Any] | Mapping[str, Any]) -> Iterator[Any]:
    """The rows, while PostgreSQL still makes more of them. Use up all before the next query."""
    connection.ensure_connection()
    raw = cast("psycopg.Connection[Any]", connection.connection)
    size = ROWS_AT_ONCE if psycopg.capabilities.has_stream_chunked() else 1
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        yield from cursor.stream(query, parameters, binary=True, size=size)


def rows(query: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
    """All rows at once."""
    return list(streamed(query, parameters))


def read_steadily() -> None:
    """Until the transaction ends: no plan that looks up one row for each of thousands."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
