"""SQL that makes a table append-only. For migrations: `migrations.RunSQL(*append_only("table"))`.

The app's login loses UPDATE, DELETE and TRUNCATE, and triggers refuse all three for everybody, the
owner included. ENABLE ALWAYS: `session_replication_role = replica` does not silence them. Only a
superuser, or the owner by name, can disable a trigger; the runtime logins are neither.

Row triggers of a partitioned table reach its partitions, TRUNCATE triggers and revoked privileges
do not: whatever creates a partition calls `protect_partition` for it.
"""

import re
from typing import Final, NamedTuple

OWNER: Final = "sammati_owner"
APP: Final = "sammati_app"
RETENTION: Final = "sammati_retention"
ROLES: Final = (OWNER, APP, RETENTION)

REFUSED_SQLSTATE: Final = "SL001"
"""The error code of a refused change, so that callers and tests can tell it from others."""


class ReversibleSql(NamedTuple):
    """The two arguments of `migrations.RunSQL`."""

    sql: str
    reverse_sql: str


def append_only(table: str) -> ReversibleSql:
    """Protect a ledger (plain or partitioned parent): only INSERT and SELECT are left."""
    _check_name(table)
    return ReversibleSql(
        f"SELECT sammati_protect_ledger('{table}'::regclass)",
        f"SELECT sammati_unprotect_ledger('{table}'::regclass)",
    )


def protect_partition(table: str) -> str:
    """A statement, usable from SQL in a migration, that protects one partition of a ledger.

    From plpgsql: `PERFORM sammati_protect_partition(format('%I', name)::regclass)`.
    """
    _check_name(table)
    return f"SELECT sammati_protect_partition('{table}'::regclass)"


def _check_name(table: str) -> None:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", table):
        raise ValueError("A ledger's table name is lower-case letters, digits and underscores.")


DEFAULT_PRIVILEGES: Final = ReversibleSql(
    """
    GRANT USAGE ON SCHEMA public TO sammati_app, sammati_retention;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO sammati_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO sammati_app;
    REVOKE ALL ON django_migrations FROM sammati_app;
    GRANT SELECT ON django_migrations TO sammati_app;
    """,
    # Provisioning grants them too; taking them away would break the tables that remain.
    "",
)
"""Each table the migrating role makes from here on is the app's to use; ledgers take that back."""


LEDGER_FUNCTIONS: Final = ReversibleSql(
    """
    CREATE FUNCTION sammati_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        RAISE EXCEPTION 'append-only: % refuses %', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'SL001',
                  HINT = 'Ledgers are corrected by adding an entry, never by changing one.';
    END
    $body$;

    CREATE FUNCTION sammati_protect_partition(ledger regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $body$
    BEGIN
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM sammati_app', ledger);
        EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %s '
            'FOR EACH STATEMENT EXECUTE FUNCTION public.sammati_refuse_change()', ledger);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only_truncate', ledger);
        -- Made by the parent's trigger when the partition was made or attached.
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only_row', ledger);
    END
    $body$;

    CREATE FUNCTION sammati_protect_ledger(ledger regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $body$
    BEGIN
        EXECUTE format('CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON %s '
            'FOR EACH ROW EXECUTE FUNCTION public.sammati_refuse_change()', ledger);
        PERFORM public.sammati_protect_partition(ledger);
    END
    $body$;

    CREATE FUNCTION sammati_unprotect_ledger(ledger regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public AS $body$
    BEGIN
        EXECUTE format('DROP TRIGGER append_only_row ON %s', ledger);
        EXECUTE format('DROP TRIGGER append_only_truncate ON %s', ledger);
        EXECUTE format('GRANT UPDATE, DELETE ON %s TO sammati_app', ledger);
    END
    $body$;
    """,
    """
    DROP FUNCTION sammati_unprotect_ledger(regclass);
    DROP FUNCTION sammati_protect_ledger(regclass);
    DROP FUNCTION sammati_protect_partition(regclass);
    DROP FUNCTION sammati_refuse_change();
    """,
)
