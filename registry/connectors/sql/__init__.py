"""Databases of SQL in which persons' rows are deleted, changed and looked for."""

from registry.connectors import ConnectorRow, register
from registry.connectors.contract import ConnectorError
from registry.connectors.sql import settings
from registry.connectors.sql.connector import SqlConnector
from registry.connectors.sql.postgres import PostgreSql
from registry.mysql import is_installed

__all__ = ["SqlConnector"]


def _postgresql(row: ConnectorRow, secret: str) -> SqlConnector:
    """Raises ConnectorError for settings that do not fit."""
    found = settings.read(row.settings)
    return SqlConnector(found, PostgreSql(found, secret), row.fingerprint)


def _mysql(row: ConnectorRow, secret: str) -> SqlConnector:
    """MySQL and MariaDB. Raises ConnectorError as well where the extra [mysql] is not installed."""
    found = settings.read(row.settings)
    if not is_installed():
        raise ConnectorError("driver_missing", retry=False)
    from registry.connectors.sql.mysql import MySql  # noqa: PLC0415 (an optional part)

    return SqlConnector(found, MySql(found, secret), row.fingerprint)


register("postgresql", _postgresql)
register("mysql", _mysql)
