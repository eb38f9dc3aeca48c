"""Every kind of connector that the registry knows by itself. Imported when the package is ready."""

from registry.connectors import declared, http, manual, objects, opendsr, sql, valkey

__all__ = ["declared", "http", "manual", "objects", "opendsr", "sql", "valkey"]
