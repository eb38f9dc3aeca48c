"""Logins, the database and who may do what in it. Repeatable; the same everywhere.

`make run` calls it for the embedded server. For a server of your own, a superuser runs it once
for each version: `python -m config.run.provision postgresql://postgres@host/postgres`. Passwords
are set only where `SAMMATI_OWNER_PASSWORD`, `SAMMATI_APP_PASSWORD` or
`SAMMATI_RETENTION_PASSWORD` is given.
"""

import os
import sys
from collections.abc import Mapping

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from config.run.errors import RunError

OWNER, APP, RETENTION = "sammati_owner", "sammati_app", "sammati_retention"
ROLES = (OWNER, APP, RETENTION)
DATABASE = "sammati"
LOCK = 7_306_110_551  # any fixed number: two starts at once provision one after the other

RIGHTS = """
    REVOKE ALL ON DATABASE {database} FROM PUBLIC;
    GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {owner};
    GRANT CONNECT ON DATABASE {database} TO {app}, {retention};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA public TO {owner};
    REVOKE CREATE ON SCHEMA public FROM {app}, {retention};
    GRANT USAGE ON SCHEMA public TO {app}, {retention};
    ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
    ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
        GRANT USAGE, SELECT ON SEQUENCES TO {app};
"""


def provision(
    dsn: str, *, database: str = DATABASE, passwords: Mapping[str, str] | None = None
) -> None:
    """Make the roles, the database and its rights as they must be, whatever was there.

    `dsn` is a superuser's. Raises: RunError when that login may not do it or is refused.
    """
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            for role in ROLES:
                make_role(connection, role, (passwords or {}).get(role))
            make_database(connection, database)
            with psycopg.connect(make_conninfo(dsn, dbname=database)) as inside:
                inside.execute(rights(database))
    except psycopg.Error as error:
        raise RunError(
            f"The database could not be provisioned; use a superuser's login: {error}".strip()
        ) from None


def make_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    """A login that may do nothing but what it is granted."""
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = "ALTER ROLE {} {}" if found else "CREATE ROLE {} {}"
    options = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
    if password is not None:
        options = sql.SQL("{} PASSWORD {}").format(options, sql.Literal(password))  # type: ignore[assignment]
    connection.execute(sql.SQL(statement).format(sql.Identifier(role), options))


def make_database(connection: psycopg.Connection, database: str) -> None:
    """Owned by the owner; UTF-8 with code point order, so every server sorts alike."""
    query = "SELECT 1 FROM pg_database WHERE datname = %s"
    if not connection.execute(query, [database]).fetchone():
        statement = sql.SQL(
            "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
        )
        connection.execute(statement.format(sql.Identifier(database), sql.Identifier(OWNER)))


def rights(database: str) -> sql.Composed:
    return sql.SQL(RIGHTS).format(
        database=sql.Identifier(database),
        owner=sql.Identifier(OWNER),
        app=sql.Identifier(APP),
        retention=sql.Identifier(RETENTION),
    )


def passwords_from_environment() -> dict[str, str]:
    names = {role: f"{role.upper()}_PASSWORD" for role in ROLES}
    return {role: os.environ[name] for role, name in names.items() if os.environ.get(name)}


def main(arguments: list[str]) -> int:
    if len(arguments) not in {1, 2}:
        sys.stderr.write("usage: python -m config.run.provision SUPERUSER_DSN [DATABASE]\n")
        return 2
    database = arguments[1] if len(arguments) == 2 else DATABASE
    try:
        provision(arguments[0], database=database, passwords=passwords_from_environment())
    except RunError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"Roles {', '.join(ROLES)} and database {database} are ready.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
