"""Worlds made once: a company that many tests begin with is copied instead of made again.

Making a company through the services takes hundreds of statements. The first test of a worker
that asks for one makes it so, and what the database then holds more than before is kept, with the
objects that were returned. Later tests are given the same rows, in one statement of the test's own
transaction, and copies of the objects. Where one of the rows is there already, or the clock is not
the real one, the world is made as if nothing had been kept.
"""

import json
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import time_machine
from django.core.cache import cache
from django.db import connection
from psycopg import sql

MAX_AGE_SECONDS = 300
"""Then a world is made again, for things in it expire and are told as just made."""

# What the product's login may not do: adding rows past the services. A function of the tests'
# databases does it; the triggers that even a replica cannot silence are off for its moment.
SCHEMA = """
CREATE SCHEMA tests;
GRANT USAGE ON SCHEMA tests TO {app};

CREATE FUNCTION tests.tables() RETURNS SETOF regclass LANGUAGE sql STABLE AS $$
  SELECT oid::regclass FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname <> ALL ({kept})
$$;

CREATE FUNCTION tests.contents() RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  one regclass;
  rows jsonb;
  found jsonb := '{{}}';
BEGIN
  FOR one IN SELECT tests.tables() LOOP
    EXECUTE format('SELECT jsonb_agg(to_jsonb(t)::text) FROM %s t', one) INTO rows;
    CONTINUE WHEN rows IS NULL;
    found := found || jsonb_build_object(one::text, rows);
  END LOOP;
  RETURN found;
END $$;

CREATE FUNCTION tests.put(kept json) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET session_replication_role = replica AS $$
DECLARE
  one record;
  guard record;
BEGIN
  FOR one IN SELECT * FROM json_to_recordset(kept) AS t(name text, rows json) LOOP
    FOR guard IN SELECT tgname FROM pg_trigger
      WHERE tgrelid = one.name::regclass AND tgenabled = 'A' AND tgtype & 4 <> 0
    LOOP
      EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', one.name, guard.tgname);
    END LOOP;
    EXECUTE format(
      'INSERT INTO %1$s OVERRIDING SYSTEM VALUE '
      'SELECT * FROM json_populate_recordset(NULL::%1$s, $1)', one.name
    ) USING one.rows;
    FOR guard IN SELECT tgname FROM pg_trigger
      WHERE tgrelid = one.name::regclass AND tgenabled = 'D'
    LOOP
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', one.name, guard.tgname);
    END LOOP;
  END LOOP;
  UPDATE accounts_cataloguestamp SET version = version + 1;
  RETURN true;
EXCEPTION WHEN unique_violation OR object_in_use THEN  -- or a check of a table is still owed
  RETURN false;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA tests FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tests TO {app};
"""

Contents = dict[str, list[str]]
Key = tuple[Any, ...]
"""What makes the world, from what, in which transaction, and the worlds that stood before it."""


@dataclass(frozen=True)
class World:
    """What a function made: its rows as the database takes them, and what it returned."""

    rows: str
    returned: bytes
    made_at: float


class Worlds:
    """The worlds of one worker, and which of them stand in the running test."""

    def __init__(self) -> None:
        self._kept: dict[Key, World] = {}
        self._standing: tuple[Key, ...] = ()
        self.is_ready = False

    def begin(self) -> None:
        """A test begins, with nothing."""
        self._standing = ()

    def get(self, make: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]) -> Any:
        if not self.is_ready or time_machine.escape_hatch.is_travelling():
            return make(*args, **more)
        how = (make.__module__, make.__qualname__, args, *more.items())
        key = (how, connection.in_atomic_block, self._standing)
        world = self._kept.get(key)
        if world is None or time.time() - world.made_at > MAX_AGE_SECONDS:
            return self._made(key, lambda: make(*args, **more))
        if not put(world.rows):
            return make(*args, **more)
        cache.clear()  # what was counted about the same people in the test before
        self._standing = (*self._standing, how)
        return pickle.loads(world.returned)

    def _made(self, key: Key, make: Callable[[], Any]) -> Any:
        before = contents()
        made = make()
        rows = added(before, contents())
        if rows is not None:
            self._kept[key] = World(listed(rows), pickle.dumps(made), time.time())
        how, _, standing = key
        self._standing = (*standing, how)
        return made


worlds = Worlds()


P = ParamSpec("P")
R = TypeVar("R")


def kept(make: Callable[P, R]) -> Callable[P, R]:
    """Of a function that makes the same company whenever it is called with the same arguments."""

    @wraps(make)
    def get(*args: P.args, **more: P.kwargs) -> R:
        return worlds.get(make, args, more)

    return get


def contents() -> Contents:
    """Every row of every table, as JSON."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests.contents()::text")
        return json.loads(cursor.fetchone()[0])


def put(rows: str) -> bool:
    """Adds the rows; false, and nothing, where one of them is there or its table is in use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests.put(%s::json)", [rows])
        return bool(cursor.fetchone()[0])


def added(before: Contents, after: Contents) -> Contents | None:
    """The rows that came, by table; None if any row was changed or went."""
    for name, rows in before.items():
        if not set(rows) <= set(after.get(name, ())):
            return None
    new = {name: sorted(set(rows) - set(before.get(name, ()))) for name, rows in after.items()}
    return {name: rows for name, rows in new.items() if rows}


def listed(rows: Contents) -> str:
    """The rows as `tests.put` takes them."""
    tables = (f'{{"name":"{name}","rows":[{",".join(some)}]}}' for name, some in rows.items())
    return f"[{','.join(tables)}]"


def prepare(database: Any, kept: tuple[str, ...], app: str) -> None:
    """The functions above, in a database of the tests."""
    database.execute(sql.SQL(SCHEMA).format(app=sql.Identifier(app), kept=sql.Literal(list(kept))))
